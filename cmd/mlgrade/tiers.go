package main

import (
	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/autograder/sandbox"
	"github.com/mlsysim/golab/cmd/internal/cli"
)

func tiersCommand(out *cli.Format) *cobra.Command {
	return &cobra.Command{
		Use:   "tiers",
		Short: "Say what can hold a submission on this machine",
		Long: `tiers tries the ways to run code that nobody trusts, and says for each what holds
a submission and what this machine lacks. grade takes the first that is here; it
grades nothing where there is none.`,
		Example: "  mlgrade tiers\n  mlgrade tiers -o json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cli.Print(cmd, *out, sandbox.View()) },
	}
}
