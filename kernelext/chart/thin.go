package chart

import (
	"math"

	"github.com/mlsysim/golab/mlsysim/show"
)

const (
	mostLoose = 200 // points of a series from which those that lie on another are left out
	mostOnOne = 300 // points of a line from which some are left out
	near      = 6.0 // pixels between points that can be told apart
	mostTexts = 40  // loose points with a label from which none is written
)

// thin leaves out of large series what could not be told apart, so that a cloud
// of ten thousand points is drawn as fast and stays as small as others. The
// description keeps them all.
func (s *scene) thin() {
	series := make([]show.Series, len(s.Series))
	labelled := 0
	for i, one := range s.Series {
		switch n := len(one.Points); {
		case one.Form != show.Plain:
		case one.Line && n > mostOnOne:
			one.Points = some(one.Points, (n+mostOnOne-1)/mostOnOne)
		case !one.Line && n > mostLoose:
			one.Points = s.apart(one.Points)
		}
		if one.Form == show.Plain && !one.Line && !unnamed(one) {
			labelled += len(one.Points)
		}
		series[i] = one
	}
	s.Series, s.unlabelled = series, labelled > mostTexts
}

// some keeps every nth point and the last.
func some(points []show.Point, n int) []show.Point {
	var out []show.Point
	for i, p := range points {
		if i%n == 0 || i == len(points)-1 {
			out = append(out, p)
		}
	}
	return out
}

// apart keeps one point of those that share a place, feasible ones first.
func (s *scene) apart(points []show.Point) []show.Point {
	taken := map[[2]int]bool{}
	var out []show.Point
	for _, muted := range []bool{false, true} {
		for _, p := range points {
			if p.Muted != muted || !s.Holds(p) {
				continue
			}
			at := s.spot(p)
			place := [2]int{int(math.Floor(at.x / near)), int(math.Floor(at.y / near))}
			if !taken[place] {
				taken[place] = true
				out = append(out, p)
			}
		}
	}
	return out
}
