package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/kernelext/script/repl"
)

func replCommand() *cobra.Command {
	return &cobra.Command{
		Use: "repl", Short: "Talk to the engine line by line", Args: cli.Args(),
		Long: `repl runs each line as you type it and shows its value; Tab completes names,
fields and registries, ?name explains one. Without a terminal it reads lines
from standard input, and exits with 1 if any of them failed.`,
		Example: "  mlsysim repl\n  echo 'Evaluate(Llama3_8B, H100)' | mlsysim repl",
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := repl.Run(cmd.Context(), repl.Options{
				In: os.Stdin, Out: cmd.OutOrStdout(), Err: cmd.ErrOrStderr(), History: historyFile(),
			})
			if errors.Is(err, repl.ErrFailed) {
				return cli.End(cli.Bad)
			}
			return err
		},
	}
}

// historyFile is where the lines of earlier sessions are, or "" without a home.
func historyFile() string {
	dir := os.Getenv("XDG_STATE_HOME")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(dir, "mlsysim", "history")
}

func runCommand(out *cli.Format) *cobra.Command {
	run := labRun(out)
	run.Use, run.Args, run.Short = "run FILE", cli.Args("FILE"), "Run a script, notebook or lab and print what it shows"
	run.Example = "  mlsysim run what_if.lab\n  mlsysim run notebooks/T0_hello_world.ipynb"
	run.Long = fmt.Sprintf("run is %s for a file at hand.", "mlsysim lab run")
	return run
}
