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

// Explain derives the result step by step: one replica, the time in its slots,
// then the queue at the number of replicas that the result tells of.
func (r CapacityResult) Explain() walls.Trace {
	t := walls.Trace{Title: r.title(), Steps: keep(r.replica.Explain().Steps, "Active", "ITL", "TTFT"), Omitted: capacityOmitted[:]}
	if !r.RateKnown {
		return t
	}
	t.Steps = append(t.Steps, r.replica.serviceSteps(r.Base, r.PerReplica)...)
	t.Steps = append(t.Steps, r.leastStep(), r.slotStep(), r.totalStep())
	t.Steps = append(t.Steps, r.tail.loadSteps()...)
	if r.Stable {
		t.Steps = append(t.Steps, keep(r.tail.waitSteps(), "Mean")...)
		t.Steps = append(t.Steps, r.waitSteps()...)
		t.Steps = append(t.Steps, r.tail.quantileStep("P99", r.P99, beyond))
	}
	return t
}

var capacityOmitted = [...]string{
	"bursts: arrivals are Poisson",
	"replicas that are loaded unevenly: all slots share one queue",
	"free slots: a request takes its time in a full replica",
	"shared prefixes and preemption",
}

// keep returns the steps of another solver's trace, naming the result's fields
// only where this result has them too; the comparison with fixed slots is left
// out.
func keep(steps []walls.Step, fields ...string) []walls.Step {
	var out []walls.Step
	for _, s := range steps {
		switch s.Field {
		case "StaticITL", "StaticTokensPerSecond", "Speedup":
			continue
		}
		has := false
		for _, f := range fields {
			has = has || f == s.Field
		}
		if !has {
			s.Field = ""
		}
		out = append(out, s)
	}
	return out
}

// serviceSteps derive the time of a request in its slot and what a full replica
// ends.
func (r *BatchingResult) serviceSteps(base units.Seconds, rate units.RequestRate) []walls.Step {
	return []walls.Step{
		{
			Name: "time of a request in its slot", Symbol: "s", Formula: "TTFT + o * ITL", Field: "Base",
			Terms: []walls.Term{
				{Symbol: "TTFT", What: "time to first token once admitted", Value: r.TTFT},
				{Symbol: "o", What: "mean output tokens", Value: r.in.MeanOutput},
				{Symbol: "ITL", What: "inter-token latency of a full replica", Value: r.ITL},
			},
			Value: base, Source: "Yu 2022, Orca",
		},
		{
			Name: "requests that a full replica ends", Symbol: "mu_r", Formula: "n / s", Field: "PerReplica",
			Terms: []walls.Term{
				{Symbol: "n", What: "requests that run together", Value: r.Active},
				{Symbol: "s", What: "time of a request in its slot", Value: base},
			},
			Value: rate, Source: "Little 1961",
		},
	}
}

// leastStep derives the 99th percentile of the service alone.
func (r *CapacityResult) leastStep() walls.Step {
	step := walls.Step{
		Name: "99th percentile without waiting", Symbol: "t_least", Formula: "s * x_s", Field: "Least",
		Terms: []walls.Term{
			{Symbol: "s", What: "time of a request in its slot", Value: r.Base},
			{Symbol: "x_s", What: "99th percentile of the law of the service time, in services", Value: r.in.sizing(r).Alone().Quantile(beyond)},
		},
		Value: r.Least,
	}
	if r.in.CV == 1 {
		step.Formula = "s * ln(1 / q)"
		step.Terms[1] = walls.Term{Symbol: "q", What: "share beyond the quantile", Value: beyond}
	}
	return step
}

func (r *CapacityResult) slotStep() walls.Step {
	return walls.Step{
		Name: "slots of all replicas", Symbol: "c", Formula: "R_r * n",
		Terms: []walls.Term{
			{Symbol: "R_r", What: r.told(), Value: r.at},
			{Symbol: "n", What: "requests that run together", Value: r.Active},
		},
		Value: r.at * r.Active,
	}
}

// told says which number of replicas the result is about.
func (r *CapacityResult) told() string {
	if r.Reached {
		return "least replicas that meet rate and limit"
	}
	return "replicas, the most that can be had"
}

func (r *CapacityResult) totalStep() walls.Step {
	return walls.Step{
		Name: "requests that all replicas could end", Symbol: "X_r", Formula: "R_r * mu_r", Field: "Rate",
		Terms: []walls.Term{
			{Symbol: "R_r", What: r.told(), Value: r.at},
			{Symbol: "mu_r", What: "requests that a full replica ends", Value: r.PerReplica},
		},
		Value: r.Rate,
	}
}

