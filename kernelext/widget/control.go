package widget

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Control is one thing to move, choose or switch.
type Control struct {
	Name string // by which Values knows it

	kind    kind
	lo, hi  float64
	step    float64
	numbers []float64 // of a slider over a list
	texts   []string  // of a dropdown
	start   any       // float64, string or bool
}

type kind int

const (
	slider kind = iota
	steps
	dropdown
	checkbox
	toggle
)

// mostChoices keep a list readable.
const mostChoices = 10_000

// Slider picks a number from lo to hi: a whole one if all three are whole.
func Slider(name string, lo, hi, start float64) Control {
	c := Control{Name: name, kind: slider, lo: lo, hi: hi, step: (hi - lo) / 100, start: start}
	if lo == math.Trunc(lo) && hi == math.Trunc(hi) && start == math.Trunc(start) {
		c.step = 1
	}
	return c
}

// SliderOver picks a number of a list, such as Pow2(1, 512).
func SliderOver(name string, values []float64, start float64) Control {
	return Control{Name: name, kind: steps, numbers: slices.Clone(values), start: start}
}

// Dropdown picks one of a few texts, at first the first.
func Dropdown(name string, options ...string) Control {
	c := Control{Name: name, kind: dropdown, texts: slices.Clone(options), start: ""}
	if len(options) > 0 {
		c.start = options[0]
	}
	return c
}

// Checkbox is on or off.
func Checkbox(name string, on bool) Control { return Control{Name: name, kind: checkbox, start: on} }

// Toggle is a button that is down or up.
func Toggle(name string, down bool) Control { return Control{Name: name, kind: toggle, start: down} }

// Check says what is wrong with a control, in words for the person who wrote it.
func (c Control) Check() error {
	switch start, _ := c.start.(float64); {
	case c.Name == "":
		return fmt.Errorf("a control has no name")
	case c.start == nil:
		return fmt.Errorf("control %s: want Slider, SliderOver, Dropdown, Checkbox or Toggle", c.Name)
	case c.kind == slider && !(c.lo < c.hi && c.hi-c.lo < math.MaxFloat64):
		return fmt.Errorf("slider %s: from %v to %v: want the lower end first", c.Name, c.lo, c.hi)
	case c.kind == slider && !(start >= c.lo && start <= c.hi):
		return fmt.Errorf("slider %s: start = %v: want %v to %v", c.Name, start, c.lo, c.hi)
	case c.kind == steps && !slices.Contains(c.numbers, start):
		return fmt.Errorf("slider %s: start = %v: want one of its values", c.Name, start)
	case c.kind == dropdown && len(c.texts) == 0:
		return fmt.Errorf("dropdown %s: no options", c.Name)
	case len(c.numbers)+len(c.texts) > mostChoices:
		return fmt.Errorf("control %s: %d choices: want at most %d", c.Name, len(c.numbers)+len(c.texts), mostChoices)
	}
	return nil
}

// labels are the choices of a list as they are shown.
func (c Control) labels() []string {
	if c.kind == dropdown {
		return c.texts
	}
	out := make([]string, len(c.numbers))
	for i, x := range c.numbers {
		out[i] = strconv.FormatFloat(x, 'g', -1, 64)
	}
	return out
}

// index is the place of a value in a list.
func (c Control) index(v any) int {
	if c.kind == dropdown {
		text, _ := v.(string)
		return slices.Index(c.texts, text)
	}
	x, _ := v.(float64)
	return slices.Index(c.numbers, x)
}

// at is the value at a place of a list.
func (c Control) at(i int) (any, bool) {
	switch {
	case c.kind == dropdown && i >= 0 && i < len(c.texts):
		return c.texts[i], true
	case c.kind == steps && i >= 0 && i < len(c.numbers):
		return c.numbers[i], true
	}
	return nil, false
}

// Values are what the controls say now, by name.
type Values struct{ byName map[string]any }

// valuesOf starts with what the controls say first.
func valuesOf(controls []Control) Values {
	v := Values{byName: map[string]any{}}
	for _, c := range controls {
		v.byName[c.Name] = c.start
	}
	return v
}

// Number is the value of a slider.
func (v Values) Number(name string) float64 { return read[float64](v, name, "a number") }

// Int is the value of a slider as a whole number.
func (v Values) Int(name string) int { return int(math.Round(v.Number(name))) }

// Text is the choice of a dropdown.
func (v Values) Text(name string) string { return read[string](v, name, "a text") }

// On is the state of a checkbox or toggle.
func (v Values) On(name string) bool { return read[bool](v, name, "on or off") }

func read[T any](v Values, name, what string) T {
	x, ok := v.byName[name]
	if !ok {
		panic(fmt.Errorf("no control has the name %q", name))
	}
	t, ok := x.(T)
	if !ok {
		panic(fmt.Errorf("control %q is not %s", name, what))
	}
	return t
}

// with is a copy with one value changed.
func (v Values) with(name string, x any) Values {
	next := Values{byName: map[string]any{}}
	for k, old := range v.byName {
		next.byName[k] = old
	}
	next.byName[name] = x
	return next
}
