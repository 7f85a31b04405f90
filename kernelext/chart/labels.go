package chart

import (
	"math"
	"strings"
	"unicode/utf8"
)

// A spot is a place in pixels.
type spot struct{ x, y float64 }

// A box is a rectangle in pixels.
type box struct{ left, top, right, bottom float64 }

func (b box) meets(o box) bool {
	return b.left < o.right && o.left < b.right && b.top < o.bottom && o.top < b.bottom
}

func (b box) holds(s spot) bool {
	return b.left <= s.x && s.x <= b.right && b.top <= s.y && s.y <= b.bottom
}

// A layout puts labels where they meet no other label and no symbol, and as few
// lines as can be. It is done here and not in the browser so that the still
// picture and the live chart agree.
type layout struct {
	frame   box
	taken   []box  // labels
	symbols []box  // points
	lines   []spot // samples of all lines
}

const (
	letterWidth = 6.6 // of a 12 pixel sans-serif letter, on average
	lineHeight  = 15.0
	symbolSize  = 10.0
)

// measure returns the size that a label will have.
func measure(text string) (w, h float64) {
	for line := range strings.SplitSeq(text, "\n") {
		n := 0.0
		for _, r := range line {
			n += letterWidth
			if utf8.RuneLen(r) > 2 && r >= 0x1100 && r < 0x1f000 && (r < 0x2000 || r >= 0x2e80) {
				n += 5 // a wide character
			}
		}
		w = max(w, n)
		h += lineHeight
	}
	return w + 4, h
}

func (l *layout) symbol(s spot) {
	const r = symbolSize/2 + 1
	l.symbols = append(l.symbols, box{s.x - r, s.y - r, s.x + r, s.y + r})
}

// stroke remembers a straight line as a sample every three pixels.
func (l *layout) stroke(a, b spot) {
	n := math.Ceil(math.Hypot(b.x-a.x, b.y-a.y)/3) + 1
	for i := range int(n) + 1 {
		f := float64(i) / n
		l.lines = append(l.lines, spot{a.x + f*(b.x-a.x), a.y + f*(b.y-a.y)})
	}
}

// around lists the directions to try from a spot, best first.
var around = [...]spot{{1, 0}, {-1, 0}, {1, 1}, {-1, -1}, {0, -1}, {0, 1}, {1, -1}, {-1, 1}}

// beside lists them for a line, which is labelled above or below.
var beside = [...]spot{{-1, -1}, {0, -1}, {1, 1}, {0, 1}, {1, -1}, {-1, 1}, {1, 0}, {-1, 0}}

// place finds room for a text near one of the anchors and takes it. It returns
// the anchor and the offset of the text's centre from it, or false if there is
// no room that hides at most so much of the lines.
func (l *layout) place(text string, most float64, directions []spot, gap float64, anchors ...spot) (anchor, offset spot, ok bool) {
	w, h := measure(text)
	best := math.Inf(1)
	var room box
	for ring := 1.0; ring <= 5; ring++ {
		for i, a := range anchors {
			for j, d := range directions {
				o := spot{d.x * (w/2 + gap*ring), d.y * (h/2 + gap*ring)}
				if d.x != 0 && d.y != 0 { // diagonal: closer
					o = spot{d.x * (w/2 + gap*ring/2), d.y * (h/2 + gap*ring/2)}
				}
				b := box{a.x + o.x - w/2, a.y + o.y - h/2, a.x + o.x + w/2, a.y + o.y + h/2}
				cost := l.cost(b) + ring*6 + float64(i) + float64(j)/10
				if cost < best {
					best, anchor, offset, room = cost, a, o, b
				}
			}
		}
	}
	if math.IsInf(best, 1) || best > most {
		return anchor, offset, false
	}
	l.taken = append(l.taken, room)
	return anchor, offset, true
}

// cost is infinite where a label may not be, else how much of the lines it hides.
func (l *layout) cost(b box) float64 {
	if b.left < l.frame.left || b.right > l.frame.right || b.top < l.frame.top || b.bottom > l.frame.bottom {
		return math.Inf(1)
	}
	for _, o := range l.taken {
		if b.meets(o) {
			return math.Inf(1)
		}
	}
	for _, o := range l.symbols {
		if b.meets(o) {
			return math.Inf(1)
		}
	}
	cost := 0.0
	for _, s := range l.lines {
		if b.holds(s) {
			cost += 3
		}
	}
	return cost
}
