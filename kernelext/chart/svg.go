package chart

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/mlsysim/golab/mlsysim/show"
)

// SVG draws a chart as a still picture with its title and what it shows. It has
// no ground of its own, and its text brightens where the page is known to be
// dark; elsewhere it is readable on white and on black.
func SVG(c show.Chart) []byte {
	s := newScene(c)
	title, said := titles(c)
	head := append(slices.Clone(title), said...)
	p := &pen{scene: s}
	p.open(lineHeight*float64(len(head))+6, c.Title, c.Alt())
	for i, line := range head {
		weight := ""
		if i < len(title) {
			weight = ` font-weight="bold" font-size="14"`
		}
		p.add(`<text x="%s" y="%s" fill="currentColor"%s>%s</text>`, num(edge), num(14-p.top+lineHeight*float64(i)), weight, html.EscapeString(line))
	}
	p.body()
	return []byte(p.String())
}

// titles are the title and what the chart shows, in lines that fit.
func titles(c show.Chart) (title, said []string) {
	const bold = 1.3 // how much wider the letters of a title are
	if c.Title != "" {
		title = wrap(c.Title, (width-2*edge)/bold)
	}
	return title, wrap(c.Alt(), width-2*edge)
}

// picture draws a chart without its title, for a page that says it beside.
func picture(s *scene) string {
	p := &pen{scene: s}
	p.open(0, "", "")
	p.body()
	return p.String()
}

// A pen writes SVG. The picture begins top above the scene.
type pen struct {
	strings.Builder
	*scene
	top float64
}

func (p *pen) add(format string, args ...any) { fmt.Fprintf(p, format, args...) }

// num prints pixels to a tenth.
func num(v float64) string {
	text := strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
	if text == "-0" {
		return "0"
	}
	return text
}

const (
	// in a page of its own, or inside one: nothing else is touched
	brighten = `<style>@media(prefers-color-scheme:dark){.mlsysim-chart{color:` + darkInk + `}.mlsysim-chart .t{filter:brightness(1.5)}}</style>`
	hatch    = `<pattern id="mlsysim-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6" stroke="#888" stroke-opacity=".55" stroke-width="2"/></pattern>`
	hatched  = `url(#mlsysim-hatch)`
)

func (p *pen) open(top float64, title, alt string) {
	p.top = top
	p.add(`<svg xmlns="http://www.w3.org/2000/svg" class="mlsysim-chart" viewBox="0 %s %s %s" color="%s" fill="none" font-family="sans-serif" font-size="%d">`,
		num(-top), num(width), num(p.height+top), ink, fontSize)
	if alt != "" {
		p.add("<title>%s</title><desc>%s</desc>", html.EscapeString(title), html.EscapeString(alt))
	}
	p.WriteString(brighten)
}

func (p *pen) body() {
	p.outOfBounds()
	p.grid()
	for i, one := range p.Series {
		switch one.Form {
		case show.Bars:
			p.bars(i, one)
		case show.Cells:
			p.cells(one)
		case show.Band:
			p.band(i, one)
		}
	}
	p.marks()
	for i, one := range p.Series {
		if one.Form == show.Plain {
			p.curve(i, one)
		}
	}
	p.texts()
	p.WriteString("</svg>")
}

func (p *pen) outOfBounds() {
	needs := slices.ContainsFunc(p.Series, func(s show.Series) bool {
		return s.Form != show.Plain && slices.ContainsFunc(s.Points, func(pt show.Point) bool { return pt.Muted })
	})
	boxes := ""
	for _, m := range p.Marks {
		if b, ok := p.outside(m); ok {
			boxes += fmt.Sprintf(`<path fill="%s" fill-opacity=".6" d="%s"/>`, hatched, b.path())
			needs = true
		}
	}
	if needs {
		p.WriteString(hatch)
	}
	p.WriteString(boxes)
}

// path is a rectangle.
func (b box) path() string {
	return "M" + num(b.left) + " " + num(b.top) + "H" + num(b.right) + "V" + num(b.bottom) + "H" + num(b.left) + "z"
}

// grid draws the lines at the numbers, and the line that bars begin at.
func (p *pen) grid() {
	p.add(`<path stroke="currentColor" stroke-opacity=".25" d="%s"/>`, p.rules())
	base := p.frame.bottom
	if p.rows() {
		x := p.frame.left
		if zero := p.x.pixel(0); !p.X.Log && zero > p.frame.left {
			x = min(zero, p.frame.right)
		}
		p.add(`<path stroke="currentColor" d="M%s %sV%s"/>`, num(x), num(p.frame.top), num(p.frame.bottom))
		return
	}
	p.add(`<path stroke="currentColor" d="M%s %sH%s"/>`, num(p.frame.left), num(base), num(p.frame.right))
}

