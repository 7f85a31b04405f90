package main

import (
	"reflect"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/show"
)

func evalCommand(out *cli.Format) *cobra.Command {
	var e scenario.Evaluation
	var explain bool
	cmd := &cobra.Command{
		Use:   "eval MODEL HARDWARE",
		Short: "Judge a design: does it fit, is it fast enough, what does it cost",
		Long: `eval judges one model on one device through three lenses: feasibility,
performance, and macro (money, energy, carbon).

Exit codes: 0 it fits and keeps every limit given, 2 it does not fit, 3 a limit
is not kept or cannot be judged because the registry lacks a number.`,
		Example: `  mlsysim eval Llama3_8B H100 --batch-size 32
  mlsysim eval ResNet50 A100 -b 1 --max-latency "1 ms" --explain
  mlsysim eval Llama3_70B H100 -p fp8 -o json`,
		Args: cli.Args("MODEL", "HARDWARE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if e.Model, err = models.Find(args[0]); err != nil {
				return cli.Blame("model", err)
			}
			if e.Hardware, err = hardware.Find(args[1]); err != nil {
				return cli.Blame("hardware", err)
			}
			card, err := e.Solve()
			if err != nil {
				return cli.Keyed(err, reflect.TypeOf(e))
			}
			if err := printResult(cmd, *out, card, explain); err != nil {
				return err
			}
			return cli.End(verdict(card))
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			wanted := []reflect.Type{reflect.TypeFor[models.Model](), reflect.TypeFor[hardware.Device]()}
			if len(args) >= len(wanted) {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return registryNames(wanted[len(args)]), cobra.ShellCompDirectiveNoFileComp
		},
	}
	bind(cmd, &e, "model", "hardware")
	cmd.Flags().BoolVar(&explain, "explain", false, "derive every number step by step")
	return cmd
}

// verdict is the exit code of a scorecard. What does not fit counts first.
func verdict(s scenario.Scorecard) int {
	switch {
	case s.Feasibility == show.Fail:
		return cli.Infeasible
	case !s.Passed():
		return cli.Broken
	default:
		return cli.OK
	}
}
