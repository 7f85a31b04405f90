package chart

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/mlsysim/golab/mlsysim/show"
)

// The palette of Okabe and Ito, told apart with any colour vision, and a darker
// ink of each hue for text on white.
var (
	palette = [...]string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000"}
	inks    = [...]string{"#005a8c", "#a84a00", "#00694d", "#93406c", "#8a5f00", "#1f6f9e", "#000"}
	shapes  = [...]string{"circle", "diamond", "triangle", "rect"}
)

const (
	grey     = "#888" // muted symbols and marks
	greyInk  = "#666"
	fontSize = 11
)

// A datum is one point with its own look; go-echarts has only that of a series.
type datum struct {
	Name       string     `json:"name,omitempty"`
	Value      [2]float64 `json:"value"`
	Symbol     string     `json:"symbol,omitempty"`
	SymbolSize float64    `json:"symbolSize,omitempty"`
	ItemStyle  *style     `json:"itemStyle,omitempty"`
	Label      *label     `json:"label,omitempty"`
}

type style struct {
	Color       string  `json:"color,omitempty"`
	BorderColor string  `json:"borderColor,omitempty"`
	BorderWidth float64 `json:"borderWidth,omitempty"`
}

type label struct {
	Color  string     `json:"color"`
	Offset [2]float64 `json:"offset"`
}

// A drawing turns one show.Chart into an option.
type drawing struct {
	c      show.Chart
	x, y   axis
	top    float64
	labels []datum
	layout
}

// option returns the ECharts option of a chart as JSON: the one source of the
// live chart and of the still picture. It holds no functions.
func option(c show.Chart) ([]byte, error) {
	d := &drawing{c: c}
	note := c.Note
	xlo, xhi, ylo, yhi, ok := c.Range()
	if !ok {
		xlo, xhi, ylo, yhi, note = 1, 10, 1, 10, strings.TrimSpace(c.Note+" There is nothing to plot.")
	}
	note = wrap(note)
	d.top = 46
	if note != "" {
		d.top += 16 * float64(strings.Count(note, "\n")+1)
	}
	d.x = newAxis(c.X, xlo, xhi, frameLeft, frameRight)
	d.y = newAxis(c.Y, ylo, yhi, frameBottom, d.top)
	d.frame = box{frameLeft + 2, d.top + 2, frameRight - 2, frameBottom - 2}

	line := charts.NewLine()
	line.SetGlobalOptions(d.surroundings(note)...)
	d.draw(line)
	o := line.JSON()
	o["series"] = layers(line.MultiSeries)
	delete(o, "toolbox")
	delete(o, "legend") // labels stand at what they name
	delete(o, "color")  // every series has its own
	return json.Marshal(o)
}

// surroundings is all but the series.
func (d *drawing) surroundings(note string) []charts.GlobalOpts {
	return []charts.GlobalOpts{
		charts.WithInitializationOpts(opts.Initialization{BackgroundColor: "#fff", Theme: "white"}),
		charts.WithAnimation(false),
		charts.WithTitleOpts(opts.Title{
			Title: d.c.Title, Subtitle: note, Left: "12", Top: "8",
			TitleStyle:    &opts.TextStyle{FontSize: 15, Color: "#222"},
			SubtitleStyle: &opts.TextStyle{FontSize: 12, Color: greyInk, LineHeight: 16},
		}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: "{b}"}),
		charts.WithGridOpts(opts.Grid{
			Left: px(frameLeft), Right: px(width - frameRight), Top: px(d.top), Bottom: px(height - frameBottom),
		}),
		charts.WithXAxisOpts(opts.XAxis{
			Type: d.x.kind(), Min: d.x.lo, Max: d.x.hi, Name: d.x.scale.Name(d.x.Label), NameLocation: "middle", NameGap: 30,
			SplitLine: faint(), AxisLabel: d.x.numbers(),
		}),
		charts.WithYAxisOpts(opts.YAxis{
			Type: d.y.kind(), Min: d.y.lo, Max: d.y.hi, Name: d.y.scale.Name(d.y.Label), NameLocation: "middle", NameGap: 48,
			SplitLine: faint(), AxisLabel: d.y.numbers(),
		}),
	}
}

// A layer is a series with its height, which go-echarts lacks.
type layer struct {
	charts.SingleSeries
	Z int `json:"z"`
}

// layers puts points above lines.
func layers(series []charts.SingleSeries) []layer {
	out := make([]layer, len(series))
	for i, s := range series {
		s.Animation = nil // the chart says it once
		out[i] = layer{SingleSeries: s, Z: 3}
		if s.Type == "scatter" {
			out[i].Z = 4
		}
	}
	return out
}

