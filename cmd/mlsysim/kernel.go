package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/kernelext/kernel"
)

func kernelCommand() *cobra.Command {
	cmd := cli.Group(&cobra.Command{
		Use:   "kernel COMMAND",
		Short: "The Jupyter kernel: install, run",
		Long: `kernel makes JupyterLab run notebooks on the embedded engine: cells answer at
once, and values live on from cell to cell.`,
		Example: `  mlsysim kernel install --user
  jupyter lab notebooks`,
	}, "command")
	cmd.AddCommand(kernelInstall(), kernelRun())
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
	flags := cmd.Flags()
	flags.StringVar(&place.dir, "dir", "", "kernels `directory` to write to")
	flags.BoolVar(&place.user, "user", false, "your own Jupyter data directory (the default)")
	flags.BoolVar(&place.sysPrefix, "sys-prefix", false, "the active virtual or conda environment")
	flags.StringVar(&place.prefix, "prefix", "", "the environment at `directory`, such as /usr/local")
	cli.OfferDirs(cmd, "dir", "prefix")
	cmd.MarkFlagsMutuallyExclusive("dir", "user", "sys-prefix", "prefix")
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
