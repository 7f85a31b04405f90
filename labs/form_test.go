package labs_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/labs"
)

func TestForm(t *testing.T) {
	say := func(kind record.Kind, id string) record.Record { return record.Record{Kind: kind, ID: id} }
	vs := labs.Form([]record.Record{
		{Kind: record.Open, Lab: "mine"},
		say(record.Predict, "q1"), say(record.Answer, "q1.a"), say(record.Because, "q1"),
		say(record.Answer, "q2"), say(record.Predict, "q2"),
		say(record.Predict, "q3"),
	})
	require.Len(t, vs, 3)
	require.True(t, vs[0].OK())
	require.InDelta(t, 1, vs[0].Points, 1e-12)
	require.False(t, vs[1].OK(), "a prediction after the answer is none")
	require.False(t, vs[2].OK(), "no answer")
	require.Empty(t, labs.Form(nil))
}
