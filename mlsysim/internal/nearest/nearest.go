// Package nearest finds the known names that a mistyped one probably meant.
package nearest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
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

// Same reports whether the parts, joined and folded, are a name that is folded
// already. It allocates nothing.
func Same(folded string, parts ...string) bool {
	rest := folded
	for _, part := range parts {
		for _, r := range part {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				continue
			}
			have, size := utf8.DecodeRuneInString(rest)
			if size == 0 || have != unicode.ToLower(r) {
				return false
			}
			rest = rest[size:]
		}
	}
	return rest == ""
}

// Names returns up to n of the known names, the most similar first; of equally
// similar ones those that begin like the query. A name that shares less than
// half of its letters with the query is left out.
func Names(query string, known []string, n int) []string {
	type scored struct {
		name  string
		cost  float64
		begin int // letters it begins with like the query
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
			all = append(all, scored{name, cost, prefix(q, f)})
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(b.begin, a.begin), strings.Compare(a.name, b.name))
	})
	var out []string
	for _, s := range all[:min(n, len(all))] {
		out = append(out, s.name)
	}
	return out
}

// prefix counts the bytes that a and b begin with alike.
func prefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
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
