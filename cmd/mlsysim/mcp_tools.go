package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/walls"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// optimizers are the solvers of the catalog that search for the best design.
func optimizers() []catalog.Solver {
	var out []catalog.Solver
	for _, s := range catalog.All() {
		if slices.Contains([]string{"parallelism", "batch-size", "placement"}, s.Name) {
			out = append(out, s)
		}
	}
	return out
}

func (d desk) tools() []tool {
	all, best := catalog.All(), optimizers()
	names := solverNames(all)
	listed, listedBest := all, best
	if d.brief {
		listed, listedBest = nil, nil
	}
	return []tool{
		{
			name: "eval", title: "Judge a design", input: fieldsOf(reflect.TypeFor[scenario.Evaluation]()), answer: d.eval,
			help: "Judge a network on a device: does it fit, is it fast enough, what does it cost in money, energy and carbon.",
		},
		{
			name: "solve", title: "Run a solver", answer: d.one("solver", all), input: chosen("solver", "name in the catalog", names, listed),
			help: "Run one analytical solver of the catalog. zoo with the name of a solver describes its fields and shows an input that works.",
		},
		{
			name: "optimize", title: "Search for the best design", answer: d.one("what", best), input: chosen("what", "what to choose", solverNames(best), listedBest),
			help: "Search every combination for the best one within the limits; rejected combinations are counted with their reasons.",
		},
		{
			name: "explain", title: "Derive a result", answer: d.explain, input: chosen("solver", "name in the catalog, or eval; input as that tool takes it", slices.Concat(names, []string{"eval"}), nil),
			help: "Derive every number of a result step by step: law, values put in, value out, paper.",
		},
		{
			name: "zoo", title: "Look into the registries", answer: d.zoo, input: zooSchema(),
			help: "List the registries of hardware, models, places and systems and the solvers, or show one entry with the source of every value. Without arguments: all names.",
		},
	}
}

func solverNames(list []catalog.Solver) []string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = s.Name
	}
	return names
}

