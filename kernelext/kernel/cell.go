package kernel

import (
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// outline is what the tokens of a cell say without a parser.
type outline struct {
	depth  int    // brackets open at the end
	begun  bool   // the last statement needs more
	broken bool   // a bracket closes nothing, or a token is no Go
	last   string // source of the last statement
}

func outlineOf(src string) outline {
	var (
		o      outline
		s      scanner.Scanner
		file   = token.NewFileSet().AddFile("cell", -1, len(src))
		start  = -1
		header bool // between for, if or switch and the body's brace
	)
	s.Init(file, []byte(src), func(_ token.Position, msg string) {
		if strings.HasSuffix(msg, "not terminated") && !strings.HasPrefix(msg, "rune") && !strings.HasPrefix(msg, "string") {
			o.begun = true // a raw string or a comment
			return
		}
		o.broken = true
	}, 0)
	for {
		pos, tok, _ := s.Scan()
		switch tok {
		case token.EOF:
			o.begun = o.begun || start >= 0
			return o
		case token.LPAREN, token.LBRACE, token.LBRACK:
			o.depth++
			header = header && tok != token.LBRACE
		case token.RPAREN, token.RBRACE, token.RBRACK:
			o.depth--
			o.broken = o.broken || o.depth < 0
		}
		switch {
		case tok == token.SEMICOLON && o.depth == 0 && !header && start >= 0:
			o.last, start = src[start:file.Offset(pos)], -1
		case start < 0 && tok != token.SEMICOLON:
			start = file.Offset(pos)
			header = tok == token.FOR || tok == token.IF || tok == token.SWITCH
		}
	}
}

// What is_complete answers.
const (
	complete   = "complete"
	incomplete = "incomplete"
	invalid    = "invalid"
)

// completeness says whether a console may run the source as it is, and how far
// to indent the next line if not.
func completeness(src string) (state, indent string) {
	src, _ = commands(src)
	o := outlineOf(src)
	switch {
	case o.broken:
		return invalid, ""
	case o.depth > 0 || o.begun:
		return incomplete, strings.Repeat("\t", o.depth)
	}
	return complete, ""
}

// endsInValue says whether the last statement is an expression.
func endsInValue(src string) bool {
	last := outlineOf(src).last
	_, err := parser.ParseExpr(last)
	return err == nil
}
