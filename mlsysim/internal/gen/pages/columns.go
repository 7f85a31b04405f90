package main

import (
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

var rateColumns = []column[hardware.Device]{
	words("Product", func(d *hardware.Device) string { return d.Name }),
	number("Year", "Year", 1, func(d *hardware.Device) int { return d.Year }),
	words("Status", func(d *hardware.Device) string { return d.Status.String() }),
	rate("FP64", func(r *hardware.Rates) units.FLOPRate { return r.FP64 }),
	rate("FP32", func(r *hardware.Rates) units.FLOPRate { return r.FP32 }),
	rate("TF32", func(r *hardware.Rates) units.FLOPRate { return r.TF32 }),
	rate("BF16", func(r *hardware.Rates) units.FLOPRate { return r.BF16 }),
	rate("FP16", func(r *hardware.Rates) units.FLOPRate { return r.FP16 }),
	rate("FP8", func(r *hardware.Rates) units.FLOPRate { return r.FP8 }),
	rate("INT8", func(r *hardware.Rates) units.FLOPRate { return r.INT8 }),
	rate("FP4", func(r *hardware.Rates) units.FLOPRate { return r.FP4 }),
	rate("INT4", func(r *hardware.Rates) units.FLOPRate { return r.INT4 }),
	number("Best matmul, 16 bit (share)", "MatmulFraction", 1, func(d *hardware.Device) float64 { return d.MatmulFraction }),
}

// rate is the dense peak at one precision.
func rate(name string, of func(r *hardware.Rates) units.FLOPRate) column[hardware.Device] {
	return number(name+" (TOP/s)", "Rates."+name, 1e12, func(d *hardware.Device) units.FLOPRate { return of(&d.Rates) })
}

var deviceColumns = []column[hardware.Device]{
	number("Memory (GB)", "Memory", float64(units.GB), func(d *hardware.Device) units.Bytes { return d.Memory }),
	number("Bandwidth (GB/s)", "Bandwidth", float64(units.GBps), func(d *hardware.Device) units.ByteRate { return d.Bandwidth }),
	number("SRAM (MB)", "SRAM", float64(units.MB), func(d *hardware.Device) units.Bytes { return d.SRAM }),
	number("Flash (MB)", "Flash", float64(units.MB), func(d *hardware.Device) units.Bytes { return d.Flash }),
	number("Scale-up link, one way (GB/s)", "ScaleUp", float64(units.GBps), func(d *hardware.Device) units.ByteRate { return d.ScaleUp }),
	number("Host link, one way (GB/s)", "HostLink", float64(units.GBps), func(d *hardware.Device) units.ByteRate { return d.HostLink }),
	number("On one link", "NodeSize", 1, func(d *hardware.Device) int { return d.NodeSize }),
	number("TDP (W)", "TDP", 1, func(d *hardware.Device) units.Watts { return d.TDP }),
	number("Idle (W)", "Idle", 1, func(d *hardware.Device) units.Watts { return d.Idle }),
	number("Price (USD)", "Price", 1, func(d *hardware.Device) units.USD { return d.Price }),
	number("Made with (kg CO2e)", "Embodied", 1, func(d *hardware.Device) units.KgCO2e { return d.Embodied }),
}

const cached = 4096 // tokens

var modelColumns = []column[models.Model]{
	words("Network", func(m *models.Model) string { return m.Name }),
	number("Year", "Year", 1, func(m *models.Model) int { return m.Year }),
	number("Parameters (M)", "Params", 1e6, func(m *models.Model) units.Params { return m.Params }),
	number("Active (M)", "Active", 1e6, func(m *models.Model) units.Params { return m.Active }),
	number("Layers", "Layers", 1, func(m *models.Model) int { return m.Layers }),
	number("Hidden", "Hidden", 1, func(m *models.Model) int { return m.Hidden }),
	number("Heads", "Heads", 1, func(m *models.Model) int { return m.Heads }),
	number("KV heads", "KVHeads", 1, func(m *models.Model) int { return m.KVHeads }),
	number("FFN", "FFN", 1, func(m *models.Model) int { return m.FFN }),
	number("Experts", "Experts", 1, func(m *models.Model) int { return m.Experts }),
	number("Used", "TopK", 1, func(m *models.Model) int { return m.TopK }),
	number("Vocabulary", "Vocab", 1, func(m *models.Model) int { return m.Vocab }),
	number("Context", "Context", 1, func(m *models.Model) int { return m.Context }),
	number("Weights at 16 bit (GB)", "", float64(units.GB), func(m *models.Model) units.Bytes { return m.Weights(physics.FP16) }),
	number("Cache of 4096 tokens (MB)", "", float64(units.MB), cache),
	number("GFLOP", "FLOPs", 1e9, func(m *models.Model) units.FLOP { return m.FLOPs }),
	words("per", func(m *models.Model) string { return m.FLOPsPer }),
}

func cache(m *models.Model) units.Bytes {
	if !m.Generates() {
		return 0
	}
	return m.KVBytes(cached, physics.FP16.Size(), 1)
}

var gridColumns = []column[infra.Grid]{
	words("Region", func(g *infra.Grid) string { return g.Name }),
	number("Carbon (g/kWh)", "Carbon", float64(units.GramPerKWh), func(g *infra.Grid) units.CarbonIntensity { return g.Carbon }),
	number("Year", "Year", 1, func(g *infra.Grid) int { return g.Year }),
	words("Basis", func(g *infra.Grid) string { return g.Basis.String() }),
	number("Low-carbon (%)", "LowCarbon", 0.01, func(g *infra.Grid) float64 { return g.LowCarbon }),
	number("Carbon-free hours (%)", "CarbonFree", 0.01, func(g *infra.Grid) float64 { return g.CarbonFree }),
	number("Water (L/kWh)", "Water", perKWh, func(g *infra.Grid) units.WaterIntensity { return g.Water }),
	number("Electricity (USD/kWh)", "Price", perKWh, func(g *infra.Grid) units.EnergyPrice { return g.Price }),
}

// A figure per kWh is this many per joule.
const perKWh = 1 / 3.6e6
