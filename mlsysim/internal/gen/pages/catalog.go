package main

import (
	"strings"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/source"
)

// catalog lists the pages in the order of the site.
func catalog() []page {
	var pages []page
	for i, tier := range hardware.Cloud.Names() {
		of := pick(hardware.Entries(), func(e hardware.Entry) bool { return int(e.Value.Tier) == i })
		pages = append(pages, page{
			"hardware-" + tier + ".md", "Hardware: " + tier, tierTexts[tier] + "\nA GB is 10⁹ bytes: the 80 GB that a vendor prints may be 80 GiB, 85.9 GB here.", "hardware",
			[]table{tableOf("Dense rates", of, rateColumns...), tableOf("Memory, links, power and price", of, deviceColumns...)},
		}.once())
	}
	for i, family := range models.Transformer.Names() {
		of := pick(models.Entries(), func(e models.Entry) bool { return int(e.Value.Family) == i })
		if len(of) == 0 {
			continue
		}
		pages = append(pages, page{"models-" + family + ".md", "Models: " + family, familyText(family), "models", []table{tableOf("", of, modelColumns...)}})
	}
	for _, set := range regions() {
		pages = append(pages, page{set.file, set.title, set.about, "infra", []table{tableOf("", set.grids, gridColumns...)}})
	}
	return append(pages, places()...)
}

// once keeps the entries that two tables of a page share from being counted
// twice.
func (p page) once() page {
	for i := 1; i < len(p.tables); i++ {
		p.tables[i].entries = nil
	}
	return p
}

func pick[T any](all []registry.Entry[T], keep func(registry.Entry[T]) bool) []registry.Entry[T] {
	var out []registry.Entry[T]
	for _, e := range all {
		if keep(e) {
			out = append(out, e)
		}
	}
	return out
}

var tierTexts = map[string]string{
	"cloud":       "Accelerators and processors of data centres, racks counted as one device among them.",
	"workstation": "Graphics cards and processors that stand under or on a desk.",
	"edge":        "Modules and boards beside sensors and in vehicles.",
	"mobile":      "Phones and tablets.",
	"tiny":        "Microcontrollers: weights are read from flash, activations live in SRAM.",
}

func familyText(family string) string {
	return "Networks of the family " + family + ". Parameters, weights, caches and operations follow from the\nshape; the published count is a test of it."
}

// A region is a set of grids whose figures are of one kind.
type region struct {
	file, title, about string
	grids              []infra.GridEntry
}

func regions() []region {
	sets := []region{
		{"grids-countries.md", "Grids: countries", "Emissions per energy of countries and other large regions, life cycle of the plants\nincluded where the basis says so. Never compare two bases.", nil},
		{"grids-us.md", "Grids: US states", "Emissions per energy of the states of the USA, what the stacks emit (operational).", nil},
		{"grids-google.md", "Grids: Google Cloud regions", "Emissions per energy of the grids behind Google Cloud regions (operational), with the\nshare of hours that the operator reports as carbon-free.", nil},
	}
	for _, e := range infra.Grids() {
		i := 0
		fact, _ := source.Find(e.Facts, "Carbon")
		switch {
		case strings.HasPrefix(fact.Document, "egrid"):
			i = 1
		case strings.HasPrefix(fact.Document, "google"):
			i = 2
		}
		sets[i].grids = append(sets[i].grids, e)
	}
	return sets
}
