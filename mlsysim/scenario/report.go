package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/nearest"
	"github.com/mlsysim/golab/mlsysim/show"
)

// A Report is the verdict on a plan: a scorecard for each workload, and what
// became of the assertions.
type Report struct {
	Plan   string
	Cards  []Scorecard
	Checks []Check
}

// A Check is one assertion on one workload.
type Check struct {
	Workload string      `help:"what was judged"`
	Metric   string      `help:"name of the number"`
	Value    float64     `help:"the number" known:"Known"`
	Known    bool        `help:"the number is known"`
	Bound    string      `help:"what is wanted"`
	Status   show.Status `help:"does it keep the bound; unknown is not a pass"`
}

// Solve judges the workloads of the plan.
func (p *Plan) Solve() (Report, error) {
	evaluations, err := p.Evaluations()
	if err != nil {
		return Report{}, err
	}
	return p.judge(evaluations)
}

// Judge judges evaluations that started as those of the plan, with what a caller
// changed in them, by the assertions of the plan.
func (p *Plan) Judge(evaluations []Evaluation) (Report, error) { return p.judge(evaluations) }

func (p *Plan) judge(evaluations []Evaluation) (Report, error) {
	r := Report{Plan: p.Name}
	for _, e := range evaluations {
		card, err := e.Solve()
		if err != nil {
			return Report{}, err
		}
		r.Cards = append(r.Cards, card)
		for i, a := range p.Constraints.Assert {
			check, err := a.check(card)
			if err != nil {
				return Report{}, p.at(fmt.Sprintf("constraints.assert.%d.metric", i), err)
			}
			r.Checks = append(r.Checks, check)
		}
	}
	return r, nil
}

// at gives an error its place in the plan's file.
func (p *Plan) at(path string, err error) error {
	if p.doc == nil {
		return err
	}
	return p.doc.At(path, err)
}

// lenses are the names that stand before a metric, and the letters that the flat
// JSON has for them.
var lenses = [...]struct{ name, letter string }{{"feasibility", "f"}, {"performance", "p"}, {"macro", "m"}}

