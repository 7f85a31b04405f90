package script

import (
	"go/scanner"
	"go/token"
	"strings"
)

// Unfinished says whether src needs more lines: a bracket, a literal or a comment
// is open, or the last line ends in the middle of a statement.
func Unfinished(src string) bool {
	var (
		s     scanner.Scanner
		file  = token.NewFileSet().AddFile("lab", -1, len(src))
		depth int
		open  bool // a raw string or comment does not end
		begun bool // a statement has begun and not ended
	)
	s.Init(file, []byte(src), func(_ token.Position, msg string) {
		open = open || strings.HasPrefix(msg, "raw string literal not") || strings.HasPrefix(msg, "comment not")
	}, 0)
	for {
		_, tok, _ := s.Scan()
		switch tok {
		case token.EOF:
			return open || depth > 0 || begun
		case token.LPAREN, token.LBRACE, token.LBRACK:
			depth++
		case token.RPAREN, token.RBRACE, token.RBRACK:
			depth--
		}
		begun = tok != token.SEMICOLON
	}
}
