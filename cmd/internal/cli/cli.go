// Package cli is what both commands share: exit codes, one-line errors that a
// program can read too, output formats, and what the terminal can show. It
// leaves out everything that a command is about.
//
//	func main() { os.Exit(cli.Run(root(), os.Args[1:])) }
package cli

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mlsysim/golab/mlsysim/source"
)

// The exit codes.
const (
	OK         = 0
	Bad        = 1 // bad input, usage or internal error
	Infeasible = 2 // the design does not fit
	Broken     = 3 // an assertion, limit or invariant failed
)

// Exit ends a command with a code and no message: the output said it all.
type Exit int

// Error names the code.
func (e Exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// End returns the error that ends a command with a code, nil for OK.
func End(code int) error {
	if code == OK {
		return nil
	}
	return Exit(code)
}

// Root prepares the first command of a program: version, errors and
// suggestions are ours, and without arguments it prints its help.
func Root(root *cobra.Command, version string) *cobra.Command {
	root.SilenceErrors, root.SilenceUsage = true, true
	root.Version = fmt.Sprintf("%s (registry %s, %s)", version, source.Stamp(), runtime.Version())
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return flagFailure(cmd, err) })
	root.SetUsageFunc(usage)
	root.SetGlobalNormalizationFunc(dashes)
	return Group(root, "command")
}

// dashes lets --max_cost stand for --max-cost, and --batch-size for --batch.
func dashes(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	name = strings.ReplaceAll(name, "_", "-")
	if name == "batch-size" { // as mlsysim in Python says it
		name = "batch"
	}
	return pflag.NormalizedName(name)
}

// Group makes a command that only holds others of one kind: help without
// arguments, an error with suggestions for an unknown name.
func Group(cmd *cobra.Command, kind string) *cobra.Command {
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return Unknown(kind, args[0], names(cmd))
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return cmd
}

func names(cmd *cobra.Command) []string {
	var out []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			out = append(out, c.Name())
		}
	}
	return out
}

// Args wants exactly the named positional arguments.
func Args(wanted ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < len(wanted):
			return Usage("missing %s: see %s --help", wanted[len(args)], cmd.CommandPath())
		case len(args) > len(wanted):
			return Usage("unexpected argument %q: want %s", args[len(wanted)], cmd.UseLine())
		}
		return nil
	}
}

// Run executes a program and returns its exit code. An error is one line on
// stderr, or with -o json one document on stdout.
func Run(root *cobra.Command, args []string) (code int) {
	cmd := root
	defer func() {
		if p := recover(); p != nil { // the runtime's own exit code 2 would say infeasible
			code = report(cmd, args, &Failure{Title: "internal error", Code: "internal", Reason: fmt.Sprint("internal error: ", p)})
		}
	}()

	root.SetArgs(args)
	ran, err := root.ExecuteC()
	cmd = ran
	var exit Exit
	switch {
	case err == nil:
		return OK
	case errors.As(err, &exit):
		return int(exit)
	default:
		return report(cmd, args, Explain(err))
	}
}

// report prints a failure where the caller looks for it.
func report(cmd *cobra.Command, args []string, f *Failure) int {
	if wantsJSON(args) {
		os.Stdout.Write(f.JSON())
		return Bad
	}
	for line := range strings.SplitSeq(f.Reason, "\n") {
		fmt.Fprintf(os.Stderr, "%s: %s\n", cmd.CommandPath(), line)
	}
	return Bad
}

// wantsJSON looks for -o json by itself: the error may be that the flags could
// not be parsed.
func wantsJSON(args []string) bool {
	wants := false
	for i, arg := range args {
		if arg == "--" {
			break
		}
		name, value, _ := strings.Cut(arg, "=")
		switch {
		case slices.Contains([]string{"-o", "--format", "--output"}, arg):
			if i+1 < len(args) {
				value = args[i+1]
			}
		case name == "--format" || name == "--output":
		case strings.HasPrefix(arg, "-o"):
			value = strings.TrimPrefix(arg[2:], "=")
		default:
			continue
		}
		wants = strings.EqualFold(value, string(JSON))
	}
	return wants
}
