package serving

import (
	"fmt"
	"math"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives the load and the chance of waiting, and puts each quantile
// into the law of the tail that it solves.
func (r TailResult) Explain() walls.Trace {
	t := walls.Trace{Title: r.title(), Omitted: tailOmitted[:]}
	t.Steps = append(t.Steps, r.loadSteps()...)
	if !r.Stable {
		return t
	}
	t.Steps = append(t.Steps, r.waitSteps()...)
	for _, q := range []struct {
		field  string
		value  units.Seconds
		beyond float64
	}{{"P50", r.P50, beyond50}, {"P99", r.P99, beyond99}, {"P999", r.P999, beyond999}} {
		t.Steps = append(t.Steps, r.quantileStep(q.field, q.value, q.beyond))
	}
	if r.HeadroomKnown {
		t.Steps = append(t.Steps, walls.Step{
			Name: "headroom", Symbol: "H", Formula: "(SLA - t_P99) / SLA", Field: "Headroom",
			Terms: []walls.Term{
				{Symbol: "SLA", What: "limit on the 99th percentile", Value: r.in.SLA},
				{Symbol: "t_P99", What: "99th percentile", Value: r.P99},
			},
			Value: r.Headroom,
		})
	}
	return t
}

var tailOmitted = [...]string{
	"bursts: arrivals are Poisson",
	"retries, timeouts and hedged requests",
	"batching of requests inside a replica",
}

func (r *TailResult) title() string {
	return fmt.Sprintf("%s at %s of %s each", r.in.Arrivals, describe.Count(r.in.Replicas, "replica"), r.in.Service)
}

func (r *TailResult) loadSteps() []walls.Step {
	return []walls.Step{
		{
			Name: "offered load", Symbol: "a", Formula: "lambda * s", Field: "Load",
			Terms: []walls.Term{
				{Symbol: "lambda", What: "arrivals", Value: r.in.Arrivals},
				{Symbol: "s", What: "mean service time", Value: r.in.Service},
			},
			Value: r.Load,
		},
		{
			Name: "utilization", Symbol: "rho", Formula: "a / c", Field: "Utilization",
			Terms: []walls.Term{
				{Symbol: "a", What: "offered load", Value: r.Load},
				{Symbol: "c", What: r.servers, Value: r.in.Replicas},
			},
			Value: r.Utilization,
		},
	}
}

// waitSteps derive the share that waits and the mean wait.
func (r *TailResult) waitSteps() []walls.Step {
	return []walls.Step{
		{
			Name: "share that waits, by Erlang C", Symbol: "P_w", Formula: "B / (1 - rho + rho * B)", Field: "Waiting",
			Terms: []walls.Term{
				{Symbol: "B", What: "Erlang B of a load a at c " + r.servers, Value: physics.ErlangB(r.in.Replicas, r.Load)},
				{Symbol: "rho", What: "utilization", Value: r.Utilization},
			},
			Value: r.Waiting, Source: "Erlang 1917",
		},
		{
			Name: "mean wait of those who wait, in services", Symbol: "omega", Formula: "(1 + cv * cv) / 2 / (c - a)",
			Terms: []walls.Term{
				{Symbol: "cv", What: "coefficient of variation of the service time", Value: r.in.CV},
				{Symbol: "c", What: r.servers, Value: r.in.Replicas},
				{Symbol: "a", What: "offered load", Value: r.Load},
			},
			Value: r.queue.Decay(), Source: "Allen 1990; Whitt 1993",
		},
		{
			Name: "mean wait", Symbol: "W_q", Formula: "P_w * omega * s", Field: "Wait",
			Terms: []walls.Term{
				{Symbol: "P_w", What: "share that waits", Value: r.Waiting},
				{Symbol: "omega", What: "mean wait of those who wait, in services", Value: r.queue.Decay()},
				{Symbol: "s", What: "mean service time", Value: r.in.Service},
			},
			Value: r.Wait,
		},
		{
			Name: "mean time", Symbol: "T", Formula: "W_q + s", Field: "Mean",
			Terms: []walls.Term{
				{Symbol: "W_q", What: "mean wait", Value: r.Wait},
				{Symbol: "s", What: "mean service time", Value: r.in.Service},
			},
			Value: r.Mean,
		},
	}
}

// quantileStep is the law of the tail at the quantile: its value is the share
// that exceeds it. A constant service has a closed form, which gives the
// quantile itself.
func (r *TailResult) quantileStep(field string, at units.Seconds, beyond float64) walls.Step {
	if !r.queue.Constant() {
		return r.beyondStep(field, at)
	}
	return walls.Step{
		Name: "quantile for constant service", Symbol: "t_" + field, Field: field, Value: at,
		Formula: "s * (1 + omega * max(0, ln(P_w / q)))", Source: "Harchol-Balter 2013",
		Terms: []walls.Term{
			{Symbol: "s", What: "service time", Value: r.in.Service},
			{Symbol: "omega", What: "mean wait of those who wait, in services", Value: r.queue.Decay()},
			{Symbol: "P_w", What: "share that waits", Value: r.Waiting},
			{Symbol: "q", What: "share beyond the quantile", Value: beyond},
		},
	}
}

// beyondStep is the share of the requests that take longer than a time.
func (r *TailResult) beyondStep(name string, at units.Seconds) walls.Step {
	x := at.Ratio(r.in.Service)
	length := walls.Term{Symbol: "x", What: name + " in services", Value: x}
	waits := walls.Term{Symbol: "P_w", What: "share that waits", Value: r.Waiting}
	step := walls.Step{Name: "share of the requests beyond " + name, Symbol: "q_" + name, Value: r.queue.Tail(x), Source: "Harchol-Balter 2013"}
	switch {
	case r.queue.Constant() && x < 1:
		step.Formula = "1"
	case r.queue.Constant():
		step.Formula = "P_w * exp(-(x - 1) / omega)"
		step.Terms = []walls.Term{length, waits, {Symbol: "omega", What: "mean wait of those who wait, in services", Value: r.queue.Decay()}}
	case r.in.CV == 1:
		step.Formula, step.Terms = r.exponentialFormula(x), []walls.Term{length}
		if r.in.Replicas > 1 {
			step.Terms = append(step.Terms, waits)
		}
		step.Terms = append(step.Terms,
			walls.Term{Symbol: "c", What: r.servers, Value: r.in.Replicas},
			walls.Term{Symbol: "a", What: "offered load", Value: r.Load})
	default:
		step.Formula = "G + P_w * C"
		step.Terms = []walls.Term{
			waits,
			{Symbol: "G", What: fmt.Sprintf("share served longer than %s, %s services, by the gamma law", name, units.Number(x)), Value: r.queue.ServiceTail(x)},
			{Symbol: "C", What: "share of the others, who end later when they wait", Value: r.queue.WaitTail(x)},
		}
	}
	return step
}

// exponentialFormula is the law for exponential service in a form that does not
// cancel at this x: a series where both exponentials nearly agree.
func (r *TailResult) exponentialFormula(x float64) string {
	c, a := r.queue.Servers, r.Load
	switch y := (c - 1 - a) * x; {
	case c == 1:
		return "exp(-(c - a) * x)"
	case math.Abs(y) < 1e-3:
		return "exp(-x) * (1 + P_w * x * (1 - (c - 1 - a) * x / 2 + pow((c - 1 - a) * x, 2) / 6 - pow((c - 1 - a) * x, 3) / 24))"
	default:
		return "exp(-x) + P_w * (exp(-x) - exp(-(c - a) * x)) / (c - 1 - a)"
	}
}

// View describes the result.
func (r TailResult) View() show.View {
	v := show.View{
		Title:    r.title(),
		Subtitle: fmt.Sprintf("coefficient of variation %.4g, binds: %s", r.in.CV, r.Binding),
		Status:   show.Pass, Data: r,
	}
	if !r.Stable || r.Warnings.Has(walls.LimitMissed) {
		v.Status = show.Fail
	}
	v.Blocks = []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}}
	return v
}
