package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// A page is one file of the catalog.
type page struct {
	file, title, about string
	kind               string // registry of its entries
	tables             []table
}

const front = `---
# Written by go generate ./mlsysim/zoo; edit mlsysim/*/data there.
title: %q
weight: %d
---

`

const legend = "A number without a mark has high confidence (read in a primary document); † is medium\n" +
	"(recalled or derived), ‡ is low (preliminary, second-hand or a convention). An empty\n" +
	"cell is a value that the registry does not know. `mlsysim zoo show NAME` has the source\n" +
	"of every single value.\n\n"

// render writes the pages and their index.
func render(pages []page) map[string]string {
	made := map[string]string{"_index.md": index(pages)}
	for i, p := range pages {
		made[p.file] = p.markdown((i + 1) * 10)
	}
	return made
}

func (p page) entries() []zoo.Entry {
	var all []zoo.Entry
	for _, t := range p.tables {
		all = append(all, t.entries...)
	}
	return all
}

func (p page) markdown(weight int) string {
	var b strings.Builder
	fmt.Fprintf(&b, front, p.title, weight)
	fmt.Fprintf(&b, "%s\n\n", p.about)
	c := zoo.Tally(p.kind, p.entries())
	fmt.Fprintf(&b, "**%d entries, %d values: %d high, %d medium, %d low confidence.** Registry %s.\n\n", c.Entries, c.Values, c.High, c.Medium, c.Low, source.Version)
	b.WriteString(legend)
	for _, t := range p.tables {
		t.markdown(&b)
	}
	b.WriteString("## Sources\n\n")
	for _, id := range documents(p.entries()) {
		d, _ := source.Lookup(id)
		title := escape(d.Title)
		if d.URL != "" {
			title = "[" + title + "](" + d.URL + ")"
		}
		fmt.Fprintf(&b, "[^%s]: %s, %s.\n", id, title, d.Date)
	}
	return b.String()
}

// documents lists what the numbers of some entries were read in, in order.
func documents(entries []zoo.Entry) []string {
	var ids []string
	for i := range entries {
		for _, f := range entries[i].Facts {
			ids = append(ids, f.Document)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// index counts the registries and lists the pages.
func index(pages []page) string {
	var b strings.Builder
	fmt.Fprintf(&b, front, "Catalog", 20)
	fmt.Fprintf(&b, "Every device, network, place and system that mlsysim knows, written from the same data\nas the library. Registry %s.\n\n", source.Stamp())
	b.WriteString("## Confidence\n\nStale are prices of more than a year and yearly figures of more than three years before\nthe edition; missing are numbers that an entry of its kind should have.\n`mlsysim zoo doctor` lists them.\n\n")
	b.WriteString("| Registry | Entries | Values | High | Medium | Low | Stale | Missing |\n|---|--:|--:|--:|--:|--:|--:|--:|\n")
	day := edition()
	for _, kind := range zoo.Kinds() {
		c := new(zoo.Zoo).Checkup(day, kind)
		found := map[zoo.Problem]int{}
		for _, f := range c.Findings {
			found[f.Problem]++
		}
		n := c.Counts[0]
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d | %d |\n", kind, n.Entries, n.Values, n.High, n.Medium, n.Low, found[zoo.Stale], found[zoo.Missing])
	}
	b.WriteString("\n## Pages\n\n| Page | Entries | Values | High | Medium | Low |\n|---|--:|--:|--:|--:|--:|\n")
	for _, p := range pages {
		n := zoo.Tally(p.kind, p.entries())
		fmt.Fprintf(&b, "| [%s](%s) | %d | %d | %d | %d | %d |\n", p.title, p.file, n.Entries, n.Values, n.High, n.Medium, n.Low)
	}
	return b.String()
}

// edition is the day that the ages of the index are counted from: the first of
// the month of the registry, so that the pages change with the data only.
func edition() time.Time {
	day, err := time.Parse("2006.01", source.Version)
	if err != nil {
		panic(err) // the version is ours
	}
	return day
}
