package lab_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	. "github.com/mlsysim/golab/kernelext/lab"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/mlsysim/show"
)

func TestExploreWaitsForAPrediction(t *testing.T) {
	h := hosted(t)
	Open("T0", "explorer")
	ran := 0
	explore := func() { Explore("q1", func() { ran++ }) }
	explore()
	require.Zero(t, ran)
	require.Contains(t, h.shown[len(h.shown)-1]["text/plain"], `Predict("q1", your guess)`)
	Predict("q2", 1)
	explore()
	require.Zero(t, ran, "another question's prediction opens nothing")
	Predict("q1", 1)
	explore()
	require.Equal(t, 1, ran)
	Open("T0", "explorer")
	explore()
	require.Equal(t, 2, ran, "the same lab again forgets nothing")
	Open("T0", "somebody else")
	explore()
	require.Equal(t, 2, ran)
}

func TestCheckAsksTheJudge(t *testing.T) {
	h := hosted(t)
	t.Cleanup(func() { record.UseJudge(nil) })
	Open("T0", "checker")
	Check()
	require.Contains(t, h.shown[len(h.shown)-1]["text/plain"], "mlsysim lab check")

	var kinds []record.Kind
	record.UseJudge(func(said []record.Record, call func(id, tag, inputs string) (record.Record, bool)) show.View {
		for _, r := range said {
			kinds = append(kinds, r.Kind)
		}
		r, ok := call("q1", "t", "[[1],[2]]")
		require.True(t, ok)
		require.JSONEq(t, `[{"n":2},{"n":4}]`, r.Fields)
		_, ok = call("q2", "t", "[]")
		require.False(t, ok)
		return show.View{Title: "so far"}
	})
	AnswerFunc("q1", func(n int) float64 { return 2 * float64(n) })
	Check()
	require.Equal(t, []record.Kind{record.Open, record.Answer}, kinds)
	require.Contains(t, h.shown[len(h.shown)-1]["text/plain"], "so far")
}

func TestFunctionsAreCalledForTheGrader(t *testing.T) {
	h := hosted(t)
	Open("T0", "caller")
	AnswerFunc("q1", func(batch int, limit Seconds, deep bool, name string) Seconds {
		if batch == 3 {
			panic("not three")
		}
		return limit.Times(float64(batch))
	})
	CallAnswer("q1", "tag", `[[2,0.5,true,"x"],[3,1,true,""],[1,1],["a",1,true,""],[0,0,false,""]]`)
	CallAnswer("q9", "tag", `[[1]]`)
	r := h.records[len(h.records)-2]
	require.Equal(t, record.Call, r.Kind)
	var got []record.Result
	require.NoError(t, json.Unmarshal([]byte(r.Fields), &got))
	require.Equal(t, []record.Result{{Number: 1}, {Err: "not three"}, {Err: "it takes 4 values: want 2"}, {Err: "it takes a int as value 1"}, {}}, got)
	require.Empty(t, h.records[len(h.records)-1].Fields, "there is no function for q9")
	require.PanicsWithError(t, "answer q1: a int is no function: want one such as func(batch int) Seconds", func() { AnswerFunc("q1", 3) })
	require.Panics(t, func() { AnswerFunc("q1", func() {}) })
	require.Panics(t, func() { AnswerFunc("q1", func(Device) int { return 1 }) })
}

func TestDesignsAreRecordedByField(t *testing.T) {
	h := hosted(t)
	Open("T0", "designer")
	Answer("q1", SingleNode{Model: Llama3_8B, Hardware: H100, Batch: 4, Precision: FP8})
	r := h.records[1]
	require.Equal(t, "design", r.Type)
	require.JSONEq(t, `{"model":"Llama-3.1-8B","hardware":"NVIDIA H100 SXM5","batch":4,"precision":"fp8"}`, r.Fields)
	own := H100
	own.Memory = 100 * GB
	Answer("q1", SingleNode{Model: Llama3_8B, Hardware: own, Batch: 4})
	require.Contains(t, h.records[2].Fields, `"memory":100000000000`, "a changed device is told in full")
	require.Panics(t, func() { Answer("q1", own) }, "a device is no design")
	require.Panics(t, func() { Predict("q1", SingleNode{}) })
}

type mute struct{ host }

func (*mute) Mute() {}

func TestNothingIsDrawnForAMute(t *testing.T) {
	h := &mute{}
	record.Use(h)
	t.Cleanup(func() { record.Use(nil) })
	Open("T0", "mute")
	Show(Evaluate(Llama3_8B, H100))
	ShowAs("x", 3)
	Answer("q1", 3)
	require.Len(t, h.records, 2)
	require.Len(t, h.shown, 2, "what is recorded is said")
}
