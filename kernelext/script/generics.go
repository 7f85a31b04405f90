package script

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"strings"
)

// genericStub is the generic part of the standard packages, with bodies.
//
//go:embed generic.go.txt
var genericStub string

// readGenerics adds the generic files to the stubs.
func (s *stubs) readGenerics() error {
	for path, source := range sections(genericStub) {
		parsed, err := parser.ParseFile(s.fset, path, source, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("reading the generic part of %s: %w", path, err)
		}
		s.generic[path] = parsed
	}
	return nil
}

// template is a generic function of a standard package, or nil.
func (s *stubs) template(obj types.Object) *template {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := obj.Pkg().Path()
	f, info := s.generic[path], s.infos[path]
	if f == nil || info == nil {
		return nil
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && info.Defs[fn.Name] == obj {
			return &template{obj: obj, fn: fn, source: scope{info: info, std: obj.Pkg()}}
		}
	}
	return nil
}

// shiftOf makes room for a generic file among the session's positions.
func (s *session) shiftOf(path string) token.Pos {
	if shift, ok := s.shifts[path]; ok {
		return shift
	}
	s.stubs.mu.Lock()
	defer s.stubs.mu.Unlock()
	old := s.stubs.fset.File(s.stubs.generic[path].FileStart)
	f := s.fset.AddFile(stdFile, -1, old.Size())
	f.SetLines(old.Lines())
	s.shifts[path] = token.Pos(f.Base() - old.Base())
	return s.shifts[path]
}

// stdFile is the file of everything that is not a script's own.
const stdFile = "std"

// shownAs is what a copy of a generic declaration is called for people.
type shownAs struct {
	obj  types.Object
	args []types.Type
}

var copyName = regexp.MustCompile(`\b` + reserved + `g\d+_\w+`)

// pretty gives copies of generic declarations the names that Go prints.
func (s *session) pretty(text string) string {
	if !strings.Contains(text, reserved+"g") {
		return text
	}
	return copyName.ReplaceAllStringFunc(text, func(name string) string {
		as, ok := s.shown[name]
		if !ok {
			return name
		}
		var args []string
		for _, a := range as.args {
			args = append(args, types.TypeString(a, func(p *types.Package) string { return p.Path() }))
		}
		return as.obj.Name() + "[" + strings.Join(args, ",") + "]"
	})
}
