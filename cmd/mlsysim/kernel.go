package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/kernelext/kernel"
)

func kernelCommand() *cobra.Command {
	cmd := cli.Group(&cobra.Command{
		Use:   "kernel COMMAND",
		Short: "The Jupyter kernel: install, run",
		Long: `kernel makes JupyterLab run notebooks on the embedded engine: cells answer at
once, and values live on from cell to cell.

The interpreter may hold 2 GiB; MLSYSIM_KERNEL_MEMORY sets another number of
bytes. MLSYSIM_KERNEL_LOG names a file that takes two lines per message.`,
		Example: `  mlsysim kernel install --user
  jupyter lab notebooks`,
	}, "command")
	cmd.AddCommand(kernelInstall(), kernelInstallGoNB(), kernelUninstall(), kernelRun())
	return cmd
}

func kernelInstall() *cobra.Command {
	var place kernelPlace
	cmd := &cobra.Command{
		Use: "install", Short: "Tell Jupyter about this kernel", Args: cli.Args(),
		Example: "  mlsysim kernel install --user\n  mlsysim kernel install --dir .cache/jupyter/kernels",
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := place.kernels()
			if err != nil {
				return err
			}
			self, err := os.Executable()
			if err != nil {
				return fmt.Errorf("finding this program: %w", err)
			}
			if err := kernel.Install(dir, self); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), filepath.Join(dir, kernel.Name))
			return nil
		},
	}
	place.flags(cmd)
	return cmd
}

func kernelInstallGoNB() *cobra.Command {
	var place kernelPlace
	var program, module string
	cmd := &cobra.Command{
		Use: "install-gonb", Short: "Tell Jupyter about an installed GoNB with this library in it", Args: cli.Args(),
		Long: `install-gonb writes a kernelspec that starts GoNB with the source of this
library in its workspace, so that the first cell needs no import, no go get and
no network. GoNB and Go have to be installed.`,
		Example: "  mlsysim kernel install-gonb --user --module ~/golab",
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := place.kernels()
			if err != nil {
				return err
			}
			if program, err = exec.LookPath(program); err != nil {
				return fmt.Errorf("finding GoNB: %w: install it, or name it with --program", err)
			}
			if program, err = filepath.Abs(program); err != nil {
				return fmt.Errorf("finding GoNB: %w", err)
			}
			if module, err = moduleAt(module); err != nil {
				return err
			}
			if err := kernel.InstallGoNB(dir, program, module); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), filepath.Join(dir, kernel.GoNBName))
			return nil
		},
	}
	place.flags(cmd)
	cmd.Flags().StringVar(&program, "program", "gonb", "the gonb `program`")
	cmd.Flags().StringVar(&module, "module", "", "`directory` of the library's source (default: the one this command runs in)")
	cli.OfferDirs(cmd, "module")
	return cmd
}

const modulePath = "github.com/mlsysim/golab"

// moduleAt finds the source of the library: in dir, or around the working
// directory.
func moduleAt(dir string) (string, error) {
	at, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("finding the library's source: %w", err)
	}
	for {
		data, err := os.ReadFile(filepath.Join(at, "go.mod"))
		if err == nil && strings.HasPrefix(string(data), "module "+modulePath+"\n") {
			return at, nil
		}
		if up := filepath.Dir(at); dir == "" && up != at {
			at = up
			continue
		}
		return "", cli.Usage("no source of %s here: want --module DIR", modulePath)
	}
}

func kernelUninstall() *cobra.Command {
	var place kernelPlace
	cmd := &cobra.Command{
		Use: "uninstall", Short: "Remove what install and install-gonb wrote", Args: cli.Args(),
		Example: "  mlsysim kernel uninstall --user",
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := place.kernels()
			if err != nil {
				return err
			}
			removed, err := kernel.Uninstall(dir)
			for _, path := range removed {
				fmt.Fprintln(cmd.OutOrStdout(), "removed", path)
			}
			if err == nil && len(removed) == 0 {
				fmt.Fprintln(cmd.ErrOrStderr(), "nothing is installed in", dir)
			}
			return err
		},
	}
	place.flags(cmd)
	return cmd
}

func kernelRun() *cobra.Command {
	return &cobra.Command{
		Use: "run CONNECTION_FILE", Short: "Serve one notebook; Jupyter calls this", Args: cli.Args("CONNECTION_FILE"),
		Example: "  mlsysim kernel run kernel-1.json",
		RunE:    func(cmd *cobra.Command, args []string) error { return kernel.Run(cmd.Context(), args[0]) },
	}
}

// kernelPlace is where a kernelspec goes; at most one is set.
type kernelPlace struct {
	dir, prefix     string
	user, sysPrefix bool
}

func (p *kernelPlace) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&p.dir, "dir", "", "kernels `directory` to write to")
	flags.BoolVar(&p.user, "user", false, "your own Jupyter data directory (the default)")
	flags.BoolVar(&p.sysPrefix, "sys-prefix", false, "the active virtual or conda environment")
	flags.StringVar(&p.prefix, "prefix", "", "the environment at `directory`, such as /usr/local")
	cli.OfferDirs(cmd, "dir", "prefix")
	cmd.MarkFlagsMutuallyExclusive("dir", "user", "sys-prefix", "prefix")
}

// kernels is the directory in which Jupyter looks for kernelspecs.
func (p kernelPlace) kernels() (string, error) {
	switch {
	case p.dir != "":
		return filepath.Abs(p.dir)
	case p.prefix != "":
		return filepath.Abs(filepath.Join(p.prefix, "share", "jupyter", "kernels"))
	case p.sysPrefix:
		for _, name := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
			if env := os.Getenv(name); env != "" {
				return filepath.Join(env, "share", "jupyter", "kernels"), nil
			}
		}
		return "", cli.Usage("--sys-prefix: no active environment: want VIRTUAL_ENV or CONDA_PREFIX set, or --prefix DIR")
	}
	data, err := jupyterData()
	return filepath.Join(data, "kernels"), err
}

// jupyterData is the user's data directory, as Jupyter itself chooses it.
func jupyterData() (string, error) {
	if dir := os.Getenv("JUPYTER_DATA_DIR"); dir != "" {
		return dir, nil
	}
	if dir := os.Getenv("APPDATA"); runtime.GOOS == "windows" && dir != "" {
		return filepath.Join(dir, "jupyter"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("finding the home directory: %w", err)
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Jupyter"), nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "jupyter"), nil
	}
	return filepath.Join(home, ".local", "share", "jupyter"), nil
}
