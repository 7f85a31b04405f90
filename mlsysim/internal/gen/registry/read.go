package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/mlsysim/golab/mlsysim/internal/datafile"
)

// An entry is one registry entry with the type it becomes.
type entry struct {
	*datafile.Entry
	target *target
}

func (e *entry) shown(field string) string { return e.Shown(field) }

// About is the line that documents the variable.
func (e *entry) About() string {
	about := e.target.about(e)
	if strings.HasSuffix(about, ".") {
		return about
	}
	return about + "."
}

// readLibrary reads the documents under root.
func readLibrary(root string) (datafile.Library, error) {
	data, err := os.ReadFile(filepath.Join(root, "source", "data", "documents.yaml"))
	if err != nil {
		return datafile.Library{}, err
	}
	return datafile.ParseLibrary("source/data/documents.yaml", data)
}

// readKind reads all files of a registry under root, which is the folder that
// holds the registry packages. The error joins the mistakes of all of them.
func readKind(root string, k kind, docs []datafile.Document) ([]*entry, error) {
	r, err := newReader(root, k, docs)
	if err != nil {
		return nil, err
	}
	paths, err := filepath.Glob(filepath.Join(root, k.name, "data", "*.yaml"))
	if err != nil {
		return nil, err
	}
	var mistakes []error
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		mistakes = append(mistakes, r.File(filepath.ToSlash(filepath.Join(k.name, "data", filepath.Base(path))), data))
	}
	return k.entries(r), errors.Join(mistakes...)
}

// newReader makes the reader of a kind from the syntax of its package.
func newReader(root string, k kind, docs []datafile.Document) (*datafile.Reader, error) {
	pkg, err := readPackage(filepath.Join(root, k.name))
	if err != nil {
		return nil, err
	}
	types := map[string]*datafile.Type{}
	for _, t := range k.slices {
		fields, err := pkg.fields(t.Type)
		if err != nil {
			return nil, fmt.Errorf("package %s: %w", k.name, err)
		}
		types[t.Type] = &datafile.Type{Name: t.Type, Fields: fields}
	}
	groups := map[string]*datafile.Type{}
	for group, t := range k.groups {
		groups[group] = types[t.Type]
	}
	return datafile.NewReader(k.name, groups, docs), nil
}

// entries joins what was read with the types of the kind.
func (k kind) entries(r *datafile.Reader) []*entry {
	var out []*entry
	for _, e := range r.Entries {
		for _, t := range k.slices {
			if t.Type == e.Type.Name {
				out = append(out, &entry{e, t})
			}
		}
	}
	return out
}
