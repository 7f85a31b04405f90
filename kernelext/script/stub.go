package script

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"sync"

	"golang.org/x/tools/txtar"
)

// Prelude is what scripts see without an import: the API as stub source and as
// values. It is read once and serves any number of engines.
type Prelude struct {
	path    string
	stub    string
	symbols map[string]map[string]reflect.Value
	load    func() (*stubs, error)
}

// NewPrelude takes the output of mlsysim/internal/gen/prelude.
func NewPrelude(path, stub string, symbols map[string]map[string]reflect.Value) *Prelude {
	p := &Prelude{path: path, stub: stub, symbols: symbols}
	p.load = sync.OnceValues(func() (*stubs, error) { return readStubs(stdStub, p.stub) })
	return p
}

// stubs type-checks stub sources on demand and serves them as packages.
type stubs struct {
	mu    sync.Mutex
	fset  *token.FileSet
	files map[string]*ast.File
	pkgs  map[string]*types.Package
}

func readStubs(archives ...string) (*stubs, error) {
	s := &stubs{fset: token.NewFileSet(), files: map[string]*ast.File{}, pkgs: map[string]*types.Package{}}
	for _, a := range archives {
		for _, f := range txtar.Parse([]byte(a)).Files {
			if s.files[f.Name] != nil {
				continue
			}
			parsed, err := parser.ParseFile(s.fset, f.Name, f.Data, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return nil, fmt.Errorf("reading the stub of %s: %w", f.Name, err)
			}
			s.files[f.Name] = parsed
		}
	}
	return s, nil
}

// Import serves a stub as a checked package.
func (s *stubs) Import(path string) (*types.Package, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return (*lockedStubs)(s).Import(path)
}

type lockedStubs stubs

func (s *lockedStubs) Import(path string) (*types.Package, error) {
	if p := s.pkgs[path]; p != nil {
		return p, nil
	}
	f := s.files[path]
	if f == nil {
		return nil, fmt.Errorf("package %s is not part of the lab language", path)
	}
	cfg := types.Config{Importer: s, IgnoreFuncBodies: true, GoVersion: goVersion}
	p, err := cfg.Check(path, s.fset, []*ast.File{f}, nil)
	if err != nil {
		return nil, fmt.Errorf("checking the stub of %s: %w", path, err)
	}
	s.pkgs[path] = p
	return p, nil
}

// goVersion is the language that scripts are checked against.
const goVersion = "go1.26"

// stdPackages lists the standard packages a script may use, by name.
var stdPackages = map[string]string{
	"errors": "errors", "fmt": "fmt", "math": "math", "sort": "sort", "strconv": "strconv", "strings": "strings",
}

// label qualifies a type in messages: units and solvers go by their bare name.
func label(p *types.Package) string {
	if p.Path() == scriptPath || strings.Contains(p.Path(), ".") {
		return ""
	}
	return p.Name()
}

// scriptPath is the package path of everything a script declares.
const scriptPath = "main"

// hasPackage says whether name is the package name of a stub outside the
// standard library.
func (s *stubs) hasPackage(name string) bool {
	for path, f := range s.files {
		if f.Name.Name == name && stdPackages[path] == "" && strings.Contains(path, ".") {
			return true
		}
	}
	return false
}
