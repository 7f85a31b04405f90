package laws_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/power"
	"github.com/mlsysim/golab/mlsysim/quality"
	"github.com/mlsysim/golab/mlsysim/reliability"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Each of the functions below draws an input whose fields agree.

func pick[T any](c *trial, name string, from ...T) T { return rapid.SampledFrom(from).Draw(c.T, name) }

func upTo(c *trial, name string, n int) int { return rapid.IntRange(1, max(n, 1)).Draw(c.T, name) }

func chance(c *trial, name string) bool { return rapid.Bool().Draw(c.T, name) }

// format is one that the device has a rate for, or auto.
func format(c *trial, h *hardware.Device) physics.Precision {
	known := []physics.Precision{physics.Auto}
	for p := physics.FP16; p < physics.NumPrecisions; p++ {
		if h.Rates.At(p) > 0 {
			known = append(known, p)
		}
	}
	return pick(c, "format", known...)
}

// divisor is a divisor of n, small ones more often.
func divisor(c *trial, name string, n, most int) int {
	all := []int{1}
	for d := 2; d <= min(n, most); d++ {
		if n%d == 0 {
			all = append(all, d)
		}
	}
	return pick(c, name, all...)
}

func generates(m *models.Model) bool { return m.Generates() }

// server is a device with main memory that a generating network can run on.
func server(h *hardware.Device) bool {
	return h.Memory > 0 && h.Bandwidth > 0 && h.Rates.At(h.Best()) > 0
}

func drawNode(c *trial) compute.SingleNode {
	s := drawn[compute.SingleNode](c)
	s.Precision = format(c, &s.Hardware)
	switch {
	case s.Model.Generates():
		s.Phase = pick(c, "phase", compute.Auto, compute.Decode, compute.Prefill, compute.Train)
	case s.Model.Reads():
		s.Phase = pick(c, "phase", compute.Prefill, compute.Train)
	default:
		s.Phase, s.Context = pick(c, "phase", compute.Sample, compute.Train), 0
	}
	if s.Phase == compute.Prefill || s.Phase == compute.Train {
		s.Prompt = max(s.Prompt, 1)
	}
	if s.Phase == compute.Train || s.Phase == compute.Prefill && s.Model.Decodes() {
		s.Context = 0
	}
	if s.Phase == compute.Train && s.Hardware.Resolve(s.Precision).Size() < physics.FP8.Size() {
		s.Precision = physics.Auto
	}
	return s
}

// drawDecode is a decode step of a network that generates tokens.
func drawDecode(c *trial) compute.SingleNode {
	s := drawNode(c)
	s.Model, s.Phase = model(c, generates), compute.Decode
	return s
}

func drawServing(c *trial) serving.Serving {
	s := drawn[serving.Serving](c)
	s.Model, s.Hardware = model(c, generates), device(c, server)
	s.Precision = format(c, &s.Hardware)
	s.Cached = min(s.Cached, s.Prompt-1)
	if s.Chunk > 0 {
		s.Chunk = max(s.Chunk, s.Prompt/1000+1)
	}
	s.TP = 1
	if s.Hardware.ScaleUp > 0 && s.Hardware.NodeSize > 1 {
		s.TP = divisor(c, "tp", s.Model.Heads, s.Hardware.NodeSize)
	}
	s.Devices = s.TP * pick(c, "replicas", 0, 1, 2, 7)
	return s
}

// drawBatching keeps prompt and output within the longest request.
func drawBatching(c *trial) serving.Batching {
	s := drawn[serving.Batching](c)
	s.Model = model(c, func(m *models.Model) bool { return m.Generates() && !m.Decodes() && m.Family != models.SSM })
	s.Hardware = device(c, server)
	s.Precision = format(c, &s.Hardware)
	s.TP = 1
	if s.Hardware.ScaleUp > 0 && s.Hardware.NodeSize > 1 {
		s.TP = divisor(c, "tp", s.Model.Heads, s.Hardware.NodeSize)
	}
	s.Longest = max(s.Longest, 2)
	longest := units.Tokens(s.Longest)
	s.Mean = min(s.Mean, longest)
	s.MeanPrompt = max(1, longest.Times(0.9*c.even("prompt")))
	s.MeanOutput = max(longest-s.MeanPrompt, 0).Times(0.01 + 0.99*c.even("output"))
	return s
}

