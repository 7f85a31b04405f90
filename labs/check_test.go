package labs_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/labs"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func said(t *testing.T, kind record.Kind, id string, v any) record.Record {
	t.Helper()
	r, err := record.Of(kind, id, v)
	require.NoError(t, err)
	return r
}

func hello(t *testing.T) labs.Lab {
	t.Helper()
	l, err := labs.Find("T0")
	require.NoError(t, err)
	return l
}

// faster is the right answer of T0 q2 for a student.
func faster(l labs.Lab, student string) units.Seconds {
	d := l.Draw(student)
	h := hardware.H100
	h.Bandwidth = h.Bandwidth.Times(1.1)
	return compute.SingleNode{Model: models.Llama3_8B, Hardware: h, Batch: d.Int("batch"), Context: d.Int("context")}.Run().Latency
}

func q2(l labs.Lab, student string, records ...record.Record) labs.Verdict {
	return labs.Check(l, student, records)[1]
}

func TestPoints(t *testing.T) {
	l := hello(t)
	right := said(t, record.Answer, "q2.latency", faster(l, "ada"))
	wrong := said(t, record.Answer, "q2.latency", 1*units.Second)
	guess := said(t, record.Predict, "q2", "anything")
	memory := said(t, record.Because, "q2", walls.MemoryBandwidth)
	other := said(t, record.Because, "q2", walls.Compute)
	for _, c := range []struct {
		name    string
		records []record.Record
		points  float64
	}{
		{"all", []record.Record{guess, right, memory}, 10},
		{"no prediction", []record.Record{right, memory}, 9},
		{"prediction after the answer", []record.Record{right, guess, memory}, 9},
		{"wrong resource", []record.Record{guess, right, other}, 7},
		{"a right label without evidence", []record.Record{guess, wrong, memory}, 1},
		{"the last answer counts", []record.Record{guess, wrong, right, memory}, 10},
		{"and if it is wrong too", []record.Record{guess, right, wrong, memory}, 1},
		{"a prediction alone", []record.Record{guess}, 0},
		{"a label alone", []record.Record{memory}, 0},
		{"nothing", nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.InDelta(t, c.points, q2(l, "ada", c.records...).Points, 1e-9)
		})
	}
}

func TestAnotherStudentsRecordsFail(t *testing.T) {
	l := hello(t)
	records := []record.Record{
		{Kind: record.Open, Lab: "T0", Student: "ada"}, // says who it is, and is not believed
		said(t, record.Answer, "q2.latency", faster(l, "ada")), said(t, record.Because, "q2", walls.MemoryBandwidth),
	}
	require.NotEqual(t, l.Draw("ada").String(), l.Draw("bob").String())
	require.InDelta(t, 9, q2(l, "ada", records...).Points, 1e-9)
	require.Zero(t, q2(l, "bob", records...).Points)
	require.Equal(t, "ada", labs.Opened(l, records))
}

func TestUnknownIDs(t *testing.T) {
	l := hello(t)
	records := []record.Record{said(t, record.Answer, "q9", 1), said(t, record.Answer, "q1.memory", 1*units.Second), said(t, record.Answer, "bonus", 100)}
	require.Equal(t, []string{"bonus", "q9"}, labs.Unknown(l, records))
}

func TestPartsAddUp(t *testing.T) {
	for _, l := range labs.All() {
		for _, v := range labs.Check(l, "ada", nil) {
			sum := 0.0
			for _, p := range v.Parts {
				sum += p.Max
			}
			require.InDelta(t, v.Max, sum, 1e-9)
			require.False(t, v.OK())
			require.False(t, v.Answered)
		}
	}
}
