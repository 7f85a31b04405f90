package main

import (
	"cmp"
	"slices"

	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/show"
)

// A listed is the tables of a category and its objects.
type listed struct {
	tables  []*show.Table
	objects []object
}

// list adds the table of one kind.
func list[E any](l *listed, entries []E, columns []column[E]) {
	table, objects := tabulate(entries, columns)
	l.tables = append(l.tables, table)
	l.objects = append(l.objects, objects...)
}

// places lists what package infra has: grids from the cleanest, each basis by
// itself, facilities from the most efficient, instances by accelerator and price.
func places() ([]*show.Table, []object) {
	var l listed
	list(&l, slices.SortedStableFunc(slices.Values(infra.Grids()), func(a, b infra.GridEntry) int {
		return cmp.Or(cmp.Compare(a.Value.Basis, b.Value.Basis), cmp.Compare(a.Value.Carbon, b.Value.Carbon))
	}), gridColumns)
	list(&l, slices.SortedStableFunc(slices.Values(infra.Facilities()), func(a, b infra.FacilityEntry) int {
		return cmp.Compare(a.Value.PUE, b.Value.PUE)
	}), hallColumns)
	list(&l, infra.Coolings(), coolingColumns)
	list(&l, infra.Racks(), rackColumns)
	list(&l, infra.Tariffs(), tariffColumns)
	list(&l, slices.SortedStableFunc(slices.Values(infra.Instances()), func(a, b infra.InstanceEntry) int {
		return cmp.Or(cmp.Compare(a.Value.Device, b.Value.Device), cmp.Compare(a.Value.PerDevice, b.Value.PerDevice))
	}), instanceColumns)
	return l.tables, l.objects
}

var gridColumns = []column[infra.GridEntry]{
	{"name", "Grid", func(e infra.GridEntry) any { return e.Key }},
	{"kind", "", func(infra.GridEntry) any { return "grid" }},
	{"full_name", "", func(e infra.GridEntry) any { return e.Value.Name }},
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

var tariffColumns = []column[infra.TariffEntry]{
	{"name", "Tariff", func(e infra.TariffEntry) any { return e.Key }},
	{"kind", "", func(infra.TariffEntry) any { return "tariff" }},
	{"full_name", "", func(e infra.TariffEntry) any { return e.Value.Name }},
	{"year", "Year", func(e infra.TariffEntry) any { return positive(e.Value.Year) }},
	{"electricity_price", "Electricity", func(e infra.TariffEntry) any { return positive(e.Value.Price) }},
	{"aliases", "", func(e infra.TariffEntry) any { return append([]string{}, e.Aliases...) }},
}

var instanceColumns = []column[infra.InstanceEntry]{
	{"name", "Instance", func(e infra.InstanceEntry) any { return e.Key }},
	{"kind", "", func(infra.InstanceEntry) any { return "instance" }},
	{"full_name", "", func(e infra.InstanceEntry) any { return e.Value.Name }},
	{"provider", "", func(e infra.InstanceEntry) any { return e.Value.Provider }},
	{"devices", "", func(e infra.InstanceEntry) any { return positive(e.Value.Devices) }},
	{"device", "Device", func(e infra.InstanceEntry) any { return named(e.Value.Device) }},
	{"price", "Price", func(e infra.InstanceEntry) any { return positive(e.Value.Price) }},
	{"per_device", "Each", func(e infra.InstanceEntry) any { return positive(e.Value.PerDevice) }},
	{"date", "Date", func(e infra.InstanceEntry) any { return e.Value.Date }},
	{"aliases", "", func(e infra.InstanceEntry) any { return append([]string{}, e.Aliases...) }},
}

// named is a name, or nil where there is none.
func named(name string) any {
	if name == "" {
		return nil
	}
	return name
}
