package mutant_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/labs/mutant"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// lab asks for twice a number, judged with a tolerance, and names a resource.
func lab(tolerance float64) spec.Lab {
	double := func(d spec.Draw) units.Seconds { return 2 * units.Seconds(d.Int("n")) }
	return spec.Lab{
		ID: "X1", Params: []spec.Param{{Name: "n", Var: "n", Choices: []int{10, 20, 40, 80}}},
		Questions: []spec.Question{{
			ID: "q1", Points: 10, Claims: []string{"q1"},
			Right: func(d spec.Draw) spec.Values { return spec.Values{"q1": double(d)} },
			Binds: func(spec.Draw) walls.Resource { return walls.Network },
			Answer: func(d spec.Draw, c check.Claims) check.Verdict {
				return check.Equal{ID: "q1", What: "double", Want: check.Seconds(double(d)), Tolerance: tolerance, Cites: "arithmetic"}.Check(c)
			},
			Attribution: func(_ spec.Draw, c check.Claims) check.Verdict {
				ok := c["q1"].Text == walls.Network.String()
				return check.Verdict{OK: ok, Score: 1, Message: "named"}
			},
			Misconceptions: []spec.Misconception{{Name: "once is enough", Says: "twice, not once", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1": double(d).Times(0.5)}
			}}},
			Mutants: []spec.Mutant{{Name: "a little more", Wrong: func(d spec.Draw) spec.Values { return spec.Values{"q1": double(d).Times(1.5)} }}},
		}},
	}
}

var students = []string{"ada", "bob", "cyd", "dan"}

func TestAGoodCheckKillsEveryMutant(t *testing.T) {
	r := mutant.Run(lab(1e-3), students)
	require.InDelta(t, 1, r.Rate(), 0)
	require.Empty(t, r.Survivors)
	require.Empty(t, r.Silent)
	require.Greater(t, r.Tried, 100)
	require.Contains(t, r.String(), "mutants killed (100 %)")
}

// The bank is worth something only if weak checks show.
func TestAWeakCheckShows(t *testing.T) {
	names := func(tolerance float64) []string {
		var out []string
		for _, s := range mutant.Run(lab(tolerance), students).Survivors {
			out = append(out, s.Name)
		}
		return out
	}
	require.Equal(t, []string{"q1 /1.024 (KB)", "q1 /1.074 (GB)", "q1 x1.024 (KiB)", "q1 x1.074 (GiB)"}, names(0.1))
	for _, name := range []string{"a little more", "another student's", "once is enough", "q1 /2"} {
		require.Contains(t, names(0.6), name)
	}
	require.Less(t, mutant.Run(lab(10), students).Rate(), 0.8)
}

func TestFeedbackThatDoesNotComeIsReported(t *testing.T) {
	l := lab(1e-3)
	q := &l.Questions[0]
	again := q.Misconceptions[0]
	again.Name, again.Says = "half", "never said: the other idea answers the same"
	q.Misconceptions = append(q.Misconceptions, again)
	require.Len(t, mutant.Run(l, students).Silent, len(students))
}

func TestAWeakAttributionShows(t *testing.T) {
	l := lab(1e-3)
	l.Questions[0].Attribution = func(spec.Draw, check.Claims) check.Verdict { return check.Verdict{OK: true, Score: 1} }
	r := mutant.Run(l, students)
	require.True(t, slices.ContainsFunc(r.Survivors, func(s mutant.Survivor) bool { return s.Name == "because compute" }))
}

func TestRightRecords(t *testing.T) {
	list := mutant.Right(lab(1e-3), "ada")
	var kinds []record.Kind
	for _, r := range list {
		kinds = append(kinds, r.Kind)
	}
	require.Equal(t, []record.Kind{record.Open, record.Predict, record.Answer, record.Because}, kinds)
}
