package spec

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// A Param is one value of the scenario that differs from student to student. It
// has one of the four lists of choices.
type Param struct {
	Name    string // in sentences, and in Draw
	Var     string // in code
	Choices []int
	Devices []string // variables of the registry: A100, H100
	Models  []string // variables of the registry: Llama3_8B
	Numbers []float64
	Unit    any // what one of Numbers is, such as units.Millisecond; nil: plain numbers
}

// choices returns how many choices there are.
func (p Param) choices() int {
	return len(p.Choices) + len(p.Devices) + len(p.Models) + len(p.Numbers)
}

// value returns a choice: int, hardware.Device, models.Model, float64 or a
// quantity.
func (p Param) value(i int) any {
	switch {
	case p.Choices != nil:
		return p.Choices[i]
	case p.Devices != nil:
		return walls.Must(hardware.Find(p.Devices[i]))
	case p.Models != nil:
		return walls.Must(models.Find(p.Models[i]))
	case p.Unit == nil:
		return p.Numbers[i]
	}
	return reflect.ValueOf(p.si(i)).Convert(reflect.TypeOf(p.Unit)).Interface()
}

// si is a number of the unit in SI, with twelve digits so that it prints as it
// was meant.
func (p Param) si(i int) float64 {
	x := p.Numbers[i]
	if p.Unit == nil {
		return x
	}
	x, _ = strconv.ParseFloat(strconv.FormatFloat(x*reflect.ValueOf(p.Unit).Float(), 'g', 12, 64), 64)
	return x
}

// Code is the expression that draws the parameter in a cell. The draw is that of
// Draw.
func (p Param) Code() string {
	var list []string
	verb := "Int"
	switch {
	case p.Devices != nil:
		verb, list = "Device", p.Devices
	case p.Models != nil:
		verb, list = "Model", p.Models
	case p.Numbers != nil:
		verb = "Number"
		for i := range p.Numbers {
			list = append(list, strconv.FormatFloat(p.si(i), 'g', -1, 64))
		}
	default:
		for _, c := range p.Choices {
			list = append(list, strconv.Itoa(c))
		}
	}
	call := fmt.Sprintf("l.%s(%q, %s)", verb, p.Name, strings.Join(list, ", "))
	if p.Unit != nil {
		return reflect.TypeOf(p.Unit).Name() + "(" + call + ")"
	}
	return call
}

// Shown is the expression that prints the parameter in a sentence.
func (p Param) Shown() string {
	if p.Devices != nil || p.Models != nil {
		return p.Var + ".Name"
	}
	return p.Var
}

// A Draw is one student's scenario.
type Draw struct {
	names  []string
	values map[string]any
	text   string
}

// Draw returns the scenario of a student. It is the one that lab.Open draws.
func (l Lab) Draw(student string) Draw {
	student = strings.TrimSpace(student) // as Open does
	at := make([]int, len(l.Params))
	for i, p := range l.Params {
		at[i] = record.Choose(l.ID, student, p.Name, p.choices())
	}
	return l.at(at)
}

// at makes the scenario of some choices.
func (l Lab) at(choice []int) Draw {
	d := Draw{values: map[string]any{}}
	var parts []string
	for i, p := range l.Params {
		v := p.value(choice[i])
		d.names = append(d.names, p.Name)
		d.values[p.Name] = v
		parts = append(parts, p.Name+" "+printed(v))
	}
	d.text = strings.Join(parts, ", ")
	return d
}

func printed(v any) string {
	switch x := v.(type) {
	case hardware.Device:
		return x.Name
	case models.Model:
		return x.Name
	}
	return describe.Text(v)
}

// Draws lists every scenario in a fixed order.
func (l Lab) Draws() []Draw {
	var out []Draw
	at := make([]int, len(l.Params))
	for {
		out = append(out, l.at(at))
		i := len(at) - 1
		for ; i >= 0; i-- {
			if at[i]++; at[i] < l.Params[i].choices() {
				break
			}
			at[i] = 0
		}
		if i < 0 {
			return out
		}
	}
}

// String lists the scenario as "batch 8, context 700".
func (d Draw) String() string { return d.text }

// Int is the value of a parameter with Choices.
func (d Draw) Int(name string) int { return of[int](d, name) }

// Device is the value of a parameter with Devices.
func (d Draw) Device(name string) hardware.Device { return of[hardware.Device](d, name) }

// Model is the value of a parameter with Models.
func (d Draw) Model(name string) models.Model { return of[models.Model](d, name) }

// Number is the value of a parameter with Numbers, in SI: for one with a unit,
// write units.Seconds(d.Number("limit")).
func (d Draw) Number(name string) float64 {
	v := reflect.ValueOf(of[any](d, name))
	if !v.CanFloat() {
		panic(fmt.Errorf("spec: %s is no number", name))
	}
	return v.Float()
}

// of panics where the lab does not declare what it reads, which its tests tell.
func of[T any](d Draw, name string) T {
	v, ok := d.values[name].(T)
	if !ok {
		panic(fmt.Errorf("spec: no parameter %q of that type: want one of %s", name, strings.Join(d.names, ", ")))
	}
	return v
}
