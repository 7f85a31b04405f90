package serving

import (
	"fmt"
	"math"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
)

// MemoryChart shows what each device holds against its memory.
func (r Result) MemoryChart() show.Chart {
	return show.MemoryChart(fmt.Sprintf("Does a batch of %d fit into %s?", r.in.Batch, r.in.Hardware.Name),
		[]string{r.in.Model.Name}, []float64{float64(r.Capacity)}, []show.Part{
			{Name: "weights", Sizes: []float64{float64(r.Weights)}},
			{Name: "KV cache", Sizes: []float64{float64(r.Cache)}},
		})
}

// LatencyChart shows where the time of a request goes, part after part.
func (r Result) LatencyChart() show.Chart {
	steps := max(float64(r.in.Output)-1, 0)
	fixed := r.Communication + r.Overhead
	bound := "decode: reading memory"
	if r.DecodeCompute > r.DecodeMemory {
		bound = "decode: arithmetic"
	}
	part := func(name string, t units.Seconds) show.Part {
		return show.Part{Name: name, Sizes: []float64{float64(t)}}
	}
	return show.StagesChart(fmt.Sprintf("Where does the time of a request go? %s on %s", r.in.Model.Name, r.in.Hardware.Name), "Time", "s", []show.Part{
		part("prefill", r.TTFT),
		part(bound, (r.ITL - fixed).Times(steps)),
		part("decode: all-reduces", r.Communication.Times(steps)),
		part("decode: launches", r.Overhead.Times(steps)),
	})
}

// Chart shows what the slowest requests see as the replicas fill up.
func (r TailResult) Chart() show.Chart {
	c := show.Chart{
		Kind: show.QueueTail, Title: fmt.Sprintf("How full may %d replicas run?", r.in.Replicas),
		X: show.Axis{Label: "Utilization", Unit: "%"}, Y: show.Axis{Label: "Time in the system", Unit: "s", Log: true},
	}
	if r.in.Replicas == 1 {
		c.Title = "How full may a replica run?"
	}
	lines := []show.Series{{Name: "P99.9", Line: true}, {Name: "P99", Line: true}, {Name: "P50", Line: true}}
	for percent := 5.0; percent <= 98; percent += 5 - 4*math.Trunc(percent/90) { // finer where it is steep
		queue := physics.NewQueue(r.in.Replicas, percent/100*float64(r.in.Replicas), r.in.CV)
		for i, beyond := range [...]float64{beyond999, beyond99, beyond50} {
			t := r.in.Service.Times(queue.Quantile(beyond))
			lines[i].Points = append(lines[i].Points, show.Point{X: percent, Y: float64(t)})
		}
	}
	c.Series = []show.Series{lines[1], lines[0], lines[2]} // what is limited is told first
	if r.in.SLA > 0 {
		c.Marks = append(c.Marks, show.Mark{At: float64(r.in.SLA), Label: "limit " + r.in.SLA.String(), Out: show.Above})
	}
	if r.Stable && r.Utilization > 0 {
		c.Marks = append(c.Marks, show.Mark{Vertical: true, At: 100 * r.Utilization, Label: "now"})
	}
	return c
}
