package record_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func TestOf(t *testing.T) {
	for want, v := range map[string]any{
		`{"kind":"answer","id":"q","type":"Bytes","unit":"B","number":80000000000,"text":"80 GB"}`: 80 * units.GB,
		`{"kind":"answer","id":"q","type":"number","number":3,"text":"3"}`:                         3,
		`{"kind":"answer","id":"q","type":"number","number":0.5,"text":"0.5"}`:                     0.5,
		`{"kind":"answer","id":"q","type":"text","text":"memory bandwidth"}`:                       walls.MemoryBandwidth,
		`{"kind":"answer","id":"q","type":"bool","text":"true"}`:                                   true,
		`{"kind":"answer","id":"q","type":"text","text":"because"}`:                                "because",
	} {
		r, err := record.Of(record.Answer, "q", v)
		require.NoError(t, err)
		require.JSONEq(t, want, string(r.JSON()))
	}
}

func TestOfRefuses(t *testing.T) {
	for want, v := range map[string]any{
		"no value":                        nil,
		"cannot be an answer":             []int{1},
		"is not a finite number":          math.NaN(),
		"+Inf B is not a finite number":   units.Bytes(math.Inf(1)),
		"a map[string]int cannot be":      map[string]int{},
		"a struct { X int } cannot be an": struct{ X int }{1},
	} {
		_, err := record.Of(record.Answer, "q1", v)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "answer q1")
	}
}

func TestRecordsDecodeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, err := record.Of(record.Predict, rapid.String().Draw(t, "id"), units.Seconds(rapid.Float64().Draw(t, "value")))
		require.NoError(t, err)
		var back record.Record
		require.NoError(t, json.Unmarshal(r.JSON(), &back))
		require.Equal(t, r.Number, back.Number)
	})
}

func TestChooseDependsOnEveryPartAndSpreads(t *testing.T) {
	seen := map[int]int{}
	for i := range 600 {
		seen[record.Choose("T0", string(rune('a'+i%26))+string(rune('0'+i/26)), "batch", 6)]++
	}
	require.Len(t, seen, 6)
	for choice, n := range seen {
		require.InDelta(t, 100, n, 45, "choice %d", choice)
	}
	require.Equal(t, record.Choose("T0", "s1", "batch", 100), record.Choose("T0", "s1", "batch", 100))
	require.NotEqual(t,
		[]int{record.Choose("T0", "s1", "batch", 1000), record.Choose("T0", "s1", "context", 1000)},
		[]int{record.Choose("T0", "s2", "batch", 1000), record.Choose("T1", "s1", "context", 1000)})
}
