package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/grade"
	"github.com/mlsysim/golab/cmd/internal/cli"
)

// A reportCall is the flags of mlgrade report.
type reportCall struct {
	book
	out, canvas, column string
	lines               bool
}

func reportCommand(out *cli.Format) *cobra.Command {
	c := reportCall{}
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Write results, feedback and gradebook files from a ledger",
		Long: `report writes what the ledger holds, with points by hand and lateness: nothing is
graded. With --canvas it fills one column of a gradebook that you exported from
Canvas, and leaves every other byte of it alone; students who are not graded get
a blank, never 0.`,
		Example: "  mlgrade report --ledger class.db --lab T0 --out out\n  mlgrade report --ledger class.db --lab T0 --canvas export.csv --column 'T0 Hello World'",
		Args:    cli.Args(),
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.run(cmd, *out) },
	}
	c.reads(cmd)
	f := cmd.Flags()
	f.StringVar(&c.out, "out", "out", "`folder` for results, grades and feedback")
	f.StringVar(&c.canvas, "canvas", "", "gradebook that Canvas exported, a CSV `file`; the filled one is written to --out as canvas.csv")
	f.StringVar(&c.column, "column", "", "assignment of the gradebook: its `title` or number")
	f.BoolVar(&c.lines, "json", false, "print a line of JSON for each submission, and no table")
	return cmd
}

func (c *reportCall) run(cmd *cobra.Command, f cli.Format) error {
	l, err := c.open(false)
	if err != nil {
		return err
	}
	defer l.Close()
	r, err := grade.Recorded(l, grade.Named(c.lab))
	if err != nil {
		return err
	}
	if err := export.Write(r, c.out); err != nil {
		return err
	}
	if c.canvas != "" {
		if err := fillCanvas(cmd.ErrOrStderr(), r, c.canvas, c.column, filepath.Join(c.out, "canvas.csv")); err != nil {
			return err
		}
	}
	switch {
	case c.lines:
		return export.Lines(cmd.OutOrStdout(), r)
	case f == cli.JSON:
		return export.Results(cmd.OutOrStdout(), r)
	}
	return cli.Print(cmd, f, r.View())
}

// fillCanvas fills one column of a gradebook and says what became of whom.
func fillCanvas(w io.Writer, r grade.Report, from, column, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("reading the gradebook: %w", err)
	}
	g, err := export.ReadCanvas(data)
	if err != nil {
		return err
	}
	if column == "" {
		return cli.Blame("column", cli.Usage("--canvas needs --column: the title or number of the assignment"))
	}
	at, err := g.Column(column)
	if err != nil {
		return err
	}
	f, err := g.Fill(r, at)
	if err != nil {
		return err
	}
	if err := os.WriteFile(to, g.Bytes(), 0o600); err != nil {
		return fmt.Errorf("writing the gradebook: %w", err)
	}
	fmt.Fprintf(w, "%s: %q has %d scores, %d blank\n", to, f.Column, f.Scored, f.Blank)
	if f.Scaled != "" {
		fmt.Fprintf(w, "note: %s\n", f.Scaled)
	}
	if len(f.Kept) > 0 {
		fmt.Fprintf(w, "note: excused or not assigned, left as they are: %s\n", strings.Join(f.Kept, ", "))
	}
	if len(f.Unknown) > 0 {
		fmt.Fprintf(w, "note: no row of their own in the gradebook: %s\n", strings.Join(f.Unknown, ", "))
	}
	return nil
}
