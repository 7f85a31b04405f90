package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Man is the command that writes the manual of a program, and of those of its
// siblings that lie beside it or are in the path.
func Man(program string, siblings ...string) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use: "man", Short: "Write the manual as man pages", Args: Args(), ValidArgsFunction: cobra.NoFileCompletions,
		Long:    "man writes a page for every command to a directory, which is made if it is not\nthere, and prints the paths.",
		Example: fmt.Sprintf("  %[1]s man --dir ~/.local/share/man/man1 && man %[1]s", program),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if dir == "" {
				return Usage("missing --dir: want the directory for the pages, such as ~/.local/share/man/man1")
			}
			if err := writePages(cmd, dir); err != nil {
				return err
			}
			for _, name := range siblings {
				if err := writeSibling(cmd, name, dir); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "`directory` to write to")
	OfferDirs(cmd, "dir")
	return cmd
}

// writePages writes the pages of the program that cmd belongs to.
func writePages(cmd *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Blame("dir", err)
	}
	for _, page := range pages(cmd.Root()) {
		path := filepath.Join(dir, pageName(page)+".1")
		if err := os.WriteFile(path, manPage(page), 0o644); err != nil {
			return Blame("dir", err)
		}
		fmt.Fprintln(cmd.OutOrStdout(), path)
	}
	return nil
}

// writeSibling lets another program write its own pages: this one does not contain
// its commands.
func writeSibling(cmd *cobra.Command, name, dir string) error {
	program, found := beside(name)
	if !found {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s is neither beside this program nor in the path: its pages are left out\n", name)
		return nil
	}
	run := exec.CommandContext(cmd.Context(), program, "man", "--dir", dir)
	run.Stdout, run.Stderr = cmd.OutOrStdout(), cmd.ErrOrStderr()
	if err := run.Run(); err != nil {
		return fmt.Errorf("pages of %s: %w", name, err)
	}
	return nil
}

func beside(name string) (string, bool) {
	if self, err := os.Executable(); err == nil {
		path, err := exec.LookPath(filepath.Join(filepath.Dir(self), name))
		if err == nil {
			return path, true
		}
	}
	path, err := exec.LookPath(name)
	return path, err == nil
}

// pages lists a command and those below it that a user sees.
func pages(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			all = append(all, pages(c)...)
		}
	}
	return all
}

func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// manPage is the page of one command in the man macros of troff.
func manPage(cmd *cobra.Command) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "'\\\" -*- coding: utf-8 -*-\n.TH %s 1 \"\" %s\n", roff(strings.ToUpper(pageName(cmd))), quotedRoff(cmd.Root().Name()+" "+cmd.Root().Version))
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(pageName(cmd)), roff(cmd.Short))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n", roff(cmd.UseLine()))
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, ".br\n.B %s COMMAND\n", roff(cmd.CommandPath()))
	}

	long := cmd.Long
	if long == "" {
		long = cmd.Short + "."
	}
	b.WriteString(".SH DESCRIPTION\n" + paragraphs(long))
	if cmd.HasAvailableSubCommands() {
		b.WriteString(".SH COMMANDS\n")
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				fmt.Fprintf(&b, ".TP\n.BR %s (1)\n%s\n", roff(pageName(c)), roff(c.Short))
			}
		}
	}
	options(&b, "OPTIONS", cmd.NonInheritedFlags())
	options(&b, "OPTIONS OF EVERY COMMAND", cmd.InheritedFlags())
	if cmd.HasExample() {
		fmt.Fprintf(&b, ".SH EXAMPLES\n.nf\n%s\n.fi\n", roff(cmd.Example))
	}
	b.WriteString(".SH EXIT STATUS\n0 ok, 1 bad input, usage or internal error, 2 the design does not fit, 3 a limit or an invariant failed.\n")
	if cmd.HasParent() {
		fmt.Fprintf(&b, ".SH SEE ALSO\n.BR %s (1)\n", roff(pageName(cmd.Parent())))
	}
	return b.Bytes()
}

// options lists the flags that a user sees.
func options(b *bytes.Buffer, heading string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(b, ".SH %s\n", heading)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		b.WriteString(".TP\n")
		if f.Shorthand != "" {
			fmt.Fprintf(b, "\\fB\\-%s\\fR, ", f.Shorthand)
		}
		fmt.Fprintf(b, "\\fB\\-\\-%s\\fR", roff(f.Name))
		if value != "" {
			fmt.Fprintf(b, " \\fI%s\\fR", roff(value))
		}
		fmt.Fprintf(b, "\n%s\n", roff(usage))
	})
}

// paragraphs sets text that is wrapped at its line ends; lines that are set in stay
// as they are.
func paragraphs(text string) string {
	var b strings.Builder
	for _, part := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if strings.HasPrefix(part, " ") {
			fmt.Fprintf(&b, ".PP\n.nf\n%s\n.fi\n", roff(part))
			continue
		}
		fmt.Fprintf(&b, ".PP\n%s\n", roff(part))
	}
	return b.String()
}

// roff escapes what troff reads as its own.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

// quotedRoff is one argument of a macro.
func quotedRoff(text string) string { return `"` + strings.ReplaceAll(roff(text), `"`, `""`) + `"` }