func drawCapacity(c *trial) serving.Capacity {
	s := drawn[serving.Capacity](c)
	s.Batching = drawBatching(c)
	s.Batch, s.MaxReplicas = min(s.Batch, 512), min(s.MaxReplicas, 4096) // the search is long beyond
	return s
}

func drawTuning(c *trial) serving.Tuning {
	s := drawn[serving.Tuning](c)
	s.Batching = drawBatching(c)
	s.Batch = min(s.Batch, 48)
	if chance(c, "one chunk") {
		s.Chunks = nil
	}
	s.Replicas = min(s.Replicas, 64)
	if s.MaxReplicas > 0 {
		s.MaxReplicas = max(s.Replicas, 1) + s.MaxReplicas%4
	}
	return s
}

func drawPlacement(c *trial) cost.Placement {
	s := drawn[cost.Placement](c)
	s.Ownership = drawOwnership(c)
	return s
}

func drawSpeculation(c *trial) serving.Speculation {
	target := drawServing(c)
	s := drawn[serving.Speculation](c)
	s.Model, s.Hardware, s.Precision, s.TP = target.Model, target.Hardware, target.Precision, target.TP
	s.Prompt, s.Output, s.Batch = target.Prompt, target.Output, target.Batch
	s.Draft = model(c, func(m *models.Model) bool { return m.Generates() && m.Heads%s.TP == 0 })
	return s
}

// drawTail is a station with some load below its limit, or none.
func drawTail(c *trial) serving.Tail {
	s := drawn[serving.Tail](c)
	if s.Replicas > 20_000 && !chance(c, "vast") {
		s.Replicas %= 20_000 // the Erlang recursion takes as many steps
	}
	load := 0.999 * c.even("load")
	if chance(c, "light") {
		load = c.decades("light load", 1e-9, 0.1)
	}
	s.Arrivals = units.Requests(load * float64(max(s.Replicas, 1))).Per(s.Service)
	return s
}

func drawRouting(c *trial) parallel.MoERouting {
	s := drawn[parallel.MoERouting](c)
	s.Model = mixture(c)
	return s
}

// mixture is a mixture of experts, often with other experts than the registry's.
func mixture(c *trial) models.Model {
	m := model(c, func(m *models.Model) bool {
		return m.Experts > 0 && m.Experts < 100_000 && m.Generates() && !m.Decodes()
	})
	if chance(c, "other experts") {
		m.Experts = rapid.IntRange(2, 512).Draw(c.T, "experts")
		m.TopK = upTo(c, "top k", m.Experts-1)
		used := float64(m.TopK) / float64(m.Experts)
		m.Active = m.Params.Times(used + (1-used)*c.even("shared")) // so that all tokens share something
	}
	return m
}

func drawFleet(c *trial) reliability.Fleet {
	s := drawn[reliability.Fleet](c)
	if s.PSUs > 0 {
		s.SparePSUs = min(s.SparePSUs, s.PSUs-1)
	}
	if chance(c, "by parts") {
		s.MTBF = 0
	}
	return s
}

func drawSustainability(c *trial) power.Sustainability {
	s := drawn[power.Sustainability](c)
	s.Hardware.Idle = min(s.Hardware.Idle, s.Hardware.TDP)
	return s
}

func drawOwnership(c *trial) cost.Ownership {
	s := drawn[cost.Ownership](c)
	s.Hardware.Idle = min(s.Hardware.Idle, s.Hardware.TDP)
	return s
}

