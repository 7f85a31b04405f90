package chart

import (
	"errors"

	"github.com/dop251/goja"
	"github.com/mlsysim/golab/mlsysim/show"
)

// Option is the live form of a chart for tests.
func Option(c show.Chart) ([]byte, error) { return option(newScene(c)) }

// Live draws an option as a browser would, by ECharts in a JavaScript
// interpreter, and returns its SVG.
func Live() (func(option []byte, dark bool) (string, error), error) {
	vm := goja.New()
	later := func(goja.FunctionCall) goja.Value { return vm.ToValue(0) } // nothing is animated
	if err := errors.Join(vm.Set("setTimeout", later), vm.Set("clearTimeout", later)); err != nil {
		return nil, err
	}
	if _, err := vm.RunScript("echarts.min.js", string(Script())); err != nil {
		return nil, err
	}
	v, err := vm.RunString(`(function(text, dark) {
		var o = JSON.parse(text), chart = echarts.init(null, null, {renderer: "svg", ssr: true, width: o.size[0], height: o.size[1]});
		chart.setOption(echarts.mlsysimOption(o, dark));
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
	return func(option []byte, dark bool) (string, error) {
		svg, err := call(goja.Undefined(), vm.ToValue(string(option)), vm.ToValue(dark))
		if err != nil {
			return "", err
		}
		return svg.String(), nil
	}, nil
}
