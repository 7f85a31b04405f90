package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// A doctor looks at the registries on a day.
type doctor struct {
	day  day
	full bool // every value, not only how many
	zoo.Checkup
}

func doctorCommand(out *cli.Format) *cobra.Command {
	d := &doctor{}
	cmd := &cobra.Command{
		Use:   "doctor [hardware|models|infra|systems]",
		Short: "List missing, stale and low-confidence values",
		Long: `doctor counts the values of each registry by confidence and lists those to look
at again: numbers that an entry of its kind should have, prices of more than a
year ago, yearly figures of more than three, and values with low confidence.
With a category it lists every one of them.`,
		Example:   "  mlsysim zoo doctor\n  mlsysim zoo doctor infra --as-of 2027-06\n  mlsysim zoo doctor hardware -o csv",
		ValidArgs: zoo.Kinds(),
		RunE: func(cmd *cobra.Command, args []string) error {
			wanted := zoo.Kinds()
			switch {
			case len(args) > 1:
				return cli.Usage("unexpected argument %q: want one category of %s", args[1], strings.Join(wanted, ", "))
			case len(args) == 1 && !slices.Contains(wanted, args[0]):
				return cli.Unknown("category", args[0], wanted)
			case len(args) == 1:
				wanted, d.full = args, true
			}
			d.Checkup = own(cmd).Checkup(d.day.or(time.Now()), wanted...)
			return cli.Print(cmd, *out, d.view())
		},
	}
	cmd.Flags().Var(&d.day, "as-of", "judge ages on this day: 2026-11 or 2026-11-25 (default today)")
	return cmd
}

// view shows the counts, then the findings.
func (d *doctor) view() show.View {
	counts := &show.Table{Columns: []show.Column{
		{Name: "Registry"},
		{Name: "Entries", Right: true},
		{Name: "Values", Right: true},
		{Name: "High", Right: true},
		{Name: "Medium", Right: true},
		{Name: "Low", Right: true},
	}}
	for _, c := range d.Counts {
		counts.Cells = append(counts.Cells, append([]string{c.Registry}, numbers(c.Entries, c.Values, c.High, c.Medium, c.Low)...))
	}
	v := show.View{Title: "Registry " + source.Stamp(), Blocks: []show.Block{{Heading: "Confidence", Table: counts}}, Data: *d}
	for _, p := range []struct {
		problem zoo.Problem
		heading string
	}{{zoo.Missing, "Missing"}, {zoo.Stale, "Stale"}, {zoo.Doubtful, "Low confidence"}} {
		if t := d.table(p.problem); len(t.Cells) > 0 {
			v.Blocks = append(v.Blocks, show.Block{Heading: p.heading, Table: t})
		}
	}
	return v
}

func numbers(all ...int) []string {
	var out []string
	for _, n := range all {
		out = append(out, strconv.Itoa(n))
	}
	return out
}

// table lists the findings with one problem, or counts them by field.
func (d *doctor) table(p zoo.Problem) *show.Table {
	if d.full {
		t := &show.Table{Columns: []show.Column{{Name: "Entry"}, {Name: "Field"}, {Name: "Value", Right: true}, {Name: "Why"}}}
		for _, f := range d.Findings {
			if f.Problem == p {
				t.Cells = append(t.Cells, []string{f.Entry, f.Field, f.Value, f.Why})
			}
		}
		return t
	}
	t := &show.Table{Columns: []show.Column{{Name: "Registry"}, {Name: "Field"}, {Name: "Values", Right: true}, {Name: "First of them"}}}
	for _, f := range d.Findings {
		if f.Problem != p {
			continue
		}
		field := f.Kind + "." + f.Field
		i := slices.IndexFunc(t.Cells, func(row []string) bool { return row[0] == f.Registry && row[1] == field })
		if i < 0 {
			t.Cells = append(t.Cells, []string{f.Registry, field, "1", f.Entry})
			continue
		}
		n, _ := strconv.Atoi(t.Cells[i][2])
		t.Cells[i][2] = strconv.Itoa(n + 1)
		if n < 3 {
			t.Cells[i][3] += ", " + f.Entry
		}
	}
	return t
}

func (d doctor) findings() []object {
	out := make([]object, len(d.Findings))
	for i, f := range d.Findings {
		out[i] = object{
			{"registry", f.Registry},
			{"kind", f.Kind},
			{"entry", f.Entry},
			{"field", f.Field},
			{"problem", string(f.Problem)},
			{"value", text(f.Value)},
			{"why", text(f.Why)},
		}
	}
	return out
}

// MarshalJSON writes the counts and every finding.
func (d doctor) MarshalJSON() ([]byte, error) {
	counts := make([]object, len(d.Counts))
	for i, c := range d.Counts {
		counts[i] = object{{"registry", c.Registry}, {"entries", c.Entries}, {"values", c.Values}, {"high", c.High}, {"medium", c.Medium}, {"low", c.Low}}
	}
	return object{{"counts", counts}, {"findings", d.findings()}, {"registry", source.Stamp()}}.MarshalJSON()
}

// Records is the findings as rows.
func (d doctor) Records() ([][]string, error) { return records(d.findings()) }

// A day is a flag for a date.
type day struct{ time.Time }

// String prints the date, or nothing.
func (d *day) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Format(time.DateOnly)
}

// Type names what the flag wants.
func (d *day) Type() string { return "date" }

// Set reads a day, or a month as its first day.
func (d *day) Set(text string) error {
	for _, layout := range []string{time.DateOnly, "2006-01"} {
		if t, err := time.Parse(layout, text); err == nil {
			d.Time = t
			return nil
		}
	}
	return fmt.Errorf("%q: want a date such as 2026-11 or 2026-11-25", text)
}

// or is the day that was given, or else another.
func (d day) or(other time.Time) time.Time {
	if d.IsZero() {
		return other
	}
	return d.Time
}
