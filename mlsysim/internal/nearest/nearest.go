// Package nearest finds the known names that a mistyped one probably meant.
package nearest

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Fold returns name in the form that lookups compare: lower case, letters and
// digits only, so that "llama-3 8b" and "Llama3_8B" are one name.
func Fold(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// Names returns up to n of the known names, the most similar first. A name
// that shares less than half of its letters with the query is left out.
func Names(query string, known []string, n int) []string {
	type scored struct {
		name string
		cost float64
	}
	var all []scored
	q := Fold(query)
	for _, name := range known {
		f := Fold(name)
		cost := float64(distance(q, f)) / float64(max(len(q), len(f), 1))
		if q != "" && (strings.HasPrefix(f, q) || strings.Contains(f, q)) {
			cost = min(cost, 0.3)
		}
		if cost <= 0.5 {
			all = append(all, scored{name, cost})
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int {
		if a.cost != b.cost {
			if a.cost < b.cost {
				return -1
			}
			return 1
		}
		return strings.Compare(a.name, b.name)
	})
	var out []string
	for _, s := range all[:min(n, len(all))] {
		out = append(out, s.name)
	}
	return out
}

// Hint words the suggestion for an error message, or lists what is known when
// nothing is near, the first of it when that is much.
func Hint(query string, known []string) string {
	if names := Names(query, known, 3); len(names) > 0 {
		return "did you mean " + strings.Join(names, ", ") + "?"
	}
	if len(known) > listed {
		return fmt.Sprintf("want one of %s and %d more", strings.Join(known[:listed], ", "), len(known)-listed)
	}
	return "want one of " + strings.Join(known, ", ")
}

// listed is how many names an error message spells out.
const listed = 12

// distance is the edit distance between a and b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