// rules is the path of the lines at the numbers of the axes.
func (s *scene) rules() string {
	var b strings.Builder
	if s.has(show.Cells) {
		return ""
	}
	for _, t := range s.yticks {
		if y := s.y.pixel(t.At); !s.rows() && y < s.frame.bottom-0.5 {
			b.WriteString("M" + num(s.frame.left) + " " + num(y) + "H" + num(s.frame.right))
		}
	}
	for _, t := range s.xticks {
		b.WriteString("M" + num(s.x.pixel(t.At)) + " " + num(s.frame.top) + "V" + num(s.frame.bottom))
	}
	return b.String()
}

// rect is the rectangle of a bar.
func (s *scene) rect(pt show.Point) box {
	from, to := s.x.pixel(pt.Lo), s.x.pixel(pt.Hi)
	half := math.Abs(s.y.to-s.y.from) / float64(max(len(s.Y.Names), 1)) * 0.35
	y := s.y.pixel(pt.Y)
	return box{s.x.inside(min(from, to)), y - half, s.x.inside(max(from, to)), y + half}
}

// bars draws all bars of a look as one path: a stroke as thick as they are high.
func (p *pen) bars(i int, s show.Series) {
	var live, idle strings.Builder
	thick := 0.0
	for _, pt := range p.shown(s) {
		b := p.rect(pt)
		if pt.Lo == pt.Hi {
			continue // it only carries a label
		}
		thick = b.bottom - b.top
		b.right = max(b.right, b.left+0.8)
		to := &live
		if pt.Muted {
			to = &idle
		} else if b.right-b.left > 3 { // a gap between neighbours
			b.left, b.right = b.left+0.4, b.right-0.4
		}
		to.WriteString("M" + num(b.left) + " " + num((b.top+b.bottom)/2) + "h" + num(b.right-b.left))
	}
	if live.Len() > 0 {
		p.add(`<path stroke="%s" stroke-width="%s" d="%s"/>`, nth(palette[:], p.Tone(i)), num(thick), live.String())
	}
	if idle.Len() > 0 {
		p.add(`<path stroke="%s" stroke-width="%s" d="%s"/>`, hatched, num(thick), idle.String())
	}
}

// cellBox is the field of a cell.
func (s *scene) cellBox(pt show.Point) box {
	w := (s.frame.right - s.frame.left) / float64(max(len(s.X.Names), 1)) / 2
	h := (s.frame.bottom - s.frame.top) / float64(max(len(s.Y.Names), 1)) / 2
	at := s.spot(pt)
	return box{at.x - w + 0.5, at.y - h + 0.5, at.x + w - 0.5, at.y + h - 0.5}
}

// cells draws all fields of a colour as one path: a stroke as thick as a row.
func (p *pen) cells(s show.Series) {
	paths := map[string]string{}
	thick := 0.0
	for _, pt := range p.shown(s) {
		fill := hatched
		if !pt.Muted {
			fill, _ = shade(p.cellShade(pt))
		}
		b := p.cellBox(pt)
		thick = b.bottom - b.top
		paths[fill] += "M" + num(b.left) + " " + num((b.top+b.bottom)/2) + "h" + num(b.right-b.left)
	}
	for _, fill := range append(slices.Clone(ramp[:]), hatched) {
		if d := paths[fill]; d != "" {
			p.add(`<path stroke="%s" stroke-width="%s" d="%s"/>`, fill, num(thick), d)
		}
	}
}

func (p *pen) band(i int, s show.Series) {
	shown := p.shown(s)
	if len(shown) < 2 {
		return
	}
	var there, back []spot
	for _, pt := range shown {
		x := p.x.pixel(pt.X)
		there = append(there, spot{x, p.y.inside(p.y.pixel(pt.Hi))})
		back = append(back, spot{x, p.y.inside(p.y.pixel(pt.Lo))})
	}
	slices.Reverse(back)
	p.add(`<path fill="%s" fill-opacity=".18" d="%sz"/>`, nth(palette[:], p.Tone(i)), trail(append(there, back...)))
}

// trail is the path through some spots, in steps relative to the one before.
func trail(spots []spot) string {
	var b strings.Builder
	var x, y float64
	for i, s := range spots {
		nx, ny := tenth(s.x), tenth(s.y)
		if i == 0 {
			b.WriteString("M" + num(nx) + " " + num(ny))
		} else {
			dy := num(ny - y)
			if i == 1 {
				b.WriteByte('l')
			} else if nx >= x {
				b.WriteByte(' ')
			}
			b.WriteString(num(nx - x))
			if !strings.HasPrefix(dy, "-") {
				b.WriteByte(' ')
			}
			b.WriteString(dy)
		}
		x, y = nx, ny
	}
	return b.String()
}

