package parallel

import (
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// workSteps derive the arithmetic of a sequence.
func (d *derivation) workSteps() []walls.Step {
	linear, attention := d.ops()
	passes := d.Checkpointing.Passes()
	linearOnce, attentionOnce := d.Model.TrainingParts(float64(d.Sequence), physics.KeepAll)
	linearOnce, attentionOnce = linearOnce.Times(1.0/3), attentionOnce.Times(1.0/3)
	steps := []walls.Step{{
		Name: "arithmetic of a sequence outside attention", Symbol: "F_lin", Formula: "q * f + F_hot", Source: "Narayanan 2021; Chowdhery 2022",
		Terms: []walls.Term{
			{Symbol: "q", What: "passes, " + recomputed(d.Checkpointing), Value: passes},
			{Symbol: "f", What: "forward pass: " + d.Model.LinearRule(), Value: linearOnce},
			{Symbol: "F_hot", What: "what the hottest expert gets beyond its share", Value: d.hot()},
		}, Value: linear,
	}}
	if attention == 0 {
		return steps
	}
	return append(steps, walls.Step{
		Name: "arithmetic of a sequence in attention", Symbol: "F_att", Formula: "q_a * f_att", Source: "Korthikanti 2022",
		Terms: []walls.Term{
			{Symbol: "q_a", What: "passes, " + recomputed(d.Checkpointing), Value: attention.Ratio(attentionOnce)},
			{Symbol: "f_att", What: "forward pass: every token attends to those before it, or to all in an encoder", Value: attentionOnce},
		}, Value: attention,
	})
}

// trafficStep derives the memory traffic of a device.
func (d *derivation) trafficStep() walls.Step {
	return walls.Step{
		Name: "memory traffic of a device", Symbol: "Q", Formula: "2 * tau * (n * b_w * P_r + O_s) + 2 * G + 2 * n * A / h", Field: "Traffic",
		Terms: append(
			d.terms("n"),
			walls.Term{Symbol: "b_w", What: "bytes of a weight, read forward and backward", Value: d.TrainingResult.Precision.Size()},
			walls.Term{Symbol: "P_r", What: "parameters of one device", Value: units.Params(d.params.Total())},
			walls.Term{Symbol: "G", What: "gradients, written and read", Value: d.Gradients},
			walls.Term{Symbol: "tau", What: "share of the weights that the samples touch", Value: d.Model.TouchedShare(&d.split)},
			walls.Term{Symbol: "O_s", What: "optimizer state, read and written", Value: d.TrainingResult.Optimizer},
			walls.Term{Symbol: "A", What: "activations, written and read", Value: d.Activations},
			walls.Term{Symbol: "h", What: "microbatches that they are of", Value: d.split.Held},
		), Value: d.Traffic, Source: "Williams 2009",
	}
}

// nodeSteps derive a device's own time.
func (d *derivation) nodeSteps() []walls.Step {
	linear, attention := d.ops()
	roof := &d.spread.roof
	return []walls.Step{
		d.trafficStep(),
		{
			Name: "arithmetic of a device", Symbol: "T_c", Formula: "(F_lin / eta + F_att / eta_a) * B_l / (R * P)", Field: "Compute",
			Terms: append(
				d.terms("P"),
				walls.Term{Symbol: "F_lin", What: "operations of a sequence outside attention", Value: linear},
				walls.Term{Symbol: "F_att", What: "operations of a sequence in attention", Value: attention},
				walls.Term{Symbol: "B_l", What: "sequences of the busiest replica", Value: d.Local},
				walls.Term{Symbol: "R", What: "devices of a replica", Value: d.ranks.replica()},
				walls.Term{Symbol: "eta", What: "share of the peak", Value: roof.Matmul},
				walls.Term{Symbol: "eta_a", What: "share of the peak in attention", Value: roof.Attention},
			), Value: d.Compute, Source: "Narayanan 2021",
		},
		d.memoryStep(),
		{
			Name: "dispatch, and launches forward and twice backward", Symbol: "O_n", Formula: "t_0 + 3 * l * n * t_l", Field: "Overhead",
			Terms: append(
				d.terms("l", "n"),
				walls.Term{Symbol: "t_0", What: "dispatch", Value: roof.Start},
				walls.Term{Symbol: "t_l", What: "launch of a layer", Value: roof.PerLayer},
			), Value: d.Overhead,
		},
		{
			Name: "a device's own time", Symbol: "T_n", Formula: "max(T_c, T_m) + O_n", Field: "Node",
			Terms: append(
				d.terms("T_c", "T_m"),
				walls.Term{Symbol: "O_n", What: "dispatch and launches", Value: d.Overhead},
			), Value: d.Node, Source: "Williams 2009",
		},
		d.paceStep(),
	}
}

// paceStep derives the work of the stage for which the others wait.
func (d *derivation) paceStep() walls.Step {
	return walls.Step{
		Name: "work of the largest stage, for which the others wait", Symbol: "T_l", Formula: "max(T_c * (l * p / L), T_m)",
		Terms: append(
			d.terms("T_c", "T_m", "l"),
			walls.Term{Symbol: "p", What: "stages", Value: d.PP},
			walls.Term{Symbol: "L", What: "layers", Value: max(1, d.Model.Blocks())},
		), Value: d.pace(d.TrainingResult),
	}
}

// memoryStep derives the time of the traffic, with what spills to the host.
func (d *derivation) memoryStep() walls.Step {
	s := walls.Step{
		Name: "memory traffic", Symbol: "T_m", Formula: "Q / (BW * eta_m)", Field: "MemTime",
		Terms: []walls.Term{
			{Symbol: "Q", What: "bytes read and written", Value: d.Traffic},
			{Symbol: "BW", What: "bandwidth", Value: d.spread.roof.Bandwidth},
			{Symbol: "eta_m", What: "share of the bandwidth", Value: d.spread.roof.Stream},
		}, Value: d.MemTime, Source: "Williams 2009",
	}
	if !d.Fits && d.Hardware.HostLink > 0 {
		s.Name = "memory traffic; what does not fit crosses the host link once"
		s.Formula, s.Source = "max(M_x / beta_h, Q / (BW * eta_m))", "Sheng 2023, FlexGen"
		s.Terms = append(s.Terms,
			walls.Term{Symbol: "M_x", What: "memory that is missing", Value: d.Short},
			walls.Term{Symbol: "beta_h", What: "host link", Value: d.Hardware.HostLink})
	}
	return s
}

// blockSteps derive what the devices of one replica send each other.
func (d *derivation) blockSteps() []walls.Step {
	steps := d.tensorSteps()
	if d.cp > 1 {
		steps = append(steps, d.contextSteps()...)
	}
	if d.ep > 1 {
		steps = append(steps, d.expertSteps()...)
	}
	if d.pp > 1 {
		steps = append(steps, d.stageSteps()...)
	}
	return steps
}

func (d *derivation) tensorSteps() []walls.Step {
	group := d.group(d.tp, d.PerNode)
	return []walls.Step{
		d.reduceStep("one all-reduce of the residual stream", "t_tp", d.stream(), &group),
		d.total("tensor parallelism", "T_tp", "4 * l * n * t_tp * kappa", "TensorPar", "Shoeybi 2019", d.TensorPar,
			walls.Term{Symbol: "t_tp", What: "one all-reduce: two forward, two backward", Value: d.tensor}),
		exposure("part that the device's work does not hide", "X_tp", "T_tp - min(T_tp, T_l) * (1 - 1 / q_t)", "TensorExposed", "Wang 2023", d.TensorExposed,
			d.term("T_tp"), d.term("T_l"),
			walls.Term{Symbol: "q_t", What: "chunks", Value: d.Chunks}),
	}
}

func (d *derivation) contextSteps() []walls.Step {
	const source = "Liu 2023, Ring attention"
	group := d.group(d.cp, d.PerNode/d.tp)
	link, latency := group.Flat()
	sent, messages := physics.RingSteps(d.keys(), d.cp)
	return []walls.Step{
		sendStep("keys and values of a layer passed round, and back with gradients", "t_cp", source, sent, messages, link, latency, d.context),
		d.total("context parallelism", "T_cp", "l * n * t_cp * kappa", "ContextPar", source, d.ContextPar,
			walls.Term{Symbol: "t_cp", What: "one layer and microbatch", Value: d.context}),
		exposure("part that attention does not hide", "X_cp", "max(0, T_cp - (1 - T_f / T_l) * max(0, T_l - (T_tp - X_tp)) * (1 - 1 / c_p))", "ContextExposed", source, d.ContextExposed,
			d.term("T_cp"),
			walls.Term{Symbol: "T_f", What: "arithmetic outside attention in the largest stage", Value: d.outside(&d.effort)}, d.term("T_l"),
			d.term("T_tp"), d.term("X_tp"),
			walls.Term{Symbol: "c_p", What: "parts of a sequence", Value: d.cp}),
	}
}

func (d *derivation) expertSteps() []walls.Step {
	group := d.group(d.ep, d.PerNode/(d.tp*d.cp))
	link, latency := group.Flat()
	others := float64(d.ep - 1)
	sent := d.routed().Times(others / float64(d.ep))
	return []walls.Step{
		sendStep("one all-to-all of what is routed", "t_ep", "Thakur, Rabenseifner, Gropp 2005", sent, others, link, latency, d.expert),
		d.total("expert parallelism", "T_ep", "4 * l * n * t_ep * kappa", "ExpertPar", "Rajbhandari 2022", d.ExpertPar,
			walls.Term{Symbol: "t_ep", What: "one all-to-all: dispatch and combine, forward and backward", Value: d.expert}),
	}
}

func (d *derivation) stageSteps() []walls.Step {
	link, latency := d.hop(d.ranks.replica())
	return []walls.Step{
		sendStep("one message to the next stage", "t_pp", "", d.stream().Times(1/float64(d.tp)), 1, link, latency, d.stage),
		{
			Name: "messages between stages", Symbol: "T_pp", Formula: "2 * v * n * t_pp * kappa", Field: "Stages", Source: "Narayanan 2021", Value: d.Stages,
			Terms: append(
				d.terms("n", "kappa"),
				walls.Term{Symbol: "v", What: "interleaved parts of a stage", Value: d.Parts},
				walls.Term{Symbol: "t_pp", What: "one message, forward or backward", Value: d.stage}),
		},
	}
}

// total derives the time of all messages of the layers from that of one.
func (d *derivation) total(name, symbol, formula, field, source string, value units.Seconds, one ...walls.Term) walls.Step {
	return walls.Step{
		Name: name, Symbol: symbol, Formula: formula, Field: field, Source: source,
		Terms: append(d.terms("l", "n", "kappa"), one...), Value: value,
	}
}
