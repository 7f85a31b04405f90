package script

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"iter"
	"reflect"
	"strings"
	"sync"
)

// Prelude is what scripts see without an import: the API as stub source and as
// values. It is read once and serves any number of engines.
type Prelude struct {
	path    string
	stub    string
	symbols map[string]map[string]reflect.Value
	load    func() (*stubs, error)
	offers  sync.Once
	offered map[string]string // package and name of a type -> its name in the prelude

	within   sync.Once
	packages map[string]map[string]bool // package -> its names in the prelude
}

// aliases maps types such as compute.Result to their names in the prelude.
func (p *Prelude) aliases(lab *types.Package) map[string]string {
	p.offers.Do(func() {
		p.offered = map[string]string{}
		for _, name := range lab.Scope().Names() {
			tn, ok := lab.Scope().Lookup(name).(*types.TypeName)
			if !ok {
				continue
			}
			if n, ok := types.Unalias(tn.Type()).(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg() != lab {
				p.offered[n.Obj().Pkg().Name()+"."+n.Obj().Name()] = name
			}
		}
	})
	return p.offered
}

// NewPrelude takes the output of mlsysim/internal/gen/prelude.
func NewPrelude(path, stub string, symbols map[string]map[string]reflect.Value) *Prelude {
	p := &Prelude{path: path, stub: stub, symbols: symbols}
	p.load = sync.OnceValues(func() (*stubs, error) { return readStubs(stdStub, p.stub) })
	return p
}

// stubs type-checks stub sources on demand and serves them as packages. It keeps
// the sources, which are part of the program, rather than their syntax, which
// would be half of a session's memory.
type stubs struct {
	mu      sync.Mutex
	fset    *token.FileSet
	sources map[string]string
	pkgs    map[string]*types.Package

	generic map[string]*ast.File   // path -> the generic part of a standard package
	infos   map[string]*types.Info // path -> what go/types found out about that part

	texts map[string]map[string]string // path -> name -> documentation
	helps map[types.Object]string      // of fields
}

func readStubs(archives ...string) (*stubs, error) {
	s := &stubs{
		fset: token.NewFileSet(), sources: map[string]string{}, pkgs: map[string]*types.Package{},
		generic: map[string]*ast.File{}, infos: map[string]*types.Info{}, texts: map[string]map[string]string{}, helps: map[types.Object]string{},
	}
	for _, a := range archives {
		for path, source := range sections(a) {
			if _, known := s.sources[path]; !known {
				s.sources[path] = source
			}
		}
	}
	return s, s.readGenerics()
}

// sections are the files of a txtar archive, as parts of its text.
func sections(archive string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for archive != "" {
			_, rest, _ := strings.Cut(archive, "-- ")
			name, rest, _ := strings.Cut(rest, " --\n")
			end := strings.Index(rest, "\n-- ") + 1
			if end == 0 {
				end = len(rest)
			}
			if !yield(name, rest[:end]) {
				return
			}
			archive = rest[end:]
		}
	}
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
	files, err := s.syntax(path, s.fset, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("package %s is not part of the lab language", path)
	}
	cfg := types.Config{Importer: s, IgnoreFuncBodies: s.generic[path] == nil, GoVersion: goVersion}
	if s.generic[path] != nil {
		s.infos[path] = newInfo()
	}
	p, err := cfg.Check(path, s.fset, files, s.infos[path])
	if err != nil {
		return nil, fmt.Errorf("checking the stub of %s: %w", path, err)
	}
	s.pkgs[path] = p
	return p, nil
}

// syntax is the files of a package.
func (s *lockedStubs) syntax(path string, fset *token.FileSet, mode parser.Mode) (files []*ast.File, err error) {
	if source, ok := s.sources[path]; ok {
		f, err := parser.ParseFile(fset, path, source, mode)
		if err != nil {
			return nil, fmt.Errorf("reading the stub of %s: %w", path, err)
		}
		files = append(files, f)
	}
	if f := s.generic[path]; f != nil {
		files = append(files, f)
	}
	return files, nil
}

// goVersion is the language that scripts are checked against.
const goVersion = "go1.26"

// stdPackages lists the standard packages a script may use, by name.
var stdPackages = map[string]string{
	"errors": "errors", "fmt": "fmt", "math": "math", "sort": "sort", "strconv": "strconv", "strings": "strings",
	"cmp": "cmp", "io": "io", "iter": "iter", "json": "encoding/json", "maps": "maps",
	"rand": "math/rand/v2", "slices": "slices", "time": "time",
}

// isStd says whether a script may use the standard package at path.
func isStd(path string) bool { return stdPackages[lastPart(path)] == path }

// lastPart is the name of the package at path.
func lastPart(path string) string {
	path = strings.TrimSuffix(path, "/v2")
	return path[strings.LastIndexByte(path, '/')+1:]
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
	for path, source := range s.sources {
		if !isStd(path) && strings.Contains(path, ".") && strings.HasPrefix(source, "package "+name+"\n") {
			return true
		}
	}
	return false
}

// docs is the documentation of a stub by name; of methods by Type.Method.
func (s *stubs) docs(path string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if texts, ok := s.texts[path]; ok {
		return texts
	}
	texts := map[string]string{}
	files, _ := (*lockedStubs)(s).syntax(path, token.NewFileSet(), parser.ParseComments|parser.SkipObjectResolution) // it was read before
	var decls []ast.Decl
	for _, f := range files {
		decls = append(decls, f.Decls...)
	}
	for _, d := range decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil {
				t := d.Recv.List[0].Type
				if p, ok := t.(*ast.StarExpr); ok {
					t = p.X
				}
				name = types.ExprString(t) + "." + name
			}
			texts[name] = d.Doc.Text()
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					texts[spec.Name.Name] = d.Doc.Text()
				case *ast.ValueSpec:
					texts[spec.Names[0].Name] = d.Doc.Text()
				}
			}
		}
	}
	s.texts[path] = texts
	return texts
}

// help is the help tag of a field of a stub.
func (s *stubs) help(f *types.Var) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pkgs[f.Pkg().Path()]
	if p == nil {
		return ""
	}
	if text, ok := s.helps[f]; ok {
		return text
	}
	for _, name := range p.Scope().Names() {
		st, ok := p.Scope().Lookup(name).Type().Underlying().(*types.Struct)
		for i := 0; ok && i < st.NumFields(); i++ {
			s.helps[st.Field(i)] = reflect.StructTag(st.Tag(i)).Get("help")
		}
	}
	return s.helps[f]
}
