package gallery

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/kernelext/script"
	"github.com/mlsysim/golab/mlsysim/show"
)

// An Item is a cell of the gallery with what it shows, if it shows something.
type Item struct {
	Name   string         // of its files: roofline-of-several-devices
	Text   string         // the Markdown above its cell
	Source string         // its cell
	Value  any            // what it shows; nil for controls
	Bundle map[string]any // what controls show
}

// Chart is the chart that an item is, if it is one.
func (i Item) Chart() (show.Chart, bool) {
	c, ok := i.Value.(show.Chart)
	return c, ok
}

// Run runs a script and returns its cells with what they show. It changes the sink
// of this process, so that one may run at a time.
func Run(ctx context.Context, path string) ([]Item, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the gallery: %w", err)
	}
	var out []Item
	var at Item
	add := func(v any, bundle map[string]any) {
		at.Value, at.Bundle = v, bundle
		out = append(out, at)
	}
	before := record.Current()
	record.Use(sink(func(bundle map[string]any) { add(nil, bundle) }))
	defer record.Use(before)

	e := script.New(script.Options{Show: func(v any) { add(v, nil) }})
	for _, b := range script.ReadScript(string(src)) {
		if b.Text {
			at = Item{Name: slug(b.Source), Text: b.Source}
			continue
		}
		at.Source, at.Value, at.Bundle = b.Source, nil, nil
		n := len(out)
		if err := e.Run(ctx, at.Name, b.Source); err != nil {
			return nil, err
		}
		switch len(out) - n {
		case 0:
			out = append(out, at)
		case 1:
		default:
			return nil, errors.New(at.Name + " shows more than one thing: give each a heading")
		}
	}
	return out, distinct(out)
}

// Charts runs a script and returns the items that are charts.
func Charts(ctx context.Context, path string) ([]Item, error) {
	all, err := Run(ctx, path)
	return slices.DeleteFunc(all, func(i Item) bool {
		_, ok := i.Chart()
		return !ok
	}), err
}

// distinct is an error if two items have one name.
func distinct(items []Item) error {
	seen := map[string]bool{}
	for _, i := range items {
		if i.Value == nil && i.Bundle == nil {
			continue
		}
		if i.Name == "" || seen[i.Name] {
			return fmt.Errorf("a heading of the gallery stands above two cells or says nothing: %q", i.Name)
		}
		seen[i.Name] = true
	}
	return nil
}

var (
	heading = regexp.MustCompile(`(?m)^### (.*)$`)
	between = regexp.MustCompile(`[^a-z0-9]+`)
)

// slug is the heading of a text as a name of files.
func slug(text string) string {
	m := heading.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return strings.Trim(between.ReplaceAllString(strings.ToLower(m[1]), "-"), "-")
}

// A sink takes what controls show.
type sink func(bundle map[string]any)

// Record is nothing: the gallery asks no question.
func (s sink) Record([]byte) {}

// Show takes a bundle.
func (s sink) Show(bundle map[string]any) { s(bundle) }
