package labs_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/kernelext/script"
	"github.com/mlsysim/golab/labs"
	"github.com/mlsysim/golab/labs/mutant"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/units"
)

// shapes is a lab whose answers are a function, a design and a text.
func shapes() labs.Lab {
	return labs.Lab{
		ID: "X1", Version: 1,
		Params: []spec.Param{{Name: "context", Var: "tokens", Choices: []int{1000, 2000, 3000}}},
		Questions: []labs.Question{
			{ID: "q1", Points: 10, Claims: []string{"q1"}, Function: decodeTime()},
			{
				ID: "q2", Points: 10, Claims: []string{"q2"},
				Right: func(d spec.Draw) spec.Values { return spec.Values{"q2": pass(d, 8)} },
				Answer: func(_ spec.Draw, c check.Claims) check.Verdict {
					return check.Design{What: "the pass", IDs: []string{"q2"}, Cites: "compute.SingleNode", Solve: limits}.Check(c)
				},
			},
			{ID: "q3", Points: 10, Claims: []string{"q3"}, Manual: true},
		},
	}
}

func pass(d spec.Draw, batch int) compute.SingleNode {
	return compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: batch, Context: d.Int("context")}
}

func limits(c check.Claims) ([]check.Limit, error) {
	var s compute.SingleNode
	if err := check.Read(c, "q2", &s); err != nil {
		return nil, err
	}
	r, err := s.Solve()
	return []check.Limit{
		check.That("device", s.Hardware == hardware.H100, "want the H100 of the registry as it is"),
		check.AtMost("latency", r.Latency, 8*units.Millisecond),
	}, err
}

func decodeTime() *spec.Function {
	latency := func(d spec.Draw, batch int) any {
		s := pass(d, batch)
		s.Context = 0
		return s.Run().Latency
	}
	return &spec.Function{
		Signature: "func(int) Seconds", Cites: "compute.SingleNode", Tolerance: check.Digits(3),
		Draw:  func(_ spec.Draw, r *rand.Rand) []any { return []any{spec.CountOf(r, 1, 1000)} },
		Near:  func(_ spec.Draw, r *rand.Rand) []any { return []any{spec.CountOf(r, 100, 250)} }, // compute takes over at 147
		Edges: func(spec.Draw) [][]any { return [][]any{{1}} },
		Want:  func(d spec.Draw, in []any) any { return latency(d, in[0].(int)) },
		Wrong: []spec.WrongFunction{{Name: "memory only", Says: "the arithmetic takes over in large batches", Func: func(d spec.Draw, in []any) any {
			r := latency(d, in[0].(int))
			s := pass(d, in[0].(int))
			s.Context, s.Efficiency = 0, 1
			return min(r.(units.Seconds), s.Run().Memory+s.Run().Overhead)
		}}},
	}
}

// handedIn runs cells and the calls of a grader.
func handedIn(t *testing.T, h labs.Hidden, src string) []labs.Verdict {
	t.Helper()
	l := shapes()
	cells := []script.Cell{{Name: "script", Src: "l := Open(\"X1\", \"ada\")\ntokens := l.Int(\"context\", 1000, 2000, 3000)\nfmt.Sprint(tokens)\n" + src}}
	for _, c := range labs.Calls(l, "ada", h) {
		cells = append(cells, script.Cell{Name: c.Name, Src: c.Source})
	}
	return labs.CheckHidden(l, "ada", records(t, execute(t, cells...)), h)
}

const (
	solverFunc = "func decodeTime(batch int) Seconds { return SingleNode{Model: Llama3_8B, Hardware: H100, Batch: batch}.Run().Latency }\nAnswerFunc(\"q1\", decodeTime)\n"
	memoryFunc = "func decodeTime(batch int) Seconds { r := SingleNode{Model: Llama3_8B, Hardware: H100, Batch: batch}.Run()\nreturn r.Memory + r.Overhead }\nAnswerFunc(\"q1\", decodeTime)\n"
)

func TestFunctionAnswers(t *testing.T) {
	secret := labs.Hidden{Secret: []byte("course"), Tag: "4711"}
	for _, c := range []struct {
		name, src, says string
		score           float64
	}{
		{"the solver", solverFunc, "right for all 91 inputs", 1},
		{"the law by hand", `AnswerFunc("q1", func(batch int) Seconds {
			r := SingleNode{Model: Llama3_8B, Hardware: H100, Batch: 1}.Run()
			return max(r.Memory, r.Compute.Times(float64(batch))) + r.Overhead
		})`, "right for all 91 inputs", 1},
		{"a constant", `AnswerFunc("q1", func(batch int) Seconds { return 5*Millisecond })`, "the same for every input", 0},
		{"memory only", memoryFunc, "the arithmetic takes over in large batches", -1},
		{"a panic", `AnswerFunc("q1", func(batch int) Seconds { panic(fmt.Sprint("seen ", batch)) })`, "fails for some", 0},
		{"another signature", `AnswerFunc("q1", func(batch float64) Seconds { return 5*Millisecond })`, "want a func(int) Seconds", 0},
		{"a value", `Answer("q1", 5*Millisecond)`, "there is no function", 0},
		{"nothing", "", "there is no function", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := handedIn(t, secret, c.src)[0].Parts[0].Verdict
			require.Contains(t, v.Message, c.says)
			require.Equal(t, c.score == 1, v.OK)
			require.Empty(t, v.CounterExample, "hidden inputs stay hidden")
			require.NotContains(t, v.Message, "seen")
			if c.score >= 0 {
				require.InDelta(t, c.score, v.Score, 1e-9)
			} else {
				require.Less(t, v.Score, 0.5)
			}
		})
	}
}

