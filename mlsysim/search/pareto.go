package search

import (
	"cmp"
	"fmt"
	"slices"
)

// A frontier keeps the designs that no other one beats: at least as good in
// every cost and better in one. Equal designs all stay.
type frontier struct {
	costs []float64 // width per design
	index []int
	width int
	kept  int // designs after the last sift
}

// mostUnbeaten is where a frontier of three or more costs stops to be worth its
// time, which grows with the square.
const mostUnbeaten = 20_000

// slack is how many designs may wait for a sift beyond those kept.
const slack = 1024

func (f *frontier) add(i int, costs []float64) {
	f.costs, f.index = append(f.costs, costs...), append(f.index, i)
}

func (f *frontier) join(other *frontier) {
	f.costs, f.index = append(f.costs, other.costs...), append(f.index, other.index...)
}

func (f *frontier) reset() { f.costs, f.index, f.kept = f.costs[:0], f.index[:0], 0 }

// settle sifts when as many wait as are kept, so that n designs cost n log n.
func (f *frontier) settle() error {
	if len(f.index) < 2*f.kept+slack {
		return nil
	}
	f.sift()
	if f.width > 2 && f.kept > mostUnbeaten {
		return fmt.Errorf("more than %d designs are beaten by no other: want fewer metrics", mostUnbeaten)
	}
	return nil
}

func (f *frontier) row(k int) []float64 { return f.costs[k*f.width : (k+1)*f.width] }

// sift drops what is beaten. In the order of the costs, what beats a design
// stands before it; up to two costs only the best of the second can.
func (f *frontier) sift() {
	order := make([]int, len(f.index))
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(a, b int) int {
		if c := slices.Compare(f.row(a), f.row(b)); c != 0 {
			return c
		}
		return cmp.Compare(f.index[a], f.index[b])
	})
	var rest frontier
	rest.width = f.width
	champion := 0
	for n, k := range order {
		if n%256 == 0 && halted() != nil {
			return // nobody will look
		}
		row := f.row(k)
		switch {
		case f.width > 2 && rest.beats(row), f.width <= 2 && len(rest.index) > 0 && beats(rest.row(champion), row):
			continue
		case len(rest.index) > 0 && row[f.width-1] < rest.row(champion)[f.width-1]:
			champion = len(rest.index)
		}
		rest.add(f.index[k], row)
	}
	rest.kept = len(rest.index)
	*f = rest
}

func (f *frontier) beats(row []float64) bool {
	for k := range f.index {
		if beats(f.row(k), row) {
			return true
		}
	}
	return false
}

func beats(a, b []float64) bool {
	better := false
	for i := range a {
		if a[i] > b[i] {
			return false
		}
		better = better || a[i] < b[i]
	}
	return better
}

// unbeaten is the indices of the designs, in the order of the axes.
func (f *frontier) unbeaten() []int {
	f.sift()
	slices.Sort(f.index)
	return f.index
}
