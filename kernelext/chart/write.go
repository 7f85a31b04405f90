package chart

import (
	"cmp"
	"math"
	"slices"
	"strings"

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

// label writes at the data: points first, they cannot do without; then marks;
// then lines, which have most room.
func (s *scene) label() {
	s.labelBars()
	s.labelCells()
	s.labelPoints()
	s.labelMarks()
	s.labelBands()
	s.labelEnds()
	s.labelLines()
}

// behind is the room that texts need at the right of the frame.
func (s *scene) behind() float64 {
	room := 6.0
	if s.rows() {
		for _, one := range s.Series {
			for _, p := range one.Points {
				if w, _ := measure(p.Label); p.Label != "" && one.Form == show.Bars && s.last(p) {
					room = max(room, w+4)
				}
			}
		}
		return min(room, 170)
	}
	for _, n := range s.atEnds() {
		w, _ := measure(n.text)
		room = max(room, w+8)
	}
	return room
}

// last reports whether a bar is the last of its row.
func (s *scene) last(p show.Point) bool {
	for _, one := range s.Series {
		for _, other := range one.Points {
			if one.Form == show.Bars && other.Y == p.Y && other.Hi > p.Hi {
				return false
			}
		}
	}
	return true
}

// An ending is a text at the right of the frame: the name of a line or a mark.
type ending struct {
	text string
	tone int
	at   float64 // SI
}

// atEnds are the names of the lines, if all of them end at the right and are few
// and short enough to be named there, and of the horizontal marks.
func (s *scene) atEnds() []ending {
	var out []ending
	if s.ended() {
		for i, one := range s.Series {
			if shown := s.shown(one); named(one) && len(shown) > 0 {
				out = append(out, ending{one.Name, s.Tone(i), shown[len(shown)-1].Y})
			}
		}
	}
	for _, m := range s.Marks {
		if w, _ := measure(m.Label); !m.Vertical && m.Label != "" && w <= mostEnd && !s.has(show.Cells) {
			out = append(out, ending{m.Label, 0, m.At})
		}
	}
	return out
}

// mostEnd is the widest text that may stand at the right of the frame.
const mostEnd = 150.0

func named(one show.Series) bool { return one.Form == show.Plain && one.Line && one.Name != "" }

// ended reports whether the lines can be named where they end.
func (s *scene) ended() bool {
	n := 0
	_, far, _, _, _ := s.Range()
	for _, one := range s.Series {
		shown := s.shown(one)
		if !named(one) || len(shown) == 0 {
			continue
		}
		n++
		if w, _ := measure(one.Name); w > mostEnd || shown[len(shown)-1].X < far*0.98 {
			return false
		}
	}
	return n > 0 && n <= 7 && !s.alone()
}

// alone reports whether the only named line says what the vertical axis says.
func (s *scene) alone() bool {
	return !slices.ContainsFunc(s.Series, func(one show.Series) bool {
		return named(one) && !strings.EqualFold(one.Name, s.Y.Label)
	})
}

// labelEnds writes at the right of the frame, one text below the other.
func (s *scene) labelEnds() {
	var notes []note
	for _, e := range s.atEnds() {
		n := note{text: e.text, x: s.frame.right + 6, y: s.y.pixel(e.at), anchor: start}
		if e.tone > 0 {
			n.ink = nth(inks[:], e.tone)
		}
		if e.tone > 0 || n.y >= s.frame.top && n.y <= s.frame.bottom {
			notes = append(notes, n)
		}
	}
	slices.SortStableFunc(notes, func(a, b note) int { return cmp.Compare(a.y, b.y) })
	top := s.frame.top
	for i := range notes {
		notes[i].y = max(notes[i].y, top)
		top = notes[i].y + lineHeight
	}
	bottom := s.frame.bottom
	for i := len(notes) - 1; i >= 0; i-- {
		notes[i].y = min(notes[i].y, bottom)
		bottom = notes[i].y - lineHeight
	}
	s.notes = append(s.notes, notes...)
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

// crowded is how much of the lines a label may hide before it is left out; loose
// points cannot do without theirs.
const crowded = 40

func (s *scene) labelPoints() {
	keyed := s.key() != nil
	for i, one := range s.Series {
		told := false
		shown := s.shown(one)
		for j, p := range shown {
			if one.Form != show.Plain {
				break
			}
			text, color, most := p.Label, nth(inks[:], s.Tone(i)), math.Inf(1)
			if text == "" && !one.Line && !keyed && unnamed(one) && j == len(shown)/2 && len(s.Series) > 1 {
				text = one.Name
			}
			if one.Line {
				most = crowded
			}
			if p.Muted {
				color = ""
				if !told { // why it ends is said once
					text = strings.TrimSpace(text + "\n" + p.Why)
				}
				told = true
			}
			if text != "" {
				s.write(text, color, most, around[:], s.spot(p))
			}
		}
	}
}

// labelMarks writes above each vertical mark; beside it where another one is in
// the way.
func (s *scene) labelMarks() {
	last := 0.0
	marks := slices.Clone(s.Marks)
	slices.SortStableFunc(marks, func(a, b show.Mark) int { return cmp.Compare(a.At, b.At) })
	for _, m := range marks {
		a, b, ok := s.ends(m)
		w, _ := measure(m.Label)
		switch x := min(max(a.x, edge+w/2), width-edge-w/2); {
		case !ok || m.Label == "":
		case m.Vertical && x-w/2 >= last:
			last = x + w/2 + 6
			s.notes = append(s.notes, note{text: m.Label, x: x, y: s.frame.top - 8, anchor: middle})
		case m.Vertical || w > mostEnd:
			s.write(m.Label, "", math.Inf(1), around[:], along(b, a)...)
		}
	}
}

// toldByPoints reports whether the only line has labels at its points.
func (s *scene) toldByPoints() bool {
	n, told := 0, false
	for _, one := range s.Series {
		if named(one) {
			n++
			told = told || !unnamed(one)
		}
	}
	return n == 1 && told
}

// labelLines writes the name of each line beside it, unless it stands at its end.
func (s *scene) labelLines() {
	if s.ended() || s.alone() || s.toldByPoints() {
		return
	}
	for i, one := range s.Series {
		shown := s.shown(one)
		if !named(one) || len(shown) == 0 {
			continue
		}
		at := len(shown) / 2
		anchors := along(s.spot(shown[max(at-1, 0)]), s.spot(shown[at]))
		for _, p := range shown {
			anchors = append(anchors, s.spot(p))
		}
		s.write(one.Name, nth(inks[:], s.Tone(i)), math.Inf(1), beside[:], anchors...)
	}
}

// along lists places on a line to try, the middle first.
func along(a, b spot) []spot {
	var out []spot
	for _, f := range [...]float64{0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9} {
		out = append(out, spot{a.x + f*(b.x-a.x), a.y + f*(b.y-a.y)})
	}
	return out
}

// write places a text near one of the anchors. Where there is no room, or it would
// hide more than most, hovering still says it.
func (s *scene) write(text, color string, most float64, directions []spot, anchors ...spot) {
	anchor, offset, ok := s.place(text, most, directions, 8, anchors...)
	if !ok {
		return
	}
	lines := strings.Split(text, "\n")
	y := anchor.y + offset.y - lineHeight*float64(len(lines)-1)/2
	for i, line := range lines {
		s.notes = append(s.notes, note{text: line, x: anchor.x + offset.x, y: y + lineHeight*float64(i), anchor: middle, ink: color})
	}
}

// labelBands writes the name of an area at its upper end.
func (s *scene) labelBands() {
	for i, one := range s.Series {
		shown := s.shown(one)
		if one.Form != show.Band || one.Name == "" || len(shown) == 0 {
			continue
		}
		last := shown[len(shown)-1]
		first := shown[0]
		a, b := spot{s.x.pixel(first.X), s.y.inside(s.y.pixel(first.Lo))}, spot{s.x.pixel(last.X), s.y.inside(s.y.pixel(last.Lo))}
		s.write(one.Name, nth(inks[:], s.Tone(i)), math.Inf(1), beside[:], along(a, b)...)
	}
}

// wrap breaks a text into lines that the picture can hold.
func wrap(text string) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		longer := strings.TrimSpace(line + " " + word)
		if w, _ := measure(longer); w > width-2*edge && line != "" {
			lines, longer = append(lines, line), word
		}
		line = longer
	}
	return append(lines, line)
}
