package chart

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/mlsysim/golab/mlsysim/show"
)

// A drawing is what makes a picture live: the data in the picture's own frame and
// scales, as an ECharts option. live.js lays it over the picture, where it is seen
// only under the pointer.
type drawing struct {
	Size   [2]float64   `json:"size"`
	Grid   opts.Grid    `json:"grid"`
	XAxis  opts.XAxis   `json:"xAxis"`
	YAxis  scale        `json:"yAxis"`
	Axis   bool         `json:"axis,omitempty"` // hovering reads all lines at one place of the horizontal axis
	Units  [3]string    `json:"units"`
	Names  *[2][]string `json:"names,omitempty"`
	Labels []string     `json:"labels,omitempty"`
	Series []layer      `json:"series"`
}

// A scale is a vertical axis; a list of bars is read from the top.
type scale struct {
	opts.YAxis
	Inverse bool `json:"inverse,omitempty"`
}

// A layer is a series with the shape that live.js makes of its values, if it is
// more than a point.
type layer struct {
	charts.SingleSeries
	Draw string `json:"draw,omitempty"`
}

// A datum is one point; hovering shows its name, if it has one, and its values.
// Without a name it is written as its values alone.
type datum struct {
	Name  string    `json:"name,omitempty"`
	Value []float64 `json:"value"`
}

// MarshalJSON keeps a point without a name short.
func (d datum) MarshalJSON() ([]byte, error) {
	if d.Name == "" {
		return json.Marshal(d.Value)
	}
	type plain datum
	return json.Marshal(plain(d))
}

// option returns the live form of a scene as JSON. It holds no functions.
func option(s *scene) ([]byte, error) {
	d := drawing{
		Size: [2]float64{width, s.height},
		Grid: opts.Grid{
			Left: num(s.frame.left), Right: num(width - s.frame.right), Top: num(s.frame.top), Bottom: num(s.height - s.frame.bottom),
		},
		XAxis: opts.XAxis{Type: s.x.kind(), Min: s.x.lo, Max: s.x.hi, Show: opts.Bool(false)},
		YAxis: scale{opts.YAxis{Type: s.y.kind(), Min: s.y.lo, Max: s.y.hi, Show: opts.Bool(false)}, s.rows()},
		Axis:  s.shared(),
		Units: [3]string{s.x.scale.Unit, s.y.scale.Unit, s.z.Unit},
	}
	if len(s.X.Names)+len(s.Y.Names) > 0 {
		d.Names = &[2][]string{s.X.Names, s.Y.Names}
	}
	if s.has(show.Cells) {
		d.Labels = []string{s.X.Label, s.Y.Label}
	}
	for i, one := range s.Series {
		if data := s.data(one); len(data) > 0 {
			d.Series = append(d.Series, s.layer(i, one, data))
		}
	}
	return json.Marshal(d)
}

func (a axis) kind() string {
	if a.Log {
		return "log"
	}
	return "value"
}

// shared reports whether all series are lines through points at the same places,
// so that one place can be read for all.
func (s *scene) shared() bool {
	var at []float64
	for _, one := range s.Series {
		if one.Form == show.Band {
			continue
		}
		var x []float64
		for _, p := range s.shown(one) {
			x = append(x, p.X)
		}
		if !one.Line || len(x) < 3 || at != nil && !slices.Equal(at, x) {
			return false
		}
		at = x
	}
	return at != nil
}

// layer is one series in the form that draws it.
func (s *scene) layer(i int, one show.Series, data []datum) layer {
	l := layer{SingleSeries: charts.SingleSeries{Type: "scatter", Name: one.Name, Color: nth(palette[:], s.Tone(i)), Data: data}}
	switch {
	case one.Form == show.Bars:
		l.Draw = "bar"
	case one.Form == show.Cells:
		l.Draw = "cell"
	case one.Line:
		l.Type = "line"
	default:
		l.Symbol = nth(shapes[:], s.Tone(i))
	}
	return l
}

// data are the points of a series that the pointer can find: not bars that only
// carry a label, nor areas.
func (s *scene) data(one show.Series) []datum {
	var out []datum
	for _, p := range s.shown(one) {
		if one.Form != show.Band && (one.Form != show.Bars || p.Lo != p.Hi) {
			out = append(out, s.datum(one, p))
		}
	}
	return out
}

func (s *scene) datum(one show.Series, p show.Point) datum {
	d := datum{Name: p.Label}
	switch one.Form {
	case show.Bars:
		d.Name = "" // the picture has it
		d.Value = []float64{s.x.value(p.Lo), s.x.value(p.Hi), p.Y}
	case show.Cells:
		d.Value = []float64{p.X, p.Y, round(p.Z / s.z.Factor)}
	default:
		d.Value = []float64{s.x.value(p.X), s.y.value(p.Y)}
	}
	if p.Why != "" {
		d.Name = strings.TrimSpace(d.Name + " " + p.Why)
	}
	return d
}
