package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/show"
)

// aims are what a sweep is asked for.
type aims struct {
	over, limits, pareto, metrics []string
	best                          string
}

func sweepCommand(out *cli.Format) *cobra.Command {
	var a aims
	var d design
	cmd := &cobra.Command{
		Use:   "sweep SOLVER|FILE --over FIELD=VALUES",
		Short: "Try every combination of some values: any field of any solver, or of a plan",
		Long: `sweep solves every combination of the values that --over gives, for a solver of
the catalog or the design of a plan. Values are 1,2,4..512 (goes on as it began),
1..512x2 (doubles), 0.1..0.9/9 (nine values), 512..4096+512 (steps), 25,50 GB/s,
or names such as H100,B200. A solver's other fields come from flags, JSON or, if
nothing is given, its example; a plan's from the file. Ctrl-C ends a long sweep
with what is done.

Exit codes: 0 some combination fits and keeps the limits, 2 none fits, 3 some fit
and none keeps the limits.`,
		Example: `  mlsysim sweep serving --model Llama3_8B --prompt 2048 --output 256 \
    --over batch=1..512x2 --over hardware=H100,B200 --limit "itl <= 20 ms" --best tokens_per_second
  mlsysim sweep mlsys.yaml --over nodes=8,16..64 --pareto latency,tco
  mlsysim sweep single-node --over batch=1..64x2 -o csv`,
		Args: sweepArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := d.read(cmd, args)
			if err != nil {
				return err
			}
			return a.run(cmd, *out, search.Compile(e), planAims(&a, &e))
		},
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
	}
	keep(cmd)
	a.flags(cmd)
	bind(cmd, &d.flags, "model", "hardware")
	cmd.Flags().IntVar(&d.workload, "workload", 0, "which of the plan's workloads, from 1")
	for _, s := range catalog.All() {
		cmd.AddCommand(sweepSolver(out, s, &a))
	}
	return cmd
}

// sweepArgs wants a plan's file: solvers are commands of their own.
func sweepArgs(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return cli.Usage("missing SOLVER or FILE: see %s --help", cmd.CommandPath())
	case !isPlan(args[0]):
		return cli.Unknown("solver", args[0], names(cmd))
	}
	return cli.Args("FILE")(cmd, args)
}

// flags gives the command, and those below it, the flags of what is asked.
func (a *aims) flags(cmd *cobra.Command) {
	flags := cmd.PersistentFlags()
	flags.StringArrayVar(&a.over, "over", nil, "a `field` and its values; several give every combination")
	flags.StringArrayVar(&a.limits, "limit", nil, "a `limit` on a metric that a combination must keep: \"itl <= 20 ms\"")
	flags.StringVar(&a.best, "best", "", "the `metric` whose best value is wanted, or \"minimize METRIC\"")
	flags.StringSliceVar(&a.pareto, "pareto", nil, "list what no other beats in these `metrics`")
	flags.StringSliceVar(&a.metrics, "metrics", nil, "the `metrics` that are shown")
}

func names(cmd *cobra.Command) []string {
	var out []string
	for _, c := range cmd.Commands() {
		out = append(out, c.Name())
	}
	return out
}

// sweepSolver sweeps one solver of the catalog.
func sweepSolver(out *cli.Format, s catalog.Solver, a *aims) *cobra.Command {
	r := &request{solver: s, in: s.New()}
	cmd := &cobra.Command{
		Use: s.Name, Short: s.Summary, Args: cli.Args(), ValidArgsFunction: cobra.NoFileCompletions,
		Aliases: []string{strings.ReplaceAll(s.Name, "-", ""), strings.ReplaceAll(s.Name, "-", "_"), reflect.TypeOf(s.Example).Name()},
		Example: fmt.Sprintf("  mlsysim sweep %s --over FIELD=VALUES", s.Name),
		RunE: func(cmd *cobra.Command, _ []string) error {
			start, err := r.start(cmd)
			if err != nil {
				return cli.Keyed(err, reflect.TypeOf(s.Example))
			}
			program, err := search.ProgramOf(catalog.Compiled(start))
			if err != nil {
				return err
			}
			return a.run(cmd, *out, program, search.Space{})
		},
	}
	bind(cmd, r.in, "over", "limit", "best", "pareto", "metrics")
	cmd.Flags().StringVar(&r.input, "input", "", "read the fields that stay as JSON from a `file`, - is stdin")
	return cmd
}

// start is the input that the axes change: flags and JSON, or the example if there
// is neither.
func (r *request) start(cmd *cobra.Command) (any, error) {
	given := r.input != ""
	for _, f := range r.solver.Inputs() {
		given = given || cmd.Flags().Changed(f.Flag)
	}
	if !given {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: starting from the example of mlsysim solve %s --example\n", cmd.CommandPath(), r.solver.Name)
		return r.solver.Example, nil
	}
	err := r.read(cmd)
	return reflect.ValueOf(r.in).Elem().Interface(), err
}

// planAims is the space of a plan: its limits hold for every combination, and what
// a scorecard is about is shown.
func planAims(a *aims, e *scenario.Evaluation) search.Space {
	for i, text := range a.over {
		for from, to := range map[string]string{"batch_size=": "batch=", "batch-size=": "batch=", "seq_len=": "context=", "accelerators_per_node=": "per_node="} {
			if strings.HasPrefix(text, from) {
				a.over[i] = to + strings.TrimPrefix(text, from)
			}
		}
	}
	return search.Space{Limits: e.Limits(), Metrics: []string{"Latency", "Throughput", "MFU", "Memory", "TCO", "Carbon"}}
}

// run solves the space and prints it.
func (a *aims) run(cmd *cobra.Command, f cli.Format, p search.Program, space search.Space) error {
	if len(a.over) == 0 {
		return cli.Usage("missing --over: want a field and its values, such as --over batch=1,2,4..512")
	}
	for _, text := range a.over {
		axis, err := p.Axis(text)
		if err != nil {
			return cli.Blame("over", err)
		}
		space.Axes = append(space.Axes, axis)
	}
	space.Solver, space.Objective, space.Pareto = p, a.best, a.pareto
	space.Limits = append(space.Limits, a.limits...)
	if len(a.metrics) > 0 {
		space.Metrics = a.metrics
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	meter := newMeter(cmd.ErrOrStderr())
	space.Progress = meter.report
	if f == cli.CSV {
		err := space.CSV(ctx, cmd.OutOrStdout())
		meter.end()
		return interrupted(cmd, ctx, err)
	}
	cloud, err := space.SolveUntil(ctx)
	meter.end()
	if err != nil && ctx.Err() == nil {
		return err
	}
	if why := cloud.Refused(); why != "" {
		return errors.New(why)
	}
	if perr := cli.Print(cmd, f, show.Of(cloud)); perr != nil {
		return perr
	}
	if err != nil {
		return interrupted(cmd, ctx, err)
	}
	return cli.End(verdict(cloud.SomeFit(), cloud.Fitting > 0))
}

// interrupted says that a sweep was ended before its time; what was done is
// printed.
func interrupted(cmd *cobra.Command, ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s: interrupted: the output has what was done\n", cmd.CommandPath())
	return cli.End(cli.Bad)
}
