package script

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// chunkKind says how a chunk is checked and run.
type chunkKind int

const (
	declChunk   chunkKind = iota // type, func, const, var
	importChunk                  // import
	defineChunk                  // x := value at depth 0
	exprChunk                    // an expression alone: its value is shown
	stmtChunk
)

// chunk is one top-level piece of a script.
type chunk struct {
	kind      chunkKind
	src       string
	line, col int
	start     int      // offset in the script
	define    int      // offset of := in src, for a define chunk
	names     []string // left of :=, for a define chunk
	again     bool     // a function of an earlier script, compiled again
	script    int      // its number, if so
}

// split cuts a script at the semicolons outside all brackets.
func split(name, src string) ([]chunk, []Error) {
	var (
		fset   = token.NewFileSet()
		file   = fset.AddFile(name, -1, len(src))
		errs   []Error
		s      scanner.Scanner
		chunks []chunk
		cur    cutter
	)
	fail := func(p token.Position, msg string) {
		errs = append(errs, Error{Name: name, Line: p.Line, Col: p.Column, Kind: Syntax, Msg: msg})
	}
	s.Init(file, []byte(src), fail, 0)
	for {
		pos, tok, lit := s.Scan()
		if tok == token.IDENT && strings.HasPrefix(lit, "zz") {
			fail(file.PositionFor(pos, false), "names that start with zz belong to the engine")
			errs[len(errs)-1].Kind = Profile
		}
		off := file.Offset(pos)
		if tok == token.EOF {
			off = len(src)
		}
		if tok == token.EOF || tok == token.SEMICOLON && cur.depth == 0 && !cur.header {
			if len(cur.toks) > 0 {
				p := file.PositionFor(file.Pos(cur.start), false)
				c := cur.chunk(src[cur.start:off], p)
				c.start = cur.start
				chunks = append(chunks, c)
			}
			if tok == token.EOF {
				return chunks, errs
			}
			cur = cutter{}
			continue
		}
		if !cur.add(tok, off) {
			fail(file.PositionFor(pos, false), "unexpected "+tok.String())
			return chunks, errs
		}
	}
}

// cutter gathers the tokens of the chunk being read.
type cutter struct {
	start, depth int
	define       int // offset of the first := at depth 0, from start
	toks         []token.Token
	header       bool // between for, if or switch and the body's brace
	literal      bool // a function literal started within the header
}

// add says false for a closing bracket that nothing opened.
func (c *cutter) add(tok token.Token, off int) bool {
	if len(c.toks) == 0 {
		c.start = off
	}
	if tok == token.DEFINE && c.depth == 0 && c.define == 0 {
		c.define = off - c.start
	}
	if c.depth == 0 {
		c.look(tok)
	}
	switch tok {
	case token.LPAREN, token.LBRACE, token.LBRACK:
		c.depth++
	case token.RPAREN, token.RBRACE, token.RBRACK:
		c.depth--
	}
	c.toks = append(c.toks, tok)
	return c.depth >= 0
}

// look follows the header of a statement, whose semicolons end nothing.
func (c *cutter) look(tok token.Token) {
	last := token.ILLEGAL
	if n := len(c.toks); n > 0 {
		last = c.toks[n-1]
	}
	begins := last == token.ILLEGAL || last == token.COLON || last == token.ELSE
	switch {
	case begins && (tok == token.FOR || tok == token.IF || tok == token.SWITCH || tok == token.SELECT):
		c.header = true
	case !c.header:
	case tok == token.FUNC:
		c.literal = true
	case tok == token.LBRACE && c.literal:
		c.literal = false
	case tok == token.LBRACE && last != token.STRUCT && last != token.INTERFACE:
		c.header = false
	}
}

func (c *cutter) chunk(src string, p token.Position) chunk {
	ch := chunk{kind: stmtChunk, src: src, line: p.Line, col: p.Column}
	switch {
	case c.toks[0] == token.IMPORT:
		ch.kind = importChunk
	case c.toks[0] == token.TYPE, c.toks[0] == token.CONST, c.toks[0] == token.VAR, c.declaresFunc():
		ch.kind = declChunk
	case c.define > 0 && c.toks[0] == token.IDENT:
		ch.names = definedNames(src[:c.define])
		if ch.names != nil {
			ch.kind, ch.define = defineChunk, c.define
		}
	default:
		if _, err := parser.ParseExpr(src); err == nil {
			ch.kind = exprChunk
		}
	}
	return ch
}

// definedNames lists x and y of "x, y"; nil when it is not a list of names.
func definedNames(lhs string) []string {
	e, err := parser.ParseExpr("f(" + lhs + ")")
	if err != nil {
		return nil
	}
	var names []string
	for _, arg := range e.(*ast.CallExpr).Args {
		id, ok := arg.(*ast.Ident)
		if !ok {
			return nil
		}
		names = append(names, id.Name)
	}
	return names
}

// declaresFunc tells func f() and func (t T) m() from a function literal.
func (c *cutter) declaresFunc() bool {
	t := c.toks
	if len(t) < 2 || t[0] != token.FUNC {
		return false
	}
	if t[1] == token.IDENT {
		return true
	}
	depth := 0
	for i, tok := range t[1:] {
		switch tok {
		case token.LPAREN:
			depth++
		case token.RPAREN:
			depth--
		}
		if depth == 0 {
			return i+3 < len(t) && t[i+2] == token.IDENT && t[i+3] == token.LPAREN
		}
	}
	return false
}
