package kernel

import (
	"fmt"
	"go/doc/comment"
	"reflect"
	"strings"

	"github.com/mlsysim/golab/kernelext/chart"
	"github.com/mlsysim/golab/kernelext/script"
	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// pageOf describes a name: its signature, what it means, its equation, what it
// holds now, its fields, and where its law or its numbers come from.
func pageOf(d script.Doc) show.View {
	v := show.View{Title: d.Signature}
	text, equations := paragraphs(d.Text)
	if len(text) > 0 {
		v.Subtitle, text = text[0], text[1:]
	}
	v.Blocks = add(v.Blocks, len(text) > 0, show.Block{Notes: text})
	v.Blocks = add(v.Blocks, len(equations) > 0, show.Block{Heading: "Equation", Rows: equations})
	facts := factsOf(d)
	if d.HasValue && len(facts) == 0 {
		v.Blocks = append(v.Blocks, valueBlocks(d.Value)...)
	}
	v.Blocks = append(v.Blocks, factBlocks(facts)...)
	v.Blocks = append(v.Blocks, wallBlocks(d)...)
	v.Blocks = add(v.Blocks, len(d.Fields) > 0 && len(facts) == 0, show.Block{Heading: "Fields" + ofResult(d), Table: members(d.Fields)})
	v.Blocks = add(v.Blocks, len(d.Methods) > 0, show.Block{Heading: "Methods" + ofResult(d), Table: members(d.Methods)})
	return v
}

// ofResult says whose members these are, where the name is a function.
func ofResult(d script.Doc) string {
	if d.Kind != "func" && d.Kind != "method" {
		return ""
	}
	return " of the result"
}

func add(blocks []show.Block, wanted bool, b show.Block) []show.Block {
	if !wanted {
		return blocks
	}
	return append(blocks, b)
}

// bundlePage prints a page in every form.
func bundlePage(d script.Doc) map[string]any {
	v := pageOf(d)
	bundle := chart.Bundle(v)
	if len(v.Blocks) == 0 { // a view of nothing but a title prints as text only
		bundle["text/markdown"] = "`" + d.Signature + "`"
	}
	return bundle
}

// paragraphs tells the sentences of a documentation from its equations.
func paragraphs(text string) (sentences []string, equations []show.Row) {
	var p comment.Parser
	var pr comment.Printer
	for _, b := range p.Parse(text).Content {
		if code, ok := b.(*comment.Code); ok {
			for line := range strings.Lines(code.Text) {
				equations = append(equations, show.Row{Value: strings.TrimSpace(line)})
			}
			continue
		}
		one := string(pr.Text(&comment.Doc{Content: []comment.Block{b}}))
		sentences = append(sentences, strings.Join(strings.Fields(one), " "))
	}
	return sentences, equations
}

func members(list []script.Member) *show.Table {
	t := &show.Table{Columns: []show.Column{{Name: "Name"}, {Name: "Type"}, {Name: "Meaning"}}}
	for _, m := range list {
		t.Cells = append(t.Cells, []string{m.Name, m.Type, m.Help})
	}
	return t
}

// valueBlocks is what a variable holds, under one heading.
func valueBlocks(v any) []show.Block {
	if own, ok := v.(script.Value); ok {
		return []show.Block{{Heading: "Value", Rows: []show.Row{{Value: fmt.Sprint(own)}}}}
	}
	blocks := show.Of(v).Blocks
	if len(blocks) > 0 && blocks[0].Heading == "" {
		blocks[0].Heading = "Value"
	}
	return blocks
}

// factsOf finds the sources of a registry's variable.
func factsOf(d script.Doc) []source.Fact {
	if d.Kind != "var" || !d.HasValue {
		return nil
	}
	if e, err := hardware.Lookup(d.Name); err == nil && e.Key == d.Name && is[hardware.Device](d.Value) {
		return e.Facts
	}
	if e, err := models.Lookup(d.Name); err == nil && e.Key == d.Name && is[models.Model](d.Value) {
		return e.Facts
	}
	if e, err := infra.Lookup(d.Name); err == nil && e.Key == d.Name && reflect.TypeOf(*e.Value) == reflect.TypeOf(d.Value) {
		return e.Facts
	}
	if e, err := systems.Lookup(d.Name); err == nil && e.Key == d.Name && reflect.TypeOf(*e.Value) == reflect.TypeOf(d.Value) {
		return e.Facts
	}
	return nil
}

func is[T any](v any) bool { _, ok := v.(T); return ok }

// factBlocks list every number with its source, and then the documents.
func factBlocks(facts []source.Fact) []show.Block {
	if len(facts) == 0 {
		return nil
	}
	values := &show.Table{Columns: []show.Column{{Name: "Field"}, {Name: "Value", Right: true}, {Name: "Source"}}}
	var documents []show.Row
	seen := map[string]bool{}
	for _, f := range facts {
		values.Cells = append(values.Cells, []string{f.Field, f.Text, f.Document})
		doc, known := source.Lookup(f.Document)
		if !known || seen[f.Document] {
			continue
		}
		seen[f.Document] = true
		documents = append(documents, show.Row{Label: f.Document, Value: doc.Title, Note: doc.URL})
	}
	return []show.Block{{Heading: "Values", Table: values}, {Heading: "Sources", Rows: documents}}
}

// wallBlocks names the laws behind a solver.
func wallBlocks(d script.Doc) []show.Block {
	if d.Kind != "type" {
		return nil
	}
	for _, s := range catalog.All() {
		if reflect.TypeOf(s.Example).Name() != d.Name {
			continue
		}
		var rows []show.Row
		for _, w := range s.Walls {
			if i, err := walls.Find(int(w)); err == nil {
				rows = append(rows, show.Row{Label: fmt.Sprintf("%d %s", i.Number, i.Name), Value: i.Formula, Note: i.Source})
			}
		}
		return []show.Block{{Heading: "Walls", Rows: rows}}
	}
	return nil
}
