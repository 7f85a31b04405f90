package parallel

import (
	"github.com/mlsysim/golab/mlsysim/internal/pass"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// A server is a network laid over the cluster.
type server struct {
	*Inference
	ranks
	links
	roof   physics.Roof
	layers float64 // of the largest stage
	share  float64 // of the network that it has
	each   int     // requests of a microbatch
	own    int     // those that one of the expert group's ranks attends for
}

func (s *Inference) serve() (server, walls.Warnings) {
	p := server{
		Inference: s,
		ranks:     ranks{tp: s.TP, cp: s.CP, ep: s.EP, pp: s.PP},
		links: links{
			server: s.PerNode, intra: s.IntraLink, intraLatency: s.IntraLatency,
			port: shared(s.Fabric, s.NICs, s.PerNode, s.Oversubscription), portLatency: s.FabricLatency,
			nodeSwitch: s.NodeSwitch, fabricSwitch: s.FabricSwitch, algorithm: s.Algorithm,
		},
		layers: float64(s.Model.StageLayers(s.PP)), share: s.Model.StageShare(s.PP),
		each: ceil(s.Batch, s.Microbatches),
	}
	p.own = ceil(p.each, s.EP)
	p.dp = s.Nodes * s.PerNode / p.replica()
	roof, warnings := pass.Setup{
		Hardware: &s.Hardware, Stack: &s.Stack, Level: s.Level, Precision: s.Precision,
		Efficiency: s.Efficiency, MemoryEfficiency: s.MemoryEfficiency,
	}.Roof()
	p.roof = roof
	return p, warnings
}

// remember fills in what each device must hold when the outputs are complete.
func (p *server) remember(r *InferenceResult) {
	shard := p.Model.Shard(p.tp, p.pp, p.ep)
	r.Weights = p.Precision.Size().Times(shard.Total())
	r.Cache = p.cache(float64(p.Prompt) + float64(p.Output)).Times(float64(ceil(p.Batch, p.ep)))
	r.Memory, r.Capacity = r.Weights+r.Cache, p.Hardware.Memory
	r.Fits, r.Short = physics.Fits(r.Memory, r.Capacity)
	r.Utilization = r.Memory.Ratio(r.Capacity)
}

// cache is what a rank keeps of a sequence of s tokens.
func (p *server) cache(s float64) units.Bytes {
	return p.Model.KVBytes(s, p.KVPrecision.Size(), p.tp).Times(p.share / float64(p.cp))
}

// moved is what a decode step reads and writes of it; a prefill reads that of
// nothing, which is a state, and writes that of the prompt.
func (p *server) moved(s float64, decode bool) units.Bytes {
	if decode {
		return p.Model.CacheTraffic(s, p.KVPrecision.Size(), p.tp).Times(p.share / float64(p.cp))
	}
	return p.cache(0) + p.cache(s)
}

// A turn is one microbatch in one stage.
type turn struct {
	pass                                      physics.Pass
	compute, memory                           units.Seconds
	tensor, context, expert, handed, overhead units.Seconds
}

// time is that of the turn.
func (t *turn) time() units.Seconds {
	return max(t.compute, t.memory) + t.network() + t.overhead
}

func (t *turn) network() units.Seconds { return t.tensor + t.context + t.expert + t.handed }

// linear is the arithmetic of a rank outside attention for so many tokens of each
// request. The group's ranks share the requests, and the hottest has i times the
// mean in its experts.
func (p *server) linear(tokens float64) units.FLOP {
	m := &p.Model
	expert, _ := m.ExpertParams()
	routed := units.FLOP(2 * expert * float64(m.TopK))
	hot := units.FLOP(2 * expert * min(float64(m.Experts), float64(m.TopK)*p.Imbalance))
	mean := float64(p.each) / float64(p.ep)
	return ((m.LinearOps() - routed).Times(float64(p.own)) + hot.Times(mean)).Times(tokens * p.share / float64(p.tp))
}

// touched are the weights of a rank that so many tokens of each request read.
func (p *server) touched(tokens float64) units.Bytes {
	_, common := p.Model.ExpertParams()
	always := p.Precision.Size().Times(common)
	experts := p.Model.TouchedWeights(float64(p.each)*tokens, p.Precision) - always
	return (always + experts.Times(1/float64(p.ep))).Times(p.share / float64(p.tp))
}

// step is one decode step with s tokens in the cache.
func (p *server) step(s float64) turn {
	own := float64(p.own)
	t := turn{pass: physics.Pass{
		Linear:    p.linear(1),
		Attention: p.Model.DecodeAttentionOps(s).Times(own * p.share / float64(p.tp*p.cp)),
		Traffic:   p.touched(1) + p.moved(s, true).Times(own),
	}}
	streaming := p.roof.Streaming()
	p.finish(&t, &streaming, 1)
	if p.cp > 1 {
		group := p.partsOf()
		t.context = p.reduced(p.attended(), &group).Times(p.layers * p.Congestion)
	}
	return t
}

// attended is what a rank attended to in its part of the cache, which the parts
// add up in each layer.
func (p *server) attended() units.Bytes {
	return p.element().Times(float64(p.own) * p.Model.AttentionWidth() / float64(p.tp))
}

// whole is the prefill of a microbatch.
func (p *server) whole() turn {
	own, tokens := float64(p.own), p.tokens()
	n := float64(p.Prompt)
	t := turn{pass: physics.Pass{
		Linear:    p.linear(tokens),
		Attention: p.Model.PrefillAttentionOps(n, 0).Times(own * p.share / float64(p.tp*p.cp)),
		Traffic:   p.touched(tokens) + p.moved(n, false).Times(own),
	}}
	p.finish(&t, &p.roof, tokens)
	if p.cp > 1 {
		t.context = physics.Exposed(p.ring().Times(p.layers*p.Congestion), p.attending(&t), p.cp)
	}
	return t
}

// attending is what the arithmetic outside attention leaves of a device's own time:
// attention's arithmetic, or more where memory binds.
func (p *server) attending(t *turn) units.Seconds {
	outside := physics.Pass{Linear: t.pass.Linear}
	return max(t.compute, t.memory) - p.roof.Compute(&outside)
}

// tokens are those of a prompt that a rank prefills.
func (p *server) tokens() float64 { return float64(ceil(p.Prompt, p.cp)) }

// ring is the time to pass the keys and values of a layer round.
func (p *server) ring() units.Seconds {
	group := p.partsOf()
	link, latency := group.Flat()
	hops := float64(p.cp - 1)
	return p.keys().Times(hops).Over(link) + latency.Times(hops)
}

// keys are the keys and values of one layer that a rank holds after a prefill.
func (p *server) keys() units.Bytes {
	elements := p.Model.KVElements(p.tp) / float64(p.Model.Layers)
	return p.KVPrecision.Size().Times(elements * float64(p.own) * p.tokens())
}

func (p *server) partsOf() physics.Tiers { return p.group(p.cp, p.PerNode/p.tp) }

// finish fills in the times of a turn of so many tokens of each request.
func (p *server) finish(t *turn, roof *physics.Roof, tokens float64) {
	t.compute, t.memory = roof.Compute(&t.pass), roof.Memory(&t.pass)
	t.overhead = roof.Overhead(int(p.layers), p.own)
	if p.tp > 1 {
		group := p.group(p.tp, p.PerNode)
		t.tensor = p.reduced(p.stream(tokens), &group).Times(2 * p.layers * p.Congestion)
	}
	if p.ep > 1 {
		group := p.group(p.ep, p.PerNode/(p.tp*p.cp))
		t.expert = p.routing(&group, tokens).Times(2 * p.layers * p.Congestion)
	}
	if p.pp > 1 {
		link, latency := p.hop(p.replica())
		t.handed = (p.stream(tokens).Times(1/float64(p.tp)).Over(link) + latency).Times(p.Congestion)
	}
}

// element is the size of one activation, at least 16 bit.
func (p *server) element() units.Bytes { return max(p.Precision.Size(), physics.FP16.Size()) }

// stream is the residual stream of a rank.
func (p *server) stream(tokens float64) units.Bytes {
	return p.element().Times(float64(p.own) * tokens * float64(p.Model.Hidden))
}

// routed is what a rank sends to the experts.
func (p *server) routed(tokens float64) units.Bytes {
	return p.stream(tokens).Times(float64(p.Model.TopK) * p.Imbalance)
}

// routing is the time of one all-to-all.
func (p *server) routing(t *physics.Tiers, tokens float64) units.Seconds {
	link, latency := t.Flat()
	return physics.AllToAll(p.routed(tokens), p.ep, link, latency)
}

// reduced is the time of an all-reduce; the calibrated level knows what the
// engine's takes.
func (p *server) reduced(message units.Bytes, t *physics.Tiers) units.Seconds {
	ideal := p.allReduce(message, t)
	if p.Level == physics.Ideal {
		return ideal
	}
	link, latency := t.Flat()
	return max(ideal, p.Stack.AllReduce(message, t.Ranks, link, latency))
}

// prefill fills in the time to first token.
func (p *server) prefill(r *InferenceResult) {
	t := p.whole()
	r.PrefillStage, r.PrefillCompute, r.PrefillMemory, r.PrefillNetwork = t.time(), t.compute, t.memory, t.network()
	r.TTFT = r.PrefillStage.Times(float64(p.pp + p.Microbatches - 1))
	r.PrefillBinding = slowest(t.compute, t.memory, t.network())
}

// decode fills in the inter-token latencies and rates.
func (p *server) decode(r *InferenceResult) {
	prompt, output := float64(p.Prompt), float64(p.Output)
	turns := float64(max(p.pp, p.Microbatches))
	first, last, t := p.step(prompt), p.step(prompt+output), p.step(prompt+output/2)
	r.ITLFirst, r.ITLLast = first.time().Times(turns), last.time().Times(turns)
	r.Stage, r.ITL = t.time(), t.time().Times(turns)
	r.Idle = 1 - float64(p.Microbatches)/turns
	r.DecodeCompute, r.DecodeMemory, r.Overhead = t.compute, t.memory, t.overhead
	r.TensorPar, r.ContextPar, r.ExpertPar, r.Hop = t.tensor, t.context, t.expert, t.handed

	ops := p.Model.LinearOps() + p.Model.DecodeAttentionOps(prompt+output/2)
	r.MFU = ops.Times(float64(p.Batch)).Per(r.ITL).Ratio(p.roof.Peak.Times(float64(p.replica())))
	r.PerUser = units.Token.Per(r.ITL)
	r.TokensPerSecond = units.Token.Times(float64(p.Batch) * float64(p.dp)).Per(r.ITL)
	r.Request = r.TTFT + r.ITL.Times(max(output-1, 0))
}

// note fills in what binds and what a reader should know.
func (p *server) note(r *InferenceResult) {
	r.Binding = slowest(r.DecodeCompute, r.DecodeMemory, r.TensorPar+r.ContextPar+r.ExpertPar+r.Hop)
	if !r.Fits {
		r.Binding = walls.MemoryCapacity
		r.Warnings |= walls.DoesNotFit
	}
	if r.Overhead > max(r.DecodeCompute, r.DecodeMemory) {
		r.Warnings |= walls.OverheadDominates
	}
	if p.replica() > p.PerNode {
		r.Warnings |= walls.CrossesNodes
	}
	if p.Model.Context > 0 && float64(p.Prompt)+float64(p.Output) > float64(p.Model.Context) {
		r.Warnings |= walls.BeyondContext
	}
}

// slowest names the largest of three times; memory wins over compute only if it
// is really longer.
func slowest(compute, memory, network units.Seconds) walls.Resource {
	switch {
	case network > max(compute, memory):
		return walls.Network
	case memory > compute:
		return walls.MemoryBandwidth
	default:
		return walls.Compute
	}
}
