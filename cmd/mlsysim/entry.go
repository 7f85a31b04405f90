package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

func entryCommand(out *cli.Format) *cobra.Command {
	return &cobra.Command{
		Use:     "show NAME",
		Short:   "Show one entry with the source of every value",
		Long:    "show prints one entry of any registry: every value as its source writes it, how far\nit can be trusted, the date of the document, notes, and former names.",
		Example: "  mlsysim zoo show H100\n  mlsysim zoo show Quebec -o json",
		Args:    cli.Args("NAME"),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return own(cmd).Keys(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := findEntry(own(cmd), args[0])
			if err != nil {
				return cli.Blame("name", err)
			}
			return cli.Print(cmd, *out, e.view())
		},
	}
}

// An entry is one entry of any registry, with the entries of the user that its
// documents may be among.
type entry struct {
	*zoo.Entry
	zoo *zoo.Zoo
}

// findEntry looks a name up in one registry after the other.
func findEntry(z *zoo.Zoo, name string) (entry, error) {
	e, err := z.Lookup(name)
	if err != nil {
		return entry{}, unknownEntry(z, name, err)
	}
	return entry{e, z}, nil
}

// doubt says why a device is no default.
func (e entry) doubt() string {
	d, ok := (*e.Value).(hardware.Device)
	if !ok {
		return ""
	}
	return hardware.Doubt(&hardware.Entry{Value: &d, Facts: e.Facts})
}

// view lists every value with its source, then the documents.
func (e entry) view() show.View {
	values := &show.Table{Columns: []show.Column{{Name: "Field"}, {Name: "Value", Right: true}, {Name: "Confidence"}, {Name: "Date"}, {Name: "Source"}}}
	facts := make([]object, len(e.Facts))
	var notes []show.Row
	for i, f := range e.Facts {
		d, _ := e.zoo.Document(f.Document)
		values.Cells = append(values.Cells, []string{f.Field, f.Text, f.Confidence.String(), d.Date, f.Document})
		facts[i] = object{
			{"field", f.Field},
			{"value", f.Text},
			{"confidence", f.Confidence.String()},
			{"document", f.Document},
			{"date", d.Date},
			{"note", f.Note},
		}
		if f.Note != "" {
			notes = append(notes, show.Row{Label: f.Field, Value: f.Note})
		}
	}
	sources, documents := e.documents()

	v := show.View{Title: fmt.Sprint(*e.Value), Subtitle: strings.Join(append([]string{e.Path}, e.Aliases...), ", ")}
	for _, b := range []show.Block{{Rows: e.about()}, {Table: values}, {Heading: "Notes", Rows: notes}, {Heading: "Sources", Rows: sources}} {
		if b.Table != nil || len(b.Rows) > 0 {
			v.Blocks = append(v.Blocks, b)
		}
	}
	v.Data = object{
		{"name", e.Key},
		{"full_name", fmt.Sprint(*e.Value)},
		{"path", e.Path},
		{"aliases", append([]string{}, e.Aliases...)},
		{"renamed", append([]string{}, e.Renamed...)},
		{"note", e.Note},
		{"doubt", e.doubt()},
		{"values", *e.Value},
		{"facts", facts},
		{"documents", documents},
		{"registry", source.Stamp()},
	}
	return v
}

// about lists what is said of the entry as a whole.
func (e entry) about() []show.Row {
	var rows []show.Row
	for _, r := range []show.Row{
		{Label: "Note", Value: e.Note},
		{Label: "Renamed from", Value: strings.Join(e.Renamed, ", ")},
		{Label: "No default", Value: e.doubt()},
	} {
		if r.Value != "" {
			rows = append(rows, r)
		}
	}
	return rows
}

// documents lists the documents that the facts name, in order of their ids.
func (e entry) documents() ([]show.Row, []object) {
	var ids []string
	for _, f := range e.Facts {
		ids = append(ids, f.Document)
	}
	slices.Sort(ids)

	var rows []show.Row
	var objects []object
	for _, id := range slices.Compact(ids) {
		d, ok := e.zoo.Document(id)
		if !ok {
			continue
		}
		rows = append(rows, show.Row{Label: d.ID, Value: fmt.Sprintf("%s (%s) %s", d.Title, d.Date, d.URL)})
		objects = append(objects, object{{"id", d.ID}, {"title", d.Title}, {"url", d.URL}, {"date", d.Date}})
	}
	return rows, objects
}
