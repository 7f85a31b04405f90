package answer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/answer"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/mlsysim/units"
)

func TestReadRoundTrip(t *testing.T) {
	a, err := record.Of(record.Answer, "q1.memory", 5*units.Millisecond)
	require.NoError(t, err)
	o := record.Record{Kind: record.Open, Lab: "T0", Student: "s123"}

	got, notes := answer.Read([][]byte{o.JSON(), a.JSON()})
	require.Empty(t, notes)
	require.Equal(t, []record.Record{o, a}, got)
}

func TestReadDropsWhatIsNoRecord(t *testing.T) {
	for _, c := range []struct{ data, says string }{
		{`{`, "not a record"},
		{`{"kind":"answer","id":"q1","type":"number","points":10}`, `unknown field "points"`},
		{`{"kind":"verdict","id":"q1","type":"number"}`, `kind "verdict"`},
		{`{"kind":"answer","type":"number"}`, `id ""`},
		{`{"kind":"answer","id":"../../x","type":"number"}`, `id "../../x"`},
		{`{"kind":"answer","id":"q1"}`, "no type"},
		{`{"kind":"open","lab":"T0"}`, "want a lab and a student"},
		{`{"kind":"answer","id":"q1","type":"number"}{}`, "something follows"},
		{`{"kind":"answer","id":"q1","type":"number","number":1e999}`, "not a record"},
		{`{"kind":"answer","id":"q1","type":"` + strings.Repeat("x", answer.MaxBytes) + `"}`, "want at most 16384"},
	} {
		records, notes := answer.Read([][]byte{[]byte(c.data)})
		require.Empty(t, records, c.data)
		require.Len(t, notes, 1)
		require.Contains(t, notes[0], c.says)
	}
}

func TestReadCaps(t *testing.T) {
	var raw [][]byte
	for i := range answer.MaxRecords + 10 {
		raw = append(raw, fmt.Appendf(nil, `{"kind":"answer","id":"q%d","type":"number"}`, i))
	}
	records, notes := answer.Read(raw)
	require.Len(t, records, answer.MaxRecords)
	require.Equal(t, []string{"only the first 1000 records count"}, notes)

	bad := make([][]byte, 20)
	_, notes = answer.Read(bad)
	require.Len(t, notes, 6)
	require.Equal(t, "15 more records are left out", notes[5])
}
