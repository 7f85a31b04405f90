package script

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// marker stands for the word being written; no script has such a name.
const marker = "here_zz_"

// word is what the cursor touches.
type word struct {
	start, end int
	text       string // from start to the cursor
	quoted     bool   // inside a string literal
	nowhere    bool   // inside a comment or a number
	open       string // closing brackets for those that are open before the word
	header     bool   // between for, if or switch and the body's brace
	calls      []int  // offsets of the names before the open brackets
}

// Word is the part of src that a completion at the cursor replaces. Offsets are
// in bytes.
func Word(src string, pos int) (start, end int) {
	w := wordAt(src, pos)
	if w.nowhere {
		return pos, pos
	}
	return w.start, w.end
}

// wordAt scans src up to the cursor.
func wordAt(src string, pos int) word {
	pos = min(max(pos, 0), len(src))
	w := word{start: pos, end: pos}
	file := token.NewFileSet().AddFile("lab", -1, len(src))
	var s scanner.Scanner
	s.Init(file, []byte(src), func(token.Position, string) {}, scanner.ScanComments)
	name := -1 // of the token before, if it is an identifier
	for {
		p, tok, lit := s.Scan()
		off := file.Offset(p)
		if tok == token.EOF || off >= pos && (off > pos || !tok.IsLiteral() && !tok.IsKeyword()) {
			return w
		}
		if end := off + len(lit); lit != "\n" && end >= pos && (tok.IsLiteral() || tok.IsKeyword() || tok == token.COMMENT) {
			w.touch(src, pos, off, end, tok)
			return w
		}
		w.bracket(tok, name)
		name = -1
		if tok == token.IDENT {
			name = off
		}
	}
}

// touch notes the token that the cursor is in, or at an end of.
func (w *word) touch(src string, pos, off, end int, tok token.Token) {
	switch {
	case tok == token.IDENT || tok.IsKeyword():
		w.start, w.end, w.text = off, end, src[off:pos]
	case tok == token.STRING && pos > off && (pos < end || !closed(src[off:end])):
		w.start, w.end, w.quoted = off+1, end, true
		if closed(src[off:end]) {
			w.end = end - 1
		}
		w.text = src[off+1 : pos]
	case tok == token.COMMENT || pos > off:
		w.nowhere = true
	}
}

// closed says whether a string literal ends.
func closed(lit string) bool { return len(lit) > 1 && lit[len(lit)-1] == lit[0] }

func (w *word) bracket(tok token.Token, name int) {
	switch tok {
	case token.FOR, token.IF, token.SWITCH:
		w.header = true
	case token.SEMICOLON:
		w.header = w.header && w.open == ""
	case token.LPAREN, token.LBRACE, token.LBRACK:
		w.open = map[token.Token]string{token.LPAREN: ")", token.LBRACE: "}", token.LBRACK: "]"}[tok] + w.open
		w.header = w.header && tok != token.LBRACE
		w.calls = append(w.calls, name)
	case token.RPAREN, token.RBRACE, token.RBRACK:
		if w.open != "" {
			w.open, w.calls = w.open[1:], w.calls[:len(w.calls)-1]
		}
	}
}

// sight is a script with a cursor, checked as far as that goes.
type sight struct {
	s    *session
	p    *program
	path []ast.Node // from the file down to the identifier at the cursor
}

// at is that identifier, or nil.
func (v *sight) at() *ast.Ident {
	if len(v.path) == 0 {
		return nil
	}
	return v.path[len(v.path)-1].(*ast.Ident)
}

// up is the node n levels above the identifier, or nil.
func (v *sight) up(n int) ast.Node {
	if n >= len(v.path) {
		return nil
	}
	return v.path[len(v.path)-1-n]
}

