package vectors

import (
	"encoding/json"
	"math"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/golden"
)

// A worked row is a case, changed, with values of ours that were worked out by
// hand in solvers.md.
type worked struct {
	text   string
	id     string
	inputs []change // of theirs
	ours   []change
	values []change
}

// workedRows reads testdata/worked.txt, which says how it is written.
func workedRows(t *testing.T) []worked {
	file, err := os.ReadFile("testdata/worked.txt")
	require.NoError(t, err)
	var rows []worked
	for line := range strings.Lines(string(file)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		cells := strings.Split(line, "|")
		require.GreaterOrEqual(t, len(cells), 3, line)
		row := worked{text: line, id: strings.TrimSpace(cells[0]), values: pairs(t, cells[2])}
		for _, c := range pairs(t, cells[1]) {
			if ours, ok := strings.CutPrefix(c.field, "."); ok {
				row.ours = append(row.ours, change{ours, c.value})
				continue
			}
			row.inputs = append(row.inputs, c)
		}
		rows = append(rows, row)
	}
	return rows
}

func pairs(t *testing.T, cell string) []change {
	var out []change
	for _, word := range strings.Fields(cell) {
		field, value, ok := strings.Cut(word, "=")
		require.True(t, ok, word)
		out = append(out, change{field, value})
	}
	return out
}

// apply makes a copy of the case with the changes of its inputs.
func (w worked) apply(t *testing.T, byID map[string]golden.Case) golden.Case {
	c, ok := byID[w.id]
	require.True(t, ok, w.text)
	inputs := map[string]json.RawMessage{}
	for key, raw := range c.Inputs {
		inputs[key] = raw
	}
	for _, ch := range w.inputs {
		from, borrowed := strings.CutPrefix(ch.value, "@")
		switch {
		case ch.field == "with":
			c.With = strings.FieldsFunc(ch.value, func(r rune) bool { return r == ',' })
		case borrowed:
			require.Contains(t, byID[from].Inputs, ch.field, w.text)
			inputs[ch.field] = byID[from].Inputs[ch.field]
		case ch.value == "null":
			delete(inputs, ch.field)
		default:
			inputs[ch.field] = changed(inputs[ch.field], ch.value)
		}
	}
	c.Inputs = inputs
	// The outputs of the changed case are not known.
	c.Outputs, c.Expect, c.Keep = nil, "differs", nil
	return c
}

// changed writes a new value in the form of the old one.
func changed(old json.RawMessage, text string) json.RawMessage {
	var object map[string]json.RawMessage
	if json.Unmarshal(old, &object) == nil && isQuantity(object) {
		object["value"] = marshal(literal(text))
		return marshal(object)
	}
	return marshal(literal(text))
}

// The values of solvers.md, sections 3 and 10.
func TestWorked(t *testing.T) {
	all, err := golden.All()
	require.NoError(t, err)
	byID := map[string]golden.Case{}
	for _, c := range all {
		byID[c.ID] = c
	}
	checked := 0
	for _, w := range workedRows(t) {
		c := w.apply(t, byID)
		a, ok := adapterOf(c.Solver)
		require.True(t, ok, c.Solver)
		in := newInputs(c, w.ours)
		answers, result, err := a.solve(in)
		require.Empty(t, in.mistake, w.text)
		require.NoError(t, err, w.text)
		for _, v := range w.values {
			requireWorked(t, w, v, answers, result)
			checked++
		}
	}
	require.Equal(t, 671, checked)
}

func requireWorked(t *testing.T, w worked, want change, answers answer, result any) {
	t.Helper()
	got := answers[strings.TrimPrefix(want.field, "-")]
	if name, ours := strings.CutPrefix(want.field, "."); ours {
		x, f, err := describe.Number(result, name)
		require.NoError(t, err, w.text)
		require.True(t, f.IsKnown(reflect.ValueOf(result)), w.text)
		got = num(x)
	}
	text, printed := strings.CutPrefix(want.value, "~")
	x, err := strconv.ParseFloat(text, 64)
	switch {
	case text == "unknown":
		require.Equal(t, unknown, got.kind, "%s: %s = %+v", w.text, want.field, got)
	case err == nil:
		require.Equal(t, number, got.kind, "%s: %s", w.text, want.field)
		require.InDelta(t, x, got.number, halfDigit(text, x, printed), "%s: %s", w.text, want.field)
	case text == "true" || text == "false":
		require.Equal(t, yes(text == "true"), got, "%s: %s", w.text, want.field)
	default:
		require.Equal(t, said(text), got, "%s: %s", w.text, want.field)
	}
}

// halfDigit is half a unit of the seventh significant digit, or of the last one
// that is printed, with some room for the rounding of the text itself.
func halfDigit(text string, x float64, printed bool) float64 {
	const room, digits = 0.51, 7
	if !printed {
		return room * math.Pow(10, math.Floor(math.Log10(max(math.Abs(x), 1e-300)))+1-digits)
	}
	mantissa, exponent, _ := strings.Cut(text, "e")
	_, decimals, _ := strings.Cut(mantissa, ".")
	shift, _ := strconv.Atoi(exponent) // none is 0
	return room * math.Pow(10, float64(shift-len(decimals)))
}
