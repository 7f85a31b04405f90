package main

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/units"
)

const mostCompared = 12

func besideCommand(out *cli.Format) *cobra.Command {
	return &cobra.Command{
		Use:   "compare NAME NAME...",
		Short: "Set entries of one kind side by side",
		Long: `compare lists the values of entries side by side, with ratios to the first. The
best value of a row has a *, where more or less is better; a ~ is a value with
low confidence.`,
		Example: "  mlsysim zoo compare H100 MI300X B200\n  mlsysim zoo compare Llama3_70B Mixtral_8x7B -o markdown",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 || len(args) > mostCompared {
				return cli.Usage("compare got %d names: want 2 to %d, as in mlsysim zoo compare H100 MI300X", len(args), mostCompared)
			}
			return nil
		},
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return own(cmd).Keys(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			c := comparison{}
			for _, name := range args {
				e, err := findEntry(own(cmd), name)
				if err != nil {
					return cli.Blame("name", err)
				}
				c.entries = append(c.entries, e)
			}
			if err := c.fill(); err != nil {
				return err
			}
			return cli.Print(cmd, *out, c.view())
		},
	}
}

// A comparison is entries of one type, side by side.
type comparison struct {
	entries []entry
	rows    []compared
	mixed   bool // grids whose carbon figures count different things
}

// A compared is one value of all entries.
type compared struct {
	field  string
	better string    // lower or higher, or empty
	values []any     // nil is unknown
	ratios []float64 // to the first; 0 where there is none
	best   []bool
	low    []bool // the value has low confidence
}

// fill reads the values.
func (c *comparison) fill() error {
	first := reflect.TypeOf(*c.entries[0].Value)
	var grids []infra.Grid
	for _, e := range c.entries {
		if t := reflect.TypeOf(*e.Value); t != first {
			return cli.Usage("%s is of %s and %s of %s: want entries of one kind", c.entries[0].Key, describe.TypeName(first), e.Key, describe.TypeName(t))
		}
		if g, ok := (*e.Value).(infra.Grid); ok {
			grids = append(grids, g)
		}
	}
	c.mixed = len(grids) > 0 && infra.MixedBases(grids)
	c.fields(first, "", nil)
	if first == reflect.TypeFor[models.Model]() {
		c.laws()
	}
	return nil
}

// fields adds a row for each field that an entry knows, those of nested structs
// too.
func (c *comparison) fields(t reflect.Type, prefix string, index []int) {
	for _, f := range describe.Fields(t) {
		at := append(append([]int{}, index...), f.Index...)
		if _, named := reflect.Zero(f.Type).Interface().(fmt.Stringer); f.Type.Kind() == reflect.Struct && !named {
			c.fields(f.Type, f.Name+".", at)
			continue
		}
		row := compared{field: prefix + f.Name, better: f.Better}
		if c.unlike(row) {
			row.better = ""
		}
		for _, e := range c.entries {
			var value any
			if v := reflect.ValueOf(*e.Value).FieldByIndex(at); !v.IsZero() || f.Enum != nil {
				value = v.Interface()
			}
			fact, known := source.Find(e.Facts, row.field)
			row.values = append(row.values, value)
			row.low = append(row.low, known && value != nil && fact.Confidence == source.Low)
		}
		c.add(row)
	}
}

// laws adds what follows from the shape of a network.
func (c *comparison) laws() {
	const tokens = 4096
	for _, law := range []struct {
		name string
		of   func(m *models.Model) float64
		unit func(v float64) any
	}{
		{"weights at 16 bit", func(m *models.Model) float64 { return float64(m.Weights(physics.FP16)) }, func(v float64) any { return units.Bytes(v) }},
		{"cache of 4096 tokens", func(m *models.Model) float64 { return float64(m.KVBytes(tokens, physics.FP16.Size(), 1)) }, func(v float64) any { return units.Bytes(v) }},
	} {
		row := compared{field: law.name}
		for _, e := range c.entries {
			m := (*e.Value).(models.Model)
			var value any
			if v := law.of(&m); v > 0 {
				value = law.unit(v)
			}
			row.values, row.low = append(row.values, value), append(row.low, false)
		}
		c.add(row)
	}
}

