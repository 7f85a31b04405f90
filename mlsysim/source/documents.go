package source

import (
	"slices"
	"strings"
)

//go:generate go run ../internal/gen/registry -kind documents

// Documents returns every document, sorted by id.
func Documents() []Document { return slices.Clone(documents) }

// Lookup returns the document with an id.
func Lookup(id string) (Document, bool) {
	i, ok := slices.BinarySearchFunc(documents, id, func(d Document, id string) int {
		return strings.Compare(d.ID, id)
	})
	if !ok {
		return Document{}, false
	}
	return documents[i], true
}
