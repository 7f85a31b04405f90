package main

import (
	"cmp"
	"regexp"
	"slices"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// prices lists everything that costs money, each with the day of its price:
// machines to rent, devices to buy, electricity, storage.
func prices(z *zoo.Zoo, all bool) []sheet {
	devices := hardware.Trusted()
	if all {
		devices = hardware.Entries()
	}
	bought := sorted(devices, z.Hardware, func(a, b hardware.Entry) int { return cmp.Compare(b.Value.Price, a.Value.Price) })
	bought = slices.DeleteFunc(bought, func(e hardware.Entry) bool { return e.Value.Price == 0 })
	rented := slices.Concat(systems.StorageTiers(), z.Storages)
	rented = slices.DeleteFunc(rented, func(e systems.StorageEntry) bool { return e.Value.Rent == 0 })
	return []sheet{instances(z), sheetOf(bought, purchaseColumns), tariffs(z), sheetOf(rented, rentColumns)}
}

func instances(z *zoo.Zoo) sheet {
	all := sorted(infra.Instances(), z.Instances, func(a, b infra.InstanceEntry) int {
		return cmp.Or(cmp.Compare(a.Value.Device, b.Value.Device), cmp.Compare(a.Value.PerDevice, b.Value.PerDevice))
	})
	return sheetOf(all, instanceColumns)
}

func tariffs(z *zoo.Zoo) sheet {
	return sheetOf(slices.Concat(infra.Tariffs(), z.Tariffs), tariffColumns)
}

var instanceColumns = []column[infra.InstanceEntry]{
	{"name", "Instance", func(e infra.InstanceEntry) any { return e.Key }},
	{"kind", "", func(infra.InstanceEntry) any { return "instance" }},
	{"full_name", "", func(e infra.InstanceEntry) any { return e.Value.Name }},
	{"provider", "", func(e infra.InstanceEntry) any { return e.Value.Provider }},
	{"region", "", func(e infra.InstanceEntry) any { return regionOf(e.Value.Name) }},
	{"devices", "", func(e infra.InstanceEntry) any { return positive(e.Value.Devices) }},
	{"device", "Device", func(e infra.InstanceEntry) any { return named(e.Value.Device) }},
	{"price", "Price", func(e infra.InstanceEntry) any { return positive(e.Value.Price) }},
	{"per_device", "Each", func(e infra.InstanceEntry) any { return positive(e.Value.PerDevice) }},
	{"spot_low", "", func(e infra.InstanceEntry) any { return positive(e.Value.SpotLow) }},
	{"spot_high", "", func(e infra.InstanceEntry) any { return positive(e.Value.SpotHigh) }},
	{"date", "Date", func(e infra.InstanceEntry) any { return e.Value.Date }},
	{"aliases", "", func(e infra.InstanceEntry) any { return append([]string{}, e.Aliases...) }},
}

// places within the name of an instance, as its provider writes them.
var placeInName = regexp.MustCompile(`\b[a-z]+-[a-z]+-?\d\b|\b(?:East|West) US\b|\bUS\b`)

func regionOf(name string) any { return named(placeInName.FindString(name)) }

var tariffColumns = []column[infra.TariffEntry]{
	{"name", "Tariff", func(e infra.TariffEntry) any { return e.Key }},
	{"kind", "", func(infra.TariffEntry) any { return "tariff" }},
	{"full_name", "", func(e infra.TariffEntry) any { return e.Value.Name }},
	{"year", "Year", func(e infra.TariffEntry) any { return positive(e.Value.Year) }},
	{"electricity_price", "Electricity", func(e infra.TariffEntry) any { return positive(e.Value.Price) }},
	{"aliases", "", func(e infra.TariffEntry) any { return append([]string{}, e.Aliases...) }},
}

var purchaseColumns = []column[hardware.Entry]{
	{"name", "Device", func(e hardware.Entry) any { return e.Key }},
	{"kind", "", func(hardware.Entry) any { return "device" }},
	{"full_name", "", func(e hardware.Entry) any { return e.Value.Name }},
	{"tier", "Tier", func(e hardware.Entry) any { return e.Value.Tier }},
	{"year", "Year", func(e hardware.Entry) any { return positive(e.Value.Year) }},
	{"purchase", "To buy", func(e hardware.Entry) any { return positive(e.Value.Price) }},
	{"confidence", "Confidence", func(e hardware.Entry) any { return priceFact(e.Facts, "Price").Confidence }},
	{"basis", "What and when", func(e hardware.Entry) any { return named(priceFact(e.Facts, "Price").Note) }},
}

var rentColumns = []column[systems.StorageEntry]{
	{"name", "Storage", func(e systems.StorageEntry) any { return e.Key }},
	{"kind", "", func(systems.StorageEntry) any { return "storage" }},
	{"full_name", "", func(e systems.StorageEntry) any { return e.Value.Name }},
	{"rent", "Rent", func(e systems.StorageEntry) any { return positive(e.Value.Rent) }},
	{"rent_of", "Of", func(e systems.StorageEntry) any { return positive(e.Value.RentOf) }},
	{"confidence", "Confidence", func(e systems.StorageEntry) any { return priceFact(e.Facts, "Rent").Confidence }},
	{"basis", "What and when", func(e systems.StorageEntry) any { return named(priceFact(e.Facts, "Rent").Note) }},
}

func priceFact(facts []source.Fact, field string) source.Fact {
	f, _ := source.Find(facts, field)
	return f
}
