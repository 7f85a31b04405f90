package chart

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/dop251/goja"
	"github.com/mlsysim/golab/mlsysim/show"
)

// Apache ECharts 5.6.0, the common build; see assets/LICENSE and assets/NOTICE.
//
//go:embed assets/echarts.min.js
var script []byte

// Script returns ECharts as it must lie in a kernelspec directory, under the
// name echarts.min.js, for live charts.
func Script() []byte { return script }

// An engine is ECharts in a JavaScript interpreter. It serves one at a time.
type engine struct {
	mu   sync.Mutex
	vm   *goja.Runtime
	draw goja.Callable
	err  error
	last struct{ option, svg string } // a notebook wants the same picture twice: in its HTML and alone
}

const drawSource = `(function(option, width, height) {
	var chart = echarts.init(null, null, {renderer: "svg", ssr: true, width: width, height: height});
	chart.setOption(JSON.parse(option));
	var text = chart.renderToSVGString({useViewBox: true});
	chart.dispose();
	return text;
})`

// engines loads ECharts once, when the first picture is asked for.
var engines = sync.OnceValue(func() *engine {
	e := &engine{vm: goja.New()}
	e.err = e.load()
	return e
})

func (e *engine) load() error {
	vm := e.vm
	later := func(goja.FunctionCall) goja.Value { return vm.ToValue(0) } // nothing is animated
	for _, name := range [...]string{"setTimeout", "clearTimeout"} {
		if err := vm.Set(name, later); err != nil {
			return err
		}
	}
	if _, err := vm.RunScript("echarts.min.js", string(script)); err != nil {
		return fmt.Errorf("loading echarts: %w", err)
	}
	v, err := vm.RunString(drawSource)
	if err != nil {
		return err
	}
	draw, ok := goja.AssertFunction(v)
	if !ok {
		return fmt.Errorf("loading echarts: want a function, got %s", v)
	}
	e.draw = draw
	return nil
}

// SVG draws a chart as a still picture, by the same option as the live one. The
// first call in a process takes a few tenths of a second.
func SVG(c show.Chart) ([]byte, error) {
	o, err := option(c)
	if err != nil {
		return nil, fmt.Errorf("chart %q: %w", c.Title, err)
	}
	return engines().svg(string(o))
}

func (e *engine) svg(option string) ([]byte, error) {
	if e.err != nil {
		return nil, e.err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.last.option == option {
		return []byte(e.last.svg), nil
	}
	v, err := e.draw(goja.Undefined(), e.vm.ToValue(option), e.vm.ToValue(width), e.vm.ToValue(height))
	if err != nil {
		return nil, fmt.Errorf("drawing: %w", err)
	}
	e.last.option, e.last.svg = option, compact(v.String())
	return []byte(e.last.svg), nil
}

var (
	// what only a live picture uses, clips that clip nothing, and the anchors of labels
	idle = regexp.MustCompile(`(?s)<style.*</style>|<defs.*</defs>|<g [^>]*>|</g>|<path [^>]*matrix\(0\.00[^>]*></path>` +
		`| (class|ecmeta_\w+|pointer-events|stroke-miterlimit|stroke-linejoin|stroke-linecap|xml:space|xmlns:xlink|version|baseProfile)="[^"]*"`)
	empty  = regexp.MustCompile(`\s*></(path|rect)>`)
	breaks = regexp.MustCompile(`>\s+<`)
	digits = regexp.MustCompile(`(\.[1-9])\d+|\.0\d*`)
	tags   = regexp.MustCompile(`<[^>]*>`)
	short  = strings.NewReplacer("font-family:sans-serif;", "", "font-size:11px;", "", ` fill="none"`, "", ` dominant-baseline="central"`, ` dy=".35em"`)
)

// compact drops what only a live picture needs and what differs between two
// drawings of the same chart.
func compact(svg string) string {
	svg = empty.ReplaceAllString(idle.ReplaceAllString(svg, ""), "/>")
	svg = breaks.ReplaceAllString(strings.TrimSpace(svg), "><")
	svg = tags.ReplaceAllStringFunc(svg, tag)
	return strings.Replace(svg, "<svg ", `<svg font-family="sans-serif" font-size="11" fill="none" `, 1)
}

// tag shortens one element, and drops a path that paints nothing.
func tag(text string) string {
	unseen := strings.Contains(text, `stroke-width="0"`) || !strings.Contains(text, "stroke=") && strings.Contains(text, `fill="none"`)
	if unseen && strings.HasPrefix(text, "<path") {
		return ""
	}
	text = digits.ReplaceAllString(short.Replace(text), "$1")
	return strings.Replace(text, ` style=""`, "", 1)
}
