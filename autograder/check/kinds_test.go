package check_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// upTo is a boundary at a limit: the largest value that is at most that, or the
// smallest that is at least that.
func upTo(limit float64, first bool, step float64) check.Boundary {
	return check.Boundary{
		ID: "q", What: "batch", Yes: "fits", No: "does not fit", Cites: "compute.SingleNode",
		Low: 1, High: 512, Step: step, First: first,
		Holds: func(x float64) bool { return x <= limit != first || x == limit },
	}
}

func TestBoundaryCounts(t *testing.T) {
	for _, c := range []struct {
		first bool
		said  any
		says  string
		ok    bool
	}{
		{false, 130, "130 fits, and 131 would not", true},
		{false, 128, "is not the largest: 129 fits too", false},
		{false, 131, "does not fit", false},
		{false, 600, "outside of the question", false},
		{false, 128.5, "none of the values", false},
		{false, check.None, "there is one", false},
		{false, "many", `or "none" if there is none`, false},
		{false, 130 * units.Second, "wrong dimension", false},
		{true, 130, "130 fits, and 129 would not", true},
		{true, 131, "is not the smallest: 130 fits too", false},
		{true, 129, "does not fit", false},
	} {
		v := upTo(130, c.first, 1).Check(said(values{"q": c.said}))
		require.Equal(t, c.ok, v.OK, "%v: %s", c.said, v.Message)
		require.Contains(t, v.Message, c.says)
	}
	require.Contains(t, upTo(130, false, 1).Check(said(values{"q": 128})).CounterExample, "batch 129 fits too")
}

func TestBoundaryMayBeMissing(t *testing.T) {
	none := upTo(0.5, false, 1)
	require.False(t, none.Exists())
	require.True(t, none.Check(said(values{"q": "None"})).OK)
	require.False(t, none.Check(said(values{"q": 1})).OK)
	_, ok := none.Find()
	require.False(t, ok)
	all := upTo(1e9, false, 1)
	require.True(t, all.Check(said(values{"q": 512})).OK, "the end of the question is the boundary")
	require.False(t, all.Check(said(values{"q": 511})).OK)
}

func TestBoundaryOfAQuantity(t *testing.T) {
	b := check.Boundary{
		ID: "q", What: "bandwidth", Yes: "keeps the limit", No: "breaks the limit", First: true, Low: 1e9, High: 1e13,
		As: check.Quantity(units.GBps), Holds: func(x float64) bool { return x >= 2e12 },
	}
	for said1, ok := range map[any]bool{2 * units.TBps: true, 2.01 * units.TBps: true, 1.95 * units.TBps: false, 2.1 * units.TBps: false, 2e12: false, 2 * units.TB: false} {
		v := b.Check(said(values{"q": said1}))
		require.Equal(t, ok, v.OK, "%v: %s", said1, v.Message)
	}
	require.Contains(t, b.Check(said(values{"q": 3 * units.TBps})).Message, "2.97 TB/s keeps the limit too")
	x, ok := b.Find()
	require.True(t, ok)
	require.InEpsilon(t, 2e12, x, 1e-9)
}

func TestFindIsAWitness(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := float64(rapid.IntRange(1, 512).Draw(t, "limit"))
		b := upTo(limit, rapid.Bool().Draw(t, "first"), 1)
		x, ok := b.Find()
		require.True(t, ok)
		require.Equal(t, limit, x)
		require.True(t, b.Check(said(values{"q": x})).OK)
		for _, wrong := range []float64{x - 1, x + 1, 2 * x, x / 2} {
			require.False(t, b.Check(said(values{"q": wrong})).OK, "%v for %v", wrong, x)
		}
	})
}

