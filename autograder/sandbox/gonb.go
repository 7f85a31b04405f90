package sandbox

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A goProgram is what GoNB makes of a notebook: the declarations of all cells,
// of which a later one replaces an earlier one of the same name, and the
// statements behind %% of each cell, which run in order.
type goProgram struct {
	cells   []goCell
	imports map[string]string // name in the file -> path, of all cells
	dots    []string          // paths imported for all their names
	blanks  []string          // paths imported for what they do
}

// A goCell is one cell: its declarations, its statements, and where they start.
type goCell struct {
	name        string
	decls, body string
	line        int // of the first statement in the cell
	file        *ast.File
	fset        *token.FileSet
}

// usualImports are the packages that GoNB finds by itself.
var usualImports = []string{
	"bytes", "context", "encoding/json", "errors", "fmt", "io", "maps", "math", "math/rand", "os", "regexp", "slices", "sort", "strconv",
	"strings", "sync", "sync/atomic", "time", "unicode",
}

// readGo takes the cells apart. The error names the cell and the line.
func readGo(cells []Cell) (*goProgram, error) {
	p := &goProgram{imports: map[string]string{}}
	for _, path := range usualImports {
		p.imports[lastPart(path)] = path
	}
	for _, c := range cells {
		g, err := readGoCell(c)
		if err != nil {
			return nil, err
		}
		for _, spec := range g.file.Imports {
			p.note(spec)
		}
		p.cells = append(p.cells, g)
	}
	p.dropReplaced()
	return p, nil
}

func lastPart(p string) string { return path.Base(p) }

func (p *goProgram) note(spec *ast.ImportSpec) {
	path, err := strconv.Unquote(spec.Path.Value)
	switch {
	case err != nil:
	case spec.Name == nil:
		p.imports[lastPart(path)] = path
	case spec.Name.Name == "_":
		p.blanks = append(p.blanks, path)
	case spec.Name.Name == ".":
		if !slices.Contains(p.dots, path) {
			p.dots = append(p.dots, path)
		}
	default:
		p.imports[spec.Name.Name] = path
	}
}

// readGoCell divides a cell at its %% line. A cell without one is declarations,
// or statements where it is not.
func readGoCell(c Cell) (goCell, error) {
	g := goCell{name: c.Name, fset: token.NewFileSet(), line: 1}
	g.decls, g.body, g.line = divided(c.Src)
	file, err := g.parse()
	if err != nil && g.body == "" {
		g.decls, g.body, g.line = "", c.Src, 1
		if _, bodyErr := parser.ParseFile(token.NewFileSet(), "", "package main\nfunc _() {\n"+c.Src+"\n}", 0); bodyErr == nil {
			file, err = g.parse()
		}
	}
	if err != nil {
		return g, fmt.Errorf("%s: %w", c.Name, err)
	}
	g.file = file
	g.mainIsBody()
	return g, nil
}

func (g *goCell) parse() (*ast.File, error) {
	return parser.ParseFile(g.fset, "", "package main;"+g.decls, parser.SkipObjectResolution)
}

// divided cuts a cell at the line %% or %main, which may stand in a comment.
func divided(src string) (decls, body string, line int) {
	at, n := 0, 1
	for text := range strings.Lines(src) {
		word := strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(text), "//"), "gonb:"))
		if first, _, _ := strings.Cut(strings.TrimSpace(word), " "); first == "%%" || first == "%main" {
			return src[:at], src[at+len(text):], n + 1
		}
		at, n = at+len(text), n+1
	}
	return src, "", n
}

// mainIsBody lets a cell's own func main run as its statements.
func (g *goCell) mainIsBody() {
	for _, d := range g.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || f.Name.Name != "main" || f.Body == nil {
			continue
		}
		from, to := g.at(f.Body.Lbrace)+1, g.at(f.Body.Rbrace)
		if g.body == "" {
			g.body, g.line = g.decls[from:to], 1+strings.Count(g.decls[:from], "\n")
		}
		g.blank(f.Pos(), f.End())
	}
}

