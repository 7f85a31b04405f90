package describe_test

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/units"
)

// colour stands for any enumerated input.
type colour uint8

func (c colour) String() string                   { return c.Names()[c] }
func (colour) Names() []string                    { return []string{"red", "green"} }
func (c colour) MarshalText() ([]byte, error)     { return []byte(c.String()), nil }
func (c *colour) UnmarshalText(text []byte) error { return describe.ReadEnum(c, "colour", text) }

type part struct {
	Size units.Bytes `help:"how big" min:"0"`
}

type input struct {
	Batch    int           `help:"how many" min:"1"`
	Share    float64       `help:"part of the whole" above:"0" max:"1" default:"0.5"`
	Duration units.Seconds `help:"how long" above:"0" default:"30 days"`
	Part     part          `help:"what"`
	Colour   colour        `help:"which"`
	KVSize   units.Bytes   `help:"cache" min:"0"`
	FLOPs    units.FLOP    `help:"work"`
	Label    string        `help:"free text"`
	On       bool          `help:"switch"`
}

func valid() input { return input{Batch: 1} }

func TestCheckFillsDefaults(t *testing.T) {
	in := valid()
	require.NoError(t, describe.Check(&in))
	require.Equal(t, 0.5, in.Share)
	require.Equal(t, 30*units.Day, in.Duration)
}

func TestCheckNamesFieldValueAndRange(t *testing.T) {
	for want, change := range map[string]func(*input){
		"describe_test.input: Batch = 0: want at least 1":                          func(in *input) { in.Batch = 0 },
		"describe_test.input: Batch = 2000000000: want at most 1e9":                func(in *input) { in.Batch = 2_000_000_000 },
		"describe_test.input: Share = 1.5: want above 0 and at most 1":             func(in *input) { in.Share = 1.5 },
		"describe_test.input: Share = NaN: want above 0 and at most 1":             func(in *input) { in.Share = math.NaN() },
		"describe_test.input: Part.Size = -2 kB: want at least 0":                  func(in *input) { in.Part.Size = -2000 },
		"describe_test.input: Colour = 7: want one of red, green":                  func(in *input) { in.Colour = 7 },
		"describe_test.input: FLOPs = 1e+34 YFLOP: want 0 or a size from 1e-30 to": func(in *input) { in.FLOPs = 1e58 },
		"describe_test.input: FLOPs = +Inf: want a finite number":                  func(in *input) { in.FLOPs = units.FLOP(math.Inf(1)) },
	} {
		in := valid()
		change(&in)
		require.ErrorContains(t, describe.Check(&in), want)
	}
}

func TestCheckAllocatesNothing(t *testing.T) {
	in := valid()
	require.Zero(t, testing.AllocsPerRun(100, func() {
		copied := in
		if describe.Check(&copied) != nil {
			t.Fail()
		}
	}))
}

func TestCheckRefusesTypesItCannotSee(t *testing.T) {
	type blind struct{ Values map[string]float64 }
	require.PanicsWithValue(t, "describe: describe_test.blind.Values: a map field cannot be checked", func() { _ = describe.Check(&blind{}) })
}

func TestKeys(t *testing.T) {
	var keys, flags []string
	for _, f := range describe.Fields(reflect.TypeFor[input]()) {
		keys, flags = append(keys, f.Key), append(flags, f.Flag)
	}
	require.Equal(t, []string{"batch", "share", "duration", "part", "colour", "kv_size", "flops", "label", "on"}, keys)
	require.Equal(t, "kv-size", flags[5])
}

func TestDecode(t *testing.T) {
	var in input
	require.NoError(t, describe.Decode([]byte(`{"batch": 8, "duration": "2 h", "part": {"size": "80 GiB"}, "colour": "Green", "on": true}`), &in))
	require.Equal(t, input{Batch: 8, Duration: 2 * units.Hour, Part: part{80 * units.GiB}, Colour: 1, On: true}, in)
}

func TestDecodeErrors(t *testing.T) {
	for text, want := range map[string]string{
		`{"batch": 0}`:                    "Batch = 0: want at least 1",
		`{"share": 0}`:                    "Share = 0: want above 0 and at most 1", // explicit, so not the default
		`{"batch": 1.5}`:                  "Batch = 1.5: want a whole number",
		`{"batch": "many"}`:               `Batch = "many": want a whole number`,
		`{"bach": 1}`:                     `unknown field "bach": did you mean batch?`,
		`{"part": {"sise": 1}}`:           `unknown field "part.sise": did you mean size?`,
		`{"part": 3}`:                     "part: want an object, got 3",
		`{"part": {"size": -1}}`:          "part.Size = -1 B: want at least 0",
		`{"duration": "2 GB"}`:            `"2 GB" is Bytes, want Seconds`,
		`{"colour": "gren"}`:              "unknown colour \"gren\": want one of red, green; did you mean green?",
		`{"batch": 1} {"batch": 2}`:       "more than one JSON document",
		`{"batch": 1`:                     "reading JSON",
		`[1]`:                             "want an object, got [1]",
		`{"share": 1e999}`:                "Share = 1e999: want a number",
		`{"batch": 99999999999999999999}`: "Batch = 99999999999999999999: want a whole number",
	} {
		var in input
		require.ErrorContains(t, describe.Decode([]byte(text), &in), want, text)
	}
}

