package datafile

import (
	"errors"
	"slices"
	"strings"
)

// A Document is something a number was read in. This package has its own type
// because package source compiles only after its documents are generated.
type Document struct{ ID, Title, URL, Date string }

// A Library is the file source/data/documents.yaml.
type Library struct {
	Version   string // of all registries together
	Documents []Document
}

// ParseLibrary reads that file; the documents come back sorted by id.
func ParseLibrary(name string, data []byte) (Library, error) {
	var lib Library
	f := file{name}
	top, err := f.parse(data)
	if err != nil {
		return lib, err
	}
	for _, p := range top {
		switch p.key {
		case "version":
			lib.Version, err = f.scalar(p)
		case "documents":
			lib.Documents, err = f.documents(p)
		default:
			err = f.errorf(p.at, "unknown key %q: want version and documents", p.key)
		}
		if err != nil {
			return lib, err
		}
	}
	if lib.Version == "" || len(lib.Documents) == 0 {
		return lib, f.errorf(nil, "want a version and documents")
	}
	return lib, nil
}

// documents reads the mapping of ids to documents, sorted by id. A document with
// a mistake is in the list too, so that the numbers that name it are no mistakes.
func (f file) documents(p pair) ([]Document, error) {
	ids, err := f.pairs(p.value, p.key)
	if err != nil {
		return nil, err
	}
	var out []Document
	var mistakes []error
	for _, id := range ids {
		d, err := f.document(id)
		out, mistakes = append(out, d), append(mistakes, err)
	}
	slices.SortFunc(out, func(a, b Document) int { return strings.Compare(a.ID, b.ID) })
	return out, errors.Join(mistakes...)
}

func (f file) document(id pair) (Document, error) {
	d := Document{ID: id.key}
	parts, err := f.pairs(id.value, id.key)
	if err != nil {
		return d, err
	}
	for _, q := range parts {
		into := map[string]*string{"title": &d.Title, "url": &d.URL, "date": &d.Date}[q.key]
		if into == nil {
			return d, f.errorf(q.at, "%s: unknown key %q: want title, url and date", id.key, q.key)
		}
		if *into, err = f.scalar(q); err != nil {
			return d, err
		}
	}
	if d.Title == "" || !year.MatchString(d.Date) {
		return d, f.errorf(id.at, "%s: want a title and a date with a year", id.key)
	}
	return d, nil
}
