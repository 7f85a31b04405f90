// Package registry finds entries of the generated registries by path, name,
// alias or a misspelling near enough to suggest the right one.
package registry

import (
	"fmt"
	"strings"

	"github.com/mlsysim/golab/mlsysim/internal/nearest"
	"github.com/mlsysim/golab/mlsysim/source"
)

// An Entry is one registry value with its names and sources. Entries are
// static data: a program that never looks anything up does no work for them.
type Entry[T any] struct {
	Path    string // hardware.Cloud.H100
	Key     string // H100
	Aliases []string
	Renamed []string // names that older versions had for it; they still find it
	Note    string   // what no single number says
	Value   *T
	Facts   []source.Fact
}

// Find resolves a query in this order: exact path, exact key, alias, then all
// of them without case, spaces and punctuation. The error names near misses.
func Find[T any](entries []Entry[T], kind, query string) (*Entry[T], error) {
	for i := range entries {
		if e := &entries[i]; query == e.Path || query == e.Key {
			return e, nil
		}
	}
	if folded := nearest.Fold(query); folded != "" {
		for i := range entries {
			if entries[i].answers(folded) {
				return &entries[i], nil
			}
		}
	}
	return nil, fmt.Errorf("unknown %s %q: %s", kind, query, hint(entries, query, kind))
}

// answers reports whether the entry has that folded name: its path with or
// without the registry, or its key, an alias or a former name with or without
// the registry before it, as in Hardware.H100 of mlsysim 0.1.1.
func (e *Entry[T]) answers(folded string) bool {
	head, rest, _ := strings.Cut(e.Path, ".")
	if nearest.Same(folded, rest) || nearest.Same(folded, head, rest) || nearest.Same(folded, e.Key) || nearest.Same(folded, head, e.Key) {
		return true
	}
	for _, names := range [...][]string{e.Aliases, e.Renamed} {
		for _, name := range names {
			if nearest.Same(folded, name) || nearest.Same(folded, head, name) {
				return true
			}
		}
	}
	return false
}

// Former returns the name that an older version had for the entry, if the query
// is one.
func (e *Entry[T]) Former(query string) (string, bool) {
	for _, name := range e.Renamed {
		if nearest.Fold(name) == nearest.Fold(query) {
			return name, true
		}
	}
	return "", false
}

// hint suggests keys, each once, even where an alias was the near miss.
func hint[T any](entries []Entry[T], query, kind string) string {
	var known []string
	keyOf := map[string]string{}
	for i := range entries {
		e := &entries[i]
		for _, name := range append([]string{e.Key}, e.Aliases...) {
			known = append(known, name)
			keyOf[name] = e.Key
		}
	}
	var keys []string
	seen := map[string]bool{}
	for _, name := range nearest.Names(query, known, 6) {
		if key := keyOf[name]; !seen[key] && len(keys) < 3 {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return fmt.Sprintf("list the known ones with \"mlsysim zoo %s\"", plural(kind))
	}
	return "did you mean " + strings.Join(keys, ", ") + "?"
}

func plural(kind string) string {
	switch kind {
	case "model":
		return "models"
	case "hardware":
		return "hardware"
	case "place", "region", "facility", "cooling", "rack", "tariff", "instance":
		return "infra"
	default:
		return "systems"
	}
}

// Keys lists the keys of the entries in their order.
func Keys[T any](entries []Entry[T]) []string {
	keys := make([]string, len(entries))
	for i := range entries {
		keys[i] = entries[i].Key
	}
	return keys
}
