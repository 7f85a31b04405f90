package parallel

import (
	"fmt"
	"slices"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A task is one pass of one microbatch through one part of a stage.
type task struct {
	back  bool
	part  int // of all parts of all stages, in the order of the network
	micro int
}

// A span is a task with its time.
type span struct {
	task
	from, to float64
}

// A pipeline is a one-forward-one-backward schedule: p stages of v parts, m
// microbatches. Narayanan 2021, "Megatron-LM".
type pipeline struct {
	p, v, m           int
	forward, backward float64 // seconds of a microbatch in a stage
}

// order lists the tasks of a stage: forward passes until its first microbatch
// comes back, then both in turn, then what is left of the backward passes.
func (l pipeline) order(stage int) []task {
	all := l.m * l.v
	warm := min(l.p-stage-1, all)
	if l.v > 1 {
		warm = min(2*(l.p-stage-1)+(l.v-1)*l.p, all)
	}
	var out []task
	for k := range warm {
		out = append(out, l.nth(stage, k, false))
	}
	for k := range all {
		if warm+k < all {
			out = append(out, l.nth(stage, warm+k, false))
		}
		out = append(out, l.nth(stage, k, true))
	}
	return out
}

// nth is forward or backward pass k of a stage: groups of p microbatches go
// through its parts in turn.
func (l pipeline) nth(stage, k int, back bool) task {
	part, micro := k/l.p%l.v, k/(l.p*l.v)*l.p+k%l.p
	if l.v == 1 {
		part, micro = 0, k
	}
	if back {
		part = l.v - 1 - part
	}
	return task{back, part*l.p + stage, micro}
}

// run gives every task its time: after the one before it in its stage, and after
// what it needs from another.
func (l pipeline) run() [][]span {
	out := make([][]span, l.p)
	done := map[task]float64{}
	orders := make([][]task, l.p)
	for stage := range orders {
		orders[stage] = l.order(stage)
	}
	for moved := true; moved; {
		moved = false
		for stage, order := range orders {
			for len(out[stage]) < len(order) {
				t := order[len(out[stage])]
				ready, ok := l.ready(t, done)
				if !ok {
					break
				}
				if n := len(out[stage]); n > 0 {
					ready = max(ready, out[stage][n-1].to)
				}
				s := span{t, ready, ready + l.time(t)}
				out[stage], done[t], moved = append(out[stage], s), s.to, true
			}
		}
	}
	return out
}

func (l pipeline) time(t task) float64 {
	if t.back {
		return l.backward / float64(l.v)
	}
	return l.forward / float64(l.v)
}

// ready is when what a task needs is there, false if it is not yet.
func (l pipeline) ready(t task, done map[task]float64) (float64, bool) {
	before := task{t.back, t.part - 1, t.micro}
	switch {
	case !t.back && t.part == 0:
		return 0, true
	case t.back && t.part == l.p*l.v-1:
		before = task{false, t.part, t.micro}
	case t.back:
		before.part = t.part + 1
	}
	at, ok := done[before]
	return at, ok
}

// Schedule shows which stage of the pipeline works on what and when, and where it
// is idle. It draws one accumulation step without the messages between stages.
func (r TrainingResult) Schedule() show.Chart {
	l := r.pipeline()
	c := show.Chart{
		Kind: show.Schedule, Title: fmt.Sprintf("When do %d stages wait? %d microbatches", l.p, l.m),
		X: show.Axis{Label: "Time", Unit: "s"},
	}
	if l.v > 1 {
		c.Title += fmt.Sprintf(", %d parts each", l.v)
	}
	if l.v > 1 && l.m%l.p != 0 {
		c.Note = "Interleaved parts need microbatches in multiples of the stages; this schedule is not drawn."
		return c
	}
	c.Series = l.bars(&c.Y)
	return c
}

// bars draws every stage as a row: its passes, and the pauses between them.
func (l pipeline) bars(rows *show.Axis) []show.Series {
	kinds := []show.Series{
		{Name: "forward", Form: show.Bars, Tone: 1},
		{Name: "backward", Form: show.Bars, Tone: 5},
		{Name: "forward and backward in turn", Form: show.Bars, Tone: 3},
		{Name: "idle", Form: show.Bars, Tone: 1},
	}
	spans := l.run()
	end := 0.0
	for _, stage := range spans {
		end = max(end, stage[len(stage)-1].to)
	}
	for i, stage := range spans {
		rows.Names = append(rows.Names, fmt.Sprintf("stage %d", i+1))
		at := 0.0
		for _, b := range append(merge(stage, l.p*l.m*l.v > mostSpans), block{from: end, to: end}) {
			if b.from > at+1e-9*end {
				kinds[3].Points = append(kinds[3].Points, show.Point{Y: float64(i), Lo: at, Hi: b.from, Muted: true})
			}
			if at = b.to; b.to > b.from {
				kinds[b.kind].Points = append(kinds[b.kind].Points, show.Point{Y: float64(i), Lo: b.from, Hi: b.to, Label: b.label})
			}
		}
	}
	return slices.DeleteFunc(kinds, func(s show.Series) bool { return len(s.Points) == 0 })
}

// mostSpans is how many microbatches of all stages are drawn one by one.
const mostSpans = 40

// pipeline is what the step's pipeline does in one accumulation step.
func (r *TrainingResult) pipeline() pipeline {
	s := r.in
	busy := r.Node + r.TensorExposed + r.ContextExposed + r.ExpertPar + r.uneven()
	each := float64(busy) / s.rounds()
	back := s.Checkpointing.BackwardShare()
	return pipeline{p: s.PP, v: s.Parts, m: s.Microbatches, forward: each * (1 - back), backward: each * back}
}

// uneven is what the other stages wait for the largest one, from the bubble.
func (r *TrainingResult) uneven() units.Seconds {
	busy := r.Node + r.TensorExposed + r.ContextExposed + r.ExpertPar
	ratio := physics.BubbleRatio(r.in.PP, r.in.Parts, r.in.Microbatches)
	return (r.Bubble - busy.Times(ratio)).Times(1 / (1 + ratio))
}

// A block is one or more spans drawn as one bar.
type block struct {
	from, to float64
	kind     int // forward, backward, both in turn
	label    string
}

// merge turns spans into bars: one each or, where there are many, one for every
// run without a pause of the same kind or of both in turn.
func merge(spans []span, many bool) []block {
	var out []block
	for _, s := range spans {
		b := block{from: s.from, to: s.to}
		if s.back {
			b.kind = 1
		}
		if !many {
			b.label = fmt.Sprint(s.micro + 1)
			out = append(out, b)
			continue
		}
		n := len(out) - 1
		if n < 0 || s.from > out[n].to+1e-9*s.to {
			out = append(out, b)
			continue
		}
		last := &out[n]
		switch {
		case last.kind == b.kind:
			last.to = b.to
		case last.kind == 2: // both in turn until a pause
			last.to = b.to
		default:
			b.kind = 2
			out = append(out, b)
		}
	}
	return out
}

// StepChart shows where the time of a step goes, part after part.
func (r TrainingResult) StepChart() show.Chart {
	part := func(name string, t units.Seconds) show.Part {
		return show.Part{Name: name, Sizes: []float64{float64(t)}}
	}
	sum := r.Node + r.TensorExposed + r.ContextExposed + r.ExpertPar + r.Bubble + r.Stages + r.Exposed
	return show.StagesChart(fmt.Sprintf("Where does a step go? %s on %d × %s", r.in.Model.Name, r.Devices, r.in.Hardware.Name), "Time", "s", []show.Part{
		part("device's own work", r.Node),
		part("tensor-parallel messages", r.TensorExposed),
		part("context-parallel messages", r.ContextExposed),
		part("expert all-to-alls", r.ExpertPar),
		part("pipeline bubble", r.Bubble),
		part("messages between stages", r.Stages),
		part("gradient exchange", r.Exposed),
		part("waiting for stragglers", r.Step-sum),
	})
}

// MemoryChart shows what each device holds against its memory.
func (r TrainingResult) MemoryChart() show.Chart {
	part := func(name string, b units.Bytes) show.Part { return show.Part{Name: name, Sizes: []float64{float64(b)}} }
	return show.MemoryChart(fmt.Sprintf("Does a rank fit into %s?", r.in.Hardware.Name), []string{r.in.Model.Name}, []float64{float64(r.Capacity)}, []show.Part{
		part("weights", r.Weights), part("gradients", r.Gradients), part("optimizer state", r.Optimizer),
		part("activations", r.Activations), part("buffers", r.Buffers),
	})
}