// arguments reads a call's arguments; an unknown one is an error with the nearest.
func arguments(raw json.RawMessage, known ...string) (map[string]json.RawMessage, error) {
	args := map[string]json.RawMessage{}
	if len(raw) > 0 && string(raw) != "null" {
		if err := json.Unmarshal(raw, &args); err != nil {
			return nil, cli.Usage("arguments: want an object with %s", strings.Join(known, ", "))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(args)) {
		if !slices.Contains(known, key) {
			return nil, cli.Blame(key, cli.Unknown("argument", key, known))
		}
	}
	return args, nil
}

// word is an argument that is text, empty if it is not there.
func word(args map[string]json.RawMessage, key string) (string, error) {
	raw, ok := args[key]
	if !ok {
		return "", nil
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return "", cli.Blame(key, cli.Usage("%s: want text", key))
	}
	return text, nil
}

// evaluation reads and judges the arguments of eval.
func evaluation(raw json.RawMessage) (in scenario.Evaluation, card scenario.Scorecard, err error) {
	if len(raw) == 0 {
		raw = json.RawMessage("{}")
	}
	if err := describe.Decode(raw, &in); err != nil {
		return in, card, cli.Keyed(err, reflect.TypeOf(in))
	}
	for _, f := range describe.Fields(reflect.TypeOf(in)) {
		if f.Required() && reflect.ValueOf(in).FieldByIndex(f.Index).IsZero() {
			return in, card, missing(f, wanted(f))
		}
	}
	card, err = in.Solve()
	return in, card, cli.Keyed(err, reflect.TypeOf(in))
}

func (d desk) eval(raw json.RawMessage) (reply, error) {
	in, card, err := evaluation(raw)
	if err != nil {
		return reply{}, err
	}
	verdict := verdicts[0]
	switch {
	case card.Feasibility == show.Fail:
		verdict = verdicts[1]
	case !card.Passed():
		verdict = verdicts[2]
	}
	return answered("eval", in, card, verdict), nil
}

// one is the tool that runs one of several solvers, named by the argument key.
func (d desk) one(key string, solvers []catalog.Solver) func(json.RawMessage) (reply, error) {
	return func(raw json.RawMessage) (reply, error) {
		args, err := arguments(raw, key, "input")
		if err != nil {
			return reply{}, err
		}
		s, in, result, err := d.solved(args, key, solvers)
		if err != nil {
			return reply{}, err
		}
		return answered(s.Name, in, result, verdictOf(result)), nil
	}
}

// solved finds the solver, reads its input and runs it.
func (d desk) solved(args map[string]json.RawMessage, key string, solvers []catalog.Solver) (s catalog.Solver, in, result any, err error) {
	name, err := word(args, key)
	if err != nil {
		return s, nil, nil, err
	}
	s, err = catalog.Find(name)
	if err != nil || !slices.Contains(solverNames(solvers), s.Name) {
		return s, nil, nil, cli.Blame(key, cli.Unknown("solver", name, solverNames(solvers)))
	}
	r := request{solver: s, in: s.New()}
	if raw, ok := args["input"]; ok {
		if err := describe.Decode(raw, r.in); err != nil {
			return s, nil, nil, cli.Keyed(err, reflect.TypeOf(s.Example))
		}
	}
	if err := r.complete(); err != nil {
		return s, nil, nil, err
	}
	result, err = d.solve(s, r.in)
	return s, r.in, result, cli.Keyed(err, reflect.TypeOf(s.Example))
}

func (d desk) explain(raw json.RawMessage) (reply, error) {
	args, err := arguments(raw, "solver", "input")
	if err != nil {
		return reply{}, err
	}
	name, err := word(args, "solver")
	if err != nil {
		return reply{}, err
	}

	var in, result any
	switch name {
	case "eval":
		in, result, err = evaluation(args["input"])
	default:
		_, in, result, err = d.solved(args, "solver", catalog.All())
	}
	if err != nil {
		return reply{}, err
	}
	e, ok := result.(interface{ Explain() walls.Trace })
	if !ok {
		return reply{}, cli.Usage("%T has no derivation", result)
	}
	t := e.Explain()
	return reply{show.Of(t), object{
		{"solver", name},
		{"title", t.Title},
		{"steps", stepObjects(t)},
		{"left_out", append([]string{}, t.Omitted...)},
		{"laws", laws(t)},
		{"sources", sourcesOf(in)},
		{"registry", source.Stamp()},
	}}, nil
}

// stepObjects is a derivation with units.
func stepObjects(t walls.Trace) []object {
	steps := make([]object, len(t.Steps))
	for i, s := range t.Steps {
		_, formula, tex, substituted, _, _, _ := t.Step(i)
		terms := make([]object, len(s.Terms))
		for j, term := range s.Terms {
			terms[j] = object{{"symbol", term.Symbol}, {"what", term.What}, {"value", alone(term.Value)}}
		}
		steps[i] = object{
			{"name", s.Name},
			{"formula", formula},
			{"tex", tex},
			{"substituted", substituted},
			{"value", alone(s.Value)},
			{"field", text(s.Field)},
			{"source", text(s.Source)},
			{"terms", terms},
		}
	}
	return steps
}

// alone is a value with its unit, without a field to explain it.
func alone(v any) object {
	unit := "1"
	if u, ok := v.(describe.Unit); ok {
		unit = u.Symbol()
	}
	number := reflect.ValueOf(v)
	if number.CanFloat() {
		return object{{"value", number.Float()}, {"unit", unit}, {"text", describe.Text(v)}}
	}
	return object{{"value", v}, {"unit", unit}, {"text", describe.Text(v)}}
}

func (d desk) zoo(raw json.RawMessage) (reply, error) {
	args, err := arguments(raw, "category", "name")
	if err != nil {
		return reply{}, err
	}
	category, err := word(args, "category")
	if err != nil {
		return reply{}, err
	}
	name, err := word(args, "name")
	switch {
	case err != nil:
		return reply{}, err
	case name != "":
		return zooEntry(name)
	case category != "":
		return zooCategory(category)
	}
	var data, names object
	view := show.View{Title: "Registry " + source.Stamp()}
	for _, c := range zooCategories() {
		list := namesOf(c)
		names = append(names, pair{c, list})
		view.Blocks = append(view.Blocks, show.Block{Rows: []show.Row{{Label: c, Value: strings.Join(list, ", ")}}})
	}
	data = object{{"names", names}, {"registry", source.Stamp()}}
	return reply{view, data}, nil
}

func namesOf(category string) []string {
	if category == "solvers" {
		return solverNames(catalog.All())
	}
	var names []string
	for _, p := range wholeCategory(category).Data.(catalogue) {
		for _, o := range p.value.([]object) {
			names = append(names, fmt.Sprint(o[0].value))
		}
	}
	return names
}

// zooCategory lists the entries of one category, the unit of each key once.
func zooCategory(category string) (reply, error) {
	if !slices.Contains(zooCategories(), category) {
		return reply{}, cli.Blame("category", cli.Unknown("category", category, zooCategories()))
	}
	view, entries := listing(), []object(nil)
	if category == "solvers" {
		for _, s := range catalog.All() {
			entries = append(entries, object{{"name", s.Name}, {"summary", s.Summary}, {"walls", wallObjects(s.Walls)}})
		}
	} else {
		view = wholeCategory(category)
		entries = view.Data.(catalogue)[0].value.([]object)
	}
	return reply{view, object{{"category", category}, {"units", unitsOf(entries)}, {"entries", entries}, {"registry", source.Stamp()}}}, nil
}

// unitsOf is the unit of each key that is a quantity.
func unitsOf(entries []object) object {
	out := object{}
	for _, o := range entries {
		for _, p := range o {
			u, ok := p.value.(describe.Unit)
			known := slices.ContainsFunc(out, func(q pair) bool { return q.key == p.key })
			if ok && !known {
				out = append(out, pair{p.key, u.Symbol()})
			}
		}
	}
	return out
}

// zooEntry shows one entry with its sources, or one solver with its fields.
func zooEntry(name string) (reply, error) {
	if s, err := catalog.Find(name); err == nil {
		return reply{show.Of(s.Example), object{
			{"name", s.Name},
			{"summary", s.Summary},
			{"walls", wallObjects(s.Walls)},
			{"inputs", inputFields(s)},
			{"results", resultFields(s.Outputs())},
			{"example", example(s)},
			{"registry", source.Stamp()},
		}}, nil
	}
	e, err := findEntry(&zoo.Zoo{}, name)
	if err != nil {
		return reply{}, cli.Blame("name", cli.Unknown("name", name, append((&zoo.Zoo{}).Keys(), solverNames(catalog.All())...)))
	}
	v := e.view()
	return reply{v, v.Data.(object)}, nil
}