// add judges a row and keeps it if an entry has a value.
func (c *comparison) add(row compared) {
	if !slices.ContainsFunc(row.values, func(v any) bool { return v != nil }) {
		return
	}
	row.ratios, row.best = make([]float64, len(row.values)), make([]bool, len(row.values))
	lo, hi := math.Inf(1), math.Inf(-1)
	first, given := measure(row.values[0])
	for i, v := range row.values {
		x, ok := measure(v)
		if !ok {
			continue
		}
		lo, hi = min(lo, x), max(hi, x)
		if given && first > 0 && row.field != "Year" && !c.unlike(row) {
			row.ratios[i] = x / first
		}
	}
	best := map[string]float64{"lower": lo, "higher": hi}
	for i, v := range row.values {
		x, ok := measure(v)
		row.best[i] = ok && lo < hi && row.better != "" && x == best[row.better]
	}
	c.rows = append(c.rows, row)
}

// unlike reports whether the values of a row count different things.
func (c *comparison) unlike(row compared) bool { return c.mixed && row.field == "Carbon" }

// measure is a number that can be compared; the order of an enum is none.
func measure(v any) (float64, bool) {
	if _, ok := v.(describe.Enum); ok {
		return 0, false
	}
	return number(v)
}

// view prints the rows: each value with its marks and its ratio to the first.
func (c *comparison) view() show.View {
	t := &show.Table{Columns: []show.Column{{Name: "Field"}}}
	for _, e := range c.entries {
		t.Columns = append(t.Columns, show.Column{Name: e.Key, Right: true})
	}
	for _, row := range c.rows {
		cells := []string{row.field}
		for i, v := range row.values {
			cells = append(cells, row.cell(i, v))
		}
		t.Cells = append(t.Cells, cells)
	}
	v := show.View{Title: "Side by side", Blocks: []show.Block{{Table: t}}, Data: *c}
	v.Blocks[0].Notes = []string{"* is best, ~ has low confidence, × is the ratio to " + c.entries[0].Key}
	if c.mixed {
		v.Blocks[0].Notes = append(v.Blocks[0].Notes, "the carbon figures count different things (see Basis): do not compare them")
	}
	return v
}

func (r compared) cell(i int, v any) string {
	if v == nil {
		return unknown
	}
	text := describe.Text(v)
	if _, year := v.(int); year && r.field == "Year" {
		text = fmt.Sprint(v)
	}
	if r.low[i] {
		text = "~" + text
	}
	if r.best[i] {
		text = "*" + text
	}
	if i > 0 && r.ratios[i] != 0 {
		text += " ×" + ratio(r.ratios[i])
	}
	return text
}

// ratio prints three digits.
func ratio(v float64) string {
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	if err != nil {
		return units.Number(v)
	}
	return units.Number(short)
}

// objects is the rows as programs read them.
func (c comparison) objects() []object {
	out := make([]object, len(c.rows))
	for i, row := range c.rows {
		out[i] = object{{"field", row.field}, {"better", text(row.better)}}
		for j, e := range c.entries {
			one := object{{"value", row.values[j]}, {"ratio", nil}, {"best", row.best[j]}, {"low_confidence", row.low[j]}}
			if row.ratios[j] != 0 {
				one[1].value = row.ratios[j]
			}
			out[i] = append(out[i], pair{e.Key, one})
		}
	}
	return out
}

// MarshalJSON writes the rows with the stamp of the registry.
func (c comparison) MarshalJSON() ([]byte, error) {
	var names []string
	for _, e := range c.entries {
		names = append(names, e.Key)
	}
	return json.Marshal(object{{"names", names}, {"rows", c.objects()}, {"registry", source.Stamp()}})
}

// Records is the values as rows: plain SI numbers, empty where unknown.
func (c comparison) Records() ([][]string, error) {
	heads := []string{"field"}
	for _, e := range c.entries {
		heads = append(heads, e.Key)
	}
	rows := [][]string{heads}
	for _, row := range c.rows {
		line := []string{row.field}
		for _, v := range row.values {
			text, err := plain(v)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", row.field, err)
			}
			line = append(line, strings.TrimSpace(text))
		}
		rows = append(rows, line)
	}
	return rows, nil
}
