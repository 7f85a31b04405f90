package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/systems"
)

func entryCommand(out *cli.Format) *cobra.Command {
	return &cobra.Command{
		Use:     "show NAME",
		Short:   "Show one entry with the source of every value",
		Example: "  mlsysim zoo show H100\n  mlsysim zoo show Quebec -o json",
		Args:    cli.Args("NAME"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return allNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := findEntry(args[0])
			if err != nil {
				return cli.Blame("name", err)
			}
			return cli.Print(cmd, *out, e.view())
		},
	}
}

// An entry is one entry of any registry.
type entry struct {
	path, key, name  string
	aliases, renamed []string
	note, doubt      string
	value            any
	facts            []source.Fact
}

func allNames() []string {
	return slices.Concat(
		registryNames(reflect.TypeFor[hardware.Device]()), registryNames(reflect.TypeFor[models.Model]()),
		keys(infra.All(), func(e infra.AnyEntry) string { return e.Key }), keys(systems.All(), func(e systems.AnyEntry) string { return e.Key }),
	)
}

// findEntry looks a name up in one registry after the other.
func findEntry(name string) (entry, error) {
	if e, err := hardware.Lookup(name); err == nil {
		return entry{e.Path, e.Key, e.Value.Name, e.Aliases, e.Renamed, e.Note, hardware.Doubt(e), *e.Value, e.Facts}, nil
	}
	if e, err := models.Lookup(name); err == nil {
		return entry{e.Path, e.Key, e.Value.Name, e.Aliases, e.Renamed, e.Note, "", *e.Value, e.Facts}, nil
	}
	if e, err := infra.Lookup(name); err == nil {
		return entry{e.Path, e.Key, fmt.Sprint(*e.Value), e.Aliases, e.Renamed, e.Note, "", *e.Value, e.Facts}, nil
	}
	if e, err := systems.Lookup(name); err == nil {
		return entry{e.Path, e.Key, fmt.Sprint(*e.Value), e.Aliases, e.Renamed, e.Note, "", *e.Value, e.Facts}, nil
	}
	return entry{}, cli.Unknown("name", name, allNames())
}

// view lists every value with its source, then the documents.
func (e entry) view() show.View {
	values := &show.Table{Columns: []show.Column{{Name: "Field"}, {Name: "Value", Right: true}, {Name: "Confidence"}, {Name: "Source"}}}
	facts := make([]object, len(e.facts))
	var notes []show.Row
	for i, f := range e.facts {
		values.Cells = append(values.Cells, []string{f.Field, f.Text, f.Confidence.String(), f.Document})
		facts[i] = object{
			{"field", f.Field},
			{"value", f.Text},
			{"confidence", f.Confidence.String()},
			{"document", f.Document},
			{"note", f.Note},
		}
		if f.Note != "" {
			notes = append(notes, show.Row{Label: f.Field, Value: f.Note})
		}
	}
	sources, documents := e.documents()

	v := show.View{Title: e.name, Subtitle: strings.Join(append([]string{e.path}, e.aliases...), ", ")}
	for _, b := range []show.Block{{Rows: e.about()}, {Table: values}, {Heading: "Notes", Rows: notes}, {Heading: "Sources", Rows: sources}} {
		if b.Table != nil || len(b.Rows) > 0 {
			v.Blocks = append(v.Blocks, b)
		}
	}
	v.Data = object{
		{"name", e.key},
		{"full_name", e.name},
		{"path", e.path},
		{"aliases", append([]string{}, e.aliases...)},
		{"renamed", append([]string{}, e.renamed...)},
		{"note", e.note},
		{"doubt", e.doubt},
		{"values", e.value},
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
		{Label: "Note", Value: e.note},
		{Label: "Renamed from", Value: strings.Join(e.renamed, ", ")},
		{Label: "No default", Value: e.doubt},
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
	for _, f := range e.facts {
		ids = append(ids, f.Document)
	}
	slices.Sort(ids)

	var rows []show.Row
	var objects []object
	for _, id := range slices.Compact(ids) {
		d, ok := source.Lookup(id)
		if !ok {
			continue
		}
		rows = append(rows, show.Row{Label: d.ID, Value: fmt.Sprintf("%s (%s) %s", d.Title, d.Date, d.URL)})
		objects = append(objects, object{{"id", d.ID}, {"title", d.Title}, {"url", d.URL}, {"date", d.Date}})
	}
	return rows, objects
}