func TestBestCostsByRegret(t *testing.T) {
	b := check.Best{ID: "q", What: "batch", Objective: "rate", Cites: "serving.Serving", Options: []check.Option{
		{Name: "A", Value: 100, Fits: true},
		{Name: "B", Value: 99, Fits: true},
		{Name: "C", Value: 90, Fits: true},
		{Name: "D", Value: 50, Fits: true},
		{Name: "E", Value: 200, Why: "it breaks the limit"},
	}}
	score := func(name string) check.Verdict { return b.Check(said(values{"q": name})) }
	require.True(t, score("a").OK)
	require.True(t, score("B").OK, "within 2 %")
	require.False(t, score("C").OK)
	require.InDelta(t, 0.8*(1-0.08/0.23), score("C").Score, 1e-9)
	require.Zero(t, score("D").Score)
	require.Contains(t, score("D").CounterExample, "batch C keeps the limits too")
	require.NotContains(t, score("C").CounterExample, "A ", "the best is not told")
	require.Contains(t, score("E").CounterExample, "it breaks the limit")
	require.Contains(t, score("Z").Message, "not one of the batch options")
	require.Zero(t, score("none").Score)
	b.Options = b.Options[4:]
	require.True(t, score("none").OK, "nothing fits")
}

func TestDesignKeepsLimitsAndIsNotBeaten(t *testing.T) {
	d := check.Design{
		What: "the fleet", IDs: []string{"n"}, Cites: "serving.Capacity",
		Solve: func(c check.Claims) ([]check.Limit, error) {
			n, err := check.Whole(c, "n")
			return []check.Limit{check.AtLeast("rate", units.TokenRate(100*n), units.TokenRate(500)), check.AtMost("cost", units.USD(n), units.USD(9))}, err
		},
		Costs: func(c check.Claims) []float64 { return []float64{c["n"].Number} },
		Front: []check.Place{{Name: "5", Costs: []float64{5}}},
	}
	verdict := func(n any) check.Verdict { return d.Check(said(values{"n": n})) }
	require.True(t, verdict(5).OK)
	require.Contains(t, verdict(4).Message, "rate is 400 tokens/s: want at least 500 tokens/s")
	require.InDelta(t, 0.25, verdict(4).Score, 1e-9)
	require.Contains(t, verdict(7).CounterExample, "5 is better in everything")
	require.InDelta(t, 0.5, verdict(7).Score, 1e-9)
	require.Contains(t, verdict(1.5).Message, "want a whole number")
}

func TestChangeIsToldInOneWay(t *testing.T) {
	c := check.Change{ID: "q", What: "speed-up", Before: check.Seconds(8), After: check.Seconds(2), Tolerance: 0.01, Low: 1, High: 4.2, Cites: "compute.SingleNode"}
	for value, says := range map[float64]string{4: "is right", 0.25: "cannot be", 3: "relative to the start", 400: "cannot be", 2: "twice too large", 3.5: "not what the two solves show"} {
		v := c.Check(said(values{"q": value}))
		require.Equal(t, value == 4, v.OK)
		if value != 2 {
			require.Contains(t, v.Message, says, "%v", value)
		}
	}
	c.As, c.Low, c.High = check.Ratio, 0, 0
	require.True(t, c.Check(said(values{"q": 0.25})).OK)
	require.Contains(t, c.Check(said(values{"q": 4.0})).Message, "the other way round")
	c.As = check.Relative
	require.True(t, c.Check(said(values{"q": -0.75})).OK)
	require.Contains(t, c.Check(said(values{"q": 0.75})).Message, "wrong sign")
	require.Contains(t, c.Check(said(values{"q": -75.0})).Message, "per cent")
	c.As = check.Difference
	require.True(t, c.Check(said(values{"q": -6 * units.Second})).OK)
	require.False(t, c.Check(said(values{"q": -6})).OK)
}

func TestLawAtTheStudentsOwnValues(t *testing.T) {
	l := check.Law{
		ID: "l", What: "requests in the system", Law: "L = λ·W", Cites: "serving.Tail", Tolerance: 1e-3,
		Inputs: []check.Input{{ID: "x", As: check.Plain(0), Min: 2, Max: 100}, {ID: "w", As: check.Seconds(0), Min: 0.01, Max: 10}},
		Want: func(in []float64) (check.Number, error) {
			if in[0] > 99 {
				return check.Number{}, errors.New("the queue grows for ever")
			}
			return check.Plain(in[0] * in[1]), nil
		},
	}
	ok := func(x, w, n any) check.Verdict { return l.Check(said(values{"x": x, "w": w, "l": n})) }
	require.True(t, ok(10, 2*units.Second, 20).OK)
	require.True(t, ok(50, 0.1*units.Second, 5).OK)
	require.False(t, ok(10, 2*units.Second, 21).OK)
	require.Contains(t, ok(10, 2*units.Second, 30).CounterExample, "less than that")
	require.Contains(t, ok(1, 1*units.Second, 1).Message, "want a value from 2 to 100", "trivial values are no test")
	require.Contains(t, ok(100, 1*units.Second, 1).Message, "grows for ever")
}