func (p *pen) marks() {
	var d string
	for _, m := range p.Marks {
		if a, b, ok := p.ends(m); ok {
			d += "M" + num(a.x) + " " + num(a.y) + "L" + num(b.x) + " " + num(b.y)
		}
	}
	if d != "" {
		p.add(`<path stroke="currentColor" stroke-width="1.5" stroke-dasharray="1.5 3" d="%s"/>`, d)
	}
}

// curve draws a line with its errors and symbols, or loose points.
func (p *pen) curve(i int, s show.Series) {
	shown := p.shown(s)
	color := nth(palette[:], p.Tone(i))
	if s.Line && len(shown) > 1 {
		spots := make([]spot, len(shown))
		for j, pt := range shown {
			spots[j] = p.spot(pt)
		}
		look := `stroke-width="2.2"`
		if s.Dashed {
			look = `stroke-width="1.6" stroke-dasharray="6 4"`
		} else if dash := nth(dashes[:], p.Tone(i)); dash != "" && !p.dotted(s, shown, shown[0]) {
			look += ` stroke-dasharray="` + dash + `"`
		}
		p.add(`<path stroke="%s" %s d="%s"/>`, color, look, trail(spots))
	}
	p.errors(s, color)
	p.symbols(i, s, shown, color)
}

func (p *pen) errors(s show.Series, color string) {
	var d string
	for _, pt := range p.shown(s) {
		if lo, hi, ok := p.Error(s, pt); ok {
			x := p.x.pixel(pt.X)
			d += fmt.Sprintf("M%s %sV%sM%[1]s %[3]sm-3 0h6M%[1]s %[2]sm-3 0h6", num(x), num(p.y.inside(p.y.pixel(lo))), num(p.y.inside(p.y.pixel(hi))))
		}
	}
	if d != "" {
		p.add(`<path stroke="%s" d="%s"/>`, color, d)
	}
}

// outlines of a symbol around the spot they begin at.
var outlines = map[string]string{
	"circle":   "m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0",
	"diamond":  "m-5.5 0 5.5-5.5 5.5 5.5-5.5 5.5z",
	"triangle": "m-5 4 5-9 5 9z",
	"rect":     "m-4-4h8v8h-8z",
}

func (p *pen) symbols(i int, s show.Series, shown []show.Point, color string) {
	var full, hollow string
	shape := nth(shapes[:], p.Tone(i))
	for _, pt := range shown {
		if !p.dotted(s, shown, pt) {
			continue
		}
		at := p.spot(pt)
		d := "M" + num(at.x) + " " + num(at.y)
		switch {
		case pt.Muted:
			hollow += d + outlines[shape]
		case shape == "circle": // a round end is shorter than a circle
			full += d + "h0"
		default:
			full += d + outlines[shape]
		}
	}
	switch {
	case full != "" && shape == "circle":
		p.add(`<path stroke="%s" stroke-width="%s" stroke-linecap="round" d="%s"/>`, color, num(dotSize(s)), full)
	case full != "":
		p.add(`<path fill="%s" d="%s"/>`, color, full)
	}
	if hollow != "" {
		p.add(`<path stroke="%s" stroke-width="1.5" d="%s"/>`, grey, hollow)
	}
}

// dotSize is larger where there is no line.
func dotSize(s show.Series) float64 {
	if s.Line {
		return 6.5
	}
	return 9
}

// texts writes the notes in groups of the same look.
func (p *pen) texts() {
	type look struct {
		ink    string
		anchor anchor
	}
	groups := map[look]*strings.Builder{}
	var order []look
	for _, n := range p.notes {
		l := look{n.ink, n.anchor}
		if groups[l] == nil {
			groups[l] = &strings.Builder{}
			order = append(order, l)
		}
		fmt.Fprintf(groups[l], `<text x="%s" y="%s">%s</text>`, num(math.Round(n.x)), num(math.Round(n.y)+4), html.EscapeString(n.text))
	}
	for _, l := range order {
		attributes := ` fill="currentColor"`
		if l.ink != "" {
			attributes = ` fill="` + l.ink + `"`
		}
		if slices.Contains(inks[:], l.ink) {
			attributes += ` class="t"`
		}
		if l.anchor != start {
			attributes += ` text-anchor="` + string(l.anchor) + `"`
		}
		p.add("<g%s>%s</g>", attributes, groups[l])
	}
}

func tenth(v float64) float64 { return math.Round(v*10) / 10 }
