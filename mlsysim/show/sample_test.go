package show_test

import "github.com/mlsysim/golab/mlsysim/show"

// sample is a view with every kind of block.
func sample() show.View {
	return show.View{
		Title: "Llama-3 70B on H100 SXM5", Subtitle: "fp16, batch 32, 2,048 + 256 tokens", Status: show.Fail,
		Blocks: []show.Block{
			{
				Heading: "Feasibility", Status: show.Fail,
				Rows: []show.Row{
					{Label: "Memory needed", Value: "162.3 GB", Note: "weights, KV cache of 32 sequences and activations together", Help: "what must lie in device memory"},
					{Label: "Memory available", Value: "80 GB"},
					{Label: "Short", Value: "82.3 GB", Note: "use at least 3 devices"},
				},
				Bars: show.Waterfall([]show.Bar{
					{Label: "Weights", Value: "141.1 GB", Share: 1.764},
					{Label: "KV cache", Value: "21.2 GB", Share: 0.265},
					{Label: "Workspace", Value: "0.1 GB", Share: 0.00125},
				}),
				Full:  "capacity 80 GB",
				Notes: []string{"The weights alone exceed the memory of one device, so that no batch size fits; the smallest tensor-parallel group that fits has 3 devices."},
			},
			{Heading: "Performance", Status: show.Unknown, Table: &show.Table{
				MutedBy: "does not fit",
				Columns: []show.Column{{Name: "Phase"}, {Name: "Time", Right: true, Help: "of one pass", Better: "lower"}, {Name: "Bound by"}, {Name: "Throughput", Unit: "tokens/s", Right: true}},
				Cells: [][]string{
					{"prefill", "1.234 s", "compute: the matrix units at their fp16 peak", "12,345"},
					{"decode", "47.9 ms", "memory: every weight is read once per token", "668.1"},
					{"解码 (int4)", "—", "does not fit", "—"},
				},
				Muted: []bool{false, false, true},
			}},
			{Heading: "Derivation", Status: show.Info, Steps: steps()},
			{Heading: "Roofline", Status: show.Pass, Chart: roofline()},
		},
	}
}

// card is a view of three lenses with a derivation.
func card() show.View {
	return show.View{
		Title: "Llama-3 8B on H100 SXM5", Subtitle: "decode, batch 1, fp16", Status: show.Pass, Why: derivation{},
		Blocks: []show.Block{
			{
				Heading: "Feasibility", Status: show.Pass, Lens: true,
				Rows: []show.Row{{Label: "memory", Value: "16.3 GB", Note: "of 80 GB, 20.4 %", Help: "what must lie in the device", Step: 1}},
				Bars: show.Waterfall([]show.Bar{{Label: "weights", Value: "16.1 GB", Share: 0.201}, {Label: "cache", Value: "0.3 GB", Share: 0.003}}),
				Full: "capacity 80 GB",
			},
			{
				Heading: "Performance", Status: show.Unknown, Lens: true,
				Rows: []show.Row{{Label: "latency", Value: "5.2 ms", Help: "the longer of compute and memory time, plus overhead", Step: 2}, {Label: "binds", Value: "memory bandwidth"}},
				Bars: show.MarkLongest([]show.Bar{{Label: "compute", Value: "33 µs", Share: 0.006}, {Label: "memory", Value: "4.9 ms", Share: 0.94}}),
			},
			{Heading: "Macro", Status: show.Info, Lens: true, Rows: []show.Row{{Label: "cost", Value: "$805", Note: "over 30 days", Help: "total cost of ownership"}}},
		},
	}
}

// derivation is the sample's steps as a result has them.
type derivation struct{}

func (derivation) Heading() string { return "Llama-3 8B on H100 SXM5" }
func (derivation) Len() int        { return len(steps()) }
func (derivation) Ending(field string) int {
	if field == "Time" {
		return 1
	}
	return -1
}
func (derivation) LeftOut() []string { return []string{"queueing and the time of other requests"} }

func (derivation) Step(i int) (name, formula, tex, substituted, value, source string, terms [][3]string) {
	s := steps()[i]
	for _, t := range s.Terms {
		terms = append(terms, [3]string{t.Label, t.Value, t.Help})
	}
	return s.Name, s.Formula, s.TeX, s.Substituted, s.Value, s.Source, terms
}

func steps() []show.Step {
	return []show.Step{
		{
			Name: "Weights", Formula: "W = P · b", TeX: `W = P \cdot b`, Substituted: "70.55B params · 2 B", Value: "141.1 GB",
			Terms: []show.Row{{Label: "P", Value: "70.55B params", Help: "parameters"}, {Label: "b", Value: "2 B", Help: "bytes of one weight at fp16"}},
		},
		{
			Name: "Memory time", Formula: "T_m = W / (BW·η_m)", TeX: `T_m = \frac{W}{BW\,\eta_m} = \frac{141.1\text{ GB}}{3.35\text{ TB/s} \cdot 1} = \mathbf{42.12\text{ ms}}`, Substituted: "141.1 GB / (3.35 TB/s · 1)", Value: "42.12 ms",
			Terms:  []show.Row{{Label: "BW", Value: "3.35 TB/s", Help: "memory bandwidth"}},
			Source: "Williams, Waterman, Patterson: Roofline, CACM 52(4), 2009",
		},
	}
}

func roofline() *show.Chart {
	return &show.Chart{
		Title: "Roofline of H100 SXM5 at fp16", Note: "Left of the ridge memory binds; right of it the matrix units do.",
		X: show.Axis{Label: "Arithmetic intensity", Unit: "FLOP/B", Log: true},
		Y: show.Axis{Label: "Throughput", Unit: "FLOP/s", Log: true},
		Series: []show.Series{
			{Name: "roof", Line: true, Points: []show.Point{{X: 1, Y: 3.35e12}, {X: 295.2, Y: 989e12}, {X: 10000, Y: 989e12}}},
			{Name: "workloads", Points: []show.Point{
				{X: 31, Y: 104e12, Label: "decode, batch 32"},
				{X: 2040, Y: 989e12, Label: "prefill"},
				{X: 250, Y: 830e12, Label: "decode, batch 256", Muted: true, Why: "82.3 GB short"},
			}},
		},
		Marks: []show.Mark{{Vertical: true, At: 295.2, Label: "ridge"}},
	}
}
