package chart

import (
	"math"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/mlsysim/golab/mlsysim/show"
)

// ends returns the ends of a mark in pixels, and false if it is not in the picture.
func (d *drawing) ends(m show.Mark) (a, b spot, ok bool) {
	if m.Vertical {
		x := d.x.pixel(m.At)
		return spot{x, frameBottom}, spot{x, d.top}, x >= frameLeft && x <= frameRight
	}
	y := d.y.pixel(m.At)
	return spot{frameLeft, y}, spot{frameRight, y}, y >= d.top && y <= frameBottom
}

// marks adds the reference lines as mark lines of a series of their own.
func (d *drawing) marks(to *charts.Scatter) {
	var lines []any
	for _, m := range d.c.Marks {
		a, b, ok := d.ends(m)
		if !ok {
			continue
		}
		d.stroke(a, b)
		if m.Vertical {
			lines = append(lines, opts.MarkLineNameXAxisItem{Name: m.Label, XAxis: d.x.value(m.At)})
		} else {
			lines = append(lines, opts.MarkLineNameYAxisItem{Name: m.Label, YAxis: d.y.value(m.At)})
		}
	}
	if len(lines) == 0 {
		return
	}
	to.AddSeries("marks", nil, charts.WithSeriesOpts(func(s *charts.SingleSeries) {
		s.MarkLines = &opts.MarkLines{Data: lines, MarkLineStyle: opts.MarkLineStyle{
			Symbol: []string{"none", "none"}, Label: &opts.Label{Show: opts.Bool(false)},
			LineStyle: &opts.LineStyle{Color: grey, Type: "dotted", Width: 1.5},
		}}
	}))
}

func (d *drawing) labelPoints() {
	for i, s := range d.c.Series {
		told := false
		for _, p := range d.shown(s) {
			text, ink := p.Label, inks[i%len(inks)]
			if text == "" && (!p.Muted || told || p.Why == "") {
				continue
			}
			told = told || p.Muted // a line says once why it ends
			if p.Muted {
				ink = greyInk
				text = strings.TrimSpace(text + "\n" + p.Why)
			}
			d.label(text, ink, p, around[:], d.spot(p))
		}
	}
}

// labelMarks writes beside each mark, from its far end on.
func (d *drawing) labelMarks() {
	for _, m := range d.c.Marks {
		a, b, ok := d.ends(m)
		if ok && m.Label != "" {
			d.label(m.Label, greyInk, d.point(b), around[:], along(b, a)...)
		}
	}
}

// labelLines writes the name of each line beside it.
func (d *drawing) labelLines() {
	for i, s := range d.c.Series {
		shown := d.shown(s)
		if !s.Line || s.Name == "" || len(shown) == 0 {
			continue
		}
		middle := len(shown) / 2
		a, b := shown[max(middle-1, 0)], shown[middle]
		anchors := along(d.spot(a), d.spot(b))
		for _, p := range shown {
			anchors = append(anchors, d.spot(p))
		}
		d.label(s.Name, inks[i%len(inks)], b, beside[:], anchors...)
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

// label places a text and hangs it on the point at, by its offset from there.
func (d *drawing) label(text, ink string, at show.Point, directions []spot, anchors ...spot) {
	anchor, offset, ok := d.place(text, directions, 8, anchors...)
	if !ok {
		return // hovering still says it
	}
	from := d.spot(at)
	d.labels = append(d.labels, datum{
		Name:  text,
		Value: [2]float64{d.x.value(at.X), d.y.value(at.Y)},
		Label: &label{Color: ink, Offset: [2]float64{math.Round(anchor.x + offset.x - from.x), math.Round(anchor.y + offset.y - from.y)}},
	})
}

// point is the place of a spot in the chart's own values: a corner of the frame
// is enough, labels are offset from it.
func (d *drawing) point(s spot) show.Point {
	return show.Point{X: d.x.inverse(s.x), Y: d.y.inverse(s.y)}
}
