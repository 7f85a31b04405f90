package serving

import (
	"fmt"
	"math"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives the numbers of the combination chosen: the replica, the time
// in its slots, the queue and the goodput. That no other is better is found by
// trying them.
func (r TuningResult) Explain() walls.Trace {
	t := walls.Trace{Title: r.title(), Omitted: capacityOmitted[:]}
	if !r.Stable {
		return r.explainNone(t)
	}
	t.Steps = keep(r.replica.Explain().Steps, "ITL", "TTFT", "Stall")
	t.Steps = append(t.Steps, keep(r.replica.serviceSteps(r.Base, r.replica.endRate()), "Base")...)
	t.Steps = append(t.Steps, walls.Step{
		Name: "slots of all replicas", Symbol: "c", Formula: "R_r * n",
		Terms: []walls.Term{{Symbol: "R_r", What: "replicas", Value: r.Replicas}, {Symbol: "n", What: "requests that run together", Value: r.Batch}},
		Value: r.Replicas * r.Batch,
	})
	t.Steps = append(t.Steps, r.tail.loadSteps()...)
	t.Steps = append(t.Steps, keep(r.tail.waitSteps())...)
	t.Steps = append(t.Steps, r.tail.quantileStep("P99", r.P99, beyond), r.tail.beyondStep("SLA", r.in.SLA))
	t.Steps = append(t.Steps, r.goodputSteps()...)
	return t
}

// explainNone derives why there is no answer: the smallest batch does not fit, or
// even the largest that fits does not keep up.
func (r *TuningResult) explainNone(t walls.Trace) walls.Trace {
	replica := r.in.with(r.in.Batch, r.in.Chunk).Run() // its input has been solved before
	t.Steps = keep(replica.Explain().Steps)
	if !replica.RateKnown {
		return t
	}
	base := replica.service()
	t.Steps = append(t.Steps, keep(replica.serviceSteps(base, replica.endRate()))...)
	load := r.in.Arrivals.For(base).Ratio(units.Request)
	slots := replica.Active * r.in.MaxReplicas
	tail := TailResult{
		Load: load, Utilization: load / float64(slots), servers: "slots of all replicas",
		in: Tail{Arrivals: r.in.Arrivals, Service: base, Replicas: slots},
	}
	t.Steps = append(t.Steps, keep(tail.loadSteps())...)
	return t
}

func (r *TuningResult) goodputSteps() []walls.Step {
	late := r.tail.queue.Tail(r.in.SLA.Ratio(r.Base))
	return []walls.Step{
		{
			Name: "share that ends within the limit", Symbol: "A_t", Formula: "1 - q_SLA", Field: "Attained",
			Terms: []walls.Term{{Symbol: "q_SLA", What: "share of the requests beyond SLA", Value: late}},
			Value: r.Attained,
		},
		{
			Name: "goodput", Symbol: "G", Formula: "lambda * A_t", Field: "Goodput",
			Terms: []walls.Term{
				{Symbol: "lambda", What: "arrivals", Value: r.in.Arrivals},
				{Symbol: "A_t", What: "share that ends within the limit", Value: r.Attained},
			},
			Value: r.Goodput, Source: "Zhong 2024, DistServe",
		},
		{
			Name: "goodput of one replica", Symbol: "G_r", Formula: "G / R_r", Field: "EachGoodput",
			Terms: []walls.Term{
				{Symbol: "G", What: "goodput", Value: r.Goodput},
				{Symbol: "R_r", What: "replicas", Value: r.Replicas},
			},
			Value: r.EachGoodput,
		},
	}
}

func (r *TuningResult) title() string {
	return fmt.Sprintf("Batch of %s on %s for %s within %s", r.in.Model.Name, r.in.Hardware.Name, r.in.Arrivals, r.in.SLA)
}

// View describes the result: the numbers, the best combinations, and what a
// larger batch does at the chunk and the replicas chosen.
func (r TuningResult) View() show.View {
	v := view(r, r.title(), r.verdict(), r.Reached, r.Warnings)
	if !r.Stable {
		return v
	}
	v.Blocks = append(v.Blocks, show.Block{Heading: "Best combinations", Table: r.table(), Notes: []string{r.reasons()}})
	if c := r.chart(); len(c.Series[0].Points) > 1 {
		v.Blocks = append(v.Blocks, show.Block{Chart: &c})
	}
	return v
}

func (r *TuningResult) verdict() string {
	switch {
	case r.Reached:
		return fmt.Sprintf("batch %d at %s, %s, binds: %s", r.Batch, describe.Count(r.Replicas, "replica"), r.Precision, r.Binding)
	case r.Stable:
		return fmt.Sprintf("no batch up to %d meets the limits; the best 99th percentile is %s at %d", r.in.Batch, r.P99, r.Batch)
	case r.Fits:
		return fmt.Sprintf("no batch up to %d keeps up", r.in.Batch)
	default:
		return "not one request fits"
	}
}

// reasons counts the verdicts.
func (r *TuningResult) reasons() string {
	return fmt.Sprintf("Of %d combinations %d meet the limits; rejected: %d do not fit, %d stall too long, %d are unstable, %d miss the percentile.",
		r.Tried, r.Met, r.NoRoom, r.Stalls, r.Unstable, r.Missed)
}

func (r *TuningResult) table() *show.Table {
	t := &show.Table{MutedBy: "rejected", Columns: []show.Column{
		{Name: "Batch", Right: true},
		{Name: "Chunk", Right: true},
		{Name: "Replicas", Right: true},
		{Name: "Goodput", Right: true, Better: "higher"},
		{Name: "P99", Right: true, Better: "lower"},
		{Name: "Utilization", Right: true},
		{Name: "Verdict"},
	}}
	for _, c := range r.Top {
		chunk := fmt.Sprint(c.Chunk)
		if c.Chunk == 0 {
			chunk = "whole"
		}
		t.Cells = append(t.Cells, []string{
			fmt.Sprint(c.Batch), chunk, fmt.Sprint(c.Replicas), c.Goodput.String(), c.P99.String(), describe.Text(c.Utilization), c.Verdict.String(),
		})
		t.Muted = append(t.Muted, c.Verdict != Meets)
	}
	return t
}

// drawn is how many batch sizes the chart shows.
const drawn = 48

// chart draws the 99th percentile and the time in a slot against the batch.
func (r *TuningResult) chart() show.Chart {
	c := show.Chart{
		Title: "99th percentile against the batch", Note: "Few slots make requests wait; many slots make each of them slow. Hollow points are rejected.",
		X: show.Axis{Label: "Batch", Log: true}, Y: show.Axis{Label: "Time", Unit: "s", Log: true},
		Marks: []show.Mark{{At: float64(r.in.SLA), Label: "limit"}},
	}
	late, base := show.Series{Name: "P99", Line: true}, show.Series{Name: "time in a slot", Line: true, Dashed: true}
	last := 0
	for i := range drawn {
		batch := int(math.Round(math.Pow(float64(r.in.Batch), float64(i)/(drawn-1))))
		if batch == last {
			continue
		}
		last = batch
		one := candidate{Choice: Choice{Batch: batch, Chunk: r.Chunk, Replicas: r.Replicas}}
		replica := r.in.with(batch, r.Chunk).Run() // its input has been solved before
		if one.judge(&r.in, &replica); one.Verdict == NoRoom {
			break
		}
		base.Points = append(base.Points, show.Point{X: float64(batch), Y: float64(one.Base)})
		if one.stable {
			p99 := one.Base.Times(one.queue.Quantile(beyond))
			late.Points = append(late.Points, show.Point{X: float64(batch), Y: float64(p99), Muted: one.Verdict != Meets, Why: one.Verdict.String()})
		}
	}
	c.Series = []show.Series{late, base}
	return c
}