func TestEncodeIsPlainSIAndNullWhereUnknown(t *testing.T) {
	type result struct {
		Energy units.Joules `known:"Known"`
		Cost   units.USD    `known:"Sure" json:"m_cost"`
		Known  bool
		Sure   bool
		Tint   colour
	}
	out, err := describe.Encode(result{Energy: 2, Cost: 3, Sure: true})
	require.NoError(t, err)
	require.Equal(t, `{"energy":null,"m_cost":3,"known":false,"sure":true,"tint":"red"}`, string(out))
	_, err = describe.Encode(result{Known: true, Energy: units.Joules(math.NaN())})
	require.ErrorContains(t, err, "Energy")
}

func TestEncodeDecodesBack(t *testing.T) {
	in := input{Batch: 3, Share: 0.25, Duration: 5, Part: part{12}, Colour: 1, Label: "x"}
	out, err := describe.Encode(in)
	require.NoError(t, err)
	var back input
	require.NoError(t, describe.Decode(out, &back))
	require.Equal(t, in, back)
}

func TestFlags(t *testing.T) {
	in := valid()
	flags := map[string]*describe.Flag{}
	for _, f := range describe.Flags(&in) {
		flags[f.Name] = f
	}
	require.NotContains(t, flags, "part") // a plain struct has no text form
	require.NoError(t, flags["duration"].Set("90 min"))
	require.Equal(t, 90*units.Minute, in.Duration)
	require.True(t, flags["batch"].Required)
	require.Equal(t, "quantity", flags["duration"].Type())
	require.Equal(t, []string{"red", "green"}, flags["colour"].Enum)
	require.Equal(t, "how many (at least 1)", flags["batch"].Usage)
	require.ErrorContains(t, flags["batch"].Set("0"), "Batch = 0: want at least 1")
	require.ErrorContains(t, flags["share"].Set("NaN"), "Share = NaN")
	require.ErrorContains(t, flags["batch"].Set("eight"), `"eight": want a whole number`)
	require.ErrorContains(t, flags["on"].Set("perhaps"), "want true or false")
}

func TestSetFieldAndNumber(t *testing.T) {
	in := valid()
	require.NoError(t, describe.SetField(&in, "Batch", 64))
	require.Equal(t, 64, in.Batch)
	require.ErrorContains(t, describe.SetField(&in, "Batch", 1.5), "want a whole number")
	require.ErrorContains(t, describe.SetField(&in, "batsch", 2), "did you mean Batch?")
	require.ErrorContains(t, describe.SetField(&in, "Label", 2), "cannot be swept")
	v, field, err := describe.Number(in, "batch")
	require.NoError(t, err)
	require.Equal(t, 64.0, v)
	require.Equal(t, "how many", field.Help)
}

func TestSchema(t *testing.T) {
	out, err := json.Marshal(describe.Schema(reflect.TypeFor[input]()))
	require.NoError(t, err)
	var s struct {
		Required   []string
		Properties map[string]map[string]any
	}
	require.NoError(t, json.Unmarshal(out, &s))
	require.Equal(t, []string{"batch"}, s.Required)
	require.Equal(t, "how many", s.Properties["batch"]["description"])
	require.Equal(t, 1.0, s.Properties["batch"]["minimum"])
	require.Equal(t, "s", s.Properties["duration"]["x-unit"])
	require.Equal(t, []any{"red", "green"}, s.Properties["colour"]["enum"])
}

// remarks stands for a set of remarks that is stored as bits.
type remarks uint32

func (remarks) Texts() []string { return []string{"too big"} }

func TestSchemaOfRemarks(t *testing.T) {
	type result struct {
		Remarks remarks `help:"what to know"`
	}
	out, err := json.Marshal(describe.Schema(reflect.TypeFor[result]()))
	require.NoError(t, err)
	require.Contains(t, string(out), `"remarks":{"items":{"type":"string"},"type":"array","description":"what to know"}`)
}

func TestNear(t *testing.T) {
	require.Equal(t, []string{"batch"}, describe.Near("bach", []string{"phase", "batch", "context"}, 1))
	require.Empty(t, describe.Near("zzz", []string{"batch"}, 3))
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"batch": 8, "part": {"size": "80 GiB"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var in input
		if describe.Decode(data, &in) == nil && describe.Check(&in) == nil {
			_, err := describe.Encode(in)
			require.NoError(t, err)
		}
	})
}

func TestReadEnum(t *testing.T) {
	c := colour(1)
	require.ErrorContains(t, describe.ReadEnum(&c, "colour", []byte("grene")), `unknown colour "grene": want one of red, green; did you mean green?`)
	require.Equal(t, colour(1), c, "what is refused changes nothing")
	require.NoError(t, describe.ReadEnum(&c, "colour", []byte("RED")))
	require.Equal(t, colour(0), c)
}

func TestCount(t *testing.T) {
	require.Equal(t, "1 replica, 0 requests, 12 requests", describe.Count(1, "replica")+", "+describe.Count(0, "request")+", "+describe.Count(12, "request"))
}
