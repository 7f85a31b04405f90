package cli

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
)

func TestWantsJSON(t *testing.T) {
	for _, args := range [][]string{
		{"-o", "json"},
		{"eval", "-ojson"},
		{"-o=json"},
		{"--format", "JSON"},
		{"--format=json"},
		{"--output=json"},
		{"--output", "json"},
		{"-o", "text", "-o", "json"},
	} {
		require.True(t, wantsJSON(args), args)
	}
	for _, args := range [][]string{
		nil, {"-o"}, {"-o", "text"}, {"json"}, {"--", "-o", "json"}, {"-o", "json", "-o", "text"}, {"--formats=json"}, {"--output", "256"},
	} {
		require.False(t, wantsJSON(args), args)
	}
}

func TestScreen(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want show.Options
	}{
		{nil, show.Options{Width: 80}},
		{map[string]string{"COLUMNS": "120"}, show.Options{Width: 120}},
		{map[string]string{"COLUMNS": "-3"}, show.Options{Width: 80}},
		{map[string]string{"COLUMNS": "wide"}, show.Options{Width: 80}},
		{map[string]string{"CLICOLOR_FORCE": "1"}, show.Options{Width: 80, Color: true}},
		{map[string]string{"CLICOLOR_FORCE": "0"}, show.Options{Width: 80}},
		{map[string]string{"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, show.Options{Width: 80}},
	} {
		got := Screen(&bytes.Buffer{}, func(name string) string { return c.env[name] })
		require.Equal(t, c.want, got, c.env)
	}
}

func TestRunEndsWithTheRightCode(t *testing.T) {
	end := func(err error) int {
		root := Root(&cobra.Command{Use: "prog"}, "test")
		root.AddCommand(&cobra.Command{Use: "end", RunE: func(*cobra.Command, []string) error { return err }})
		return Run(root, []string{"end"})
	}
	require.Equal(t, OK, end(nil))
	require.Equal(t, OK, end(End(OK)))
	require.Equal(t, Infeasible, end(End(Infeasible)))
	require.Equal(t, Broken, end(fmt.Errorf("checking: %w", End(Broken))))
	require.Equal(t, Bad, end(errors.New("no")))
}

// TestRunCatchesPanics matters because the runtime would exit with 2, which says
// that a design does not fit.
func TestRunCatchesPanics(t *testing.T) {
	root := Root(&cobra.Command{Use: "prog"}, "test")
	root.AddCommand(&cobra.Command{Use: "fall", RunE: func(*cobra.Command, []string) error { panic("over") }})
	require.Equal(t, Bad, Run(root, []string{"fall"}))
}

func TestExplain(t *testing.T) {
	known := Unknown("solver", "servin", []string{"serving", "single-node"})
	field := describe.Refuse("serving.Serving", "KVPrecision", 0, "at least 1")
	type input struct{ KVPrecision int }
	for want, err := range map[string]error{
		`{"status":"error","title":"unknown solver","reason":"unknown solver \"servin\": did you mean serving?","code":"unknown_name","field":"","suggestions":["serving"]}`:  known,
		`{"status":"error","title":"unknown solver","reason":"unknown solver \"servin\": did you mean serving?","code":"unknown_name","field":"x","suggestions":["serving"]}`: Blame("x", known),
		`{"status":"error","title":"value out of range","reason":"KVPrecision = 0: want at least 1","code":"out_of_range","field":"KVPrecision","suggestions":[]}`:            fmt.Errorf("solving: %w", field),
		`{"status":"error","title":"value out of range","reason":"kv_precision = 0: want at least 1","code":"out_of_range","field":"kv_precision","suggestions":[]}`:          Keyed(field, reflect.TypeFor[input]()),
		`{"status":"error","title":"bad input","reason":"a <b> c","code":"bad_input","field":"","suggestions":[]}`:                                                            errors.New("a <b>\n c"),
		`{"status":"error","title":"unknown name","reason":"unknown zone \"q\": did you mean A, B?","code":"unknown_name","field":"","suggestions":["A","B"]}`:                errors.New(`unknown zone "q": did you mean A, B?`),
	} {
		require.Equal(t, want+"\n", string(Explain(err).JSON()))
	}
}

func TestUnknownListsTheKnownWhenNothingIsNear(t *testing.T) {
	require.EqualError(t, Unknown("lab", "zzz", []string{"T0", "T1"}), `unknown lab "zzz": want one of T0, T1`)
}

func TestLimits(t *testing.T) {
	var s Size
	require.NoError(t, s.Set("1 GiB"))
	require.Equal(t, Size(units.GiB), s)
	var w Wait
	require.NoError(t, w.Set("1m30s"))
	require.Equal(t, "1m30s", w.String())
	for _, text := range []string{"", "-1 B", "0 B", "100 B", "2 TiB", "NaN B", "3 s", "12"} {
		require.Error(t, s.Set(text), text)
	}
	for _, text := range []string{"", "3", "-1s", "0s", "25h", "1 GiB"} {
		require.Error(t, w.Set(text), text)
	}
	require.Equal(t, Size(units.GiB), s) // a refused value changes nothing
}

func TestFormat(t *testing.T) {
	f := Text
	require.NoError(t, f.Set("Markdown"))
	require.Equal(t, Markdown, f)
	require.ErrorContains(t, f.Set("jsn"), "did you mean json?")
}
