package chart

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/mlsysim/golab/mlsysim/show"
)

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

// crowded is how much of the lines a label may hide before it is left out; loose
// points cannot do without theirs.
const crowded = 40

// mostNamed is how many points of a line have their labels written.
const mostNamed = 10

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
			} else if s.unlabelled {
				break
			}
			if one.Line && len(shown) > mostNamed && j != len(shown)-1 && j%(len(shown)/mostNamed+1) != 0 {
				text = "" // some of many
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

// wrap breaks a text into lines of a width.
func wrap(text string, most float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		longer := strings.TrimSpace(line + " " + word)
		if w, _ := measure(longer); w > most && line != "" {
			lines, longer = append(lines, line), word
		}
		line = longer
	}
	return append(lines, line)
}
