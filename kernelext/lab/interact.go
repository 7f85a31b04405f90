package lab

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mlsysim/golab/kernelext/chart"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/kernelext/widget"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// What moves an interactive result.
type (
	Control = widget.Control
	Values  = widget.Values
)

// Slider picks a number from lo to hi: a whole one if all three are whole.
func Slider(name string, lo, hi, start float64) Control { return widget.Slider(name, lo, hi, start) }

// SliderOver picks a number of a list, such as Pow2(1, 512).
func SliderOver(name string, values []float64, start float64) Control {
	return widget.SliderOver(name, values, start)
}

// Dropdown picks one of a few texts, at first the first.
func Dropdown(name string, options ...string) Control { return widget.Dropdown(name, options...) }

// Checkbox is on or off.
func Checkbox(name string, on bool) Control { return widget.Checkbox(name, on) }

// Toggle is a button that is down or up.
func Toggle(name string, down bool) Control { return widget.Toggle(name, down) }

// Interact shows controls above what f makes of their values, and calls it again
// whenever one moves. f only computes: it may run for many values beforehand,
// where no kernel is there to run it later.
func Interact(f func(v Values) any, controls ...Control) {
	if f == nil {
		panic(errors.New("interact: no function"))
	}
	walls.Must(struct{}{}, widget.Check(controls))
	look := func(v Values) widget.Look {
		view := show.Of(f(v))
		view.Why = nil // would be said again for every value of the controls
		return widget.Look{Text: strings.TrimRight(show.Text(view, show.Options{}), "\n"), HTML: chart.Still(view)}
	}
	if record.Muted() {
		f(widget.Start(controls)) // a mistake in f is a mistake of the cell
		return
	}
	if s, ok := record.Current().(widget.Stage); ok {
		s.Widgets().Interact(controls, look)
		return
	}
	first := look(widget.Start(controls))
	display(map[string]any{"text/plain": first.Text, "text/html": widget.Explorer(controls, look)})
}

// PredictWith asks for a prediction with a control. Once it is locked it is
// recorded, as Predict does, and cannot be changed. Where no kernel carries
// controls it says how to predict in code.
func PredictWith(id string, c Control) {
	walls.Must(struct{}{}, widget.Check([]Control{c}))
	s, ok := record.Current().(widget.Stage)
	if !ok {
		display(map[string]any{"text/plain": fmt.Sprintf("write Predict(%q, your %s) in a cell", id, c.Name)})
		return
	}
	s.Widgets().Predict(c, "prediction-"+id, func(v any) map[string]any {
		r := walls.Must(record.Of(record.Predict, id, v))
		note(r)
		return map[string]any{"text/plain": fmt.Sprintf("%s %s = %s", record.Predict, id, r.Text), record.MIME: string(r.JSON())}
	})
}
