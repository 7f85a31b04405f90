package chart

import (
	"errors"
	"fmt"

	"github.com/dop251/goja"
	"github.com/mlsysim/golab/mlsysim/show"
)

// Option is the live form of a chart for tests.
func Option(c show.Chart) ([]byte, error) { return option(newScene(c)) }

// Live draws an option as a browser would, by ECharts in a JavaScript
// interpreter, and returns its SVG.
func Live() (func(option []byte) (string, error), error) {
	vm := goja.New()
	later := func(goja.FunctionCall) goja.Value { return vm.ToValue(0) } // nothing is animated
	if err := errors.Join(vm.Set("setTimeout", later), vm.Set("clearTimeout", later)); err != nil {
		return nil, err
	}
	if _, err := vm.RunScript("echarts.min.js", string(Script())); err != nil {
		return nil, err
	}
	v, err := vm.RunString(`(function(text) {
		var o = JSON.parse(text), chart = echarts.init(null, null, {renderer: "svg", ssr: true, width: o.size[0], height: o.size[1]});
		chart.setOption(echarts.mlsysimOption(o, 1));
		var svg = chart.renderToSVGString({useViewBox: true});
		chart.dispose();
		return svg;
	})`)
	if err != nil {
		return nil, err
	}
	call, ok := goja.AssertFunction(v)
	if !ok {
		return nil, errors.New("want a function")
	}
	return func(option []byte) (string, error) {
		svg, err := call(goja.Undefined(), vm.ToValue(string(option)))
		if err != nil {
			return "", err
		}
		return svg.String(), nil
	}, nil
}

// A TextBox is a text of a picture and about the room that it takes.
type TextBox struct {
	Text                     string
	Left, Top, Right, Bottom float64
}

// Meets reports whether two texts overlap by more than a hair.
func (b TextBox) Meets(o TextBox) bool {
	const hair = 3
	return b.Left < o.Right-hair && o.Left < b.Right-hair && b.Top < o.Bottom-hair && o.Top < b.Bottom-hair
}

// TextBoxes lists the texts of a picture.
func TextBoxes(c show.Chart) []TextBox {
	var out []TextBox
	for _, n := range newScene(c).notes {
		w, h := measure(n.text)
		b := TextBox{n.text, n.x, n.y - h/2, n.x + w, n.y + h/2}
		switch n.anchor {
		case middle:
			b.Left, b.Right = n.x-w/2, n.x+w/2
		case end:
			b.Left, b.Right = n.x-w, n.x
		}
		out = append(out, b)
	}
	return out
}

// Places lists where each point of the live form lies in the picture, by the
// numbers of its series and itself.
func Places(c show.Chart) map[string][2]float64 {
	s := newScene(c)
	out := map[string][2]float64{}
	series := 0
	for _, one := range s.Series {
		if len(s.data(one)) == 0 {
			continue
		}
		n := 0
		for _, p := range s.shown(one) {
			at := s.spot(p)
			if one.Form == show.Bars {
				if p.Lo == p.Hi {
					continue
				}
				b := s.rect(p)
				at = spot{(b.left + b.right) / 2, (b.top + b.bottom) / 2}
			}
			out[fmt.Sprint(series, n)] = [2]float64{at.x, at.y}
			n++
		}
		series++
	}
	return out
}
