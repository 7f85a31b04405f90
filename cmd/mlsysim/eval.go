package main

import (
	"path/filepath"
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/show"
)

func evalCommand(out *cli.Format) *cobra.Command {
	var e scenario.Evaluation
	var explain bool
	cmd := &cobra.Command{
		Use:   "eval MODEL HARDWARE | eval FILE",
		Short: "Judge a design: does it fit, is it fast enough, what does it cost",
		Long: `eval judges one model on one device or a cluster, or the plan in a YAML or JSON
file, through three lenses: feasibility, performance, and macro (money, energy,
carbon, water). Flags win over what the file says.

Exit codes: 0 it fits and keeps every limit given, 2 it does not fit, 3 a limit
is not kept or cannot be judged because the registry lacks a number.`,
		Example: `  mlsysim eval Llama3_8B H100 --batch-size 32
  mlsysim eval Llama3_70B H100 --nodes 64 --batch-size 4096 --region Quebec
  mlsysim eval Llama3_70B H100 --mode serve --nodes 1 --max-ttft "5 s"
  mlsysim eval mlsys.yaml -o json`,
		Args: designArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if isPlan(args[0]) {
				return evalPlan(cmd, *out, args[0], &e, explain)
			}
			return evalPair(cmd, *out, args, &e, explain)
		},
		ValidArgsFunction: completePair,
	}
	bind(cmd, &e, "model", "hardware")
	keep(cmd)
	cmd.Flags().BoolVar(&explain, "explain", false, "derive every number step by step")
	return cmd
}

// designArgs wants a plan's file, or a model and a device.
func designArgs(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return cli.Usage("missing MODEL or FILE: see %s --help", cmd.CommandPath())
	case len(args) == 1 && !isPlan(args[0]):
		return cli.Usage("missing HARDWARE: want %s MODEL HARDWARE, or %[1]s FILE with a name that ends in .yaml, .yml or .json", cmd.Name())
	case len(args) > 2 || len(args) == 2 && isPlan(args[0]):
		return cli.Usage("unexpected argument %q: want %s MODEL HARDWARE, or %[2]s FILE", args[len(args)-1], cmd.CommandPath())
	}
	return nil
}

// pairOf finds the model and the device that two arguments name.
func pairOf(cmd *cobra.Command, args []string, e *scenario.Evaluation) (err error) {
	if e.Model, err = own(cmd).Model(args[0]); err != nil {
		return cli.Blame("model", err)
	}
	if e.Hardware, err = own(cmd).Device(args[1]); err != nil {
		return cli.Blame("hardware", err)
	}
	return nil
}

// isPlan tells a plan's file from a model's name.
func isPlan(arg string) bool {
	switch strings.ToLower(filepath.Ext(arg)) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return strings.ContainsRune(arg, filepath.Separator)
}

// completePair offers models, then devices, and files for a plan.
func completePair(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	wanted := []reflect.Type{reflect.TypeFor[models.Model](), reflect.TypeFor[hardware.Device]()}
	if len(args) >= len(wanted) {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	if len(args) == 0 {
		return knownNames(cmd, wanted[0]), cobra.ShellCompDirectiveDefault
	}
	return knownNames(cmd, wanted[len(args)]), cobra.ShellCompDirectiveNoFileComp
}

func evalPair(cmd *cobra.Command, f cli.Format, args []string, e *scenario.Evaluation, explain bool) error {
	if err := pairOf(cmd, args, e); err != nil {
		return err
	}
	card, err := e.Solve()
	if err != nil {
		return cli.Keyed(err, reflect.TypeOf(*e))
	}
	if err := printResult(cmd, f, card, explain); err != nil {
		return err
	}
	return cli.End(verdict(card.Feasibility != show.Fail, card.Passed()))
}

func evalPlan(cmd *cobra.Command, f cli.Format, path string, flags *scenario.Evaluation, explain bool) error {
	report, err := judged(cmd, path, flags)
	if err != nil {
		return err
	}
	if err := printResult(cmd, f, report, explain); err != nil {
		return err
	}
	return cli.End(verdict(report.Fits(), report.Passed()))
}

// judged reads a plan, lets flags win over it and judges it. Without flags the
// plan stands as it is.
func judged(cmd *cobra.Command, path string, flags *scenario.Evaluation) (scenario.Report, error) {
	plan, err := scenario.ReadPlanOf(path, own(cmd))
	if err != nil {
		return scenario.Report{}, err
	}
	evaluations, err := plan.Evaluations()
	if err != nil {
		return scenario.Report{}, err
	}
	for i := range evaluations {
		override(cmd, &evaluations[i], flags)
	}
	report, err := plan.Judge(evaluations)
	return report, cli.Keyed(err, reflect.TypeFor[scenario.Evaluation]())
}

// override copies the fields whose flags were given.
func override(cmd *cobra.Command, into, flags *scenario.Evaluation) {
	if flags == nil {
		return
	}
	to, from := reflect.ValueOf(into).Elem(), reflect.ValueOf(flags).Elem()
	for _, f := range describe.Fields(to.Type()) {
		if cmd.Flags().Changed(f.Flag) {
			to.FieldByIndex(f.Index).Set(from.FieldByIndex(f.Index))
		}
	}
}

// verdict is the exit code of a design. What does not fit counts first.
func verdict(fits, passed bool) int {
	switch {
	case !fits:
		return cli.Infeasible
	case !passed:
		return cli.Broken
	default:
		return cli.OK
	}
}
