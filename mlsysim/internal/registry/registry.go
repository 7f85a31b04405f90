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
	folded := nearest.Fold(query)
	var known []string
	for i := range entries {
		e := &entries[i]
		for _, name := range e.names() {
			if folded != "" && nearest.Fold(name) == folded {
				return e, nil
			}
		}
		known = append(known, e.Key)
		known = append(known, e.Aliases...)
	}
	return nil, fmt.Errorf("unknown %s %q: %s", kind, query, hint(entries, query, known, kind))
}

// names lists everything the entry answers to.
func (e *Entry[T]) names() []string {
	short := e.Path[strings.Index(e.Path, ".")+1:]
	return append([]string{e.Path, short, e.Key}, e.Aliases...)
}

// hint suggests keys, each once, even where an alias was the near miss.
func hint[T any](entries []Entry[T], query string, known []string, kind string) string {
	var keys []string
	seen := map[string]bool{}
	for _, name := range nearest.Names(query, known, 6) {
		key := name
		for i := range entries {
			for _, alias := range entries[i].Aliases {
				if alias == name {
					key = entries[i].Key
				}
			}
		}
		if !seen[key] && len(keys) < 3 {
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
