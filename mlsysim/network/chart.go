package network

import (
	"fmt"
	"math"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
)

// The messages that the chart spans: from a kilobyte to what a large network's
// gradients take.
const (
	least    = units.KB
	greatest = 10 * units.GB
)

// Chart shows the time of the operation over the size of the message by every
// algorithm that the links allow, and where one overtakes the other.
func (r CollectiveResult) Chart() show.Chart {
	c := show.Chart{
		Kind: show.Crossover, Title: fmt.Sprintf("Which %s is fastest among %d devices?", r.in.Operation, r.in.Ranks),
		X: show.Axis{Label: "Message", Unit: "B", Log: true}, Y: show.Axis{Label: "Time", Unit: "s", Log: true},
	}
	tiers := r.in.tiers()
	for _, a := range r.algorithms(&tiers) {
		s := show.Series{Name: a.String(), Line: true}
		for e := math.Log10(float64(least)); e <= math.Log10(float64(greatest))+1e-9; e += 0.25 {
			size := units.Bytes(math.Pow(10, e))
			s.Points = append(s.Points, show.Point{X: float64(size), Y: float64(r.in.time(&tiers, size, a))})
		}
		c.Series = append(c.Series, s)
	}
	if r.in.Message >= least && r.in.Message <= greatest {
		c.Marks = []show.Mark{{Vertical: true, At: float64(r.in.Message), Label: "this message, " + r.in.Message.String()}}
	}
	return c
}

// algorithms lists those that can be compared.
func (r *CollectiveResult) algorithms(t *physics.Tiers) []physics.Algorithm {
	if r.in.Operation == AllToAll {
		return []physics.Algorithm{physics.Pairwise}
	}
	out := []physics.Algorithm{physics.Ring}
	if r.in.Operation == AllReduce {
		out = append(out, physics.Tree)
		if t.Allows(physics.InSwitch) {
			out = append(out, physics.InSwitch)
		}
	}
	if t.Crosses() && t.Allows(physics.Hierarchical) {
		out = append(out, physics.Hierarchical)
	}
	return out
}
