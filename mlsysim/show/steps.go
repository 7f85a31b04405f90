package show

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// stepsOf reads the steps of a derivation.
func stepsOf(d Derivation) []Step {
	out := make([]Step, 0, d.Len())
	for i := range d.Len() {
		name, formula, tex, substituted, value, src, terms := d.Step(i)
		s := Step{Name: name, Formula: formula, TeX: tex, Substituted: substituted, Value: value, Source: src}
		for _, t := range terms {
			s.Terms = append(s.Terms, Row{Label: t[0], Value: t[1], Help: t[2]})
		}
		out = append(out, s)
	}
	return out
}

// explanation is what the method Explain of a result returns, if it is a
// derivation. A result that no solver filled in has none: its Explain may panic.
func explanation(result any) (why Derivation) {
	m := reflect.ValueOf(result).MethodByName("Explain")
	if !m.IsValid() || m.Type().NumIn() > 0 || m.Type().NumOut() != 1 {
		return nil
	}
	defer func() {
		if recover() != nil {
			why = nil
		}
	}()
	why, _ = m.Call(nil)[0].Interface().(Derivation)
	return why
}

// stepOf is the number of the step that a row names, or of the one that ends in
// the field whose name it has; 0 is none.
func (v View) stepOf(r Row) int {
	switch {
	case v.Why == nil:
		return 0
	case r.Step > 0:
		return r.Step
	default:
		return v.Why.Ending(r.Label) + 1
	}
}

// derived is the derivation that rows of the view refer to.
func (v View) derived() []Step {
	if v.Why == nil {
		return nil
	}
	return stepsOf(v.Why)
}

// explains reports whether a block already shows a derivation.
func (v View) explains() bool {
	return slices.ContainsFunc(v.Blocks, func(b Block) bool { return len(b.Steps) > 0 })
}

// tex makes TeX safe between dollar signs: one line, no other dollar sign.
func tex(text string) string {
	text = strings.Join(strings.Fields(clean(text)), " ")
	return strings.ReplaceAll(strings.ReplaceAll(text, `\$`, "$"), "$", `\$`)
}

// sources numbers the sources of a derivation in order of first use.
func sources(steps []Step) []string {
	var out []string
	for _, s := range steps {
		if s.Source != "" && !slices.Contains(out, s.Source) {
			out = append(out, s.Source)
		}
	}
	return out
}

// note returns the number of a step's source, or nothing.
func note(s Step, sources []string) string {
	if s.Source == "" {
		return ""
	}
	return "[" + strconv.Itoa(slices.Index(sources, s.Source)+1) + "]"
}

// symbolTable lists the symbols of a derivation once.
func symbolTable(steps []Step) *Table {
	t := &Table{Columns: []Column{{Name: "symbol"}, {Name: "value"}, {Name: "meaning"}}}
	known := map[Row]bool{}
	for _, s := range steps {
		for _, term := range s.Terms {
			if !known[term] {
				t.Cells = append(t.Cells, []string{term.Label, term.Value, strings.TrimSpace(term.Help + " " + term.Note)})
			}
			known[term] = true
		}
	}
	return t
}

func equal(text string) string {
	if text == "" {
		return ""
	}
	return "= " + text
}

// steps prints each step as formula, values put in, value out and its terms,
// then the sources.
func (p *printer) steps(indent int, steps []Step) {
	from := sources(steps)
	for i, s := range steps {
		number := strconv.Itoa(i+1) + "."
		name := s.Name
		if n := note(s, from); n != "" {
			name += "  " + n
		}
		p.para(indent, number, name, bold)
		at := indent + columns(number) + 2
		if s.Formula != "" {
			p.para(at, "", s.Formula, "")
		}
		if s.Substituted != "" {
			p.para(at+2, "=", s.Substituted, "")
		}
		if s.Value != "" {
			p.para(at+2, "=", s.Value, bold)
		}
		p.terms(at+2, s.Terms)
	}
	for i, text := range from {
		if i == 0 {
			p.row(indent, col{lines: []string{"Sources"}, style: bold})
		}
		p.para(indent, "["+strconv.Itoa(i+1)+"]", text, dim)
	}
}

// terms prints what each symbol is and means.
func (p *printer) terms(indent int, terms []Row) {
	rows := make([]Row, len(terms))
	for i, t := range terms {
		rows[i] = Row{Label: t.Label, Value: t.Value, Note: t.Help}
		if t.Note != "" {
			rows[i].Note = t.Note
		}
	}
	p.rows(indent, rows)
}
