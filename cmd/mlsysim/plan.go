package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/show"
)

func explainCommand(out *cli.Format) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain METRIC FILE",
		Short: "Derive one number of a plan, step by step",
		Long: `explain judges a plan and shows how one of its numbers comes about: the steps
that lead to it, with formula, values, sources, and what the model leaves out.
Metrics are those of a plan's assertions, such as performance.latency.`,
		Example: `  mlsysim explain performance.latency mlsys.yaml
  mlsysim explain macro.carbon_footprint mlsys.yaml -o markdown`,
		Args: cli.Args("METRIC", "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			report, err := judged(cmd, args[1], nil)
			if err != nil {
				return err
			}
			for _, card := range report.Cards {
				trace, err := card.ExplainMetric(args[0])
				if err != nil {
					return cli.Blame("metric", err)
				}
				if err := cli.Print(cmd, *out, show.Of(trace)); err != nil {
					return err
				}
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return scenario.Metrics(), cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveDefault
		},
	}
	keep(cmd)
	return cmd
}

func compareCommand(out *cli.Format) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "compare FILE FILE",
		Short:   "Set two plans side by side, number by number",
		Example: "  mlsysim compare today.yaml proposal.yaml",
		Args:    cli.Args("FILE", "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			before, err := judged(cmd, args[0], nil)
			if err != nil {
				return err
			}
			after, err := judged(cmd, args[1], nil)
			if err != nil {
				return err
			}
			v, err := scenario.Compare(before, after)
			if err != nil {
				return err
			}
			return cli.Print(cmd, *out, v)
		},
	}
	keep(cmd)
	return cmd
}

func initCommand() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a commented plan to start from",
		Long: `init writes a plan with every section, each explained in a comment, to FILE
(mlsys.yaml unless given; - is stdout). It never overwrites a file unless told to.`,
		Example: "  mlsysim init && mlsysim eval mlsys.yaml",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			path := "mlsys.yaml"
			if len(args) > 0 {
				path = args[0]
			}
			if path == "-" {
				_, err := fmt.Fprint(cmd.OutOrStdout(), scenario.Starter)
				return err
			}
			how := os.O_CREATE | os.O_WRONLY | os.O_EXCL
			if force {
				how = os.O_CREATE | os.O_WRONLY | os.O_TRUNC
			}
			f, err := os.OpenFile(path, how, 0o644)
			if errors.Is(err, os.ErrExist) {
				return cli.Usage("%s: exists; --force overwrites it", path)
			}
			if err != nil {
				return err
			}
			_, err = f.WriteString(scenario.Starter)
			if err := errors.Join(err, f.Close()); err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "wrote %s; judge it with: mlsysim eval %s\n", path, path)
			return nil
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "overwrite the file")
	return cmd
}

func scenarioCommand(out *cli.Format) *cobra.Command {
	cmd := cli.Group(&cobra.Command{
		Use:   "scenario",
		Short: "Judge the lighthouse scenarios: doorbell, vehicle, frontier training ...",
	}, "command")
	list := &cobra.Command{
		Use: "list", Short: "List the scenarios", Args: cli.Args(), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error { return cli.Print(cmd, *out, scenario.Listing()) },
	}
	var explain bool
	run := &cobra.Command{
		Use: "run NAME", Short: "Judge one scenario against its limits", Args: cli.Args("NAME"),
		Example: "  mlsysim scenario run doorbell\n  mlsysim scenario run frontier --explain",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := scenario.Find(args[0])
			if err != nil {
				return err
			}
			report, err := s.Solve()
			if err != nil {
				return err
			}
			if err := printResult(cmd, *out, report, explain); err != nil {
				return err
			}
			return cli.End(verdict(report.Fits(), report.Passed()))
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return scenario.Names(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	run.Flags().BoolVar(&explain, "explain", false, "derive every number step by step")
	cmd.AddCommand(list, run)
	return cmd
}
