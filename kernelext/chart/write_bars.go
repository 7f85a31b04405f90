package chart

import (
	"slices"

	"github.com/mlsysim/golab/mlsysim/show"
)

// A keyed is an entry of the key: a sign, what it means, and its tone; tone 0 is
// the ink of the page.
type keyed struct {
	sign, name string
	tone       int
}

// key explains the signs of what is not named at its data: bars that share rows,
// and loose points of several kinds.
func (s *scene) key() []keyed {
	if s.rows() {
		return s.barKey()
	}
	var out []keyed
	for i, one := range s.Series {
		if one.Form == show.Plain && !one.Line && one.Name != "" && unnamed(one) && len(s.shown(one)) > 0 {
			tone := s.Tone(i)
			out = append(out, keyed{nth(signs[:], tone), one.Name, tone})
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// signs are the shapes of points as characters.
var signs = [len(shapes)]string{"●", "◆", "▲", "■"}

// unnamed reports whether no point of a series has a label.
func unnamed(one show.Series) bool {
	return !slices.ContainsFunc(one.Points, func(p show.Point) bool { return p.Label != "" })
}

func (s *scene) barKey() []keyed {
	var out []keyed
	idle := false
	for i, one := range s.Series {
		if one.Form != show.Bars {
			continue
		}
		live := slices.ContainsFunc(one.Points, func(p show.Point) bool { return !p.Muted })
		idle = idle || slices.ContainsFunc(one.Points, func(p show.Point) bool { return p.Muted })
		k := keyed{"■", one.Name, s.Tone(i)}
		if live && one.Name != "" && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	switch {
	case idle && s.Kind == show.Schedule:
		return append(out, keyed{"▨", "idle", 0})
	case idle:
		return append(out, keyed{"▨", "infeasible", 0})
	case len(out) < 2:
		return nil
	}
	return out
}

// writeKey writes the key above the frame.
func (s *scene) writeKey() {
	x := s.frame.left
	if !s.rows() {
		w, _ := measure(s.y.name())
		x = edge + w + 16
	}
	for _, k := range s.key() {
		text, color := k.sign+" "+k.name, ""
		if k.tone > 0 {
			color = nth(inks[:], k.tone)
		}
		w, _ := measure(text)
		s.notes = append(s.notes, note{text: text, x: x, y: 10, anchor: start, ink: color})
		x += w + 12
	}
}

func (s *scene) labelBars() {
	for i, one := range s.Series {
		for _, p := range s.shown(one) {
			if one.Form != show.Bars || p.Label == "" {
				continue
			}
			w, _ := measure(p.Label)
			from, to, y := s.x.pixel(p.Lo), s.x.pixel(p.Hi), s.y.pixel(p.Y)
			from, to = min(from, to), max(from, to)
			switch {
			case to-from >= w+2 && !s.lonely(p):
				color := nth(onTone[:], s.Tone(i))
				if p.Muted {
					color = ""
				}
				s.notes = append(s.notes, note{text: p.Label, x: (from + to) / 2, y: y, anchor: middle, ink: color})
			case s.Kind == show.Breakdown && s.last(p): // one below the other, clear of the limit
				s.notes = append(s.notes, note{text: p.Label, x: s.frame.right + 5, y: y, anchor: start})
			case s.last(p) && to+w < width:
				s.notes = append(s.notes, note{text: p.Label, x: to + 5, y: y, anchor: start})
			}
		}
	}
}

// lonely reports whether a bar has its row for itself, so that its label stands
// behind it.
func (s *scene) lonely(p show.Point) bool {
	n := 0
	for _, one := range s.Series {
		for _, other := range one.Points {
			if one.Form == show.Bars && other.Y == p.Y {
				n++
			}
		}
	}
	return n == 1
}

func (s *scene) labelCells() {
	if !s.has(show.Cells) {
		return
	}
	wide := (s.frame.right - s.frame.left) / float64(max(len(s.X.Names), 1))
	for _, one := range s.Series {
		for _, p := range s.shown(one) {
			text, color := "×", ""
			if !p.Muted {
				text = s.z.Number(digits(p.Z, 3))
				_, color = shade(s.cellShade(p))
			}
			if w, _ := measure(text); one.Form == show.Cells && w <= wide {
				at := s.spot(p)
				s.notes = append(s.notes, note{text: text, x: at.x, y: at.y, anchor: middle, ink: color})
			}
		}
	}
	text := s.z.Name(s.Z.Label)
	if !s.feasible() {
		text += "; × infeasible"
	}
	s.notes = append(s.notes, note{text: text, x: s.frame.right, y: 10, anchor: end})
}

func (s *scene) feasible() bool {
	return !slices.ContainsFunc(s.Series, func(one show.Series) bool {
		return slices.ContainsFunc(one.Points, func(p show.Point) bool { return p.Muted })
	})
}

// cellShade is where the value of a cell lies among those that are feasible.
func (s *scene) cellShade(p show.Point) float64 { return s.Z.Fraction(p.Z, s.zlo, s.zhi) }
