package reliability

import (
	"fmt"
	"math"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
)

// Chart shows what share of the time is lost over the interval between
// checkpoints: saving takes it if they are frequent, rework if they are rare.
func (r FleetResult) Chart() show.Chart {
	c := show.Chart{
		Kind: show.Waste, Title: fmt.Sprintf("How often should %d servers save?", r.in.Nodes),
		X: show.Axis{Label: "Training between checkpoints", Unit: "min", Log: true}, Y: show.Axis{Label: "Lost time", Unit: "%"},
	}
	total, saving := show.Series{Name: "all losses", Line: true}, show.Series{Name: "saving", Line: true, Dashed: true, Tone: 3}
	rework := show.Series{Name: "rework and recovery", Line: true, Dashed: true, Tone: 2}
	const minute = 60
	for i := -14; i <= 14; i++ {
		interval := r.Optimal.Times(math.Pow(20, float64(i)/14))
		lost := 1 - physics.Goodput(interval, r.in.Checkpoint, r.in.Recovery, r.MTBF)
		save := physics.StallShare(r.in.Checkpoint, interval)
		x := float64(interval) / minute
		total.Points = append(total.Points, show.Point{X: x, Y: 100 * lost})
		saving.Points = append(saving.Points, show.Point{X: x, Y: 100 * save})
		rework.Points = append(rework.Points, show.Point{X: x, Y: 100 * max(lost-save, 0)})
	}
	c.Series = []show.Series{total, rework, saving}
	c.Marks = []show.Mark{{Vertical: true, At: float64(r.Optimal) / minute, Label: "optimum " + r.Optimal.String()}}
	if r.in.Interval > 0 && r.in.Interval != r.Optimal {
		c.Marks = append(c.Marks, show.Mark{Vertical: true, At: float64(r.in.Interval) / minute, Label: "now"})
	}
	return c
}
