package parallel

import (
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// replicaSteps derive what the replicas exchange, and what of it the passes do
// not hide.
func (d *derivation) replicaSteps() []walls.Step {
	once, gathers := d.onceSteps()
	steps := append(once, d.exchangeStep(once, gathers, "DataPar", d.DataPar))
	if d.ZeRO == 3 {
		steps = append(steps, d.againStep(once))
	}
	return append(steps, d.leftStep(), d.hiddenStep(once))
}

// onceSteps derive the operations of an exchange, and how often the weights are
// gathered: an all-reduce of the gradients, or the reduce-scatters and all-gathers
// of ZeRO.
func (d *derivation) onceSteps() (steps []walls.Step, gathers float64) {
	gradient := physics.GradientSize(d.TrainingResult.Precision).Times(d.Trainable * d.dense())
	weight := d.TrainingResult.Precision.Size()
	switch {
	case d.ZeRO == 0:
		steps = d.pair("all-reduce of the gradients", "g", gradient, d.reduceStep)
	case d.ZeRO < 3:
		steps = append(d.pair("reduce-scatter of the gradients", "g", gradient, d.halfStep), d.pair("all-gather of the updated weights", "w", weight.Times(d.Trainable), d.halfStep)...)
		gathers = 1
	default:
		steps = append(d.pair("reduce-scatter of the gradients", "g", gradient, d.halfStep), d.pair("all-gather of the weights", "w", weight, d.halfStep)...)
		gathers = 2
	}
	return steps, gathers
}

// sum adds up the times of an operation on the shared parameters and on the experts.
func sum(steps []walls.Step, symbol string) units.Seconds {
	total := units.Seconds(0)
	for _, s := range steps {
		if s.Symbol == "t_"+symbol+"s" || s.Symbol == "t_"+symbol+"e" {
			total += s.Value.(units.Seconds)
		}
	}
	return total
}

// pair derives an operation on the shared parameters and on the experts.
func (d *derivation) pair(name, symbol string, element units.Bytes, step func(string, string, units.Bytes, *physics.Tiers) walls.Step) []walls.Step {
	out := []walls.Step{step(name, "t_"+symbol+"s", element.Times(d.params.Shared), &d.whole)}
	if d.params.Experts > 0 {
		out = append(out, step(name+" of the experts", "t_"+symbol+"e", element.Times(d.params.Experts), &d.each))
	}
	return out
}

func (d *derivation) exchangeStep(once []walls.Step, gathers float64, field string, value units.Seconds) walls.Step {
	return walls.Step{
		Name: "exchange between replicas", Symbol: "T_dp", Formula: "(t_g + k_w * t_w) * kappa", Field: field,
		Terms: append(
			d.terms("kappa"),
			walls.Term{Symbol: "t_g", What: "gradients, once per step", Value: sum(once, "g")},
			walls.Term{Symbol: "t_w", What: "weights, once", Value: sum(once, "w")},
			walls.Term{Symbol: "k_w", What: "gathers of the weights", Value: gathers},
		), Value: value, Source: "Rajbhandari 2020, ZeRO",
	}
}

// againStep derives what further microbatches gather.
func (d *derivation) againStep(once []walls.Step) walls.Step {
	return walls.Step{
		Name: "weights gathered again for every further microbatch", Symbol: "T_g", Formula: "k_g * t_w * kappa", Field: "Gathers",
		Terms: append(
			d.terms("kappa"),
			walls.Term{Symbol: "t_w", What: "weights, once", Value: sum(once, "w")},
			walls.Term{Symbol: "k_g", What: "gathers, two for each microbatch after the first unless they are kept", Value: d.gathers()},
		), Value: d.Gathers, Source: "Zhao 2023, FSDP",
	}
}

// hiddenStep derives what the passes do not hide. What ZeRO 3 gathers for the
// forward pass hides there.
func (d *derivation) hiddenStep(once []walls.Step) walls.Step {
	early := units.Seconds(0)
	if d.ZeRO == 3 {
		early = sum(once, "w").Times(d.Congestion) + d.Gathers.Times(0.5)
	}
	return exposure("part that the passes do not hide", "X_dp",
		"max(0, T_dp + T_g - T_f - w_b * T_w * (1 - 1 / q)) + max(0, T_f - (1 - w_b) * T_w * (1 - 1 / q))", "Exposed", "Li 2020, PyTorch Distributed; Zhao 2023, FSDP", d.Exposed,
		walls.Term{Symbol: "T_dp", What: "exchange between replicas", Value: d.DataPar},
		walls.Term{Symbol: "T_g", What: "weights gathered again", Value: d.Gathers},
		walls.Term{Symbol: "T_f", What: "part of both that belongs to the forward pass", Value: early},
		walls.Term{Symbol: "w_b", What: "backward share of the arithmetic", Value: d.Checkpointing.BackwardShare()},
		walls.Term{Symbol: "T_w", What: "work that hides nothing else", Value: d.left()}, walls.Term{Symbol: "q", What: "buckets", Value: d.Buckets})
}

// left is the work that hides no message inside a replica.
func (d *derivation) left() units.Seconds {
	works := max(0, d.pace(d.TrainingResult)-(d.TensorPar-d.TensorExposed))
	return max(0, works-(d.ContextPar-d.ContextExposed))
}

func (d *derivation) leftStep() walls.Step {
	return walls.Step{
		Name: "work that hides no message inside a replica", Symbol: "T_w", Formula: "max(0, T_l - (T_tp - X_tp) - (T_cp - X_cp))",
		Terms: d.terms("T_l", "T_tp", "X_tp", "T_cp", "X_cp"), Value: d.left(),
	}
}
