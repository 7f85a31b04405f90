package script

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// session is what later scripts of one engine see of earlier ones.
type session struct {
	prelude *Prelude
	lab     *types.Package
	stubs   *stubs
	scripts []string                        // names, by number
	bases   []int                           // the interpreter's number of the line before the first, by script
	next    int                             // the next of these
	objs    map[string]types.Object         // declared by scripts, still visible
	imports map[string]string               // name -> path
	names   map[types.Object]string         // what the interpreter calls an object, if not its own name
	seen    map[string]int                  // how often a name was declared
	uses    map[types.Object][]types.Object // function -> what it names
	sources map[types.Object]chunk          // of functions

	fset      *token.FileSet
	files     map[string]*token.File  // what was checked, by name
	twice     bool                    // some script had generics: see mono.go
	mono      map[string]types.Object // as objs, of the second form
	templates map[types.Object]*template
	copies    int                // of templates
	shown     map[string]shownAs // copies by name
	shifts    map[string]token.Pos
}

func newSession(p *Prelude) (*session, error) {
	st, err := p.load()
	if err != nil {
		return nil, err
	}
	pkg, err := st.Import(p.path)
	if err != nil {
		return nil, err
	}
	return &session{
		prelude: p, lab: pkg, stubs: st, objs: map[string]types.Object{}, imports: maps.Clone(stdPackages),
		names: map[types.Object]string{}, seen: map[string]int{}, uses: map[types.Object][]types.Object{}, sources: map[types.Object]chunk{},
		fset: token.NewFileSet(), files: map[string]*token.File{}, mono: map[string]types.Object{}, templates: map[types.Object]*template{},
		shown: map[string]shownAs{}, shifts: map[string]token.Pos{},
	}, nil
}

// program is one checked script.
type program struct {
	name     string
	number   int // of the script in its session
	scripts  []string
	bases    []int
	files    map[string]*token.File
	declared map[string]int
	fset     *token.FileSet
	chunks   []chunk
	file     *ast.File
	owner    []int // declaration -> chunk
	pkg      *types.Package
	info     *types.Info
	warnings []Error
	whole    bool            // everything is in scope, also what nothing names yet
	seen     *types.Package  // as later scripts see it: the first form
	erased   map[string]bool // declarations that only the first form has
}

// pos is a place in the script.
func (p *program) pos(at token.Pos) (line, col int) {
	q := p.fset.Position(at)
	return q.Line, q.Column
}

// script is the number of the script that wrote what stands at a place.
func (p *program) script(at token.Pos) int {
	n, err := strconv.Atoi(p.fset.Position(at).Filename)
	if err != nil {
		return p.number
	}
	return n
}

// place is the number by which the interpreter knows a line: the script's number
// and the line in it. Syntax of the standard library has a number of its own.
func (p *program) place(at token.Pos) int {
	q := p.fset.Position(at)
	n, err := strconv.Atoi(q.Filename)
	if err != nil {
		return nowhereLine
	}
	return p.bases[n] + q.Line
}

// raw is place for a line of a file that was checked.
func (p *program) raw(file string, line int) int {
	f := p.files[file]
	if f == nil {
		return nowhereLine
	}
	end := token.Pos(f.Base() + f.Size())
	if line < f.LineCount() {
		end = f.LineStart(line+1) - 1
	}
	return p.place(end)
}

func (p *program) err(at token.Pos, kind Kind, hint, format string, args ...any) Error {
	q := p.fset.Position(at)
	name := p.name
	if n, err := strconv.Atoi(q.Filename); err == nil && n < len(p.scripts) {
		name = p.scripts[n]
	}
	return Error{Name: name, Line: q.Line, Col: q.Column, Kind: kind, Msg: fmt.Sprintf(format, args...), Hint: hint}
}

// check splits and type-checks a script.
func (s *session) check(name, src string) (*program, []Error) {
	chunks, errs := split(name, s.bare(src))
	if len(errs) > 0 {
		return nil, slipHints(src, errs)
	}
	if s.next+strings.Count(src, "\n")+2 >= nowhereLine {
		msg := fmt.Sprintf("this session is full: it has numbered %d lines in %d scripts and cells", s.next, len(s.scripts))
		return nil, []Error{{Name: name, Kind: Budget, Msg: msg, Hint: "start a new session"}}
	}
	w := &source{s: s, name: name, number: len(s.scripts)}
	w.write(chunks)
	if len(w.errs) > 0 {
		return nil, slipHints(src, w.errs)
	}
	s.add(name, src)
	if again := s.dependants(w.declared); len(again) > 0 {
		p, errs := s.parse(name, src, w.number, append(slices.Clone(chunks), again...))
		if len(errs) == 0 {
			return p, nil
		}
	}
	return s.parse(name, src, w.number, chunks)
}

// add gives a script its number, and lines of its own: the interpreter knows all
// scripts of a session as one file.
func (s *session) add(name, src string) {
	s.scripts, s.bases = append(s.scripts, name), append(s.bases, s.next)
	s.next += strings.Count(src, "\n") + 2
}

// placed finds the script and line of an interpreter's line.
func (s *session) placed(line int) (name string, at int, ok bool) {
	if line <= 0 || line >= nowhereLine || len(s.bases) == 0 {
		return "", 0, false
	}
	n, _ := slices.BinarySearch(s.bases, line) // no script has a line 0
	n--
	return s.scripts[n], line - s.bases[n], true
}

