package parallel_test

import (
	"cmp"
	"errors"
	"fmt"
	"math"

	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var laws = []law{
	{"I-10 no faster than its arithmetic", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		r, err := solve(s)
		return cmp.Or(err, most("throughput", float64(r.Throughput), peak(s, r)/hardwareOps(s)))
	}, mutates(func(s step, r *result) { // counts the samples of replicas that have none
		r.Throughput = units.Samples(r.Local * r.DP * 2).Per(r.Step)
	})},
	{"I-11 a step is at least its share of the arithmetic", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		r, err := solve(s)
		least := hardwareOps(s) * float64(s.Batch) / peak(s, r)
		return cmp.Or(err, most("share of the arithmetic", least, float64(r.Step)), most("scaling", r.Scaling, 1), most("node", float64(r.Node), float64(r.Step)))
	}, mutates(func(s step, r *result) { r.Scaling = (r.Node + r.Bubble + r.Stages).Ratio(r.Node) })},
	{"I-12, D-19 accumulation leaves tokens and exchange", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		s.Accumulation, s.Microbatches = 1, 1
		more := s
		more.Accumulation = rapid.IntRange(1, (s.Batch+s.Nodes*s.PerNode-1)/(s.Nodes*s.PerNode)).Draw(t, "times")
		a, b, err := both(solve, s, more)
		return cmp.Or(err, same("exchange", float64(b.DataPar), float64(a.DataPar)), same("samples", float64(b.Throughput)*float64(b.Step), float64(s.Batch)))
	}, mutates(func(s step, r *result) { r.DataPar = r.DataPar.Times(1 / float64(s.Accumulation)) })},
	{"I-13 splitting conserves operations", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		s.Imbalance = 1
		r, err := solve(s)
		return cmp.Or(err, same("operations", float64(r.Compute)*peak(s, r), hardwareOps(s)*float64(r.Local*r.DP)))
	}, mutates(func(s step, r *result) { r.Compute = r.Compute.Times(float64(s.CP)) })},
	{"I-14 the cheapest all-reduce", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		s.ZeRO, s.NodeSwitch, s.FabricSwitch = 0, false, false
		other := s
		other.Algorithm = physics.Algorithm(rapid.IntRange(1, 4).Draw(t, "algorithm"))
		a, b, err := both(solve, s, other)
		link := float64(max(s.Hardware.ScaleUp, s.Fabric))
		sent := float64(a.TensorPar) / s.Congestion * link
		u := float64(a.Local) / float64(s.Microbatches*s.Accumulation)
		message := u * float64(s.Sequence) / float64(s.CP) * float64(s.Model.Hidden) * 2
		rounds := 4 * float64(s.Model.StageLayers(s.PP)*s.Microbatches*s.Accumulation)
		bytes := 2 * float64(s.TP-1) / float64(s.TP) * message * rounds
		return cmp.Or(err, most("tensor", float64(a.TensorPar), float64(b.TensorPar)), most("data", float64(a.DataPar), float64(b.DataPar)), most("bytes", bytes, sent))
	}, func(s step) (result, error) {
		if s.Algorithm == physics.AutoAlgorithm {
			s.Algorithm = physics.Tree
		}
		return s.Solve()
	}},
	{"I-15 sharding and recomputing save memory", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		last := math.Inf(1)
		for s.ZeRO = 0; s.ZeRO < 4; s.ZeRO++ {
			r, err := solve(s)
			if err := cmp.Or(err, most("memory", float64(r.Memory), last)); err != nil {
				return err
			}
			last = float64(r.Memory)
		}
		s.ZeRO = 0
		whole, cut := s, s
		whole.NoSP, cut.NoSP = true, false
		a, b, err := both(solve, whole, cut)
		if err := cmp.Or(err, most("memory with SP", float64(b.Memory), float64(a.Memory))); err != nil {
			return err
		}
		last = math.Inf(1)
		for _, s.Checkpointing = range []physics.Recompute{physics.KeepAll, physics.Selective, physics.Full} {
			r, err := solve(s)
			if err := cmp.Or(err, most("memory", float64(r.Memory), last)); err != nil {
				return err
			}
			last = float64(r.Memory)
		}
		return nil
	}, mutates(func(s step, r *result) { r.Memory += r.Optimizer.Times(float64(s.ZeRO)) })},
	{"D-12 the slowest replica sets the pace, only real samples count", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		full := s
		r, err := solve(s)
		if err != nil {
			return err
		}
		full.Batch = r.Local * r.DP
		f, err := solve(full)
		return cmp.Or(err, same("step", float64(r.Step), float64(f.Step)), same("samples", float64(r.Throughput)*float64(r.Step), float64(s.Batch)))
	}, func(s step) (result, error) {
		dp := s.Nodes * s.PerNode / (s.TP * s.CP * s.EP * s.PP)
		s.Batch = max(dp*s.Microbatches*s.Accumulation, s.Batch/dp*dp)
		return s.Solve()
	}},
	{"D-15 four all-to-alls per layer and microbatch", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		r, err := solve(s)
		if err != nil || s.EP == 1 {
			return err
		}
		u := float64(r.Local) / float64(s.Microbatches*s.Accumulation)
		message := u * float64(s.Sequence) / float64(s.CP) * 4096 * 2 * 2 * s.Imbalance / float64(s.EP)
		link, latency := s.Hardware.ScaleUp, 0.5e-6
		if s.EP*s.TP*s.CP > s.PerNode {
			link, latency = min(link, s.Fabric), 5e-6
		}
		if s.PerNode/(s.TP*s.CP) <= 1 {
			link = s.Fabric
		}
		once := float64(s.EP-1)/float64(s.EP)*message/float64(link) + float64(s.EP-1)*latency
		return same("all-to-alls", float64(r.ExpertPar), once*4*float64(s.Model.StageLayers(s.PP)*s.Microbatches*s.Accumulation)*s.Congestion)
	}, mutates(func(s step, r *result) {
		r.ExpertPar = r.ExpertPar.Times(1 / float64(4*s.Model.StageLayers(s.PP)*s.Microbatches*s.Accumulation))
	})},
	{"D-17, I-2 MFU is model operations over time and peak", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		r, err := solve(s)
		model := 3 * float64(s.Model.ForwardOps(float64(s.Sequence))) * float64(s.Batch)
		return cmp.Or(err, same("MFU", r.MFU*float64(r.Step)*peak(s, r)/s.Efficiency, model), most("MFU", r.MFU, r.HFU), most("HFU", r.HFU, s.Efficiency))
	}, mutates(func(s step, r *result) { r.MFU = r.Scaling * s.Efficiency })},
	{"D-20 no more microbatches than sequences", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		r, err := solve(s)
		if err != nil {
			return err
		}
		s.Accumulation, s.Microbatches = 1, r.Local+rapid.IntRange(1, 1000).Draw(t, "more")
		return refused(solve, s)
	}, func(s step) (result, error) {
		if r, err := s.Solve(); err == nil {
			return r, nil
		}
		s.Microbatches = 1
		return s.Solve()
	}},
	{"D-21, V-14 only splits that the model has", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		s.Parts = 1
		a, b, c, d := s, s, s, s
		a.TP, a.Nodes = 3*s.TP*max(1, s.Model.Heads), 3*s.Nodes*max(1, s.Model.Heads)
		b.PP, b.Nodes = s.Model.Layers+1, s.Nodes*(s.Model.Layers+1)
		c.EP, c.Nodes = 3, 3*s.Nodes
		d.TP = 2 * s.TP * s.Nodes * s.PerNode
		return cmp.Or(refused(solve, a), refused(solve, b), refused(solve, c), refused(solve, d))
	}, func(s step) (result, error) {
		if s.PP > s.Model.Layers {
			s.PP = 1
		}
		return s.Solve()
	}},
	{"D-22 devices share ports", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		s.TP, s.CP, s.EP, s.PP, s.Parts, s.Nodes, s.Fabric = 1, 1, 1, 1, 1, 2, min(s.Fabric, s.Hardware.ScaleUp)
		s.NICs, s.ZeRO, s.FabricLatency, s.IntraLatency, s.Algorithm = s.PerNode, 0, 1e-15, 1e-15, physics.Ring
		s.Batch = s.Nodes * s.PerNode * s.Microbatches * s.Accumulation
		fewer := s
		fewer.NICs = 1
		a, b, err := both(solve, s, fewer)
		return cmp.Or(err, most("exchange", float64(a.DataPar)*float64(s.PerNode)*(1-1e-6), float64(b.DataPar)))
	}, func(s step) (result, error) {
		s.NICs = s.PerNode
		return s.Solve()
	}},
	{"D-23, P-17 ZeRO 3 sends half as much more, and the weights again for every microbatch", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		s.ZeRO = 1
		all := s
		all.ZeRO = 3
		again := 2 * float64(s.Microbatches*s.Accumulation-1)
		if s.KeepWeights {
			again = 0
		}
		a, b, err := both(solve, s, all)
		return cmp.Or(err, same("exchange", float64(b.DataPar), 1.5*float64(a.DataPar)), same("gathers", float64(b.Gathers), float64(a.DataPar)/2*again))
	}, mutates(func(s step, r *result) {
		if s.ZeRO == 3 {
			r.DataPar = r.DataPar.Times(2.0 / 3)
		}
	})},
	{"D-44 a replica that does not fit says so", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		s.Hardware.Memory = units.GB.Times(rapid.Float64Range(0.1, 100).Draw(t, "memory"))
		r, err := solve(s)
		if r.Fits != (r.Memory <= r.Capacity) || r.Fits == r.Warnings.Has(walls.DoesNotFit) || r.Fits == (r.Binding == walls.MemoryCapacity) {
			err = cmp.Or(err, fmt.Errorf("%v of %v fits: %v, %v", r.Memory, r.Capacity, r.Fits, r.Binding))
		}
		return cmp.Or(err, same("short", float64(r.Short), max(0, float64(r.Memory-r.Capacity))))
	}, mutates(func(s step, r *result) { r.Fits = true })},
	{"D-49 adapters shrink memory and exchange alike", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		if !s.Model.Attends() {
			return nil
		}
		s.ZeRO, s.IntraLatency, s.FabricLatency = 0, 1e-15, 1e-15
		some := s
		some.LoRA = rapid.IntRange(1, 64).Draw(t, "rank")
		f := float64(2*some.LoRA*s.Model.Hidden*4*s.Model.Layers) / float64(s.Model.Params)
		a, b, err := both(solve, s, some)
		if err != nil || f > 1 {
			return err
		}
		return cmp.Or(
			same("gradients", float64(b.Gradients), f*float64(a.Gradients)), same("optimizer", float64(b.Optimizer), f*float64(a.Optimizer)),
			most("exchange", float64(b.DataPar), f*float64(a.DataPar)*(1+1e-3)), most("exchange", f*float64(a.DataPar), float64(b.DataPar)*(1+1e-3)),
		)
	}, mutates(func(s step, r *result) {
		if s.LoRA > 0 {
			r.DataPar = r.DataPar.Times(0.01)
		}
	})},
	{"P-15 the bubble is on the whole microbatch", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		s.Microbatches, s.Accumulation = s.PP, 1
		s.Batch = s.PP * s.Nodes * s.PerNode
		r, err := solve(s)
		busy := float64(r.Node + r.TensorExposed + r.ContextExposed + r.ExpertPar)
		if s.Model.Layers%s.PP != 0 {
			return err // the largest stage makes the others wait, too
		}
		return cmp.Or(err, same("bubble", float64(r.Bubble), busy*float64(s.PP-1)/float64(s.Parts*s.PP)))
	}, mutates(func(s step, r *result) { r.Bubble = r.Node.Times(r.Bubble.Ratio(r.Bubble + r.Node)) })},
	{"the largest stage sets the pace", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		r, err := solve(s)
		layers := float64(s.Model.StageLayers(s.PP)) / float64(s.Model.Layers)
		least := hardwareOps(s) * float64(r.Local) * layers / (float64(s.Hardware.Rates.At(r.Precision)) * s.Efficiency * float64(s.TP*s.CP*s.EP))
		return cmp.Or(err, most("arithmetic of the largest stage", least, float64(r.Step)), most("weights", float64(s.Model.Weights(r.Precision))*layers/float64(s.TP*s.EP), wholeWeights(s, r)))
	}, mutates(func(s step, r *result) { // as if every stage were the mean
		r.Weights = r.Weights.Times(float64(s.Model.Layers) / float64(s.Model.StageLayers(s.PP)*s.PP))
	})},
	{"P-15 a stage cannot overlap with itself", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		s.Microbatches, s.Accumulation = 1, 1
		r, err := solve(s) // one microbatch: only one of the stages works at any time
		return cmp.Or(err, most("busy time of the other stages", float64(r.Node)*(float64(s.PP)-1), float64(r.Bubble)))
	}, mutates(func(s step, r *result) { r.Bubble = r.Bubble.Times(1 / float64(s.Parts)) })},
	{"P-16 a moment of work hides one message", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		r, err := solve(s)
		uneven := float64(s.Model.StageLayers(s.PP)*s.PP) / float64(s.Model.Layers)
		works := max(float64(r.Compute)*uneven, float64(r.MemTime)) // of the largest stage
		sent := float64(r.DataPar + r.Gathers + r.TensorPar + r.ContextPar)
		exposed := float64(r.Exposed + r.TensorExposed + r.ContextExposed)
		return cmp.Or(
			err, most("exposed", float64(r.Exposed), float64(r.DataPar+r.Gathers)), most("exchange", float64(r.DataPar+r.Gathers), float64(r.Exposed)+works*(1-1/float64(s.Buckets))),
			most("exposed tensor", float64(r.TensorExposed), float64(r.TensorPar)), most("exposed context", float64(r.ContextExposed), float64(r.ContextPar)),
			most("all messages", sent, exposed+works),
		)
	}, mutates(func(s step, r *result) { r.Exposed = r.DataPar.Times(0.15) })},
	{"context parallelism cuts activations and attention", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		if !s.Model.Attends() {
			return nil
		}
		s.Imbalance = 1
		whole, cut := s, s
		whole.CP, cut.CP = 1, 2
		whole.Nodes = s.Nodes / s.CP // the same replicas, on half of the devices
		cut.Nodes = whole.Nodes * 2
		a, b, err := both(solve, whole, cut)
		return cmp.Or(err, same("activations", 2*float64(b.Activations), float64(a.Activations)), same("arithmetic", 2*float64(b.Compute), float64(a.Compute)))
	}, mutates(func(s step, r *result) { r.Activations = r.Activations.Times(float64(s.CP)) })},
	{"gradients of the parts of a sequence are summed, too", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		s.TP, s.EP, s.PP, s.Parts, s.PerNode = 1, 1, 1, 1, 8
		s.Accumulation, s.Microbatches = 1, 1
		if !s.Model.Attends() {
			return nil
		}
		s.CP, s.Nodes = 1, 4
		parts := s
		parts.CP = rapid.SampledFrom([]int{2, 4, 8}).Draw(t, "parts")
		a, b, err := both(solve, s, parts)
		return cmp.Or(err, same("exchange", float64(b.DataPar), float64(a.DataPar)), same("optimizer", float64(b.Optimizer), float64(a.Optimizer)))
	}, mutates(func(s step, r *result) { r.DataPar = r.DataPar.Times(1 / float64(s.CP)) })},
	{"I-27 calibrated is no faster than ideal at efficiency 1", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		s.Efficiency = 1
		measured := s
		measured.Level = physics.Calibrated
		a, b, err := both(solve, s, measured)
		return cmp.Or(err, most("node", float64(a.Node), float64(b.Node)), most("compute", float64(a.Compute), float64(b.Compute)))
	}, mutates(func(s step, r *result) {
		if s.Level == physics.Calibrated {
			r.Node = r.Node.Times(0.4)
		}
	})},
	{"I-3 better hardware is never slower", func(t *rapid.T, solve solver) error {
		s := drawStep(t)
		faster := s
		factor := rapid.Float64Range(1, 10).Draw(t, "factor")
		switch rapid.IntRange(0, 5).Draw(t, "what") {
		case 0:
			faster.Fabric = faster.Fabric.Times(factor)
		case 1:
			faster.IntraLink = s.Hardware.ScaleUp.Times(factor)
		case 2:
			faster.Hardware.Bandwidth = faster.Hardware.Bandwidth.Times(factor)
		case 3:
			faster.Hardware.Rates.FP16 = faster.Hardware.Rates.FP16.Times(factor)
		case 4:
			faster.Hardware.Memory = faster.Hardware.Memory.Times(factor)
		default:
			faster.FabricLatency = units.Microsecond.Times(5 / factor)
		}
		a, b, err := both(solve, s, faster)
		return cmp.Or(err, most("step", float64(b.Step), float64(a.Step)))
	}, mutates(func(s step, r *result) {
		if s.IntraLink > 0 {
			r.Step = r.Step.Times(1.01)
		}
	})},
}

// refused is an error if an input is accepted.
func refused(solve solver, s step) error {
	if _, err := solve(s); err == nil {
		return errors.New("accepted")
	}
	return nil
}

// wholeWeights are those of a device before ZeRO.
func wholeWeights(s step, r result) float64 {
	if s.ZeRO < 3 || s.KeepWeights {
		return float64(r.Weights)
	}
	return float64(r.Weights) * float64(r.DP*s.CP)
}
