package parallel

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives the slots, the load and the wait.
func (r OrchestrationResult) Explain() walls.Trace {
	t := walls.Trace{Title: r.title(), Omitted: orchestrationOmitted[:]}
	t.Steps = r.loadSteps()
	if r.Stable {
		t.Steps = append(t.Steps, r.waitSteps()...)
	}
	return t
}

var orchestrationOmitted = [...]string{
	"preemption, backfill and priorities",
	"fragments that jobs of mixed sizes leave",
	"bursts: arrivals are Poisson",
}

func (r *OrchestrationResult) title() string {
	return fmt.Sprintf("jobs of %d on a cluster of %d accelerators", r.in.PerJob, r.in.Accelerators)
}

func (r *OrchestrationResult) loadSteps() []walls.Step {
	steps := []walls.Step{
		{
			Name: "gang slots", Symbol: "c", Formula: "floor(N / j)", Field: "Slots",
			Terms: []walls.Term{
				{Symbol: "N", What: "accelerators", Value: r.in.Accelerators},
				{Symbol: "j", What: "accelerators per job", Value: r.in.PerJob},
			},
			Value: r.Slots,
		},
		{
			Name: "offered load", Symbol: "a", Formula: "lambda * d", Field: "Load",
			Terms: []walls.Term{
				{Symbol: "lambda", What: "arriving jobs", Value: r.in.Arrivals},
				{Symbol: "d", What: "mean duration", Value: r.in.Duration},
			},
			Value: r.Load,
		},
	}
	if !r.Fits {
		return steps
	}
	return append(steps, walls.Step{
		Name: "utilization", Symbol: "rho", Formula: "a / c", Field: "Utilization",
		Terms: []walls.Term{
			{Symbol: "a", What: "offered load", Value: r.Load},
			{Symbol: "c", What: "gang slots", Value: r.Slots},
		},
		Value: r.Utilization,
	})
}

// waitSteps derive the wait and, by Little's law, the queue.
func (r *OrchestrationResult) waitSteps() []walls.Step {
	return []walls.Step{
		{
			Name: "share that waits, by Erlang C", Symbol: "P_w", Formula: "B / (1 - rho + rho * B)", Field: "Waiting",
			Terms: []walls.Term{
				{Symbol: "B", What: "Erlang B of a load a at c slots", Value: physics.ErlangB(r.Slots, r.Load)},
				{Symbol: "rho", What: "utilization", Value: r.Utilization},
			},
			Value: r.Waiting, Source: "Erlang 1917",
		},
		{
			Name: "mean wait", Symbol: "W", Formula: "P_w * d / (c - a) * (1 + cv * cv) / 2", Field: "Wait",
			Terms: []walls.Term{
				{Symbol: "P_w", What: "share that waits", Value: r.Waiting},
				{Symbol: "d", What: "mean duration", Value: r.in.Duration},
				{Symbol: "c", What: "gang slots", Value: r.Slots},
				{Symbol: "a", What: "offered load", Value: r.Load},
				{Symbol: "cv", What: "coefficient of variation of the duration", Value: r.in.CV},
			},
			Value: r.Wait, Source: "Allen 1990",
		},
		{
			Name: "turnaround", Symbol: "T", Formula: "W + d", Field: "Turnaround",
			Terms: []walls.Term{
				{Symbol: "W", What: "mean wait", Value: r.Wait},
				{Symbol: "d", What: "mean duration", Value: r.in.Duration},
			},
			Value: r.Turnaround,
		},
		{
			Name: "jobs that wait", Symbol: "L", Formula: "lambda * W", Field: "Queue",
			Terms: []walls.Term{
				{Symbol: "lambda", What: "arriving jobs", Value: r.in.Arrivals},
				{Symbol: "W", What: "mean wait", Value: r.Wait},
			},
			Value: r.Queue, Source: "Little 1961",
		},
	}
}

// View describes the result.
func (r OrchestrationResult) View() show.View {
	v := show.View{
		Title:    r.title(),
		Subtitle: fmt.Sprintf("%d at once, each running %s, binds: %s", r.Slots, r.in.Duration, r.Binding),
		Status:   show.Pass, Data: r,
	}
	if !r.Stable {
		v.Status = show.Fail
	}
	v.Blocks = []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}}
	return v
}
