package compose

import (
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// An Outline is what a pipeline will do, before it runs.
type Outline struct {
	Name   string
	Stages []StageOutline
	Flow   []string // serve.Request to tail.Service, Seconds
}

// A StageOutline is one stage of it.
type StageOutline struct {
	Name     string
	Solver   string
	Summary  string
	Walls    []string // number and name of the walls it resolves
	Requires []string // inputs that have to be given or bound
	Produces []string // results that a later stage can be bound to
}

// Outline lists stages, walls, what each requires and produces, and the flow
// between them. It fails as Solve does before its first stage.
func (p Pipeline) Outline() (Outline, error) {
	f, err := p.flow()
	if err != nil {
		return Outline{}, err
	}
	out := Outline{Name: f.name}
	for _, s := range f.stages {
		stage := StageOutline{Name: s.name, Solver: s.program.Name()}
		if entry, ok := catalog.Entry(s.program.Input()); ok {
			stage.Summary = entry.Summary
			for _, w := range entry.Walls {
				stage.Walls = append(stage.Walls, strconv.Itoa(int(w))+" "+w.String())
			}
		}
		for _, field := range describe.Fields(s.program.Input()) {
			if field.Required() {
				stage.Requires = append(stage.Requires, field.Name)
			}
		}
		for _, field := range describe.Fields(s.program.Output()) {
			if field.IsNumber() {
				stage.Produces = append(stage.Produces, field.Name)
			}
		}
		out.Stages = append(out.Stages, stage)
	}
	for _, p := range f.pipes {
		out.Flow = append(out.Flow, p.String()+", "+kindOf(p.to.field))
	}
	return out, nil
}

// Explain is Outline for labs: an error ends the cell.
func (p Pipeline) Explain() Outline { return walls.Must(p.Outline()) }

// String prints serve.Request to tail.Service.
func (p pipe) String() string {
	times := ""
	if p.times != 1 {
		times = " times " + describe.Text(p.times)
	}
	return p.from.path + times + " to " + p.to.path
}

// View is a table of the stages and the flow between them.
func (o Outline) View() show.View {
	t := &show.Table{Columns: []show.Column{
		{Name: "Stage"}, {Name: "Solver"}, {Name: "Walls"}, {Name: "Requires", Help: "inputs that are given or bound"}, {Name: "Produces"},
	}}
	for _, s := range o.Stages {
		produces := s.Produces
		if len(produces) > shown {
			produces = append(append([]string{}, produces[:shown]...), strconv.Itoa(len(s.Produces)-shown)+" more")
		}
		t.Cells = append(t.Cells, []string{s.Name, s.Solver, strings.Join(s.Walls, ", "), strings.Join(s.Requires, ", "), strings.Join(produces, ", ")})
	}
	v := show.View{Title: o.Name, Blocks: []show.Block{{Table: t}}, Data: o}
	if len(o.Flow) > 0 {
		flow := show.Block{Heading: "flow"}
		for _, f := range o.Flow {
			flow.Rows = append(flow.Rows, show.Row{Value: f})
		}
		v.Blocks = append(v.Blocks, flow)
	}
	return v
}

// shown is how many figures of a stage a table names.
const shown = 6

// View lists what each stage found, first of all what is better high or low.
func (r Result) View() show.View {
	v := show.View{Title: "pipeline", Status: show.Pass, Data: r}
	if r.flow == nil {
		return v
	}
	if v.Title = r.flow.name; !r.Fits {
		v.Status, v.Subtitle = show.Fail, r.Why
	}
	for i, s := range r.flow.stages {
		b := show.Block{Heading: s.name + ": " + s.program.Name()}
		result := r.out.Field(i)
		for _, f := range describe.Fields(result.Type()) {
			if f.Better == "" || len(b.Rows) == shown {
				continue
			}
			row := show.Row{Label: f.Name, Value: "unknown", Help: f.Help}
			if f.IsKnown(result) {
				row.Value = describe.Text(result.FieldByIndex(f.Index).Interface())
			}
			b.Rows = append(b.Rows, row)
		}
		for _, p := range r.flow.pipes {
			if p.to.stage == i {
				b.Rows = append(b.Rows, p.row(r))
			}
		}
		v.Blocks = append(v.Blocks, b)
	}
	return v
}

// row is what was carried.
func (p pipe) row(r Result) show.Row {
	v := reflect.New(p.from.field.Type).Elem()
	v.Set(r.out.Field(p.from.stage).FieldByIndex(p.from.index))
	if v.CanFloat() {
		v.SetFloat(v.Float() * p.times)
	}
	return show.Row{Label: p.to.field.Name, Value: describe.Text(v.Interface()), Note: p.String()}
}

// Explain is the derivation of every stage in turn, each after what was bound to
// it. A symbol carries the number of its stage, so that those of two stay apart.
func (r Result) Explain() walls.Trace {
	if r.flow == nil {
		return walls.Trace{Title: "pipeline"}
	}
	t := walls.Trace{Title: r.flow.name}
	for i, s := range r.flow.stages {
		for k, p := range r.flow.pipes {
			if p.to.stage == i {
				t.Steps = append(t.Steps, r.flowStep(p, strconv.Itoa(k+1)))
			}
		}
		explained, ok := r.out.Field(i).Interface().(interface{ Explain() walls.Trace })
		if !ok {
			continue
		}
		trace := explained.Explain()
		for _, step := range trace.Steps {
			t.Steps = append(t.Steps, numbered(step, s.name, strconv.Itoa(i+1)))
		}
		for _, text := range trace.Omitted {
			t.Omitted = append(t.Omitted, s.name+": "+text)
		}
	}
	return t
}

// flowStep derives what is bound from the result that it comes from.
func (r Result) flowStep(p pipe, number string) walls.Step {
	from := r.out.Field(p.from.stage).FieldByIndex(p.from.index)
	s := walls.Step{Name: p.String(), Symbol: "in_" + number, Formula: "y_" + number, Value: from.Interface()}
	s.Terms = []walls.Term{{Symbol: "y_" + number, What: p.from.path, Value: from.Interface()}}
	if p.times != 1 {
		s.Formula += " * k_" + number
		s.Terms = append(s.Terms, walls.Term{Symbol: "k_" + number, What: "factor", Value: p.times})
		s.Value = from.Float() * p.times
	}
	return s
}

var identifier = regexp.MustCompile(`[A-Za-z_][A-Za-z_0-9]*`)

// numbered is a step with the number of its stage behind each symbol.
func numbered(s walls.Step, stage, number string) walls.Step {
	names := map[string]string{}
	suffix := func(symbol string) string {
		if strings.Contains(symbol, "_") {
			return symbol + number
		}
		return symbol + "_" + number
	}
	terms := make([]walls.Term, len(s.Terms))
	for i, term := range s.Terms {
		names[term.Symbol] = suffix(term.Symbol)
		terms[i] = term
		terms[i].Symbol = names[term.Symbol]
	}
	s.Formula = identifier.ReplaceAllStringFunc(s.Formula, func(name string) string {
		if renamed, ok := names[name]; ok {
			return renamed
		}
		return name // a function such as max
	})
	s.Name, s.Symbol, s.Terms, s.Field = stage+": "+s.Name, suffix(s.Symbol), terms, ""
	return s
}
