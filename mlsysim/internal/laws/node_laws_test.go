package laws_test

import (
	"math"

	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func nodeLaws() []law {
	return []law{
		{
			id: "I-1", says: "a pass takes at least its arithmetic and at least its traffic; rate times latency is the batch", holds: passTime,
			mutants: []mutant{
				{"memory time dropped", func(b *bench) {
					wrong(&b.node, nil, func(_ *compute.SingleNode, r *compute.Result) { r.Latency = r.Compute + r.Overhead })
				}},
				{"rate without the overhead", func(b *bench) {
					wrong(&b.node, nil, func(s *compute.SingleNode, r *compute.Result) {
						r.Throughput = units.Samples(s.Batch).Per(max(r.Compute, r.Memory))
					})
				}},
			},
		},
		{
			id: "I-2", says: "0 <= MFU <= HFU <= the efficiency <= 1, without a clamp; MFU is HFU if nothing is computed twice", holds: utilisation,
			mutants: []mutant{
				{"share of the reachable peak", func(b *bench) {
					wrong(&b.node, nil, func(s *compute.SingleNode, r *compute.Result) {
						r.MFU, r.HFU = r.MFU/orHalf(s.Efficiency), r.HFU/orHalf(s.Efficiency)
					})
				}},
				{"recomputation counted as model work", func(b *bench) {
					wrong(&b.step, nil, func(_ *parallel.Training, r *parallel.TrainingResult) { r.MFU *= 4.0 / 3 })
				}},
				{"a factor of 1.1 (0.1.1)", func(b *bench) {
					wrong(&b.serving, nil, func(_ *serving.Serving, r *serving.Result) { r.MFU *= 1.1 })
				}},
			},
		},
		{
			id: "I-3", says: "more bandwidth, operations or capacity never raises a latency", holds: moreIsFaster,
			mutants: []mutant{
				{"elasticity of the bandwidth inverted", func(b *bench) {
					wrong(&b.node, nil, func(s *compute.SingleNode, r *compute.Result) {
						r.Latency += r.Memory.Times(s.Hardware.Bandwidth.Ratio(units.TBps))
					})
				}},
				{"what spills is not read again", func(b *bench) {
					wrong(&b.node, nil, func(s *compute.SingleNode, r *compute.Result) {
						if !r.Fits && s.Hardware.HostLink > 0 {
							near := max(r.Traffic-r.Short, 0).Over(s.Hardware.Bandwidth)
							r.Latency = max(r.Compute, r.Short.Over(s.Hardware.HostLink), near) + r.Overhead
						}
					})
				}},
				{"gradients hide behind the arithmetic alone", func(b *bench) {
					wrong(&b.step, nil, func(s *parallel.Training, r *parallel.TrainingResult) {
						exposed := physics.Exposed(r.DataPar, r.Compute.Times(s.Checkpointing.BackwardShare()), max(1, s.Buckets))
						r.Step += exposed - r.Exposed
					})
				}},
				{"ports of a server slow its links", func(b *bench) {
					wrong(&b.step, func(s *parallel.Training) { s.NICs = max(1, s.PerNode/max(s.NICs, 1)) }, nil)
				}},
			},
		},
		{
			id: "I-4", says: "latency does not fall as batch, context, layers or bytes grow", holds: biggerIsSlower,
			mutants: []mutant{
				{"latency per sample", func(b *bench) {
					wrong(&b.node, nil, func(s *compute.SingleNode, r *compute.Result) { r.Latency = r.Latency.Times(1 / float64(s.Batch)) })
				}},
				{"latency of a layer", func(b *bench) {
					wrong(&b.node, nil, func(s *compute.SingleNode, r *compute.Result) {
						r.Latency = r.Latency.Times(1 / float64(max(1, s.Model.Layers)))
					})
				}},
				{"long prompts at a discount", func(b *bench) {
					wrong(&b.serving, nil, func(s *serving.Serving, r *serving.Result) {
						if s.Prompt > 2048 {
							r.TTFT = r.TTFT.Times(0.1)
						}
					})
				}},
			},
		},
		{
			id: "I-6", holds: ridge,
			says: "prefill turns compute-bound as tokens grow; decode does as the batch grows only if f(s)/KV(s) is above the ridge, else it stays bound by its cache",
			mutants: []mutant{
				{"a tenth of the weights per sample (D-06)", func(b *bench) {
					wrong(&b.node, nil, func(s *compute.SingleNode, r *compute.Result) {
						r.Memory = r.Weights.Times(1 + 0.1*float64(s.Batch)).Over(s.Hardware.Bandwidth)
						r.Binding = walls.MemoryBandwidth
						if r.Memory <= r.Compute {
							r.Binding = walls.Compute
						}
					})
				}},
				{"cache of one sequence", func(b *bench) {
					wrong(&b.node, nil, func(s *compute.SingleNode, r *compute.Result) {
						once := (r.Traffic - r.Cache).Over(s.Hardware.Bandwidth.Times(s.MemoryEfficiency))
						if r.Phase == compute.Decode && once < r.Compute {
							r.Binding = walls.Compute
						}
					})
				}},
			},
		},
	}
}

// orHalf is an efficiency, or its default.
func orHalf(efficiency float64) float64 {
	if efficiency == 0 {
		return 0.5
	}
	return efficiency
}

func passTime(c *trial, b *bench) {
	s := drawNode(c)
	r := solved(c, b.node, s)
	atMost(c, "arithmetic over latency", r.Compute, r.Latency)
	atMost(c, "traffic over latency", r.Memory, r.Latency)
	c.claim(max(r.Compute, r.Memory) > 0, "a pass takes no time: %+v", s)
	same(c, "rate times latency", r.Throughput.For(r.Latency), units.Samples(s.Batch))
}

func utilisation(c *trial, b *bench) {
	node := drawNode(c)
	pass := solved(c, b.node, node)
	atMost(c, "zero over MFU of a pass", 0, pass.MFU)
	atMost(c, "MFU of a pass over HFU", pass.MFU, pass.HFU)
	atMost(c, "HFU of a pass over what is reachable", pass.HFU, reachable(node.Level, node.Efficiency))
	if pass.Phase != compute.Train || node.Checkpointing == physics.KeepAll {
		same(c, "MFU of a pass that computes nothing twice", pass.MFU, pass.HFU)
	}

	request := drawServing(c)
	r := solved(c, b.serving, request)
	atMost(c, "MFU of decoding over what is reachable", r.MFU, reachable(request.Level, request.Efficiency))

	s := drawStep(c)
	step := solved(c, b.step, s)
	atMost(c, "zero over MFU of a step", 0, step.MFU)
	atMost(c, "MFU over HFU", step.MFU, step.HFU)
	atMost(c, "HFU over what is reachable", step.HFU, reachable(s.Level, s.Efficiency))
	atMost(c, "HFU over the device's own", step.HFU, step.Compute.Ratio(step.Step)*reachable(s.Level, s.Efficiency))
	if s.Checkpointing == physics.KeepAll {
		same(c, "MFU without recomputation", step.MFU, step.HFU)
	}
}

// reachable is the most that a utilisation can be: measured shares are at most 1.
func reachable(l physics.Level, efficiency float64) float64 {
	if l == physics.Calibrated {
		return 1
	}
	return orHalf(efficiency)
}

// faster multiplies a number of a device or cluster by a factor of at least one.
func faster[F ~float64](c *trial, name string, f *F) {
	*f = F(float64(*f) * c.decades(name, 1, 1e6))
}

func moreIsFaster(c *trial, b *bench) {
	node := drawNode(c)
	before := solved(c, b.node, node)
	h := &node.Hardware
	if chance(c, "rate") {
		faster(c, "rate", rateOf(h, before.Precision))
	}
	switch more := rapid.IntRange(0, 5).Draw(c.T, "more"); {
	case more == 0:
		faster(c, "bandwidth", &h.Bandwidth)
	case more == 1:
		faster(c, "memory", &h.Memory)
	case more == 2:
		h.Memory = h.Memory.Times(1 + 0.2*c.even("a little memory"))
	case more == 3:
		faster(c, "host link", &h.HostLink)
	case more == 4 && h.SRAMBandwidth >= max(h.Bandwidth, h.FlashBandwidth):
		faster(c, "on-chip memory", &h.SRAM) // which is the fastest there is
	default:
		faster(c, "flash", &h.FlashBandwidth)
		faster(c, "on-chip", &h.SRAMBandwidth)
	}
	atMost(c, "latency of a pass with more", solved(c, b.node, node).Latency, before.Latency)
	moreServes(c, b)
	moreTrains(c, b)
	moreElsewhere(c, b)
}

func moreServes(c *trial, b *bench) {
	s := drawServing(c)
	before := solved(c, b.serving, s)
	h := &s.Hardware
	faster(c, "rate", rateOf(h, before.Precision))
	faster(c, "memory", &h.Memory)
	faster(c, "bandwidth", &h.Bandwidth)
	faster(c, "links", &h.ScaleUp)
	after := solved(c, b.serving, s)
	atMost(c, "first token with more", after.TTFT, before.TTFT)
	atMost(c, "next token with more", after.ITL, before.ITL)
}

func moreTrains(c *trial, b *bench) {
	s := drawStep(c)
	before := solved(c, b.step, s)
	h := &s.Hardware
	switch rapid.IntRange(0, 5).Draw(c.T, "more") {
	case 0:
		faster(c, "rate", rateOf(h, before.Precision))
	case 1:
		faster(c, "memory", &h.Memory)
	case 2:
		h.Memory = h.Memory.Times(1 + 0.2*c.even("a little memory"))
	case 3:
		faster(c, "bandwidth", &h.Bandwidth)
		faster(c, "host link", &h.HostLink)
	case 4:
		faster(c, "fabric", &s.Fabric)
		faster(c, "links", &s.IntraLink)
	default:
		if s.NICs > 0 {
			s.NICs = min(s.NICs*2, 100_000)
		}
	}
	atMost(c, "step with more", solved(c, b.step, s).Step, before.Step)
}

// larger makes a count at least as large.
func larger(c *trial, name string, n *int) {
	*n = int(math.Min(math.Max(float64(*n), 1)*c.decades(name, 1, 1e4), countable))
}

func biggerIsSlower(c *trial, b *bench) {
	node := drawNode(c)
	before := solved(c, b.node, node)
	grow(c, &node.Model, &node.Batch)
	if before.Phase != compute.Sample {
		larger(c, "context", &node.Context)
	}
	if before.Phase == compute.Prefill {
		larger(c, "prompt", &node.Prompt)
	}
	after := solved(c, b.node, node)
	atMost(c, "latency of the smaller pass", before.Latency, after.Latency)

	s := drawServing(c)
	less := solved(c, b.serving, s)
	grow(c, &s.Model, &s.Batch)
	larger(c, "prompt", &s.Prompt)
	s.Output += rapid.IntRange(0, 1000).Draw(c.T, "output")
	more := solved(c, b.serving, s)
	atMost(c, "first token of the smaller request", less.TTFT, more.TTFT)
	atMost(c, "next token of the smaller request", less.ITL, more.ITL)

	t := drawStep(c)
	short := solved(c, b.step, t)
	layers := t.Model.Layers
	uneven := t.Model.Blocks()%max(1, t.PP) != 0
	grow(c, &t.Model, &t.Batch)
	if uneven {
		t.Model.Layers = layers // more of them, with as many parameters, may split into more even stages
	}
	larger(c, "sequence", &t.Sequence)
	atMost(c, "step of the smaller job", short.Step, solved(c, b.step, t).Step)
	biggerElsewhere(c, b)
}

// grow makes one thing about a network or its batch larger.
func grow(c *trial, m *models.Model, batch *int) {
	switch rapid.IntRange(0, 3).Draw(c.T, "grow") {
	case 0:
		larger(c, "batch", batch)
	case 1:
		// The layers of an encoder-decoder say which of the same parameters are the
		// encoder's; those of an image network share the same activations.
		if m.Reads() && !m.Decodes() {
			m.Layers += upTo(c, "layers", 100)
		}
	case 2:
		more := c.decades("parameters", 1, 100)
		m.Params, m.Active = m.Params.Times(more), m.Active.Times(more)
	}
}

// ridge needs a network and a device as they are in the registry, and memory for
// any batch.
func ridge(c *trial, b *bench) {
	c.wild = false
	s := drawDecode(c)
	s.Hardware = device(c, server)
	s.Precision = format(c, &s.Hardware)
	s.Level, s.Hardware.Memory = physics.Ideal, huge
	s.Efficiency, s.MemoryEfficiency = c.decades("eta", 0.01, 1), c.decades("eta_m", 0.1, 1)
	s.Context = int(c.decades("context", 1, 1e6))
	const most = 1_000_000_000

	s.Batch = most
	r := solved(c, b.node, s)
	m, kv := &s.Model, s.KVPrecision
	if kv == physics.Auto {
		kv = r.Precision
	}
	turn := float64(r.Ridge) * s.Efficiency / s.MemoryEfficiency
	above := func(ops units.FLOP, moved units.Bytes) (bool, bool) {
		perByte := float64(ops) / float64(moved)
		return perByte > 1.001*turn, perByte < 0.999*turn
	}
	yes, no := above(m.LinearOps()+m.DecodeAttentionOps(float64(s.Context)), m.CacheTraffic(float64(s.Context), kv.Size(), 1))
	if yes {
		c.claim(r.Binding == walls.Compute, "decode of any batch is bound by %s although its cache is above the ridge", r.Binding)
	}
	if no {
		s.Batch = int(c.decades("batch", 1, countable))
		c.claim(solved(c, b.node, s).Binding != walls.Compute, "decode of %d is not bound by its cache, which is below the ridge", s.Batch)
	}

	s.Phase, s.Batch, s.Context, s.Prompt = compute.Prefill, 1, 0, most
	c.claim(solved(c, b.node, s).Binding == walls.Compute, "prefill of any length is not compute-bound")
	s.Batch, s.Prompt = most, upTo(c, "prompt", 4096)
	n := float64(s.Prompt)
	if yes, _ := above(m.PrefillLinearOps(n)+m.PrefillAttentionOps(n, 0), m.KVBytes(0, kv.Size(), 1)+m.KVBytes(n, kv.Size(), 1)); yes {
		c.claim(solved(c, b.node, s).Binding == walls.Compute, "prefill of any batch is not compute-bound")
	}
}
