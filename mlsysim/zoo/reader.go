package zoo

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/mlsysim/golab/mlsysim/internal/datafile"
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/source"
)

// A reader reads one file of a user.
type reader struct {
	*datafile.Reader
	groups map[string]*datafile.Type
	own    []datafile.Document
	err    error // of the types, before any file
}

func (z *Zoo) reader(kind string) *reader {
	var known []datafile.Document
	for _, d := range slices.Concat(source.Documents(), z.Documents) {
		known = append(known, datafile.Document(d))
	}
	r := &reader{groups: map[string]*datafile.Type{}}
	r.Reader = datafile.NewReader(kind, r.groups, known)
	r.OwnDocuments(&r.own)
	return r
}

// accept lets entries of these groups become a T.
func accept[T any](r *reader, groups ...string) {
	t := reflect.TypeFor[T]()
	fields, err := datafile.Reflect(t)
	if err != nil {
		r.err = err
		return
	}
	for _, g := range groups {
		r.groups[g] = &datafile.Type{Name: t.Name(), Fields: fields}
	}
}

// reserve keeps the names of other entries out of the file.
func reserve[T any](r *reader, all ...[]registry.Entry[T]) {
	for _, others := range all {
		for i := range others {
			e := &others[i]
			r.Reserve(e.Path, e.Key)
			r.Reserve(e.Path, e.Aliases...)
			r.Reserve(e.Path, e.Renamed...)
		}
	}
}

func (r *reader) read(file string, data []byte) error {
	if r.err != nil {
		return r.err
	}
	if err := r.File(file, data); err != nil {
		return err
	}
	if len(r.Entries) == 0 {
		return fmt.Errorf("%s:1:1: has no entry", file)
	}
	return nil
}

// documents returns those that the file lists itself.
func (r *reader) documents() []source.Document {
	var out []source.Document
	for _, d := range r.own {
		out = append(out, source.Document(d))
	}
	return out
}

// entries turns what was read for T into registry entries.
func entries[T any](r *reader) []registry.Entry[T] {
	var out []registry.Entry[T]
	for _, e := range r.Entries {
		if e.Type.Name != reflect.TypeFor[T]().Name() {
			continue
		}
		made := registry.Entry[T]{Path: e.Path, Key: e.Key, Aliases: e.Aliases, Renamed: e.Renamed, Note: e.Note, Value: new(T)}
		e.Set(reflect.ValueOf(made.Value).Elem())
		for _, f := range e.Facts {
			level := slices.Index(source.Low.Names(), f.Confidence)
			made.Facts = append(made.Facts, source.Fact{Field: f.Field, Text: f.Text, Document: f.Document, Confidence: source.Confidence(level), Note: f.Note})
		}
		out = append(out, made)
	}
	return out
}

// groupsOf lists the groups that built-in entries are in.
func groupsOf[T any](all []registry.Entry[T]) []string {
	var out []string
	for i := range all {
		if group := strings.Split(all[i].Path, ".")[1]; !slices.Contains(out, group) {
			out = append(out, group)
		}
	}
	return out
}
