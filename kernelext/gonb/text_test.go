package gonb_test

import (
	"errors"
	"fmt"
	"html/template"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/gonb"
)

func Example() {
	// In a terminal this prints the text; in a GoNB cell it shows the HTML.
	err := gonb.Show(map[string]any{
		"text/plain": "decode 4.8 ms",
		"text/html":  "<b>decode</b> 4.8 ms",
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: decode 4.8 ms
}

func TestShowWithoutKernelPrintsText(t *testing.T) {
	var out, report strings.Builder
	d := gonb.New(gonb.Options{Out: &out, Err: &report})
	require.NoError(t, d.Show(map[string]any{"text/plain": "one"}))
	require.NoError(t, d.Update("id", map[string]any{"text/plain": "two\n", "text/html": template.HTML("<b>")}))
	require.NoError(t, d.Err())
	require.Equal(t, "one\ntwo\n", out.String())
	require.Empty(t, report.String())
}

func TestActiveFollowsTheEnvironment(t *testing.T) {
	t.Setenv("GONB_PIPE", "")
	require.False(t, gonb.Active())
	t.Setenv("GONB_PIPE", "/tmp/pipe")
	require.True(t, gonb.Active())
}

func TestShowNamesWhatIsWrong(t *testing.T) {
	loop := map[string]any{}
	loop["again"] = loop
	for want, bundle := range map[string]map[string]any{
		`"text/plain" = <nil>: want a string`:    {"text/html": "<b>"},
		`"text/plain" = int: want a string`:      {"text/plain": 1},
		`"html": want a MIME type`:               {"text/plain": "a", "html": "<b>"},
		`"gonb/comm_value": want a MIME type`:    {"text/plain": "a", "gonb/comm_value": "b"},
		`"text/html": value is nil`:              {"text/plain": "a", "text/html": nil},
		`unsupported value: NaN`:                 {"text/plain": "a", "application/json": math.NaN()},
		`unsupported type: chan int`:             {"text/plain": "a", "application/json": make(chan int)},
		`"a/b": json: unsupported value: enco`:   {"text/plain": "a", "a/b": loop},
		`"application/json": want one JSON`:      {"text/plain": "a", "application/json": []byte("1 2")},
		`"application/json": invalid character`:  {"text/plain": "a", "application/json": []byte("{]")},
		`"a/b+json": strconv.ParseFloat: parsin`: {"text/plain": "a", "a/b+json": []byte("[{\"x\": 1e999}]")},
	} {
		var out strings.Builder
		err := gonb.New(gonb.Options{Out: &out}).Show(bundle)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "gonb.Show: ")
		require.Empty(t, out.String())
	}
}

func TestUpdateWantsAnID(t *testing.T) {
	err := gonb.New(gonb.Options{}).Update("", map[string]any{"text/plain": "a"})
	require.ErrorContains(t, err, "id is empty")
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestShowReportsUnprintedText(t *testing.T) {
	d := gonb.New(gonb.Options{Out: brokenWriter{}})
	require.ErrorContains(t, d.Show(map[string]any{"text/plain": "a"}), "printing text/plain: no space")
}