// look checks src, whose identifier at offset start is of interest. Where the
// script is not yet whole, it ends behind that identifier.
func (s *session) look(src string, start, end int, w word) *sight {
	name := src[start:end]
	tail := strings.ReplaceAll(w.open, "}", "\n}")
	body := ""
	if w.header {
		body = " {}"
	}
	var best *sight
	for _, text := range []string{
		src,
		src[:end] + tail,
		src[:end] + body + tail,
		src[:end] + ": nil" + tail,
		src[:end] + " := 0" + body + tail,
	} {
		v, whole := s.sight(text, start, name)
		if v != nil && (best == nil || whole) {
			best = v
		}
		if whole {
			return v
		}
	}
	return best
}

// sight parses and checks one form of a script; whole says that it parsed.
func (s *session) sight(src string, start int, name string) (*sight, bool) {
	chunks, errs := split("cursor", s.bare(src))
	if len(errs) > 0 || len(chunks) == 0 {
		return nil, false
	}
	own := *s
	own.imports = maps.Clone(s.imports)
	w := &source{s: &own, name: "cursor"}
	text := w.write(chunks)
	p := &program{fset: token.NewFileSet(), chunks: chunks, owner: w.owner, whole: true}
	file, err := parser.ParseFile(p.fset, fileName, text, parser.SkipObjectResolution|parser.AllErrors)
	if file == nil {
		return nil, false
	}
	p.file = file
	v := &sight{s: &own, p: p}
	own.resolve(p, w.declared, own.objs, func(error) {})
	v.find(src, start, name)
	return v, err == nil && len(v.path) > 0
}

// find sets the path to the identifier called name at an offset of src.
func (v *sight) find(src string, start int, name string) {
	line := 1 + strings.Count(src[:start], "\n")
	col := start - strings.LastIndexByte(src[:start], '\n')
	var stack []ast.Node
	ast.Inspect(v.p.file, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return false
		}
		stack = append(stack, n)
		if id, ok := n.(*ast.Ident); ok && id.Name == name {
			if l, c := v.p.pos(id.Pos()); l == line && c == col {
				v.path = slices.Clone(stack)
			}
		}
		return true
	})
}

// expected is the type that the place of the identifier asks for, or nil.
func (v *sight) expected() types.Type {
	id, info := ast.Expr(v.at()), v.p.info
	switch n := v.up(1).(type) {
	case *ast.KeyValueExpr:
		if lit, ok := v.up(2).(*ast.CompositeLit); ok && n.Value == id {
			return valueType(info, lit, n.Key)
		}
	case *ast.CompositeLit:
		return elemType(v.literal(n))
	case *ast.CallExpr:
		sig, ok := under(info.TypeOf(n.Fun)).(*types.Signature)
		if i := slices.Index(n.Args, id); ok && i >= 0 {
			return paramType(sig, i, false)
		}
	case *ast.AssignStmt:
		if i := slices.Index(n.Rhs, id); i >= 0 && len(n.Lhs) == len(n.Rhs) && n.Tok == token.ASSIGN {
			return info.TypeOf(n.Lhs[i])
		}
	case *ast.BinaryExpr:
		if n.X != id {
			return info.TypeOf(n.X)
		}
	}
	return nil
}

// literal is the type of a composite literal.
func (v *sight) literal(n *ast.CompositeLit) types.Type {
	if n.Type != nil {
		if t := v.p.info.TypeOf(n.Type); t != nil {
			return t
		}
	}
	return v.p.info.TypeOf(n)
}

func valueType(info *types.Info, lit *ast.CompositeLit, key ast.Expr) types.Type {
	var t types.Type
	if lit.Type != nil {
		t = info.TypeOf(lit.Type)
	} else {
		t = info.TypeOf(lit)
	}
	switch u := under(t).(type) {
	case *types.Struct:
		id, ok := key.(*ast.Ident)
		for i := range u.NumFields() {
			if ok && u.Field(i).Name() == id.Name {
				return u.Field(i).Type()
			}
		}
	case *types.Map:
		return u.Elem()
	}
	return elemType(t)
}

func elemType(t types.Type) types.Type {
	switch u := under(t).(type) {
	case *types.Slice:
		return u.Elem()
	case *types.Array:
		return u.Elem()
	case *types.Map:
		return u.Key()
	}
	return nil
}
