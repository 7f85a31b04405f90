// Command mlgrade grades a folder of submissions to a lab: each runs in its own
// process with limits, the claims are checked outside, and every question ends
// graded, failed or not graded. A ledger remembers the work, lateness and points by
// hand.
//
//	mlgrade grade submissions --lab T0 --out out
package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/autograder/sandbox"
	"github.com/mlsysim/golab/cmd/internal/cli"
)

var version = "dev" // set by the linker

func main() {
	sandbox.MaybeWorker()
	os.Exit(cli.Run(rootCommand(), os.Args[1:]))
}

func rootCommand() *cobra.Command {
	root := cli.Root(&cobra.Command{
		Use:   "mlgrade",
		Short: "Grade labs against the solvers",
		Long: `mlgrade runs submissions and checks what they claim with its own engine.

Exit codes: 0 every submission has an explicit outcome, whatever it is, 1 bad
usage, or grading ended early.`,
		Example: "  mlgrade grade submissions --lab T0 --out out",
	}, version)
	out := cli.Output(root)
	root.AddCommand(gradeCommand(out), releaseCommand(), validateCommand(out), lintCommand(out), gradescopeCommand(), serveCommand(), tiersCommand(out), cli.Man("mlgrade"))
	root.AddCommand(bookCommands(out)...)
	return root
}