// drawCompression takes either method, with a published table of its losses.
func drawCompression(c *trial) quality.Compression {
	s := drawn[quality.Compression](c)
	s.Baseline = format(c, &s.Hardware)
	if s.Baseline == physics.Auto {
		s.Baseline = s.Hardware.Best()
	}
	s.Arithmetic = physics.Auto
	bits := 8 * float64(s.Baseline.Size())
	s.Bits = max(1, min(s.Bits, bits))
	s.Quality = quality.Published{Source: "a paper", Metric: "points"}
	rows := [...]*quality.Row{&s.Quality.Row1, &s.Quality.Row2, &s.Quality.Row3, &s.Quality.Row4, &s.Quality.Row5}
	most := bits
	if s.Method == quality.Pruning {
		most = 1
		s.Sparsity = pick(c, "sparsity", s.Sparsity, 0.5, 0.25, 0.75)
	} else {
		s.Sparsity = 0
	}
	for i := range upTo(c, "rows", len(rows)) {
		*rows[i] = quality.Row{At: most * float64(i+1) / 6, Drop: c.even("drop")}
	}
	if !s.Model.Generates() {
		s.Context = 0
	}
	if !s.Model.Attends() {
		s.Prompt = 0
	}
	return s
}

// drawQuantization keeps the arithmetic: fewer bits per weight only.
func drawQuantization(c *trial) quality.Compression {
	s := drawCompression(c)
	s.Method, s.Sparsity, s.Quality = quality.Quantization, 0, quality.Published{}
	return s
}

// drawScaling states the budget in operations or in accelerator time.
func drawScaling(c *trial) quality.Scaling {
	s := drawn[quality.Scaling](c)
	if chance(c, "by time") {
		s.Budget, s.Time = 0, units.Day.Times(c.decades("days", 1, 1e6))
	} else {
		s.Budget, s.Time = max(s.Budget, 1e15), 0
	}
	return s
}

// Laws skip what a solver refuses; they would prove little if that were most draws.
func TestDrawsAreMostlyValid(t *testing.T) {
	b := honest()
	for name, valid := range map[string]func(*trial) error{
		"node":           func(c *trial) error { _, err := b.node(drawNode(c)); return err },
		"decode":         func(c *trial) error { _, err := b.node(drawDecode(c)); return err },
		"serving":        func(c *trial) error { _, err := b.serving(drawServing(c)); return err },
		"speculation":    func(c *trial) error { _, err := b.draft(drawSpeculation(c)); return err },
		"batching":       func(c *trial) error { _, err := drawBatching(c).Solve(); return err },
		"capacity":       func(c *trial) error { _, err := drawCapacity(c).Solve(); return err },
		"tuning":         func(c *trial) error { _, err := drawTuning(c).Solve(); return err },
		"placement":      func(c *trial) error { _, err := drawPlacement(c).Solve(); return err },
		"tail":           func(c *trial) error { _, err := b.tail(drawTail(c)); return err },
		"memory":         func(c *trial) error { _, err := b.memory(drawMemory(c)); return err },
		"step":           func(c *trial) error { _, err := b.step(drawStep(c)); return err },
		"roofline":       func(c *trial) error { _, err := drawRoofline(c).Solve(); return err },
		"inference":      func(c *trial) error { _, err := drawInference(c).Solve(); return err },
		"plan":           func(c *trial) error { _, err := drawPlan(c).Solve(); return err },
		"collective":     func(c *trial) error { _, err := b.collect(drawCollective(c)); return err },
		"topology":       func(c *trial) error { _, err := drawTopology(c).Solve(); return err },
		"routing":        func(c *trial) error { _, err := b.route(drawRouting(c)); return err },
		"fleet":          func(c *trial) error { _, err := b.fleet(drawFleet(c)); return err },
		"sustainability": func(c *trial) error { _, err := b.sustain(drawSustainability(c)); return err },
		"ownership":      func(c *trial) error { _, err := b.own(drawOwnership(c)); return err },
		"compression":    func(c *trial) error { _, err := b.compress(drawCompression(c)); return err },
		"scaling":        func(c *trial) error { _, err := drawScaling(c).Solve(); return err },
		"quantization":   func(c *trial) error { _, err := b.compress(drawQuantization(c)); return err },
	} {
		const draws = 300
		refused, last := 0, error(nil)
		for seed := 1; seed <= draws; seed++ {
			err := rapid.Custom(func(t *rapid.T) error {
				return valid(&trial{T: t, wild: rapid.IntRange(0, 2).Draw(t, "wild") == 0})
			}).Example(seed)
			if err != nil {
				refused, last = refused+1, err
			}
		}
		t.Logf("%s: %d of %d draws refused, such as: %v", name, refused, draws, last)
		require.Less(t, refused, draws/5, name)
	}
}