// Metrics lists the numbers that an assertion can bound.
func Metrics() []string {
	var out []string
	for _, f := range describe.Fields(reflect.TypeFor[Flat]()) {
		if name := metricName(f); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// metricName is performance.latency for p_latency, and nothing for what is no
// number.
func metricName(f describe.Field) string {
	letter, rest, _ := strings.Cut(f.Key, "_")
	if kind := f.Type.Kind(); kind != reflect.Float64 && kind != reflect.Int {
		return ""
	}
	for _, l := range lenses {
		if l.letter == letter {
			return l.name + "." + rest
		}
	}
	return ""
}

// metricOf finds a metric by its name.
func metricOf(metric string) (describe.Field, error) {
	for _, f := range describe.Fields(reflect.TypeFor[Flat]()) {
		if name := metricName(f); name != "" && name == metric {
			return f, nil
		}
	}
	return describe.Field{}, fmt.Errorf("unknown metric %q: %s", metric, nearest.Hint(metric, Metrics()))
}

// ofTheMode are the flags of numbers that a design has by its mode; the others say
// what the registry knows.
var ofTheMode = map[string]string{"FleetKnown": "train", "ServeKnown": "serve", "P99Known": "serve, with arrivals that the replicas keep up with"}

// check compares one metric of a card with its bounds, strictly.
func (a Assertion) check(card Scorecard) (Check, error) {
	f, err := metricOf(a.Metric)
	if err != nil {
		return Check{}, err
	}
	flat := reflect.ValueOf(card.Flat())
	out := Check{Workload: card.title(), Metric: a.Metric, Known: f.IsKnown(flat), Bound: a.bound(), Status: show.Pass}
	if mode := ofTheMode[f.Known]; mode != "" && !out.Known {
		return Check{}, fmt.Errorf("%s: is a number of a design whose mode is %s; this one's is %s", a.Metric, mode, card.Mode)
	}
	out.Value, _, err = describe.Number(flat.Interface(), f.Name)
	switch {
	case !out.Known:
		out.Status = show.Unknown
	case a.Max != nil && out.Value > *a.Max || a.Min != nil && out.Value < *a.Min:
		out.Status = show.Fail
	}
	return out, err
}

func (a Assertion) bound() string {
	var parts []string
	if a.Min != nil {
		parts = append(parts, fmt.Sprintf("at least %v", *a.Min))
	}
	if a.Max != nil {
		parts = append(parts, fmt.Sprintf("at most %v", *a.Max))
	}
	return strings.Join(parts, " and ")
}

// Fits reports whether every workload fits.
func (r Report) Fits() bool {
	for _, c := range r.Cards {
		if c.Feasibility == show.Fail {
			return false
		}
	}
	return true
}

// Passed reports whether every lens and every assertion is kept. Unknown is not.
func (r Report) Passed() bool {
	for _, c := range r.Cards {
		if !c.Passed() {
			return false
		}
	}
	for _, c := range r.Checks {
		if c.Status != show.Pass {
			return false
		}
	}
	return true
}

// status is the verdict in one word for programs.
func (r Report) status() string {
	switch {
	case !r.Fits():
		return "infeasible"
	case !r.Passed():
		return "sla_failed"
	default:
		return "ok"
	}
}

// Document is the report as programs read it: the numbers of the first workload
// flat and by lens, those of all workloads, and what was not kept.
type Document struct {
	Plan   string `json:"plan" help:"name of the plan"`
	Status string `json:"status" help:"ok, infeasible or sla_failed"`
	Flat
	FeasibilityLens json.RawMessage `json:"feasibility" help:"numbers of the lens"`
	PerformanceLens json.RawMessage `json:"performance" help:"numbers of the lens"`
	MacroLens       json.RawMessage `json:"macro" help:"numbers of the lens"`
	Violations      []Check         `json:"violations" help:"assertions that are not kept or cannot be judged"`
	Workloads       []Flat          `json:"workloads" help:"every workload"`
}

// Document returns the report as programs read it.
func (r Report) Document() (Document, error) {
	d := Document{Plan: r.Plan, Status: r.status(), Violations: []Check{}}
	for _, c := range r.Cards {
		d.Workloads = append(d.Workloads, c.Flat())
	}
	d.Flat = d.Workloads[0]
	for i, into := range []*json.RawMessage{&d.FeasibilityLens, &d.PerformanceLens, &d.MacroLens} {
		text, err := lens(d.Flat, lenses[i].letter)
		if err != nil {
			return d, err
		}
		*into = text
	}
	for _, c := range r.Checks {
		if c.Status != show.Pass {
			d.Violations = append(d.Violations, c)
		}
	}
	return d, nil
}

// lens takes the numbers of one lens out of the flat form.
func lens(flat Flat, letter string) (json.RawMessage, error) {
	v := reflect.ValueOf(flat)
	var b bytes.Buffer
	for _, f := range describe.Fields(v.Type()) {
		key, found := strings.CutPrefix(f.Key, letter+"_")
		if !found || strings.HasSuffix(key, "_known") {
			continue
		}
		text, err := json.Marshal(v.FieldByIndex(f.Index).Interface())
		if err != nil {
			return nil, err
		}
		if !f.IsKnown(v) {
			text = []byte("null")
		}
		fmt.Fprintf(&b, ",%q:%s", key, text)
	}
	return json.RawMessage("{" + strings.TrimPrefix(b.String(), ",") + "}"), nil
}

// View shows the cards one below the other, then the assertions.
func (r Report) View() show.View {
	v := show.View{Title: r.Plan, Status: show.Pass}
	if !r.Passed() {
		v.Status = show.Fail
	}
	d, err := r.Document()
	if err == nil {
		v.Data = d
	}
	for i, c := range r.Cards {
		card := c.View()
		if i == 0 && len(r.Cards) == 1 {
			v.Subtitle = card.Title + ", " + card.Subtitle
		} else {
			v.Blocks = append(v.Blocks, show.Block{Heading: card.Title, Notes: []string{card.Subtitle}})
		}
		v.Blocks = append(v.Blocks, card.Blocks...)
	}
	if len(r.Checks) > 0 {
		v.Blocks = append(v.Blocks, r.assertions())
	}
	return v
}

func (r Report) assertions() show.Block {
	b := show.Block{Heading: "Assertions", Status: show.Pass}
	for _, c := range r.Checks {
		b.Status = worse(b.Status, c.Status)
		value := "unknown"
		if c.Known {
			value = describe.Text(c.Value)
		}
		row := show.Row{Label: c.Metric, Value: value, Note: c.Status.String() + ", want " + c.Bound}
		if len(r.Cards) > 1 {
			row.Note += ", " + c.Workload
		}
		b.Rows = append(b.Rows, row)
	}
	return b
}