func (a axis) kind() string {
	if a.Log {
		return "log"
	}
	return "value"
}

// numbers hides the ends of an axis that does not end at round values.
func (a axis) numbers() *opts.AxisLabel {
	return &opts.AxisLabel{
		Color: greyInk, FontSize: fontSize, HideOverlap: opts.Bool(true),
		ShowMinLabel: opts.Bool(!a.ragged), ShowMaxLabel: opts.Bool(!a.ragged),
	}
}

func px(v float64) string { return strconv.Itoa(int(v)) }

func faint() *opts.SplitLine {
	return &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: "#ddd"}}
}

// wrap breaks the note into lines that the picture can hold.
func wrap(text string) string {
	const most = 98
	var b strings.Builder
	n := 0
	for _, word := range strings.Fields(text) {
		switch size := len([]rune(word)); {
		case n == 0:
			n = size
		case n+1+size <= most:
			b.WriteByte(' ')
			n += 1 + size
		default:
			b.WriteByte('\n')
			n = size
		}
		b.WriteString(word)
	}
	return b.String()
}

// spot places a point in the picture.
func (d *drawing) spot(p show.Point) spot { return spot{d.x.pixel(p.X), d.y.pixel(p.Y)} }

// shown returns the points of a series that the axes can hold.
func (d *drawing) shown(s show.Series) []show.Point {
	var out []show.Point
	for _, p := range s.Points {
		if d.c.Holds(p) {
			out = append(out, p)
		}
	}
	return out
}

// draw adds all series, then places the labels: points first, they cannot do
// without; then marks; then lines, which have most room.
func (d *drawing) draw(line *charts.Line) {
	points := charts.NewScatter()
	for i, s := range d.c.Series {
		if s.Line {
			d.line(line, i, s)
		} else {
			d.points(points, i, s)
		}
	}
	d.marks(points)
	d.labelPoints()
	d.labelMarks()
	d.labelLines()
	points.AddSeries("labels", nil, solid,
		charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Formatter: "{b}", Position: "inside", FontSize: fontSize, LineHeight: lineHeight}),
		charts.WithSeriesOpts(func(s *charts.SingleSeries) { s.Data, s.Symbol, s.SymbolSize = d.labels, "circle", 0.01 }),
	)
	line.Overlap(points)
}

func (d *drawing) line(to *charts.Line, i int, s show.Series) {
	shown := d.shown(s)
	data := make([]datum, len(shown))
	for j, p := range shown {
		data[j] = d.datum(s, p)
		if j > 0 {
			d.stroke(d.spot(shown[j-1]), d.spot(p))
		}
		if len(shown) < 3 && !p.Muted {
			data[j].Symbol, data[j].Name = "none", ""
			continue
		}
		d.symbol(d.spot(p))
	}
	look := opts.LineStyle{Width: 2.5, Color: palette[i%len(palette)]}
	if s.Dashed {
		look.Type, look.Width = "dashed", 1.5
	}
	to.AddSeries(s.Name, nil, charts.WithLineStyleOpts(look), charts.WithSeriesOpts(func(one *charts.SingleSeries) {
		one.Data, one.Symbol, one.SymbolSize = data, "circle", 6
		one.Color = palette[i%len(palette)]
	}))
}

// solid overrides the translucent symbols of scatter plots.
var solid = charts.WithItemStyleOpts(opts.ItemStyle{Opacity: opts.Float(1)})

func (d *drawing) points(to *charts.Scatter, i int, s show.Series) {
	shown := d.shown(s)
	data := make([]datum, len(shown))
	for j, p := range shown {
		data[j] = d.datum(s, p)
		d.symbol(d.spot(p))
	}
	to.AddSeries(s.Name, nil, solid, charts.WithSeriesOpts(func(one *charts.SingleSeries) {
		one.Data, one.Symbol, one.SymbolSize = data, shapes[i%len(shapes)], symbolSize
		one.Color = palette[i%len(palette)]
	}))
}

// datum is a point whose name is what hovering shows.
func (d *drawing) datum(s show.Series, p show.Point) datum {
	name := p.Label
	if name == "" {
		name = s.Name
	}
	out := datum{
		Name:  name + ": " + d.c.X.Text(p.X) + ", " + d.c.Y.Text(p.Y),
		Value: [2]float64{d.x.value(p.X), d.y.value(p.Y)},
	}
	if p.Muted {
		out.ItemStyle = &style{Color: "#fff", BorderColor: grey, BorderWidth: 1.5}
		out.Symbol, out.SymbolSize = "circle", symbolSize-1
	}
	if p.Why != "" {
		out.Name += " (" + p.Why + ")"
	}
	return out
}
