package main

import (
	"cmp"
	"slices"

	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// places lists what package infra has: grids from the cleanest, each basis by
// itself, facilities from the most efficient, instances by accelerator and price.
func places(z *zoo.Zoo, _ bool) []sheet {
	grids := sorted(infra.Grids(), z.Grids, func(a, b infra.GridEntry) int {
		return cmp.Or(cmp.Compare(a.Value.Basis, b.Value.Basis), cmp.Compare(a.Value.Carbon, b.Value.Carbon))
	})
	facilities := sorted(infra.Facilities(), z.Facilities, func(a, b infra.FacilityEntry) int {
		return cmp.Compare(a.Value.PUE, b.Value.PUE)
	})
	return []sheet{
		sheetOf(grids, gridColumns), sheetOf(facilities, hallColumns),
		sheetOf(slices.Concat(infra.Coolings(), z.Coolings), coolingColumns),
		sheetOf(slices.Concat(infra.Racks(), z.Racks), rackColumns),
		tariffs(z), instances(z),
	}
}

// sorted lists the entries of the registry and of the user in one order.
func sorted[E any](builtIn, own []E, order func(a, b E) int) []E {
	return slices.SortedStableFunc(slices.Values(slices.Concat(builtIn, own)), order)
}

var gridColumns = []column[infra.GridEntry]{
	{"name", "Grid", func(e infra.GridEntry) any { return e.Key }},
	{"kind", "", func(infra.GridEntry) any { return "grid" }},
	{"full_name", "", func(e infra.GridEntry) any { return e.Value.Name }},
	{"region", "", func(e infra.GridEntry) any { return e.Key }},
	{"year", "Year", func(e infra.GridEntry) any { return positive(e.Value.Year) }},
	{"carbon", "Carbon", func(e infra.GridEntry) any { return e.Value.Carbon }},
	{"basis", "Basis", func(e infra.GridEntry) any { return e.Value.Basis }},
	{"low_carbon", "", func(e infra.GridEntry) any { return positive(e.Value.LowCarbon) }},
	{"water", "", func(e infra.GridEntry) any { return positive(e.Value.Water) }},
	{"electricity_price", "Electricity", func(e infra.GridEntry) any { return positive(e.Value.Price) }},
	{"aliases", "", func(e infra.GridEntry) any { return append([]string{}, e.Aliases...) }},
}

var hallColumns = []column[infra.FacilityEntry]{
	{"name", "Facility", func(e infra.FacilityEntry) any { return e.Key }},
	{"kind", "", func(infra.FacilityEntry) any { return "facility" }},
	{"full_name", "Operator or survey", func(e infra.FacilityEntry) any { return e.Value.Name }},
	{"year", "Year", func(e infra.FacilityEntry) any { return positive(e.Value.Year) }},
	{"pue", "PUE", func(e infra.FacilityEntry) any { return positive(e.Value.PUE) }},
	{"wue", "Water", func(e infra.FacilityEntry) any { return positive(e.Value.WUE) }},
	{"region", "", func(e infra.FacilityEntry) any { return named(e.Value.Region) }},
	{"aliases", "", func(e infra.FacilityEntry) any { return append([]string{}, e.Aliases...) }},
}

var coolingColumns = []column[infra.CoolingEntry]{
	{"name", "Cooling", func(e infra.CoolingEntry) any { return e.Key }},
	{"kind", "", func(infra.CoolingEntry) any { return "cooling" }},
	{"full_name", "", func(e infra.CoolingEntry) any { return e.Value.Name }},
	{"method", "By", func(e infra.CoolingEntry) any { return e.Value.Method }},
	{"year", "Year", func(e infra.CoolingEntry) any { return positive(e.Value.Year) }},
	{"pue", "PUE", func(e infra.CoolingEntry) any { return positive(e.Value.PUE) }},
	{"wue", "Water", func(e infra.CoolingEntry) any { return positive(e.Value.WUE) }},
	{"aliases", "", func(e infra.CoolingEntry) any { return append([]string{}, e.Aliases...) }},
}

var rackColumns = []column[infra.RackEntry]{
	{"name", "Rack", func(e infra.RackEntry) any { return e.Key }},
	{"kind", "", func(infra.RackEntry) any { return "rack" }},
	{"full_name", "", func(e infra.RackEntry) any { return e.Value.Name }},
	{"power", "Power", func(e infra.RackEntry) any { return positive(e.Value.Power) }},
	{"method", "Cooled by", func(e infra.RackEntry) any { return e.Value.Method }},
	{"aliases", "", func(e infra.RackEntry) any { return append([]string{}, e.Aliases...) }},
}