func TestFollowCostsASlipOnce(t *testing.T) {
	at := func(x float64) check.Check {
		return check.Equal{ID: "q2", What: "double", Want: check.Plain(2 * x), Tolerance: 1e-6, Cites: "arithmetic"}.Check
	}
	f := check.Follow{ID: "q1", Right: 10, Min: 1, Max: 100, At: at}
	require.True(t, f.Check(said(values{"q1": 10, "q2": 20})).OK)
	v := f.Check(said(values{"q1": 7, "q2": 14}))
	require.True(t, v.OK)
	require.Contains(t, v.Message, "follows from your q1 = 7")
	require.False(t, f.Check(said(values{"q1": 7, "q2": 15})).OK)
	require.False(t, f.Check(said(values{"q1": 1000, "q2": 2000})).OK, "out of range is not followed")
	require.True(t, f.Check(said(values{"q2": 20})).OK, "and nothing need come before")
}

func TestComposition(t *testing.T) {
	yes := func(check.Claims) check.Verdict { return check.Verdict{OK: true, Score: 1, Message: "yes"} }
	half := func(check.Claims) check.Verdict { return check.Verdict{Score: 0.5, Message: "half"} }
	no := func(check.Claims) check.Verdict { return check.Verdict{Message: "no"} }
	require.InDelta(t, 0.75, check.Shares(check.Share{Of: 3, Check: yes}, check.Share{Of: 1, Check: no})(nil).Score, 1e-9)
	require.Zero(t, check.Gate(half, yes)(nil).Score)
	require.Equal(t, "half", check.Gate(half, yes)(nil).Message)
	require.True(t, check.Gate(yes, yes)(nil).OK)
	require.True(t, check.Any(no, yes)(nil).OK)
	require.Equal(t, "half", check.Any(no, half)(nil).Message)
	require.InDelta(t, 0.005, check.Digits(3), 1e-12)
}

// Binding on a metric of one's own: what limits the largest batch.
func TestBindingOfAnyMetric(t *testing.T) {
	s := compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 1, Context: 4000}
	b := check.Binding{
		ID: "q", What: "largest batch", Cites: "compute.SingleNode", Higher: true,
		Candidates: []walls.Resource{walls.Compute, walls.MemoryBandwidth, walls.MemoryCapacity},
		Metric: func(r walls.Resource, factor float64) (float64, error) {
			out, err := check.Faster(s, r, factor).Solve()
			return float64(int((out.Capacity - out.Weights).Ratio(out.Cache))), err
		},
	}
	for _, r := range b.Candidates {
		v := b.Check(said(values{"q": r}))
		require.Equal(t, r == walls.MemoryCapacity, v.OK, "%s: %s", r, v.Message)
	}
	require.Contains(t, b.Check(said(values{"q": walls.Compute})).CounterExample, "the largest batch does not change")
	b.Metric = func(walls.Resource, float64) (float64, error) { return 0, errors.New("out of range") }
	require.Contains(t, b.Check(said(values{"q": walls.Compute})).Message, "cannot be solved")
	require.Panics(t, func() { check.Faster(struct{ N int }{1}, walls.Compute, 2) })
}

func TestKindsHaveNames(t *testing.T) {
	require.Len(t, check.Kinds(), 11)
	for _, k := range check.Kinds() {
		text, err := k.MarshalText()
		require.NoError(t, err)
		var back check.Kind
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, k, back)
	}
}

func ExampleBoundary() {
	s := compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Context: 4096}
	b := check.Boundary{
		ID: "q1", What: "batch", Yes: "fits", No: "does not fit", Cites: "compute.SingleNode", Low: 1, High: 1000, Step: 1,
		Holds: func(x float64) bool { s.Batch = int(x); return s.Run().Fits },
	}
	v := b.Check(check.Claims{"q1": {ID: "q1", Type: "number", Number: 128, Text: "128"}})
	fmt.Println(v.Message)
	// Output:
	// q1 = 128 is not the largest: 129 fits too
}
