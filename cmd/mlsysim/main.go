// Command mlsysim explores machine-learning systems from a terminal: it judges
// designs, runs every solver of the catalog, shows the registries with their
// sources, and works through labs. It leaves out grading, which is mlgrade's.
//
//	mlsysim eval Llama3_8B H100 --batch-size 32
package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/kernelext/kernel"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/kernelext/script"
	"github.com/mlsysim/golab/labs"
)

var version = "dev" // set by the linker

func main() {
	workers()
	os.Exit(cli.Run(commandFor(os.Args[1:]), os.Args[1:]))
}

// workers ends the process after the work of a lab or notebook, if it was started
// for that. Both can judge what they have said.
func workers() {
	record.UseJudge(labs.Feedback)
	script.MaybeWorker()
	kernel.MaybeWorker()
}

// commandFor leaves the other commands out of a kernel, which lives for hours
// and would keep them.
func commandFor(args []string) *cobra.Command {
	if len(args) > 1 && args[0] == "kernel" && args[1] == "run" {
		root := bareCommand()
		root.AddCommand(kernelCommand())
		return root
	}
	return rootCommand()
}

func bareCommand() *cobra.Command {
	return cli.Root(&cobra.Command{
		Use:   "mlsysim",
		Short: "A laboratory bench for machine-learning systems",
		Long: `mlsysim says whether a design fits, what binds it and what it costs, and why.

Exit codes: 0 ok, 1 bad input or usage, 2 the design does not fit,
3 a limit or an invariant failed.`,
		Example: `  mlsysim eval Llama3_8B H100 --batch-size 32
  mlsysim zoo hardware
  mlsysim lab run T0`,
	}, version)
}

func rootCommand() *cobra.Command {
	root := bareCommand()
	out := cli.Output(root)
	root.AddCommand(evalCommand(out), explainCommand(out), compareCommand(out), initCommand(), schemaCommand(), scenarioCommand(out), solveCommand(out), zooCommand(out), labCommand(out), runCommand(out))
	root.AddCommand(replCommand(), kernelCommand(), auditCommand(out), mcpCommand(), cli.Man("mlsysim", "mlgrade"), optimizeCommand(out), serveCommand(out), sweepCommand(out), configCommand(out))
	return root
}
