package parallel

import (
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// The step is worked out in four parts, so that the planner can share what a
// part of the search leaves as it is: the spread over the cluster, its
// arithmetic, its cut into microbatches, and the rest.

// A spread is a run laid over the cluster.
type spread struct {
	*Training
	ranks
	links
	local  int     // sequences of the busiest replica
	layers float64 // of a stage
	roof   physics.Roof
	known  walls.Warnings // about it

	params models.Shard
	whole  physics.Tiers // ranks that hold the same shared parameters
	each   physics.Tiers // ranks that hold the same experts
}

func (s *Training) spread() spread {
	p := spread{Training: s, links: s.links()}
	p.roof, p.known = s.roof()
	p.lay()
	return p
}

// lay places the ranks; the planner lays one split after another.
func (p *spread) lay() {
	s := p.Training
	p.ranks = ranks{tp: s.TP, cp: s.CP, ep: s.EP, pp: s.PP}
	p.dp = s.devices() / p.ranks.replica()
	p.local = ceil(s.Batch, p.dp)
	p.layers = float64(s.Model.StageLayers(s.PP))
	p.params = s.Model.Shard(s.TP, s.PP, s.EP)
	p.whole = p.group(p.dp*p.ep*p.cp, p.sharers(p.cp*p.ep, s.PerNode))
	p.each = p.group(p.dp*p.cp, p.sharers(p.cp, s.PerNode))
}

// An exchange is what replicas send each other: the gradients, with the updated
// weights of ZeRO 1 and 2, and the weights once where ZeRO 3 shards them.
type exchange struct{ gradients, gather units.Seconds }

func (p *spread) exchange() exchange {
	gradient := physics.GradientSize(p.Precision).Times(p.Trainable * p.dense())
	weight := p.Precision.Size()
	if p.ZeRO == 0 {
		x := exchange{gradients: p.allReduce(gradient.Times(p.params.Shared), &p.whole)}
		if p.params.Experts > 0 {
			x.gradients += p.allReduce(gradient.Times(p.params.Experts), &p.each)
		}
		return x
	}
	scatter := p.halves(gradient)
	if p.ZeRO < 3 {
		return exchange{gradients: scatter + p.halves(weight.Times(p.Trainable))}
	}
	return exchange{gradients: scatter, gather: p.halves(weight)}
}

// dense is the share of the parameters that get a gradient on some replica: all,
// or of embedding tables the rows that are looked up.
func (p *spread) dense() float64 { return min(1, p.touched()*float64(p.whole.Ranks)) }

// touched is the share that a replica reads in a step.
func (p *spread) touched() float64 {
	split := p.split(float64(p.local))
	return p.Model.TouchedShare(&split)
}

// halves is the time of a reduce-scatter or an all-gather of all parameters of a
// rank at so many bytes each.
func (p *spread) halves(element units.Bytes) units.Seconds {
	once := p.half(element.Times(p.params.Shared), &p.whole)
	if p.params.Experts > 0 {
		once += p.half(element.Times(p.params.Experts), &p.each)
	}
	return once
}

// An effort is the arithmetic of a device for one step, the mean over the stages.
type effort struct {
	pass    physics.Pass // without traffic
	compute units.Seconds
	linear  units.Seconds // part of it, outside attention
}

func (p *spread) arithmetic() effort {
	share := float64(p.local) / float64(p.ranks.replica())
	linear, attention := p.ops()
	e := effort{pass: physics.Pass{Linear: linear.Times(share), Attention: attention.Times(share)}}
	e.compute = p.roof.Compute(&e.pass)
	only := physics.Pass{Linear: e.pass.Linear}
	e.linear = p.roof.Compute(&only)
	return e
}

// ops is the arithmetic of a sequence outside attention and in it; a hot expert
// slows the expert part.
func (s *Training) ops() (linear, attention units.FLOP) {
	linear, attention = s.Model.TrainingParts(float64(s.Sequence), s.Checkpointing)
	return linear + s.hot(), attention
}

// hot is what the hottest expert gets beyond its share.
func (s *Training) hot() units.FLOP {
	if s.Model.Experts == 0 {
		return 0
	}
	expert, _ := s.Model.ExpertParams()
	more := min(float64(s.Model.Experts), float64(s.Model.TopK)*s.Imbalance) - float64(s.Model.TopK)
	return units.FLOP(2 * expert * more * float64(s.Sequence) * s.Checkpointing.Passes())
}

// A cut is a step in microbatches: the times of one message of each kind.
type cut struct {
	rounds                         float64
	most                           float64 // sequences of the largest microbatch
	tensor, expert, context, stage units.Seconds
}

func (p *spread) cut() cut {
	c := cut{rounds: p.rounds()}
	c.most = float64(ceil(p.local, p.Microbatches*p.Accumulation))
	stream := p.stream()
	if p.tp > 1 {
		t := p.group(p.tp, p.PerNode)
		c.tensor = p.allReduce(stream, &t)
	}
	if p.ep > 1 {
		t := p.group(p.ep, p.PerNode/(p.tp*p.cp))
		link, latency := t.Flat()
		c.expert = physics.AllToAll(p.routed(), p.ep, link, latency)
	}
	if p.cp > 1 {
		t := p.group(p.cp, p.PerNode/p.tp)
		link, latency := t.Flat()
		sent, messages := physics.RingSteps(p.keys(), p.cp)
		c.context = sent.Over(link) + latency.Times(messages)
	}
	if p.pp > 1 {
		link, latency := p.hop(p.ranks.replica())
		c.stage = stream.Times(1/float64(p.tp)).Over(link) + latency
	}
	return c
}

// sequences are those of a microbatch, on average.
func (p *spread) sequences() float64 { return float64(p.local) / p.rounds() }

// stream is the residual stream of a microbatch on a rank.
func (p *spread) stream() units.Bytes {
	split := p.split(p.sequences())
	return p.Model.HiddenBytes(&split)
}

// routed is what a rank sends to the experts: their ranks share the samples.
func (p *spread) routed() units.Bytes {
	return p.stream().Times(float64(p.Model.TopK) * p.Imbalance / float64(p.ep))
}

// keys are the keys and values of one layer that a rank holds.
func (p *spread) keys() units.Bytes {
	elements := p.Model.KVElements(p.tp) / float64(p.Model.Blocks())
	return p.Precision.Size().Times(elements * p.sequences() * float64(p.Sequence) / float64(p.cp))
}

// split describes the memory of a rank to the model.
func (p *spread) split(sequences float64) models.Split {
	s := p.Training
	return models.Split{
		TP: p.tp, PP: p.pp, DP: p.dp, EP: p.ep, CP: p.cp, Parts: s.Parts,
		Microbatch: sequences, Held: physics.InFlight(p.pp, s.Parts, s.Microbatches),
		Sequence: float64(s.Sequence), SequenceParallel: !s.NoSP, ZeRO: s.ZeRO, KeepWeights: s.KeepWeights, Recompute: s.Checkpointing,
		Optimizer: s.Optimizer, Precision: s.Precision, Trainable: s.Trainable, Buffers: s.Buffers,
	}
}

// hold fills in the memory.
func (p *spread) hold(split *models.Split, r *TrainingResult) {
	held := p.Model.TrainingMemory(split)
	r.Memory, r.Capacity = held.Total(), p.Hardware.Capacity()
	r.Fits, r.Short = physics.Fits(r.Memory, r.Capacity)
	r.Weights, r.Gradients, r.Optimizer, r.Activations, r.Buffers = held.Weights, held.Gradients, held.Optimizer, held.Activations, held.Buffers
}

// take fills in the times.
func (p *spread) take(e *effort, c *cut, x *exchange, split *models.Split, r *TrainingResult) {
	r.Devices, r.DP, r.Local, r.Precision = p.devices(), p.dp, p.local, p.Precision
	p.work(e, c, split, r)
	p.send(c, x, r)
	p.hide(e, x, r)
	p.add(r)
}

// work fills in the device's own time: weights are read forward and backward for
// each microbatch, activations written and read, gradients and optimizer state
// read and written once. What does not fit crosses the host link once, and is read
// from memory like the rest.
func (p *spread) work(e *effort, c *cut, split *models.Split, r *TrainingResult) {
	shard := p.Precision.Size().Times(p.params.Total())
	kept := r.Activations.Times(2 * c.rounds / split.Held)
	touched := p.Model.TouchedShare(split)
	r.Traffic = (shard.Times(c.rounds) + r.Optimizer).Times(2*touched) + r.Gradients.Times(2) + kept
	r.Compute, r.MemTime = e.compute, p.roof.Memory(&physics.Pass{Traffic: r.Traffic})
	if !r.Fits && p.Hardware.HostLink > 0 {
		r.MemTime = max(r.Short.Over(p.Hardware.HostLink), r.MemTime)
	}
	r.Overhead = p.roof.Start + p.roof.PerLayer.Times(launches*p.layers*c.rounds)
	r.Node = max(r.Compute, r.MemTime) + r.Overhead
}

// launches of a layer and microbatch: forward, and backward for inputs and weights.
const launches = 3

// collectives of a layer and microbatch: two forward and two backward.
const collectives = 4

// send fills in the communication.
func (p *spread) send(c *cut, x *exchange, r *TrainingResult) {
	layers := p.layers * c.rounds
	r.DataPar, r.Gathers = p.sent(x), p.again(x)
	r.TensorPar = c.tensor.Times(collectives * layers * p.Congestion)
	r.ExpertPar = c.expert.Times(collectives * layers * p.Congestion)
	r.ContextPar = c.context.Times(layers * p.Congestion)
	r.Stages = c.stage.Times(p.handed() * p.Congestion)
}

// sent is the time of the exchange of a step: ZeRO 3 needs the weights forward and
// backward.
func (p *spread) sent(x *exchange) units.Seconds {
	return (x.gradients + x.gather.Times(2)).Times(p.Congestion)
}

// again is the time of gathering weights once more for every further microbatch.
func (p *spread) again(x *exchange) units.Seconds {
	return x.gather.Times(p.gathers() * p.Congestion)
}

// gathers is how often ZeRO 3 does that, unless it keeps the weights.
func (s *Training) gathers() float64 {
	if s.KeepWeights {
		return 0
	}
	return 2 * (s.rounds() - 1)
}

// handed is the number of times that a stage hands a microbatch on.
func (s *Training) handed() float64 { return 2 * float64(s.Parts) * s.rounds() }

// hide fills in what the device's work does not hide. A moment of it hides one
// message only: first those between tensor-parallel devices, then keys and values
// behind attention, then the exchange of the replicas.
func (p *spread) hide(e *effort, x *exchange, r *TrainingResult) {
	works := p.pace(r)
	r.TensorExposed = physics.Overlapped(r.TensorPar, works, p.Chunks)
	attends := 1 - p.outside(e).Ratio(works)
	works = max(0, works-(r.TensorPar-r.TensorExposed))
	r.ContextExposed = physics.Exposed(r.ContextPar, works.Times(attends), p.cp)
	works = max(0, works-(r.ContextPar-r.ContextExposed))
	r.Exposed = p.exposed(r.DataPar+r.Gathers, x.gather.Times(2*p.Congestion)+r.Gathers, works)
}

// outside is the arithmetic outside attention in the largest stage; attention has
// the rest of its time, which is more than its arithmetic where memory binds.
func (p *spread) outside(e *effort) units.Seconds { return e.linear.Times(p.largest()) }

// exposed is what the passes do not hide of all that replicas send: the backward
// pass hides the gradients and its half of the gathers, the forward pass the other
// half.
func (s *Training) exposed(exchange, gathers, works units.Seconds) units.Seconds {
	share := s.Checkpointing.BackwardShare()
	early := gathers.Times(0.5)
	return physics.Exposed(exchange-early, works.Times(share), s.Buckets) + physics.Exposed(early, works.Times(1-share), s.Buckets)
}

// add fills in the step.
func (p *spread) add(r *TrainingResult) {
	s := p.Training
	busy := r.Node + r.TensorExposed + r.ContextExposed + r.ExpertPar
	uneven := p.pace(r) - max(r.Compute, r.MemTime)
	r.Bubble = uneven + (busy + uneven).Times(physics.BubbleRatio(s.PP, s.Parts, s.Microbatches))
	r.BubbleShare = r.Bubble.Ratio(busy + r.Bubble)
	r.Step = (busy + r.Bubble + r.Stages + r.Exposed).Times(s.Straggler)
}

// rate fills in the rates of the step.
func (p *spread) rate(r *TrainingResult) {
	s := p.Training
	r.Scaling = r.Node.Ratio(r.Step)
	r.Throughput = units.Samples(s.Batch).Per(r.Step)
	model := s.Model.ForwardOps(float64(s.Sequence)).Times(3 * float64(s.Batch))
	peak := p.roof.Peak.Times(float64(r.Devices))
	r.MFU = model.Per(r.Step).Ratio(peak)
	r.HFU = s.Model.TrainingOps(float64(s.Sequence), s.Checkpointing).Times(float64(s.Batch)).Per(r.Step).Ratio(peak)
}

// pace is the work of the largest stage, for which the others wait.
func (p *spread) pace(r *TrainingResult) units.Seconds {
	return max(r.Compute.Times(p.largest()), r.MemTime)
}

// largest is the layers of the largest stage over the mean, ⌈L/p⌉·p/L; just 1 where
// they are even.
func (p *spread) largest() float64 {
	return float64(p.Model.StageLayers(p.pp)*p.pp) / float64(max(1, p.Model.Blocks()))
}

// note fills in what binds and what a reader should know.
func (p *spread) note(r *TrainingResult) {
	s := p.Training
	network := r.TensorExposed + r.ContextExposed + r.ExpertPar + r.Stages + r.Exposed
	switch {
	case !r.Fits:
		r.Binding = walls.MemoryCapacity
		r.Warnings |= walls.DoesNotFit
		if s.Hardware.HostLink == 0 {
			r.Warnings |= walls.HostLinkUnknown
		}
	case network > r.Node:
		r.Binding = walls.Network
	case r.MemTime > r.Compute:
		r.Binding = walls.MemoryBandwidth
	default:
		r.Binding = walls.Compute
	}
	if s.TP > s.PerNode {
		r.Warnings |= walls.CrossesNodes
	}
	r.Warnings |= p.known
	if s.Model.Reads() && s.Model.Context > 0 && s.Sequence > s.Model.Context {
		r.Warnings |= walls.BeyondContext
	}
}