// waitSteps derive the quantile of the wait and the time to first token with it.
func (r *CapacityResult) waitSteps() []walls.Step {
	return []walls.Step{
		{
			Name: "wait that 1 % exceed", Symbol: "t_w", Formula: "omega * s * max(0, ln(P_w / q))", Field: "Wait99",
			Terms: []walls.Term{
				{Symbol: "omega", What: "mean wait of those who wait, in services", Value: r.tail.queue.Decay()},
				{Symbol: "s", What: "time of a request in its slot", Value: r.Base},
				{Symbol: "P_w", What: "share that waits", Value: r.tail.Waiting},
				{Symbol: "q", What: "share beyond the quantile", Value: beyond},
			},
			Value: r.Wait99, Source: "Harchol-Balter 2013",
		},
		{
			Name: "time to first token that 1 % exceed", Symbol: "TTFT_w", Formula: "t_w + TTFT", Field: "TTFT99",
			Terms: []walls.Term{
				{Symbol: "t_w", What: "wait that 1 % exceed", Value: r.Wait99},
				{Symbol: "TTFT", What: "time to first token once admitted", Value: r.TTFT},
			},
			Value: r.TTFT99,
		},
	}
}

func (r *CapacityResult) title() string {
	return fmt.Sprintf("%s on %s for %s within %s", r.in.Model.Name, r.in.Hardware.Name, r.in.Arrivals, r.in.SLA)
}

// View describes the result: the numbers, then what more or fewer replicas do.
func (r CapacityResult) View() show.View {
	v := view(r, r.title(), r.verdict(), r.Reached, r.Warnings)
	if !r.RateKnown {
		return v
	}
	points := r.around()
	chart := &show.Chart{
		Title: "99th percentile against replicas", Note: "Waiting falls steeply once the replicas keep up; the time in a slot remains.",
		X: show.Axis{Label: "Replicas"}, Y: show.Axis{Label: "Time", Unit: "s"},
		Marks: []show.Mark{{At: float64(r.SLA), Label: "limit"}, {At: float64(r.Least), Label: "without waiting"}},
	}
	table := &show.Table{MutedBy: "misses the limit", Columns: []show.Column{
		{Name: "Replicas", Right: true}, {Name: "Utilization", Right: true}, {Name: "P99", Right: true}, {Name: "Wait99", Right: true}, {Name: "Verdict"},
	}}
	line, wait := show.Series{Name: "P99", Line: true}, show.Series{Name: "Wait99", Line: true, Dashed: true}
	for _, p := range points {
		line.Points = append(line.Points, p.point(p.p99))
		wait.Points = append(wait.Points, p.point(p.wait))
		table.Cells = append(table.Cells, p.cells())
		table.Muted = append(table.Muted, !p.met)
	}
	chart.Series = []show.Series{line, wait}
	v.Blocks = append(v.Blocks, show.Block{Heading: "Replicas", Table: table})
	if len(points) > 1 {
		v.Blocks = append(v.Blocks, show.Block{Chart: chart})
	}
	return v
}

// verdict is one line: the number, or what stands in its way.
func (r *CapacityResult) verdict() string {
	if r.Reached {
		return fmt.Sprintf("%s of %s each, %s, binds: %s", describe.Count(r.Replicas, "replica"), describe.Count(r.Active, "request"), r.Precision, r.Binding)
	}
	return fmt.Sprintf("no number of replicas up to %d: %s", r.in.MaxReplicas, r.Part)
}

// A crew is one number of replicas and its queue.
type crew struct {
	replicas  int
	load      float64
	p99, wait units.Seconds
	met       bool
}

// shown is how many numbers of replicas the view compares.
const shown = 12

// around lists numbers of replicas from the first that keeps up to twice the
// answer, evenly spread, the answer among them.
func (r *CapacityResult) around() []crew {
	if !r.Stable {
		return nil
	}
	first := int(math.Floor(r.Load/float64(r.Active))) + 1
	last := min(max(2*r.at, first+1), r.in.MaxReplicas)
	var out []crew
	step := max(1, (last-first)/(shown-1))
	for c := first; c <= last; c += step {
		out = append(out, r.crew(c))
		if c < r.at && r.at < c+step && r.at <= last {
			out = append(out, r.crew(r.at))
		}
	}
	return out
}

func (r *CapacityResult) crew(replicas int) crew {
	servers := replicas * r.Active
	q := physics.NewQueue(servers, r.Load, r.in.CV)
	return crew{
		replicas: replicas, load: r.Load / float64(servers),
		p99: r.Base.Times(q.Quantile(beyond)), wait: r.Base.Times(q.WaitQuantile(beyond)),
		met: q.Tail(r.SLA.Ratio(r.Base)) <= beyond,
	}
}

func (c crew) verdict() string {
	if c.met {
		return "meets the limit"
	}
	return "P99 missed"
}

func (c crew) point(y units.Seconds) show.Point {
	return show.Point{X: float64(c.replicas), Y: float64(y), Muted: !c.met, Why: c.verdict()}
}

func (c crew) cells() []string {
	return []string{fmt.Sprint(c.replicas), describe.Text(c.load), c.p99.String(), c.wait.String(), c.verdict()}
}
