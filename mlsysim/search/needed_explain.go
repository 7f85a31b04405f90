package search

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives the time on the device as the solver does, what the target
// leaves of it, and the number of given devices.
func (r NeededResult) Explain() walls.Trace {
	t := walls.Trace{
		Title:   "Device needed for " + r.needed.Metric + " of " + r.needed.Target.String(),
		Omitted: []string{"What splitting the work over several devices costs.", "That a faster device may need other software."},
	}
	if r.result == nil {
		return t
	}
	steps, symbol := derived(r.result, r.metric)
	if symbol == "" {
		symbol = "T_need"
	}
	t.Steps = append(steps, walls.Step{
		Name: "time that the target leaves", Symbol: "t_slack", Formula: "target - " + symbol, Field: "Slack",
		Terms: []walls.Term{
			{Symbol: "target", What: "what is wanted", Value: r.needed.Target},
			{Symbol: symbol, What: r.metric.path + " on the device needed", Value: r.Value},
		},
		Value: r.Slack,
	})
	if r.given.memory > 0 && r.given.bandwidth > 0 && r.given.rate > 0 && r.Devices > 0 {
		t.Steps = append(t.Steps, r.deviceStep())
	}
	return t
}

// deviceStep counts the given devices that together have what is needed.
func (r NeededResult) deviceStep() walls.Step {
	return walls.Step{
		Name: "devices like the given one", Symbol: "n_need", Field: "Devices",
		Formula: "ceil(max(M_need / M_have, max(BW_need / BW_have, P_need / P_have)) * (1 - round))",
		Terms: []walls.Term{
			{Symbol: "M_need", What: "least memory", Value: r.Capacity},
			{Symbol: "M_have", What: "memory of the given device", Value: units.Bytes(r.given.memory)},
			{Symbol: "BW_need", What: "least bandwidth", Value: r.Bandwidth},
			{Symbol: "BW_have", What: "bandwidth of the given device", Value: units.ByteRate(r.given.bandwidth)},
			{Symbol: "P_need", What: "least peak", Value: r.Rate},
			{Symbol: "P_have", What: "peak of the given device", Value: units.FLOPRate(r.given.rate)},
			{Symbol: "round", What: "share forgiven as rounding", Value: rounding},
		},
		Value: r.Devices, Source: "Jouppi 2017",
	}
}

// View describes the device.
func (r NeededResult) View() show.View {
	v := show.View{Title: "device needed for " + r.needed.Metric + " of " + r.needed.Target.String(), Status: show.Pass, Data: r}
	if !r.Reached {
		v.Status = show.Fail
	}
	row := func(label string, value any, known bool, help string) show.Row {
		text := describe.Text(value)
		if !known {
			text = "any"
		}
		return show.Row{Label: label, Value: text, Help: help}
	}
	v.Blocks = []show.Block{{
		Rows: []show.Row{
			row("memory", r.Capacity, r.Capacity > 0, "least that fits"),
			row("bandwidth", r.Bandwidth, r.Bandwidth > 0, "least that meets the target"),
			row("peak", r.Rate, r.Rate > 0, "least that meets the target"),
			row("devices", r.Devices, r.Devices > 0, "copies of the given one that together have all three"),
			row("time", r.Value, r.Reached, "on that device, by the solver itself"),
		},
		Notes: r.Warnings.Texts(),
	}}
	return v
}
