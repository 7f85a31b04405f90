package main

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/units"
)

func optimizeCommand(out *cli.Format) *cobra.Command {
	cmd := cli.Group(&cobra.Command{
		Use:   "optimize",
		Short: "Find the best split, batch or place for a plan",
		Long: `optimize tries every candidate for one part of a design and prints the best, the
runners-up and why others are out. The design is a plan's file, or a model and a
device as in eval; flags win over what the file says.

Exit codes: 0 found, 2 nothing fits, 3 it fits but a limit is out of reach.`,
		Example: `  mlsysim optimize parallelism mlsys.yaml
  mlsysim optimize batching mlsys.yaml --sla-ms 20000 --qps 2
  mlsysim optimize placement mlsys.yaml --carbon-tax 150`,
	}, "part")
	cmd.AddCommand(parallelismCommand(out), batchingCommand(out), placementCommand(out))
	keep(cmd)
	return cmd
}

// A design is what the arguments and flags of a command describe.
type design struct {
	flags    scenario.Evaluation
	workload int
	explain  bool
}

// command is one kind of optimisation; find runs it on the design.
func (d *design) command(out *cli.Format, use, short, example string, find func(cmd *cobra.Command, e scenario.Evaluation) (scenario.Optimum, error)) *cobra.Command {
	cmd := &cobra.Command{
		Use: use + " FILE | " + use + " MODEL HARDWARE", Short: short, Example: example, Args: designArgs, ValidArgsFunction: completePair,
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := d.read(cmd, args)
			if err != nil {
				return err
			}
			best, err := find(cmd, e)
			if err != nil {
				return cli.Keyed(err, reflect.TypeFor[scenario.Evaluation]())
			}
			if err := printResult(cmd, *out, best, d.explain); err != nil {
				return err
			}
			return cli.End(verdict(best.Fits, best.Reached))
		},
	}
	bind(cmd, &d.flags, "model", "hardware")
	cmd.Flags().IntVar(&d.workload, "workload", 0, "which of the plan's workloads, from 1")
	cmd.Flags().BoolVar(&d.explain, "explain", false, "derive the winner's numbers step by step")
	return cmd
}

// read is the one evaluation that the arguments mean.
func (d *design) read(cmd *cobra.Command, args []string) (scenario.Evaluation, error) {
	if !isPlan(args[0]) {
		err := pairOf(cmd, args, &d.flags)
		return d.flags, err
	}
	plan, err := scenario.ReadPlanOf(args[0], own(cmd))
	if err != nil {
		return scenario.Evaluation{}, err
	}
	all, err := plan.Evaluations()
	if err != nil {
		return scenario.Evaluation{}, err
	}
	n := d.workload
	switch {
	case n == 0 && len(all) > 1 && !cmd.Flags().Changed("workload"):
		return scenario.Evaluation{}, cli.Usage("%s has %d workloads: want one of them, --workload 1 to %d", args[0], len(all), len(all))
	case !cmd.Flags().Changed("workload"):
		n = 1
	case n < 1 || n > len(all):
		return scenario.Evaluation{}, cli.Blame("workload", cli.Usage("--workload = %d: want 1 to %d", n, len(all)))
	}
	override(cmd, &all[n-1], &d.flags)
	return all[n-1], nil
}

func parallelismCommand(out *cli.Format) *cobra.Command {
	var d design
	return d.command(out, "parallelism", "Split a training run over the devices: tp, pp, dp, cp, ep, ZeRO, recomputing",
		"  mlsysim optimize parallelism mlsys.yaml -o json\n  mlsysim optimize parallelism Llama3_70B H100 --nodes 64 --batch-size 4096",
		func(_ *cobra.Command, e scenario.Evaluation) (scenario.Optimum, error) {
			return e.OptimizeParallelism()
		})
}

func batchingCommand(out *cli.Format) *cobra.Command {
	var d design
	var limit, rate amount
	most := 256
	cmd := d.command(out, "batching", "Choose how many requests a replica runs together, for a rate of arrivals and a limit on P99",
		"  mlsysim optimize batching Llama3_8B H100 --sla-ms 20000 --qps 2",
		func(_ *cobra.Command, e scenario.Evaluation) (scenario.Optimum, error) {
			if limit > 0 {
				e.MaxP99 = units.Millisecond.Times(float64(limit))
			}
			if rate > 0 {
				e.Arrivals = units.Request.Times(float64(rate)).Per(units.Second)
			}
			if most < 1 {
				return scenario.Optimum{}, cli.Blame("max-batch", cli.Usage("--max-batch = %d: want at least 1", most))
			}
			return e.OptimizeBatching(most)
		})
	cmd.Flags().Var(&limit, "sla-ms", "limit on the time that 1 % of the requests exceed, in ms; sla.p99 of the plan unless given")
	cmd.Flags().Var(&rate, "qps", "requests that arrive per second; sla.qps of the plan unless given")
	cmd.Flags().IntVar(&most, "max-batch", most, "largest batch that is tried")
	return cmd
}

func placementCommand(out *cli.Format) *cobra.Command {
	var d design
	var regions []string
	tax := amount(100)
	cmd := d.command(out, "placement", "Choose the region with the lowest cost, a price on emissions included",
		"  mlsysim optimize placement mlsys.yaml --carbon-tax 150\n  mlsysim optimize placement mlsys.yaml --regions Quebec,Norway,Iowa",
		func(cmd *cobra.Command, e scenario.Evaluation) (scenario.Optimum, error) {
			var places []infra.Grid
			for _, name := range regions {
				g, err := own(cmd).Grid(strings.TrimSpace(name))
				if err != nil {
					return scenario.Optimum{}, cli.Blame("regions", fmt.Errorf("--regions: %w", err))
				}
				places = append(places, g)
			}
			return e.OptimizePlacement(places, units.DollarPerTonne.Times(float64(tax)))
		})
	cmd.Flags().Var(&tax, "carbon-tax", "price of emissions, USD per tonne")
	cmd.Flags().StringSliceVar(&regions, "regions", nil, "places to choose from, separated by commas; all of the registry unless given")
	cli.OfferLate(cmd, "regions", func() []string { return registryNames(reflect.TypeFor[infra.Grid]()) })
	return cmd
}

// An amount is a flag that wants one that is finite and not negative.
type amount float64

// String prints the number, or nothing for zero.
func (n *amount) String() string {
	if *n == 0 {
		return ""
	}
	return units.Number(float64(*n))
}

// Type names what the flag wants.
func (n *amount) Type() string { return "number" }

// Set reads a number.
func (n *amount) Set(text string) error {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fmt.Errorf("%q: want a number", text)
	}
	if !(x >= 0) || math.IsInf(x, 0) {
		return fmt.Errorf("%s: want at least 0", text)
	}
	*n = amount(x)
	return nil
}
