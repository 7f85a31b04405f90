package chart

import "github.com/dop251/goja"

// Option is the option of a chart for tests.
var Option = option

// Draw draws an option for tests.
func Draw(o []byte) ([]byte, error) { return engines().svg(string(o)) }

// Load loads ECharts anew.
func Load() error {
	e := &engine{vm: goja.New()}
	return e.load()
}
