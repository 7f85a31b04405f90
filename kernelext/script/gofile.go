package script

import (
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/scanner"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// WriteGo makes a Go file that prints what the lab prints and shows. Functions,
// types and constants stand first; statements are its main function.
func WriteGo(blocks []Block) ([]byte, error) {
	l, err := readLab(blocks)
	if err != nil {
		return nil, err
	}
	g := &goFile{lab: l, seen: map[string]bool{}, file: map[string]bool{}}
	for i, b := range blocks {
		if len(blocks) > 1 || b.Text {
			g.divide(b)
		}
		if !b.Text {
			g.block(l.parts[i])
		}
	}
	if g.err != nil {
		return nil, g.err
	}

	var out strings.Builder
	out.WriteString("// Written by mlsysim lab convert, which turns it into a script or notebook again.\npackage main\n\n")
	g.imports(&out)
	out.WriteString(g.decls.String())
	out.WriteString("\nfunc main() {\n" + g.main.String() + strings.Repeat("}\n", g.nested) + "}\n")
	formatted, err := format.Source([]byte(out.String()))
	if err != nil {
		return nil, fmt.Errorf("writing the Go file: %w", err)
	}
	return formatted, nil
}

// goFile gathers the two parts of the file.
type goFile struct {
	lab         *wholeLab
	decls, main strings.Builder
	begun       bool            // main has statements
	seen        map[string]bool // names that main or the file declares
	file        map[string]bool // variables of the file
	nested      int
	err         error
}

func (g *goFile) divide(b Block) {
	if !b.Text {
		g.main.WriteString("\n" + codeLine + "\n")
		return
	}
	g.main.WriteString("\n" + textLine + "\n" + commented(b.Source) + "\n")
}

func (g *goFile) block(p *codeBlock) {
	before := g.main.String()
	g.main.Reset()
	defer func() {
		text := strings.Trim(g.main.String(), "\n")
		g.main.Reset()
		g.main.WriteString(before)
		if text != "" {
			g.main.WriteString(text + "\n")
		}
	}()
	for _, s := range p.segments {
		if s.kind == importChunk {
			continue
		}
		if s.declares && !s.isVar {
			g.decls.WriteString("\n" + strings.TrimLeft(s.lead, "\n") + s.code + ends(s.tail))
			g.once(s, declaredNames(s.code))
			continue
		}
		g.statement(s)
	}
	g.main.WriteString(ends(p.rest))
}

// ends closes a line.
func ends(tail string) string {
	if strings.HasSuffix(tail, "\n") {
		return tail
	}
	return strings.TrimSuffix(strings.TrimSpace(tail), ";") + "\n"
}

// once refuses what a Go file cannot say twice.
func (g *goFile) once(s *segment, names []string) {
	for _, n := range names {
		if g.seen[n] && n != "_" && g.err == nil {
			g.err = fmt.Errorf("%s is declared again in block %d: a Go file has one meaning for it: give it another name", n, s.block+1)
		}
		g.seen[n] = true
	}
}

// statement writes variables and statements.
func (g *goFile) statement(s *segment) {
	global := false
	var names []string
	for _, v := range s.fresh {
		global = global || g.lab.byFunc[v]
		names = append(names, v.Name())
	}
	if s.isVar && s.kind == declChunk && !g.begun && !slices.ContainsFunc(names, func(n string) bool { return g.seen[n] }) {
		g.once(s, names)
		for _, n := range names {
			g.file[n] = true
		}
		g.decls.WriteString("\n" + strings.TrimLeft(s.lead, "\n") + s.code + ends(s.tail))
		return
	}
	if global {
		g.global(s, names)
		return
	}
	if slices.ContainsFunc(names, func(n string) bool { return g.seen[n] }) {
		g.main.WriteString("{\n")
		g.nested++
	}
	for _, n := range names {
		g.seen[n] = true
	}
	g.begun = true
	if s.kind == defineChunk && slices.ContainsFunc(definedNames(s.code[:s.define]), func(n string) bool { return g.file[n] }) {
		g.mixed(s)
		return
	}
	g.main.WriteString(s.lead + s.statement() + ends(s.tail))
	for _, v := range s.fresh {
		if !g.lab.used[v] {
			g.main.WriteString("_ = " + v.Name() + "\n")
		}
	}
}

// mixed is x, y := v where the file has x already, which := would hide.
func (g *goFile) mixed(s *segment) {
	for _, v := range s.fresh {
		typ, err := g.lab.typeOf(v)
		if err != nil {
			g.err = errors.Join(g.err, err)
		}
		fmt.Fprintf(&g.main, "var %s %s\n_ = %s\n", v.Name(), typ, v.Name())
	}
	g.main.WriteString(s.lead + s.code[:s.define] + "=" + s.code[s.define+2:] + ends(s.tail))
}

// global declares variables that functions use for the whole file, and gives
// them their values where the script does.
func (g *goFile) global(s *segment, names []string) {
	g.once(s, names)
	for _, v := range s.fresh {
		g.file[v.Name()] = true
		typ, err := g.lab.typeOf(v)
		if err != nil {
			g.err = errors.Join(g.err, err)
		}
		fmt.Fprintf(&g.decls, "\nvar %s %s\n", v.Name(), typ)
	}
	g.begun = true
	if s.kind == defineChunk {
		g.main.WriteString(s.lead + s.code[:s.define] + "=" + s.code[s.define+2:] + ends(s.tail))
		return
	}
	g.main.WriteString(s.lead + assignments(s.code) + ends(s.tail))
}

// assignments turns var declarations into assignments.
func assignments(code string) string {
	head := "package p;"
	f, err := parser.ParseFile(token.NewFileSet(), "lab", head+code, parser.SkipObjectResolution)
	if err != nil {
		return code
	}
	var out []string
	for _, spec := range f.Decls[0].(*ast.GenDecl).Specs {
		vs := spec.(*ast.ValueSpec)
		if len(vs.Values) == 0 {
			continue
		}
		var names []string
		for _, id := range vs.Names {
			names = append(names, id.Name)
		}
		from, to := int(vs.Values[0].Pos())-1, int(vs.Values[len(vs.Values)-1].End())-1
		out = append(out, strings.Join(names, ", ")+" = "+(head + code)[from:to])
	}
	return strings.Join(out, "\n")
}

func (g *goFile) imports(out *strings.Builder) {
	out.WriteString("import (\n")
	for _, path := range slices.Sorted(maps.Keys(g.lab.packages)) {
		out.WriteString(strconv.Quote(path) + "\n")
	}
	if g.lab.lab {
		out.WriteString("\n. " + strconv.Quote(preludePath) + "\n")
	}
	out.WriteString(")\n")
}

// ReadGo takes a Go file apart: its declarations, and what its main function
// does.
func ReadGo(src []byte) ([]Block, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "file", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("reading the Go file: %w", err)
	}
	at := func(p token.Pos) int { return fset.Position(p).Offset }
	var decls []string
	body := ""
	end := at(f.Name.End())
	for _, d := range f.Decls {
		lead := string(src[end:at(d.Pos())])
		text := strings.TrimLeft(lead, "\n") + string(src[at(d.Pos()):at(d.End())])
		end = at(d.End())
		if n := strings.IndexByte(string(src[end:]), '\n'); n >= 0 {
			text += string(src[end : end+n])
			end += n
		}
		g, isGen := d.(*ast.GenDecl)
		fn, isFunc := d.(*ast.FuncDecl)
		switch {
		case isGen && g.Tok == token.IMPORT:
		case isFunc && fn.Recv == nil && fn.Name.Name == "main" && fn.Body != nil:
			body = dedented(string(src[at(fn.Body.Lbrace)+1 : at(fn.Body.Rbrace)]))
		default:
			decls = append(decls, text)
		}
	}
	blocks := ReadScript(body)
	if len(decls) == 0 {
		return blocks, nil
	}
	head := strings.Join(decls, "\n\n")
	i := slices.IndexFunc(blocks, func(b Block) bool { return !b.Text })
	if i < 0 {
		return append(blocks, Block{Source: head}), nil
	}
	blocks[i].Source = strings.Trim(head+"\n\n"+blocks[i].Source, "\n")
	return blocks, nil
}

// dedented takes one tab off each line that does not continue a literal.
func dedented(body string) string {
	within := map[int]bool{} // offsets of line starts inside literals and comments
	file := token.NewFileSet().AddFile("body", -1, len(body))
	var s scanner.Scanner
	s.Init(file, []byte(body), func(token.Position, string) {}, scanner.ScanComments)
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		if tok != token.STRING {
			continue
		}
		for i, c := range lit {
			if c == '\n' {
				within[file.Offset(pos)+i+1] = true
			}
		}
	}
	var out strings.Builder
	off := 0
	for line := range strings.SplitAfterSeq(body, "\n") {
		if within[off] {
			out.WriteString(line)
		} else {
			out.WriteString(strings.TrimPrefix(line, "\t"))
		}
		off += len(line)
	}
	return strings.Trim(out.String(), "\n")
}