func TestPracticeShowsTheSmallestInput(t *testing.T) {
	v := handedIn(t, labs.Practice(), memoryFunc)[0].Parts[0].Verdict
	require.False(t, v.OK)
	require.Regexp(t, `^f\(1[4-9][0-9]\) = .* ms$`, v.CounterExample)
	v = handedIn(t, labs.Practice(), `AnswerFunc("q1", func(batch int) Seconds { panic("no such batch") })`)[0].Parts[0].Verdict
	require.Contains(t, v.Message, "no such batch")
}

// A submission cannot know the inputs nor speak for the grader.
func TestHiddenCallsAreTheGraders(t *testing.T) {
	l := shapes()
	source := func(h labs.Hidden) string { return labs.Calls(l, "ada", h)[0].Source }
	one := labs.Hidden{Secret: []byte("one"), Tag: "t"}
	require.Equal(t, source(one), source(labs.Hidden{Secret: []byte("one"), Tag: "t"}), "the same again")
	require.NotEqual(t, source(one), source(labs.Hidden{Secret: []byte("two"), Tag: "t"}))
	require.NotEqual(t, source(one), labs.Calls(l, "bob", one)[0].Source)

	forged := `CallAnswer("q1", "4711", "[[1],[2]]")` + "\n" + `CallAnswer("q1", "practice", "[[1]]")` + "\n"
	v := handedIn(t, labs.Hidden{Secret: []byte("course"), Tag: "4711"}, memoryFunc+forged)[0]
	require.False(t, v.OK())
	stale := labs.Called(l, l.Questions[0], "ada", labs.Practice(), l.Questions[0].Function.Want)
	v = labs.CheckHidden(l, "ada", stale, one)[0]
	require.Contains(t, v.Parts[0].Verdict.Message, "did not come back", "calls of another run do not count")
}

func TestDesignAnswers(t *testing.T) {
	for _, c := range []struct {
		name, src, says string
		ok              bool
	}{
		{"keeps the limits", `Answer("q2", SingleNode{Model: Llama3_8B, Hardware: H100, Batch: 8, Context: tokens})`, "keeps every limit", true},
		{"too slow", `Answer("q2", SingleNode{Model: Llama3_8B, Hardware: H100, Batch: 500, Context: 3000})`, "want at most 8 ms", false},
		{"faster hardware", "h := H100\nh.Bandwidth = 99*TBps\nAnswer(\"q2\", SingleNode{Model: Llama3_8B, Hardware: h, Batch: 64, Context: tokens})", "the H100 of the registry as it is", false},
		{"another solver", `Answer("q2", Serving{Model: Llama3_8B, Hardware: H100, Batch: 8, Prompt: 10, Output: 10})`, `unknown field`, false},
		{"out of range", `Answer("q2", SingleNode{Model: Llama3_8B, Hardware: H100, Batch: 0-4})`, "Batch = -4: want at least 1", false},
		{"a number", `Answer("q2", 8)`, "want a design", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := handedIn(t, labs.Practice(), c.src)[1].Parts[0].Verdict
			require.Equal(t, c.ok, v.OK, v.Message)
			require.Contains(t, v.Message, c.says)
		})
	}
}

func TestTextIsForAPerson(t *testing.T) {
	v := handedIn(t, labs.Practice(), "Predict(\"q3\", 1)\nAnswer(\"q3\", \"Because the cache grows, I would buy memory.\")")[2]
	require.True(t, v.Manual)
	require.True(t, v.OK())
	require.InDelta(t, 1, v.Points, 1e-9, "only the prediction counts so far")
	require.Contains(t, strings.Join(v.Claimed, ""), "I would buy memory")
	v = handedIn(t, labs.Practice(), `Answer("q3", 7)`)[2]
	require.False(t, v.Manual)
	require.Contains(t, v.Parts[0].Verdict.Message, "want text in quotes")
}

func TestMutantsOfFunctions(t *testing.T) {
	r := mutant.Run(shapes(), class(5))
	require.Greater(t, r.Tried, 100)
	require.Empty(t, r.Silent)
	for _, s := range r.Survivors {
		require.Equal(t, "q2", s.Question, "%v", s) // a design of another student keeps the limits too
	}
	for _, v := range labs.Check(shapes(), "s001", mutant.Right(shapes(), "s001")) {
		require.True(t, v.OK(), fmt.Sprint(v))
	}
	right := mutant.Right(shapes(), "s001")
	require.Equal(t, record.Call, right[len(right)-1].Kind)
}

// What a function records while it is called is dropped: an answer made there
// could carry a hidden input into the feedback.
func TestFunctionsCannotCarryInputsOut(t *testing.T) {
	leak := `Answer("q3", "my text")
AnswerFunc("q1", func(batch int) Seconds {
	Answer("q3", fmt.Sprint("seen ", batch))
	Predict("q2", batch)
	return 5*Millisecond
})`
	vs := handedIn(t, labs.Hidden{Secret: []byte("course"), Tag: "4711"}, leak)
	require.Equal(t, []string{"q3 = my text"}, vs[2].Claimed)
	require.NotRegexp(t, "seen [0-9]", fmt.Sprint(vs))
	require.True(t, labs.IsCall(labs.Calls(shapes(), "ada", labs.Practice())[0].Name))
}
