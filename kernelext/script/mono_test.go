package script_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/script"
)

// cells runs cells one after the other and returns what they showed.
func cells(t *testing.T, srcs ...string) *session {
	t.Helper()
	s := newSession(script.Options{Steps: 1_000_000})
	for i, src := range srcs {
		require.NoError(t, s.Run(context.Background(), fmt.Sprint("cell ", i+1), src), src)
	}
	return s
}

// A generic declaration of one cell serves later ones, and its copies are one
// type for all of them.
func TestGenericsOverCells(t *testing.T) {
	s := cells(t,
		"type Stack[T any] struct{ xs []T }\nfunc (s *Stack[T]) Push(x T) { s.xs = append(s.xs, x) }\nfunc (s Stack[T]) String() string { return fmt.Sprint(\"S\", s.xs) }",
		"var a Stack[int]\na.Push(1)\ntype T struct{ A int }\nfunc (t T) String() string { return fmt.Sprint(\"t\", t.A) }",
		"var b Stack[int]\nb.Push(2)\na = b\na.Push(3)\na\nvar c Stack[T]\nc.Push(T{4})\nc\nT{5}",
		"func Map[A, B any](xs []A, f func(A) B) []B {\n\tvar r []B\n\tfor _, x := range xs {\n\t\tr = append(r, f(x))\n\t}\n\treturn r\n}",
		"Map(a.xs, func(i int) string { return strings.Repeat(\"z\", i) })\nMap(c.xs, func(t T) int { return t.A })",
		"type Stack[T any] struct{ n int }\nvar d Stack[int]\nd\na",
		"Map([]Bytes{1*GB}, func(b Bytes) Seconds { return b.Over(H100.Rate) })",
		"fmt.Sprintf(\"%T %T\", c, Stack[Bytes]{})",
	)
	require.Equal(t, []string{
		"S[2 3]", "S[t4]", "t5", "[zz zzz]", "[4]", "{0}", "S[2 3]", "[0.00029850746268656717 s]",
		"main.Stack[main.T] main.Stack[github.com/mlsysim/golab/kernelext/script/internal/demo/quantity.Bytes]",
	}, s.shown)
}

func TestGenericErrorsNameTheirCell(t *testing.T) {
	s := cells(t, "\nfunc At[T any](xs []T, i int) T {\n\treturn xs[i]\n}", "At([]int{1}, 0)")
	require.EqualError(t, s.Run(context.Background(), "cell 3", "\n\nAt([]string{}, 4)"), "cell 1:3: index out of range")
	require.EqualError(t, s.Run(context.Background(), "cell 4", "\nslices.Max([]int{})"), "cell 4:2: slices.Max: empty list")
	err := s.Run(context.Background(), "cell 5", "At([]int{1}, \"x\")")
	require.ErrorContains(t, err, "cell 5:1:14: cannot use \"x\"")
}

func TestInitRunsOnce(t *testing.T) {
	s := cells(t, "n := 0\nfunc init() { n++ }", "n", "n")
	require.Equal(t, []string{"1", "1"}, s.shown)
}
