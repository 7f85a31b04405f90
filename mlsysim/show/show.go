// Package show is the one description of a result that every printer shares:
// text for a terminal, Markdown, HTML for a notebook, JSON, and the MIME bundle
// of all of them. A result returns a View; it knows no printer. Interactive
// charts are drawn by kernelext/chart from the Chart described here.
//
//	fmt.Print(show.Text(show.Of(result), show.Options{Width: 80}))
package show

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/mlsysim/golab/mlsysim/describe"
)

// A View is a result ready to print.
type View struct {
	Title    string
	Subtitle string
	Status   Status
	Blocks   []Block
	Why      Derivation // of the rows that name a step of it; HTML folds it away
	Data     any        // what JSON prints; nil prints the blocks' rows
}

// A Block is one part of a view; each part that is set is printed, in this order.
type Block struct {
	Heading string
	Status  Status
	Rows    []Row
	Bars    []Bar
	Full    string // what a full bar is: capacity 80 GB
	Table   *Table
	Steps   []Step
	Chart   *Chart
	Notes   []string // sentences: warnings, what is left out
	Lens    bool     // rows and bars only: HTML lays it beside the lenses next to it
}

// A Row is one named value.
type Row struct {
	Label string
	Value string
	Note  string // shown dimmed beside the value
	Help  string // one line of explanation: hover and fold in HTML
	Step  int    // of the view's derivation, from 1; 0 is none
}

// MarshalJSON leaves out the step, which only HTML has a use for.
func (r Row) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Label string `json:"label"`
		Value string `json:"value"`
		Note  string `json:"note"`
		Help  string `json:"help"`
	}{r.Label, r.Value, r.Note, r.Help})
}

// A Step is one step of a derivation, as text and as TeX.
type Step struct {
	Name        string
	Formula     string // T_m = W / (BW·η_m)
	TeX         string `json:"tex"` // the formula, the values put in and the value out
	Substituted string // 16.06 GB / (3.35 TB/s · 1)
	Value       string
	Terms       []Row  // what each symbol means and is
	Source      string // the law's paper
}

// Status is the verdict on a view or a block.
type Status uint8

// The statuses. None prints nothing; Unknown is not a pass.
const (
	None Status = iota
	Pass
	Fail
	Info
	Unknown
)

var statusNames = [...]string{"", "PASS", "FAIL", "INFO", "UNKNOWN"}

// String returns PASS, FAIL, INFO, UNKNOWN or nothing.
func (s Status) String() string { return statusNames[min(int(s), len(statusNames)-1)] }

// Names lists the statuses in order of their values.
func (Status) Names() []string { return statusNames[:] }

// MarshalText writes the name.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// A Viewer describes itself.
type Viewer interface{ View() View }

// A Derivation lists the steps that lead to a result; Ending finds the last one
// that ends in a field of it, or is -1. Package walls implements it.
type Derivation interface {
	Heading() string
	Len() int
	Ending(field string) int
	Step(i int) (name, formula, tex, substituted, value, source string, terms [][3]string)
	LeftOut() []string
}

// Of describes any value: a Viewer by its own view, a derivation by its steps,
// a struct by its fields, anything else by its text. A result that can explain
// itself gives its view the derivation.
func Of(v any) View {
	switch x := v.(type) {
	case View:
		return x
	case Viewer:
		view := x.View()
		if view.Why == nil {
			view.Why = explanation(v)
		}
		return view
	case Derivation:
		return derivation(x)
	case Chart:
		return View{Title: x.Title, Blocks: []Block{{Chart: &x}}, Data: x}
	case *Chart:
		return Of(*x)
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Struct {
		title := describe.TypeName(rv.Type())
		if named, ok := v.(fmt.Stringer); ok {
			title = named.String()
		}
		return View{Title: title, Blocks: []Block{{Rows: Rows(v), Notes: remarks(rv)}}, Why: explanation(v), Data: v}
	}
	return View{Blocks: []Block{{Rows: []Row{{Value: describe.Text(v)}}}}, Data: v}
}

// sentences are remarks, which a view prints as notes.
type sentences interface{ Texts() []string }

// remarks collects the remarks in the fields of a struct.
func remarks(v reflect.Value) []string {
	var out []string
	for _, f := range describe.Fields(v.Type()) {
		if s, ok := v.FieldByIndex(f.Index).Interface().(sentences); ok {
			out = append(out, s.Texts()...)
		}
	}
	return out
}

// Rows lists the fields of a struct with their units and help, those of a nested
// struct without a name beneath it. What says that another field is known, what
// has no text, lists of structs (a view shows them as a table), remarks (it shows
// them as notes), and zeros of a registry entry (they mean unknown) are left out.
func Rows(v any) []Row {
	rv := reflect.ValueOf(v)
	_, entry := v.(encoding.TextMarshaler)
	fields := describe.Fields(rv.Type())
	flags := map[string]bool{}
	for _, f := range fields {
		flags[f.Known] = true
	}
	var rows []Row
	for _, f := range fields {
		value := rv.FieldByIndex(f.Index)
		if flags[f.Name] || entry && value.IsZero() || value.Kind() == reflect.Slice && value.Type().Elem().Kind() == reflect.Struct {
			continue
		}
		if _, ok := value.Interface().(sentences); ok {
			continue
		}
		if _, named := value.Interface().(fmt.Stringer); value.Kind() == reflect.Struct && !named {
			rows = append(rows, nested(f.Name, value.Interface())...)
			continue
		}
		row := Row{Label: f.Name, Help: f.Help, Value: "unknown"}
		if f.IsKnown(rv) {
			row.Value = describe.Text(value.Interface())
		}
		if value.Kind() == reflect.Bool {
			row.Value = map[bool]string{true: "yes", false: "no"}[value.Bool()]
		}
		if row.Value != "" {
			rows = append(rows, row)
		}
	}
	return rows
}

// nested lists the non-zero fields of a struct inside another.
func nested(name string, v any) []Row {
	rv := reflect.ValueOf(v)
	var rows []Row
	for _, f := range describe.Fields(rv.Type()) {
		if value := rv.FieldByIndex(f.Index); !value.IsZero() {
			rows = append(rows, Row{Label: name + "." + f.Name, Value: describe.Text(value.Interface()), Help: f.Help})
		}
	}
	return rows
}

func derivation(d Derivation) View {
	b := Block{Steps: stepsOf(d)}
	v := View{Title: d.Heading(), Blocks: []Block{b}, Data: b.Steps}
	if out := d.LeftOut(); len(out) > 0 {
		v.Blocks = append(v.Blocks, Block{Heading: "What is left out", Notes: out})
	}
	return v
}
