package script_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func warnings(s *session) []string {
	var out []string
	for _, w := range s.Warnings() {
		out = append(out, w.Error())
	}
	return out
}

// A name that is declared again is meant by every function that uses it,
// directly, through others, and in generic ones.
func TestRedefinitionReachesFunctions(t *testing.T) {
	s := cells(t,
		"rate := 2\nfunc f(x int) int { return rate * x }\nfunc g(x int) int { return f(x) + 1 }\nfunc each[T any](xs []T) int { return g(len(xs)) }\nfunc h() int { return each([]string{\"a\"}) }",
		"f(1)\ng(1)\nh()",
		"func f(x int) int { return 100 * x }",
		"f(1)\ng(1)\nh()\neach([]string{\"a\"})",
		"rate := 5\nfunc f(x int) int { return rate * x }\ng(1)",
		"rate = 7\nh()",
	)
	require.Equal(t, []string{"2", "3", "3", "100", "101", "101", "101", "6", "8"}, s.shown)
	require.Empty(t, warnings(s))
}

// A function that no longer fits keeps its meaning, with a warning.
func TestRedefinitionThatDoesNotFit(t *testing.T) {
	s := cells(t, "func f() int { return 1 }\nfunc g() int { return f() }", "func f() string { return \"now text\" }\ng()\nf()")
	require.Equal(t, []string{"1", "now text"}, s.shown)
	require.Equal(t, []string{"cell 2:1:6: g still uses the earlier f"}, warnings(s))
	require.Equal(t, "run the cell of g again", s.Warnings()[0].Hint)
}

// Values are not made again behind the student's back: they are named.
func TestRedefinitionNamesWhatHoldsValues(t *testing.T) {
	s := cells(t,
		"type P struct{ A int }\nfunc (p P) Twice() int { return 2 * p.A }\nfunc area(p P) int { return p.A }\np := P{3}\nscale := 2\nserve := func(n int) int { return n * scale }",
		"type P struct{ A, B int }\nfunc area(p P) int { return p.A * p.B }\narea(P{2, 3})\np.Twice()",
	)
	require.Equal(t, []string{"6", "6"}, s.shown)
	require.Equal(t, []string{"cell 2:1:6: p still has the earlier P"}, warnings(s))
	err := s.Run(context.Background(), "cell 3", "area(p)")
	require.ErrorContains(t, err, "cell 3:1:6: cannot use p")
	errs := err.(interface{ Unwrap() []error }).Unwrap()
	require.Len(t, errs, 1)

	require.NoError(t, s.Run(context.Background(), "cell 4", "scale := 3\nserve(1)"))
	require.Equal(t, []string{"cell 4:1:1: serve still uses the earlier scale"}, warnings(s))
}

// A recompiled function fails in its own cell and line.
func TestRedefinitionKeepsPlaces(t *testing.T) {
	s := cells(t, "i := 0\n\nfunc at(xs []int) int {\n\treturn xs[i]\n}", "i := 9")
	require.EqualError(t, s.Run(context.Background(), "cell 3", "at([]int{1})"), "cell 1:4: index out of range")
}

// What is warned about keeps to the earlier meaning, whatever takes its name.
func TestRedefinitionLeavesClosuresAlone(t *testing.T) {
	s := cells(t, "func g() int { return 1 }\nf := func() int { return g() }\ntype T struct{}\nfunc (T) M() int { return g() + 10 }\nvar v T")
	require.NoError(t, s.Run(context.Background(), "cell 2", "func g() int { return 2 }"))
	require.Equal(t, []string{"cell 2:1:6: T.M still uses the earlier g", "cell 2:1:6: f still uses the earlier g"}, warnings(s))
	require.NoError(t, s.Run(context.Background(), "cell 3", "g()\nf()\nv.M()"))
	require.NoError(t, s.Run(context.Background(), "cell 4", "func g() string { return \"x\" }\ng()\nf()\nv.M()"))
	require.Equal(t, []string{"2", "1", "11", "x", "1", "11"}, s.shown)
}

// A long session keeps what it needs, not what it ran.
func TestManyCells(t *testing.T) {
	s := cells(t, "func twice[T ~int](x T) T { return 2 * x }\nx := 0\nfunc h(n int) int { return n + x }")
	var before, after runtime.MemStats
	const rounds = 1500
	for i := range rounds {
		if i == rounds/3 {
			runtime.GC()
			runtime.ReadMemStats(&before)
		}
		src := fmt.Sprintf("x := %d\nfor i := range 3 {\n\tx += i\n}\nfunc g() int { return h(1) }\ntwice(g())", i)
		require.NoError(t, s.Run(context.Background(), fmt.Sprint("cell ", i), src))
		require.Equal(t, fmt.Sprint(2*(i+4)), s.shown[len(s.shown)-1])
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	perCell := float64(after.HeapAlloc-before.HeapAlloc) / (rounds * 2 / 3)
	t.Logf("%.0f bytes a cell", perCell)
	require.Less(t, perCell, 20_000.0)

	err := s.Run(context.Background(), "last", "\nxs := []int{}\nxs[x]")
	require.EqualError(t, err, "last:3: index out of range")
}
