package script

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// fileName is what the interpreter calls every source; its imports hold per file.
const fileName = "_.go"

// reserved starts every name that the engine makes up.
const reserved = "zz_"

// source writes the chunks of one script as one Go file that go/types can read.
// Every chunk sits behind a line directive, so positions are the script's own.
type source struct {
	s        *session
	out      strings.Builder
	owner    []int          // declaration of the file -> chunk
	declared map[string]int // name -> chunk of this script
	errs     []Error
	name     string
	number   int // of the script in its session
}

// checkedFile is the name of what go/types reads for one script.
func checkedFile(number int) string { return "script" + strconv.Itoa(number) }

// write returns the file; the owner of import declarations is -1.
func (w *source) write(chunks []chunk) string {
	w.declared = map[string]int{}
	var body strings.Builder
	for i := range chunks {
		w.chunk(&body, i, &chunks[i])
	}
	w.out.WriteString("package main\n")
	w.imports(chunks)
	w.out.WriteString(body.String())
	return w.out.String()
}

func (w *source) chunk(b *strings.Builder, i int, c *chunk) {
	number := w.number
	if c.again {
		number = c.script
	}
	at := fmt.Sprintf("/*line %d:%d:%d*/", number, c.line, c.col)
	switch c.kind {
	case importChunk:
		w.explicitImport(c)
		return
	case declChunk:
		for _, name := range declaredNames(c.src) {
			if _, again := w.declared[name]; !again {
				w.declared[name] = i
			}
		}
		fmt.Fprintf(b, "%s%s\n", at, c.src)
	case defineChunk:
		w.define(b, i, c, at)
	case exprChunk:
		e, _ := parser.ParseExpr(c.src)
		if _, call := ast.Unparen(e).(*ast.CallExpr); call {
			fmt.Fprintf(b, "func _() { %s%s\n}\n", at, c.src)
		} else {
			fmt.Fprintf(b, "func _() { _ = %s%s\n}\n", at, c.src)
		}
	case stmtChunk:
		fmt.Fprintf(b, "func _() { %s%s\n}\n", at, c.src)
	}
	w.owner = append(w.owner, i)
}

// define turns x := v into a package variable. Names that the script has
// already are assigned from a helper variable, as := does.
func (w *source) define(b *strings.Builder, i int, c *chunk, at string) {
	lhs, rhs := c.src[:c.define], " ="+c.src[c.define+2:]
	var assign strings.Builder
	fresh := 0
	names := slices.Clone(c.names)
	for k, name := range c.names {
		_, old := w.declared[name]
		switch {
		case name == "_":
		case old:
			names[k] = fmt.Sprintf("%s%d_%d", reserved, i, k)
			fmt.Fprintf(&assign, "func _() { %s%s = %s\n}\n", at, name, names[k])
		default:
			fresh++
			w.declared[name] = i
		}
	}
	if fresh == 0 {
		w.errs = append(w.errs, Error{
			Name: w.name, Line: c.line, Col: c.col, Kind: Type, Msg: "no new variables on left side of :=",
			Hint: "write = to give an existing variable a new value",
		})
	}
	if assign.Len() > 0 {
		lhs = strings.Join(names, ", ")
	}
	fmt.Fprintf(b, "var %s%s%s\n%s", at, lhs, rhs, assign.String())
	for range strings.Count(assign.String(), "func _()") {
		w.owner = append(w.owner, i)
	}
}

// explicitImport notes an import the script writes itself.
func (w *source) explicitImport(c *chunk) {
	f, err := parser.ParseFile(token.NewFileSet(), "lab", "package p;"+c.src, parser.ImportsOnly)
	if err != nil {
		w.errs = append(w.errs, Error{Name: w.name, Line: c.line, Col: c.col, Kind: Syntax, Msg: "cannot read this import"})
		return
	}
	for _, spec := range f.Imports {
		path := strings.Trim(spec.Path.Value, "`\"")
		switch {
		case path == w.s.prelude.path && spec.Name != nil && spec.Name.Name == ".":
		case w.s.isOffered(path, importName(spec)):
		case !isStd(path):
			w.errs = append(w.errs, Error{
				Name: w.name, Line: c.line, Col: c.col, Kind: Profile, Msg: fmt.Sprintf("package %s is not part of the lab language", path),
				Hint: "labs use " + strings.Join(slices.Sorted(maps.Keys(stdPackages)), ", ") + "; the lab names need no import",
			})
		case spec.Name == nil:
			w.s.imports[lastPart(path)] = path
		case spec.Name.Name == ".":
			w.errs = append(w.errs, Error{Name: w.name, Line: c.line, Col: c.col, Kind: Profile, Msg: "import . is only for the lab prelude"})
		default:
			w.s.imports[spec.Name.Name] = path
		}
	}
}

func importName(spec *ast.ImportSpec) string {
	if spec.Name == nil {
		return ""
	}
	return spec.Name.Name
}

// imports writes the imports that the script needs, asked for or not.
func (w *source) imports(chunks []chunk) {
	var names []string
	for name := range w.s.imports {
		if _, own := w.declared[name]; own || w.s.objs[name] != nil {
			continue
		}
		for _, c := range chunks {
			if c.kind != importChunk && strings.Contains(c.src, name) {
				names = append(names, name)
				break
			}
		}
	}
	slices.Sort(names)
	own := make([]int, 0, len(names)+len(w.owner))
	for _, name := range names {
		fmt.Fprintf(&w.out, "import %s %q\n", name, w.s.imports[name])
		own = append(own, -1)
	}
	w.owner = append(own, w.owner...)
}

// declaredNames lists the package-level names of a declaration.
func declaredNames(src string) []string {
	f, _ := parser.ParseFile(token.NewFileSet(), "lab", "package p;"+src, parser.SkipObjectResolution)
	if f == nil {
		return nil
	}
	var names []string
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name.Name)
				case *ast.ValueSpec:
					for _, id := range s.Names {
						names = append(names, id.Name)
					}
				}
			}
		}
	}
	return names
}
