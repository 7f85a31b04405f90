package cost

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Chart ranks the places by emissions; behind each stand the emissions and the
// electricity bill. Those that are rejected are marked.
func (r PlacementResult) Chart() show.Chart {
	c := show.Chart{
		Kind: show.Ranking, Title: fmt.Sprintf("Where does the fleet emit least? %d × %s", r.in.Devices, r.in.Hardware.Name),
		X: show.Axis{Label: "Emissions", Unit: "tCO2e"},
	}
	places := slices.Clone(r.Places)
	slices.SortStableFunc(places, func(a, b Place) int { return cmp.Compare(a.Carbon, b.Carbon) })
	places = slices.DeleteFunc(places, func(p Place) bool { return !p.CostKnown || p.Permit == OtherBasis })
	s := show.Series{Form: show.Bars}
	for i, p := range places {
		if !r.drawn(i, len(places), p) {
			continue
		}
		point := show.Point{
			Y: float64(len(c.Y.Names)), Hi: p.Carbon.Ratio(units.Tonne), Label: p.Carbon.String() + ", " + p.EnergyCost.String(),
			Muted: p.Permit != Allowed,
		}
		if point.Muted {
			point.Why = p.Permit.String()
		}
		name := p.Region
		if name == r.in.Region.Name {
			name += " (now)"
		}
		s.Points, c.Y.Names = append(s.Points, point), append(c.Y.Names, name)
	}
	c.Series = []show.Series{s}
	c.Note = "Behind each bar: its emissions and its electricity bill. Machines cost the same everywhere."
	if n := len(places) - len(s.Points); n > 0 {
		c.Note += fmt.Sprintf(" %d of %d places are drawn; the table has all.", len(s.Points), len(places))
	}
	return c
}

// mostRows is how many places are drawn.
const mostRows = 18

// drawn reports whether the place of a rank is drawn: all of few; of many the
// first half, then some at even distances, the best, the last and where the fleet
// stands now.
func (r *PlacementResult) drawn(rank, n int, p Place) bool {
	if n <= mostRows || rank < mostRows/2 || rank == n-1 || p.Region == r.Region || p.Region == r.in.Region.Name {
		return true
	}
	return (rank-mostRows/2)%((n-mostRows/2)/(mostRows/2)+1) == 0
}
