package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A document is something a number was read in. The generator has its own type
// because package source compiles only after its documents are generated.
type document struct{ ID, Title, URL, Date string }

// A library is the file source/data/documents.yaml.
type library struct {
	version   string // of all registries together
	documents []document
}

// readLibrary reads the documents under root, sorted by id.
func readLibrary(root string) (library, error) {
	data, err := os.ReadFile(filepath.Join(root, "source", "data", "documents.yaml"))
	if err != nil {
		return library{}, err
	}
	return parseLibrary("source/data/documents.yaml", data)
}

func parseLibrary(name string, data []byte) (library, error) {
	var lib library
	f := file{name}
	top, err := f.parse(data)
	if err != nil {
		return lib, err
	}
	for _, p := range top {
		switch p.key {
		case "version":
			lib.version, err = f.scalar(p)
		case "documents":
			lib.documents, err = f.documents(p)
		default:
			err = f.errorf(p.at, "unknown key %q: want version and documents", p.key)
		}
		if err != nil {
			return lib, err
		}
	}
	if lib.version == "" || len(lib.documents) == 0 {
		return lib, f.errorf(nil, "want a version and documents")
	}
	return lib, nil
}

// documents reads the mapping of ids to documents.
func (f file) documents(p pair) ([]document, error) {
	ids, err := f.pairs(p.value, p.key)
	if err != nil {
		return nil, err
	}
	var out []document
	for _, id := range ids {
		d := document{ID: id.key}
		parts, err := f.pairs(id.value, id.key)
		if err != nil {
			return nil, err
		}
		for _, q := range parts {
			into := map[string]*string{"title": &d.Title, "url": &d.URL, "date": &d.Date}[q.key]
			if into == nil {
				return nil, f.errorf(q.at, "%s: unknown key %q: want title, url and date", id.key, q.key)
			}
			if *into, err = f.scalar(q); err != nil {
				return nil, err
			}
		}
		if d.Title == "" || !year.MatchString(d.Date) {
			return nil, f.errorf(id.at, "%s: want a title and a date with a year", id.key)
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b document) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}
