package laws_test

import (
	"math"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

func servingLaws() []law {
	return []law{
		{
			id: "I-5", says: "decode throughput does not fall with the batch up to the memory limit, dense and mixture", holds: batchesPay,
			mutants: []mutant{
				{"a scheduler whose work grows with the square of the batch", func(b *bench) {
					wrong(&b.serving, nil, func(s *serving.Serving, r *serving.Result) {
						r.TokensPerSecond = r.TokensPerSecond.Times(1 / (1 + float64(s.Batch)*float64(s.Batch)*1e-6))
					})
				}},
				{"one expert set for a lone request, all experts for two", func(b *bench) {
					wrong(&b.node, nil, func(s *compute.SingleNode, r *compute.Result) {
						if s.Batch > 1 && s.Model.Experts > 0 {
							r.Throughput = units.Samples(s.Batch).Per(max(r.Compute, r.Weights.Over(s.Hardware.Bandwidth.Times(s.MemoryEfficiency))) + r.Overhead)
						}
					})
				}},
			},
		},
		{
			id: "I-7", holds: firstToken,
			says: "TTFT is at least one read of the weights and does not fall with the prompt; two prompts take no more arithmetic than one as long as both",
			mutants: []mutant{
				{"arithmetic only (D-10)", func(b *bench) {
					wrong(&b.serving, nil, func(_ *serving.Serving, r *serving.Result) { r.TTFT = r.PrefillCompute + r.Overhead })
				}},
				{"arithmetic that saturates", func(b *bench) {
					wrong(&b.serving, nil, func(s *serving.Serving, r *serving.Result) {
						r.PrefillCompute = r.PrefillCompute.Times(1 / math.Sqrt(float64(s.Prompt)))
					})
				}},
				{"shorter with every token", func(b *bench) {
					wrong(&b.serving, nil, func(s *serving.Serving, r *serving.Result) { r.TTFT = r.TTFT.Times(1e3 / float64(s.Prompt)) })
				}},
			},
		},
		{
			id: "I-8", says: "ITL is at least its operations over the reachable peak and its bytes over the bandwidth", holds: nextToken,
			mutants: []mutant{
				{"no compute term (D-11)", func(b *bench) {
					wrong(&b.serving, nil, func(_ *serving.Serving, r *serving.Result) { r.ITL -= max(r.DecodeCompute-r.DecodeMemory, 0) })
				}},
				{"the cache is free", func(b *bench) {
					wrong(&b.serving, nil, func(s *serving.Serving, r *serving.Result) {
						weights := s.Model.TouchedWeights(float64(s.Batch), r.Precision).Times(1 / float64(max(s.TP, 1))).Over(s.Hardware.Bandwidth)
						r.ITL = max(r.DecodeCompute, weights) + r.Communication + r.Overhead
					})
				}},
			},
		},
		{
			id: "I-9", holds: tailOrder,
			says: "P99 >= P50 >= 0; P99 is that of the service at no load and grows without bound at full load; one pool beats separate queues",
			mutants: []mutant{
				{"quantile of the wait and mean service (D-09)", func(b *bench) {
					wrong(&b.tail, nil, func(s *serving.Tail, r *serving.TailResult) {
						r.P99 = s.Service
						if r.Waiting > 0.01 {
							r.P99 += s.Service.Times(math.Log(r.Waiting/0.01) / (float64(max(s.Replicas, 1)) - r.Load))
						}
					})
				}},
				{"waits cut off", func(b *bench) {
					wrong(&b.tail, nil, func(s *serving.Tail, r *serving.TailResult) { r.P99 = min(r.P99, s.Service.Times(1000)) })
				}},
				{"a request waits for every replica", func(b *bench) {
					wrong(&b.tail, nil, func(s *serving.Tail, r *serving.TailResult) {
						r.P99 += s.Service.Times(math.Log(float64(max(s.Replicas, 1))))
					})
				}},
			},
		},
		{
			id: "I-24", says: "speculation that is never accepted is no faster than none; the speed-up is at most gamma + 1", holds: speculates,
			mutants: []mutant{
				{"every proposal counts", func(b *bench) {
					wrong(&b.draft, func(s *serving.Speculation) { s.Acceptance = 1 }, nil)
				}},
				{"a round yields one token more", func(b *bench) {
					wrong(&b.draft, nil, func(_ *serving.Speculation, r *serving.SpeculationResult) { r.Speedup *= (r.Expected + 1) / r.Expected })
				}},
			},
		},
		{
			id: "I-25", says: "the distinct experts that T tokens touch are k for one token, grow with T, and tend to E", holds: experts,
			mutants: []mutant{
				{"all experts for any batch (D-14)", func(b *bench) {
					wrong(&b.route, nil, func(s *parallel.MoERouting, r *parallel.MoERoutingResult) { r.Distinct = float64(s.Model.Experts) })
				}},
				{"k per token, never the same", func(b *bench) {
					wrong(&b.route, nil, func(s *parallel.MoERouting, r *parallel.MoERoutingResult) {
						r.Distinct = float64(s.Model.TopK) * float64(s.Batch) * float64(s.Sequence)
					})
				}},
				{"a decode step reads all experts", func(b *bench) {
					wrong(&b.node, nil, func(s *compute.SingleNode, r *compute.Result) { r.Traffic = r.Weights + r.Cache })
				}},
			},
		},
	}
}

func batchesPay(c *trial, b *bench) {
	s := drawServing(c)
	few := solved(c, b.serving, s)
	larger(c, "batch", &s.Batch)
	if more := solved(c, b.serving, s); more.Fits {
		atMost(c, "tokens per second of the smaller batch", few.TokensPerSecond, more.TokensPerSecond)
	}
	node := drawDecode(c)
	if chance(c, "mixture with room") {
		node.Model, node.Hardware = mixture(c), device(c, server)
		node.Precision, node.Hardware.Memory = format(c, &node.Hardware), huge
		node.Batch = upTo(c, "batch", 16)
	}
	one := solved(c, b.node, node)
	node.Batch += upTo(c, "more", 16)
	if more := solved(c, b.node, node); more.Fits {
		atMost(c, "tokens per second of the smaller pass", one.Throughput, more.Throughput)
	}
}

func firstToken(c *trial, b *bench) {
	s := drawServing(c)
	s.Cached = 0
	r := solved(c, b.serving, s)
	first := s.Prompt
	if s.Chunk > 0 {
		first = min(s.Chunk, s.Prompt)
	}
	read := s.Model.TouchedWeights(float64(s.Batch)*float64(first), r.Precision).Times(1 / float64(s.TP)).Over(s.Hardware.Bandwidth)
	atMost(c, "a read of the weights over TTFT", read, r.TTFT)

	if s.Model.Decodes() {
		return // two requests start two decoders, and read two sounds
	}
	longer := s
	longer.Prompt += upTo(c, "more prompt", 4096)
	all := solved(c, b.serving, longer)
	atMost(c, "TTFT of the shorter prompt", r.TTFT, all.TTFT)
	rest := s
	rest.Prompt = longer.Prompt - s.Prompt
	atMost(c, "arithmetic of two prompts", r.PrefillCompute+solved(c, b.serving, rest).PrefillCompute, all.PrefillCompute)
}

// nextToken bounds a step from the network's shape, not from the laws that the
// solver uses.
func nextToken(c *trial, b *bench) {
	s := drawServing(c)
	s.Output = 0
	r := solved(c, b.serving, s)
	m, batch, tp := &s.Model, float64(s.Batch), float64(s.TP)
	if m.Family != models.Transformer && m.Family != models.MoE {
		return // shapes of another law: models tests them
	}
	used := float64(m.ActiveParams())
	if !m.Tied {
		used -= float64(m.Vocab) * float64(m.Hidden) // a lookup
	}
	if m.FLOPs > 0 {
		used = float64(m.FLOPs) / 2
	}
	peak := float64(s.Hardware.Rates.At(r.Precision))
	atMost(c, "operations over ITL", units.Seconds(2*used*batch/tp/peak/reachable(s.Level, s.Efficiency)), r.ITL)

	kv := s.KVPrecision
	if kv == physics.Auto {
		kv = r.Precision
	}
	atMost(c, "bytes over ITL", (m.Weights(r.Precision).Times(sharedShare(m)/tp) + held(m, s.Prompt, kv).Times(batch/tp)).Over(s.Hardware.Bandwidth), r.ITL)
}

// sharedShare is the share of the weights that any token uses.
func sharedShare(m *models.Model) float64 {
	if m.Experts == 0 {
		return 1
	}
	_, shared := m.ExpertParams()
	return shared / float64(m.Params)
}

// held is the cache of a sequence: what its heads keep of all tokens, or of those in
// the window, or a latent.
func held(m *models.Model, tokens int, p physics.Precision) units.Bytes {
	kept := func(global bool) float64 {
		if m.Window > 0 && !global {
			return math.Min(float64(tokens), float64(m.Window))
		}
		return float64(tokens)
	}
	heads, dim := or(m.KVHeads, m.Heads), or(m.HeadDim, m.Hidden/m.Heads)
	local := 2 * float64(heads) * float64(dim)
	global := 2 * float64(or(m.GlobalKVHeads, heads)) * float64(or(m.GlobalHeadDim, dim))
	if m.KVRank > 0 {
		local, global = float64(m.KVRank+m.RopeDim), float64(m.KVRank+m.RopeDim)
	}
	elements := float64(m.Layers-m.GlobalLayers)*local*kept(false) + float64(m.GlobalLayers)*global*kept(true)
	return p.Size().Times(elements)
}

func or(a, b int) int {
	if a > 0 {
		return a
	}
	return b
}

func tailOrder(c *trial, b *bench) {
	s := drawTail(c)
	r := solved(c, b.tail, s)
	c.claim(r.Stable, "a load of %g on %d replicas is not stable", r.Load, s.Replicas)
	atMost(c, "zero over P50", 0, r.P50)
	atMost(c, "P50 over P99", r.P50, r.P99)

	idle, lonely := s, s
	idle.Arrivals, lonely.Arrivals, lonely.Replicas = 0, 0, 1
	atMost(c, "P99 at no load over P99", solved(c, b.tail, idle).P99, r.P99)
	same(c, "P99 at no load", solved(c, b.tail, idle).P99, solved(c, b.tail, lonely).P99)
	if !s.Constant && (s.CV == 1 || s.CV == 0) {
		same(c, "P99 of an exponential service", solved(c, b.tail, idle).P99, s.Service.Times(math.Log(100)))
	}

	apart := s
	apart.Replicas = 1
	apart.Arrivals = s.Arrivals.Times(1 / float64(max(s.Replicas, 1)))
	separate := solved(c, b.tail, apart)
	atMost(c, "P99 of a pool", r.P99, separate.P99)
	atMost(c, "mean wait of a pool", r.Wait, separate.Wait)

	full := apart
	gap := c.decades("gap", 1e-9, 1e-3)
	full.Arrivals = units.Requests(1 - gap).Per(s.Service)
	wait := (1 + spread(s)*spread(s)) / 2 / gap // of those who wait, and nearly all do
	atMost(c, "P99 close to full load", s.Service.Times(0.99*wait*math.Log(100*(1-2*gap))), solved(c, b.tail, full).P99)
}

// spread is the coefficient of variation of the service time.
func spread(s serving.Tail) float64 {
	switch {
	case s.Constant:
		return 0
	case s.CV == 0:
		return 1
	default:
		return s.CV
	}
}

func speculates(c *trial, b *bench) {
	s := drawSpeculation(c)
	r := solved(c, b.draft, s)
	gamma := s.Gamma
	if gamma == 0 {
		gamma = 4
	}
	atMost(c, "speed-up", r.Speedup, float64(gamma+1))
	atMost(c, "best latency over that of gamma proposals", r.BestITL, r.ITL)
	s.Acceptance = 0
	atMost(c, "speed-up of proposals that are never accepted", solved(c, b.draft, s).Speedup, 1)
}

func experts(c *trial, b *bench) {
	s := drawRouting(c)
	s.Batch, s.Sequence = 1, 1
	e, k := float64(s.Model.Experts), float64(s.Model.TopK)
	same(c, "experts of one token", solved(c, b.route, s).Distinct, k)
	s.Batch = upTo(c, "tokens", 2000)
	few := solved(c, b.route, s).Distinct
	s.Sequence = 2
	more := solved(c, b.route, s).Distinct
	atMost(c, "experts of fewer tokens", few, more)
	c.claim(more > few || few > e*(1-1e-9), "%g experts of %d tokens are not more than %g", more, 2*s.Batch, few)
	atMost(c, "experts touched", more, e)
	s.Batch, s.Sequence = 1_000_000_000, 1_000_000_000
	same(c, "experts of very many tokens", solved(c, b.route, s).Distinct, e)

	node := drawDecode(c)
	node.Model, node.Batch = s.Model, 1
	r := solved(c, b.node, node)
	kv := node.KVPrecision
	if kv == physics.Auto {
		kv = r.Precision
	}
	same(c, "bytes of one token", r.Traffic, r.Precision.Size().Times(float64(s.Model.Active))+s.Model.CacheTraffic(float64(node.Context), kv.Size(), 1))
}
