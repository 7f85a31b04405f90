package search

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// byDefinition compares every design with every other one.
func byDefinition(rows [][]float64) []int {
	out := []int{}
	for i, row := range rows {
		if !slices.ContainsFunc(rows, func(other []float64) bool { return beaten(other, row) }) {
			out = append(out, i)
		}
	}
	return out
}

func beaten(by, row []float64) bool {
	better := 0
	for k := range row {
		if by[k] > row[k] {
			return false
		}
		if by[k] < row[k] {
			better++
		}
	}
	return better > 0
}

// inBlocks is what a search does: some designs at a time, sifted and joined.
func inBlocks(rows [][]float64, block int) []int {
	all, part := frontier{width: len(rows[0])}, frontier{width: len(rows[0])}
	for i, row := range rows {
		part.add(i, row)
		if (i+1)%block != 0 && i+1 < len(rows) {
			continue
		}
		part.sift()
		all.join(&part)
		part.reset()
		if err := all.settle(); err != nil {
			panic(err)
		}
	}
	return all.unbeaten()
}

// complete is the invariant: the front is exactly the designs no other beats.
func complete(front func([][]float64) []int, rows [][]float64) error {
	want, got := byDefinition(rows), front(rows)
	if !slices.Equal(want, got) {
		return fmt.Errorf("front %v of %v: want %v", got, rows, want)
	}
	return nil
}

func drawRows(t *rapid.T) [][]float64 {
	width, n := rapid.IntRange(1, 4).Draw(t, "width"), rapid.IntRange(1, 60).Draw(t, "designs")
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = make([]float64, width)
		for k := range rows[i] {
			rows[i][k] = float64(rapid.IntRange(0, 9).Draw(t, "cost")) // few values, so that there are ties
		}
	}
	return rows
}

func TestFrontIsUnbeatenAndComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		block := rapid.IntRange(1, 70).Draw(t, "block")
		if err := complete(func(rows [][]float64) []int { return inBlocks(rows, block) }, drawRows(t)); err != nil {
			t.Fatal(err)
		}
	})
}

func TestFrontOfManyDesigns(t *testing.T) {
	rows := make([][]float64, 6000)
	for i := range rows {
		rows[i] = []float64{float64(i * 7919 % 5003), float64(i * 104729 % 4999), float64(i * 31 % 97)}
	}
	for width := 1; width <= 3; width++ {
		for i := range rows {
			rows[i] = rows[i][:width]
		}
		require.NoError(t, complete(func(rows [][]float64) []int { return inBlocks(rows, 100) }, rows), width)
		for i := range rows {
			rows[i] = rows[i][:3]
		}
	}
}

func TestFrontMutants(t *testing.T) {
	real := func(rows [][]float64) []int { return inBlocks(rows, 3) }
	rows := [][]float64{{1, 5}, {2, 4}, {2, 4}, {3, 4}, {5, 1}, {5, 1}, {6, 6}, {1, 5}, {0, 9}}
	require.NoError(t, complete(real, rows))
	for name, mutant := range map[string]func([][]float64) []int{
		"everything":       func(rows [][]float64) []int { return []int{0, 1, 2, 3, 4, 5, 6, 7, 8}[:len(rows)] },
		"nothing":          func([][]float64) []int { return nil },
		"loses the last":   func(rows [][]float64) []int { f := real(rows); return f[:len(f)-1] },
		"keeps a beaten":   func(rows [][]float64) []int { return slices.Insert(real(rows), 3, 3) },
		"first cost only":  func(rows [][]float64) []int { return real(columnsOf(rows, 1)) },
		"no equal designs": func(rows [][]float64) []int { return slices.DeleteFunc(real(rows), func(i int) bool { return i == 2 }) },
		"order of costs":   func(rows [][]float64) []int { f := real(rows); slices.Reverse(f); return f },
	} {
		require.Error(t, complete(mutant, rows), name)
	}
}

func columnsOf(rows [][]float64, width int) [][]float64 {
	out := make([][]float64, len(rows))
	for i := range rows {
		out[i] = rows[i][:width]
	}
	return out
}

// A front too large to be told from its neighbours is an error, not an hour.
func TestFrontHasALimit(t *testing.T) {
	f := frontier{width: 3}
	for i := range mostUnbeaten + 1 {
		f.add(i, []float64{float64(i), float64(-i), 0})
	}
	f.kept = 0
	require.ErrorContains(t, f.settle(), "want fewer metrics")
}
