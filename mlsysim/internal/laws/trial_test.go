package laws_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A law is an invariant over solvers that can be swapped.
type law struct {
	id      string
	says    string
	holds   func(c *trial, b *bench)
	mutants []mutant
	whole   bool // one trial looks at everything; more draws add little
}

// A mutant is a bench with one wrong solver, which its law must notice.
type mutant struct {
	name  string
	spoil func(b *bench)
}

// A trial is one draw of an input and the first claim about it that is wrong.
type trial struct {
	*rapid.T
	wild   bool  // this draw goes to the ends of the ranges
	asked  []any // inputs solved
	broken string
}

// try runs a law once.
func (l *law) try(t *rapid.T, b *bench) string {
	c := &trial{T: t, wild: rapid.IntRange(0, 2).Draw(t, "wild") == 0}
	l.holds(c, b)
	return c.broken
}

func (c *trial) claim(ok bool, format string, args ...any) {
	if ok || c.broken != "" {
		return
	}
	c.broken = fmt.Sprintf(format, args...)
	for _, in := range c.asked {
		c.broken += fmt.Sprintf("\n\t%T%+v", in, in)
	}
}

// slack is the relative error of a claim between two numbers.
const slack = 1e-9

// atMost claims small <= large.
func atMost[F ~float64](c *trial, what string, small, large F) {
	a, b := float64(small), float64(large)
	c.claim(a <= b+slack*math.Max(math.Abs(a), math.Abs(b)) && finite(a) && finite(b), "%s: %g is above %g", what, a, b)
}

// same claims that two numbers are equal.
func same[F ~float64](c *trial, what string, got, want F) {
	a, b := float64(got), float64(want)
	c.claim(math.Abs(a-b) <= slack*math.Max(math.Abs(a), math.Abs(b)) && finite(a) && finite(b), "%s: %g is not %g", what, a, b)
}

func finite(x float64) bool { return x-x == 0 }

// solved is the answer, or the end of the draw: a refusal says nothing about
// physics. TestDrawsAreMostlyValid holds that few draws end so.
func solved[I, R any](c *trial, solve func(I) (R, error), in I) R {
	c.asked = append(c.asked, in)
	r, err := solve(in)
	if err != nil {
		c.Skip(err)
	}
	return r
}

// mostDraws is how often a law may look at a mutant before it must have caught it.
const mostDraws = 500

// caught hunts for a counter-example among draws of fixed seeds and returns the
// number of draws it took and what was wrong, or zero.
func (l *law) caught(b *bench) (int, string) {
	for seed := 1; seed <= mostDraws; seed++ {
		if broken := l.at(seed, b); broken != "" {
			return seed, broken
		}
	}
	return 0, ""
}

// at runs the law on the draw of one seed.
func (l *law) at(seed int, b *bench) string {
	return rapid.Custom(func(t *rapid.T) string { return l.try(t, b) }).Example(seed)
}

func TestLawsHold(t *testing.T) {
	for _, l := range laws() {
		t.Run(l.id, func(t *testing.T) {
			if l.whole {
				require.Empty(t, l.at(1, honest()), "%s: %s", l.id, l.says)
				return
			}
			rapid.Check(t, func(t *rapid.T) {
				require.Empty(t, l.try(t, honest()), "%s: %s", l.id, l.says)
			})
		})
	}
}

func TestLawsCatchTheirMutants(t *testing.T) {
	for _, l := range laws() {
		require.NotEmpty(t, l.mutants, "%s catches nothing", l.id)
		for _, m := range l.mutants {
			t.Run(l.id+" "+m.name, func(t *testing.T) {
				b := honest()
				m.spoil(b)
				draws, broken := l.caught(b)
				require.NotEmpty(t, broken, "%s: %s: no counter-example in %d draws", l.id, l.says, mostDraws)
				right := honest()
				right.solvers, right.looksAt = b.solvers, b.looksAt
				require.Empty(t, l.at(draws, right), "our own solvers fail there")
				t.Logf("draw %d: %s", draws, broken)
			})
		}
	}
}
