package reliability

import (
	"fmt"
	"math"

	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives the failures of the fleet, the best interval and the goodput.
func (r FleetResult) Explain() walls.Trace {
	t := walls.Trace{Title: r.title(), Omitted: fleetOmitted[:]}
	if r.in.MTBF == 0 {
		t.Steps = r.partSteps()
	}
	t.Steps = append(t.Steps, r.failureSteps()...)
	t.Steps = append(t.Steps, r.intervalSteps()...)
	t.Steps = append(t.Steps, r.goodputStep("goodput", "G", "tau", r.Interval, r.Goodput, "Goodput"),
		r.goodputStep("goodput at the optimum", "G_opt", "tau_opt", r.Optimal, r.BestGoodput, "BestGoodput"))
	return t
}

var fleetOmitted = [...]string{
	"failures that strike several nodes together",
	"spares that run short",
	"checkpoints spoilt by silent corruption",
}

func (r *FleetResult) title() string {
	return fmt.Sprintf("%d servers of %d accelerators", r.in.Nodes, r.in.Accelerators)
}

// rateTerm adds one class of parts to a sum of failure rates.
func rateTerm(step *walls.Step, symbol, what string, n int, mttf units.Seconds) {
	if n == 0 || mttf == 0 {
		return
	}
	if step.Formula != "" {
		step.Formula += " + "
	}
	step.Formula += "n_" + symbol + " / M_" + symbol
	step.Terms = append(step.Terms,
		walls.Term{Symbol: "n_" + symbol, What: what, Value: n},
		walls.Term{Symbol: "M_" + symbol, What: "mean time to failure of one", Value: mttf})
}

// partSteps derive the mean time between failures from the parts.
func (r *FleetResult) partSteps() []walls.Step {
	s := &r.in
	node := walls.Step{Name: "failures of one server", Symbol: "f", Value: units.Hertz(s.nodeRate())}
	rateTerm(&node, "gpu", "accelerators", s.Accelerators, s.AcceleratorMTTF)
	rateTerm(&node, "nic", "network cards", s.NICs, s.NICMTTF)
	rateTerm(&node, "psu", "power supplies without a spare", s.seriesPSUs(), s.PSUMTTF)
	rateTerm(&node, "soft", "software of the server", 1, s.SoftwareMTTF)
	rateTerm(&node, "silent", "silent corruption in the server", 1, s.SilentMTTF)

	return []walls.Step{node, {
		Name: "mean time between failures", Symbol: "M", Formula: "1 / (n * f + f_sw)", Field: "MTBF",
		Terms: []walls.Term{
			{Symbol: "n", What: "servers", Value: s.Nodes},
			{Symbol: "f", What: "failures of one server", Value: node.Value},
			{Symbol: "f_sw", What: "failures of all switches", Value: units.Hertz(s.switchRate())},
		},
		Value: r.MTBF,
	}}
}

// failureSteps derive how many failures the job meets.
func (r *FleetResult) failureSteps() []walls.Step {
	s := &r.in
	times := []walls.Term{
		{Symbol: "T", What: "time the job runs", Value: s.Job},
		{Symbol: "M", What: "mean time between failures", Value: r.MTBF},
	}
	chance := walls.Step{
		Name: "chance of a failure", Symbol: "P", Formula: "1 - exp(-T / M)", Field: "Probability",
		Terms: times, Value: r.Probability,
	}
	switch x := s.Job.Ratio(r.MTBF); {
	case s.Shape != 1:
		hazard := math.Pow(math.Gamma(1+1/s.Shape)*x, s.Shape)
		chance.Formula, chance.Source = "1 - exp(-p)", "Weibull 1951"
		chance.Terms = []walls.Term{{Symbol: "p", What: "Weibull hazard (Γ(1 + 1/k)·T/M)^k", Value: hazard}}
		if hazard < 1e-4 {
			chance.Formula = smallChance
		}
	case x < 1e-4: // the difference would cancel
		chance.Formula = smallChance
		chance.Terms = []walls.Term{{Symbol: "p", What: "failures expected, T/M", Value: x}}
	}
	return []walls.Step{chance, {
		Name: "failures expected", Symbol: "F", Formula: "T / M", Field: "Failures",
		Terms: times, Value: r.Failures,
	}}
}

// smallChance is 1 − e^{−p} for small p.
const smallChance = "p * (1 - p / 2 + p * p / 6)"

// lateRatio is the δ/M from which Lambert's equation has lost its digits and
// its limit for large δ/M has enough.
const lateRatio = 12

// intervalSteps put the optimum into the equation that Lambert's function
// solves, (1 − τ/M)·e^{τ/M} = e^{−δ/M}.
func (r *FleetResult) intervalSteps() []walls.Step {
	terms := []walls.Term{
		{Symbol: "delta", What: "time of one checkpoint", Value: r.in.Checkpoint},
		{Symbol: "M", What: "mean time between failures", Value: r.MTBF},
	}
	young := walls.Step{
		Name: "first-order interval", Symbol: "tau_Y", Formula: "M * sqrt(2 * delta / M)", Field: "Young",
		Terms: terms, Value: r.Young, Source: "Young 1974",
	}
	y := r.in.Checkpoint.Ratio(r.MTBF)
	if y > lateRatio {
		return []walls.Step{young, {
			Name: "best interval, when saving takes longer than failures leave", Symbol: "tau_opt", Formula: "M * (1 - exp(-1 - delta / M))", Field: "Optimal",
			Terms: terms, Value: r.Optimal, Source: "Daly 2006",
		}}
	}
	return []walls.Step{young, {
		Name: "no share of progress lost by a longer or shorter interval: e^{−δ/M}", Symbol: "q", Formula: "(1 - tau_opt / M) * exp(tau_opt / M)",
		Terms: []walls.Term{
			{Symbol: "tau_opt", What: "best interval: M·(1 + W_0(−e^{−1−δ/M}))", Value: r.Optimal},
			{Symbol: "M", What: "mean time between failures", Value: r.MTBF},
		},
		Value: math.Exp(-y), Source: "Daly 2006",
	}}
}

// goodputStep derives a goodput; a quick interval takes the series of e^y − 1.
func (r *FleetResult) goodputStep(name, symbol, tau string, interval units.Seconds, goodput float64, field string) walls.Step {
	step := walls.Step{
		Name: name, Symbol: symbol, Formula: tau + " / M / (exp((" + tau + " + delta) / M) - 1) * exp(-R / M)", Field: field,
		Terms: []walls.Term{
			{Symbol: tau, What: "training between checkpoints", Value: interval},
			{Symbol: "delta", What: "time of one checkpoint", Value: r.in.Checkpoint},
			{Symbol: "R", What: "recovery", Value: r.in.Recovery},
			{Symbol: "M", What: "mean time between failures", Value: r.MTBF},
		},
		Value: goodput, Source: "Daly 2006",
	}
	if y := (interval + r.in.Checkpoint).Ratio(r.MTBF); y < 1e-4 {
		step.Formula = tau + " / ((" + tau + " + delta) * (1 + y / 2 + y * y / 6)) * exp(-R / M)"
		step.Terms = append(step.Terms, walls.Term{Symbol: "y", What: "interval and checkpoint in times between failures", Value: y})
	}
	return step
}

// View describes the result.
func (r FleetResult) View() show.View {
	return show.View{
		Title:    r.title(),
		Subtitle: fmt.Sprintf("a failure every %s, a checkpoint every %s, binds: %s", r.MTBF, r.Interval, r.Binding),
		Status:   show.Info, Data: r,
		Blocks: []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}},
	}
}