const packageClause = len("package main;")

func (g *goCell) at(p token.Pos) int { return g.fset.Position(p).Offset - packageClause }

// blank removes a part of the declarations and keeps its lines.
func (g *goCell) blank(from, to token.Pos) {
	a, b := g.at(from), min(g.at(to), len(g.decls))
	text := []byte(g.decls[a:b])
	for i := range text {
		if text[i] != '\n' {
			text[i] = ' '
		}
	}
	g.decls = g.decls[:a] + string(text) + g.decls[b:]
}

// dropReplaced removes a declaration that a later cell makes again.
func (p *goProgram) dropReplaced() {
	last := map[string]int{}
	for i := range p.cells {
		for name := range p.cells[i].declared() {
			last[name] = i
		}
	}
	for i := range p.cells {
		for name, n := range p.cells[i].declared() {
			if last[name] != i {
				p.cells[i].blank(n.Pos(), n.End())
			}
		}
	}
}

// declared maps the names of a cell's declarations to what declares them.
func (g *goCell) declared() map[string]ast.Node {
	out := map[string]ast.Node{}
	for _, d := range g.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil && len(d.Recv.List) == 1 {
				name = receiver(d.Recv.List[0].Type) + "." + name
			}
			if name != "init" && name != "_" && name != "main" {
				out[name] = d
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					out[s.Name.Name] = node(d, s)
				case *ast.ValueSpec:
					if s.Names[0].Name != "_" {
						out[s.Names[0].Name] = node(d, s)
					}
				}
			}
		}
	}
	return out
}

// node is a whole declaration if the specification is its only one.
func node(d *ast.GenDecl, s ast.Spec) ast.Node {
	if len(d.Specs) == 1 {
		return d
	}
	return s
}

func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// files are the sources of the program, by name.
func (p *goProgram) files() map[string]string {
	out := map[string]string{"zz_records.go": goRecords}
	var calls strings.Builder
	for i := range p.cells {
		out[fmt.Sprintf("cell%d.go", i)] = p.source(i)
		fmt.Fprintf(&calls, "\trunCell(%q, cell%d)\n", p.cells[i].name, i)
	}
	out["zz_main.go"] = "package main\n\nfunc main() {\n" + calls.String() + "\tendCells()\n}\n"
	return out
}

// source is the file of one cell; line directives keep its own lines.
func (p *goProgram) source(i int) string {
	g := &p.cells[i]
	for _, d := range g.file.Decls {
		if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.IMPORT {
			g.blank(d.Pos(), d.End())
		}
	}
	var b strings.Builder
	b.WriteString("package main\n\n")
	code := g.decls + "\n" + g.body
	for _, name := range slices.Sorted(maps.Keys(p.imports)) {
		if strings.Contains(code, name+".") && g.uses(name) {
			fmt.Fprintf(&b, "import %s %q\n", name, p.imports[name])
		}
	}
	for _, path := range p.blanks {
		fmt.Fprintf(&b, "import _ %q\n", path)
	}
	for _, path := range p.dots {
		fmt.Fprintf(&b, "import . %q\n", path)
		if path == labPath {
			b.WriteString("var _ = Answer\n")
		}
	}
	fmt.Fprintf(&b, "//line cell%d:1\n%s\nfunc cell%d() {\n//line cell%d:%d\n%s\n}\n", i, g.decls, i, i, g.line, g.body)
	return b.String()
}

const labPath = "github.com/mlsysim/golab/kernelext/lab"

// uses says whether the cell selects something from a name that could be a
// package.
func (g *goCell) uses(name string) bool {
	found := false
	look := func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := s.X.(*ast.Ident); ok && id.Name == name {
				found = true
			}
		}
		return !found
	}
	ast.Inspect(g.file, look)
	if body, err := parser.ParseFile(token.NewFileSet(), "", "package main\nfunc _() {\n"+g.body+"\n}", parser.SkipObjectResolution); body != nil && err == nil {
		ast.Inspect(body, look)
	}
	return found
}
