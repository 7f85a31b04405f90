package describe_test

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/units"
)

// place is an entry that can be given by name or as an object.
type place struct {
	Name string        `help:"which"`
	Trip units.Seconds `help:"how far" min:"0"`
}

func (p place) String() string { return p.Name }

func (p *place) UnmarshalText(text []byte) error {
	if string(text) != "here" && string(text) != "there" {
		return fmt.Errorf("unknown place %q", text)
	}
	*p = place{Name: string(text)}
	return nil
}

// tour embeds an input and adds lists to it.
type tour struct {
	input
	Places []place         `help:"where to"`
	Sizes  []int           `help:"how many" min:"1"`
	Waits  []units.Seconds `help:"how long" above:"0"`
}

type loose struct{ Parts []part }

func (t tour) valid() tour {
	t.Batch = 1
	return t
}

func TestCheckLooksIntoLists(t *testing.T) {
	good := tour{Places: []place{{"here", 1}, {"there", 0}}, Sizes: []int{1, 2}, Waits: []units.Seconds{5}}.valid()
	require.NoError(t, describe.Check(&good))
	require.NoError(t, describe.Check(&tour{input: valid()}))
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if describe.Check(&good) != nil {
			t.Fail()
		}
	}))
	for want, bad := range map[string]tour{
		"describe_test.tour: Places[1].Trip = -1 s: want at least 0":  {Places: []place{{}, {Trip: -1}}},
		"describe_test.tour: Places[0].Trip = NaN: want at least 0":   {Places: []place{{Trip: units.Seconds(math.NaN())}}},
		"describe_test.tour: Sizes[2] = 0: want at least 1":           {Sizes: []int{4, 8, 0}},
		"describe_test.tour: Sizes[0] = 2000000000: want at most 1e9": {Sizes: []int{2e9}},
		"describe_test.tour: Waits[1] = 0 s: want above 0":            {Waits: []units.Seconds{1, 0}},
	} {
		bad := bad.valid()
		require.EqualError(t, describe.Check(&bad), want)
	}
	bad := loose{Parts: []part{{Size: -1}}}
	require.EqualError(t, describe.Check(&bad), "describe_test.loose: Parts[0].Size = -1 B: want at least 0")
}

// An embedded input's fields are named as the JSON names them.
func TestCheckNamesEmbeddedFields(t *testing.T) {
	type outer struct{ Input input }
	require.EqualError(t, describe.Check(&outer{}), "describe_test.outer: Input.Batch = 0: want at least 1")
	require.EqualError(t, describe.Check(&tour{}), "describe_test.tour: Batch = 0: want at least 1")
}

func TestListEntriesHaveNoDefaults(t *testing.T) {
	type filled struct {
		Waits []units.Seconds `default:"5 s"`
	}
	type timed struct {
		Wait units.Seconds `default:"5 s"`
	}
	type nested struct{ Stops []timed }
	require.Panics(t, func() { _ = describe.Check(&filled{}) })
	require.Panics(t, func() { _ = describe.Check(&nested{}) })
}

func TestDecodeLists(t *testing.T) {
	in := tour{}.valid()
	require.NoError(t, describe.Decode([]byte(`{"places": ["here", {"name": "x", "trip": "20 ms"}], "sizes": [4, 8], "waits": "1 s, 2 min"}`), &in))
	require.Equal(t, []place{{Name: "here"}, {Name: "x", Trip: 20 * units.Millisecond}}, in.Places)
	require.Equal(t, []int{4, 8}, in.Sizes)
	require.Equal(t, []units.Seconds{1, 120}, in.Waits)

	require.NoError(t, describe.Check(&in)) // fills the defaults in
	out, err := describe.Encode(in)
	require.NoError(t, err)
	var back tour
	require.NoError(t, describe.Decode(out, &back))
	require.Equal(t, in, back)
	require.Contains(t, string(out), `"places":[{"name":"here","trip":0},{"name":"x","trip":0.02}],"sizes":[4,8]`)

	for text, want := range map[string]string{
		`{"sizes": 4}`:               "sizes: want a list, got 4",
		`{"sizes": [4, 0]}`:          "Sizes[1] = 0: want at least 1",
		`{"sizes": "4, 0"}`:          "Sizes[1] = 0: want at least 1",
		`{"sizes": [1.5]}`:           "Sizes[0] = 1.5: want a whole number",
		`{"sizes": "many"}`:          `Sizes: "many": want a whole number`,
		`{"places": ["nowhere"]}`:    `Places[0]: unknown place "nowhere"`,
		`{"places": [{"trap": 1}]}`:  `unknown field "places[0].trap": did you mean trip?`,
		`{"places": [{"trip": -1}]}`: "places[0].Trip = -1 s: want at least 0",
	} {
		require.ErrorContains(t, describe.Decode([]byte(text), &in), want, text)
	}
}

func TestListFlags(t *testing.T) {
	in := tour{input: valid()}
	flags := map[string]*describe.Flag{}
	for _, f := range describe.Flags(&in) {
		flags[f.Name] = f
	}
	require.False(t, flags["sizes"].Required)
	require.Equal(t, "list", flags["sizes"].Type())
	require.Equal(t, "how many (separated by commas; at least 1)", flags["sizes"].Usage)
	require.Empty(t, flags["sizes"].String())
	require.NoError(t, flags["sizes"].Set("4, 8,"))
	require.Equal(t, []int{4, 8}, in.Sizes)
	require.Equal(t, "4, 8", flags["sizes"].String())
	require.ErrorContains(t, flags["sizes"].Set("4,-1"), "Sizes[1] = -1: want at least 1")
	require.NoError(t, flags["places"].Set("there,here"))
	require.Equal(t, "there, here", describe.Text(in.Places))
	require.ErrorContains(t, flags["places"].Set("Atlantis"), "unknown place")
	var l loose
	require.Empty(t, describe.Flags(&l)) // its entries have no text form
}

func TestListSchema(t *testing.T) {
	out, err := json.Marshal(describe.Schema(reflect.TypeFor[tour]()))
	require.NoError(t, err)
	require.Contains(t, string(out), `"sizes":{"items":{"type":"integer","minimum":1},"type":"array"`)
	require.Contains(t, string(out), `"places":{"items":{"oneOf":[{"type":"string"`)
	require.Contains(t, string(out), `"exclusiveMinimum":0`)
}