// parse writes the chunks as one file and type-checks it.
func (s *session) parse(name, src string, number int, chunks []chunk) (*program, []Error) {
	w := &source{s: s, name: name, number: number}
	text := w.write(chunks)
	p := &program{name: name, number: w.number, fset: s.fset, scripts: s.scripts, bases: s.bases, files: s.files, chunks: chunks, owner: w.owner, declared: w.declared}
	var err error
	p.file, err = parser.ParseFile(p.fset, checkedFile(w.number), text, parser.SkipObjectResolution)
	if p.file != nil {
		s.files[checkedFile(w.number)] = s.fset.File(p.file.FileStart)
	}
	if err != nil {
		return nil, slipHints(src, syntaxErrors(name, src, err))
	}
	if len(p.file.Decls) != len(p.owner) {
		return nil, []Error{{Name: name, Line: 1, Kind: Syntax, Msg: "cannot split this script into statements"}}
	}
	if errs := s.types(p, w.declared); len(errs) > 0 {
		return nil, errs
	}
	return p, nil
}

func syntaxErrors(name, src string, err error) []Error {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return []Error{{Name: name, Kind: Syntax, Msg: err.Error()}}
	}
	var errs []Error
	lines := strings.Split(strings.TrimRight(src, "\n"), "\n")
	for _, e := range list {
		if e.Pos.Line > len(lines) { // the bracket that the engine itself wrote
			e.Pos.Line, e.Pos.Column = len(lines), len(lines[len(lines)-1])+1
			e.Msg = strings.ReplaceAll(e.Msg, "found '}'", "found the end of the script")
		}
		e.Msg = strings.ReplaceAll(e.Msg, "found 'EOF'", "found the end of the script")
		e.Pos.Column = min(e.Pos.Column, len(lines[max(e.Pos.Line, 1)-1])+1)
		errs = append(errs, Error{Name: name, Line: e.Pos.Line, Col: e.Pos.Column, Kind: Syntax, Msg: e.Msg})
	}
	return sorted(errs)[:1] // the rest is usually noise after the first
}

// types runs go/types. The prelude and earlier scripts are visible unless this
// script declares the same name itself.
func (s *session) types(p *program, declared map[string]int) []Error {
	var errs []Error
	s.resolve(p, declared, s.objs, func(err error) {
		var te types.Error
		if errors.As(err, &te) {
			errs = s.report(p, te, errs)
		}
	})
	return sorted(errs)
}

// resolve fills in what go/types finds out about a program.
func (s *session) resolve(p *program, declared map[string]int, visible map[string]types.Object, report func(error)) {
	p.pkg = types.NewPackage(scriptPath, "main")
	scope := p.pkg.Scope()
	named := p.names()
	for name, obj := range visible {
		if _, own := declared[name]; !own && (p.whole || named[name]) {
			scope.Insert(obj)
		}
	}
	for _, name := range s.lab.Scope().Names() {
		if _, own := declared[name]; !own && token.IsExported(name) && (p.whole || named[name]) {
			scope.Insert(s.lab.Scope().Lookup(name))
		}
	}
	p.info = newInfo()
	cfg := types.Config{Importer: s.stubs, GoVersion: goVersion, Error: report}
	// The same errors arrive through cfg.Error.
	_ = types.NewChecker(&cfg, p.fset, p.pkg, p.info).Files([]*ast.File{p.file})
}

// names lists the identifiers of a program. What it does not name stays out of
// its scope, which lives as long as anything that it declares.
func (p *program) names() map[string]bool {
	named := map[string]bool{}
	ast.Inspect(p.file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			named[id.Name] = true
		}
		return true
	})
	return named
}

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{},
		Instances: map[*ast.Ident]types.Instance{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{},
	}
}

// report keeps an error, as a warning when Go would run the program anyway.
func (s *session) report(p *program, te types.Error, errs []Error) []Error {
	if strings.HasSuffix(te.Msg, "imported and not used") || strings.Contains(te.Msg, " imported as ") {
		return errs
	}
	e := p.err(te.Pos, Type, "", "%s", s.plain(te.Msg))
	switch {
	case strings.HasPrefix(te.Msg, "declared and not used"):
		p.warnings = append(p.warnings, e)
		return errs
	case strings.HasSuffix(te.Msg, "is not used") && s.startsExpr(p, e):
		return errs // a conversion or builtin whose value is shown
	case strings.HasPrefix(e.Msg, "\t"):
		return errs // continues the error before it
	}
	e.Hint = s.hint(p, te)
	return append(errs, e)
}

func (s *session) startsExpr(p *program, e Error) bool {
	for _, c := range p.chunks {
		if c.kind == exprChunk && c.line == e.Line && c.col == e.Col {
			return true
		}
	}
	return false
}

var qualifier = regexp.MustCompile(`\b([a-z][a-z0-9_]*)\.([A-Z]\w*)`)

// plain gives types the names that the prelude offers them under, so that a
// student reads Bytes and not units.Bytes, PassResult and not compute.Result.
func (s *session) plain(msg string) string {
	msg = qualifier.ReplaceAllStringFunc(msg, func(m string) string {
		name, rest, _ := strings.Cut(m, ".")
		if as := s.prelude.aliases(s.lab)[m]; as != "" {
			return as
		}
		if s.stubs.hasPackage(name) {
			return rest
		}
		return m
	})
	return strings.ReplaceAll(msg, " as value in variable declaration", " as value")
}
