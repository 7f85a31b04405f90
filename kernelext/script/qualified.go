package script

import (
	"go/scanner"
	"go/token"
	"go/types"
	"strings"
)

// In Go, hardware.H100 and units.GB are the same as the prelude's H100 and GB.
// A cell that is written that way, as for GoNB or a program, runs here too.

// offers maps the packages behind the prelude, by name, to their names in it:
// registry entries and units by the package of their type, and types.
func offers(lab *types.Package) map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for _, name := range lab.Scope().Names() {
		o := lab.Scope().Lookup(name)
		if _, isFunc := o.(*types.Func); isFunc || !o.Exported() {
			continue
		}
		n, ok := types.Unalias(o.Type()).(*types.Named)
		if !ok || n.Obj().Pkg() == nil || n.Obj().Pkg() == lab || isStd(n.Obj().Pkg().Path()) {
			continue
		}
		if _, isType := o.(*types.TypeName); isType && n.Obj().Name() != name {
			continue // the prelude calls compute.Result PassResult
		}
		pkg := n.Obj().Pkg().Name()
		if all[pkg] == nil {
			all[pkg] = map[string]bool{}
		}
		all[pkg][name] = true
	}
	return all
}

// bare blanks the package in front of names that the prelude has, so that every
// name stays where it is.
func (s *session) bare(src string) string {
	found, own := s.qualified(src)
	for _, q := range found {
		pkg := src[q.from : q.to-1]
		if !own[pkg] && s.objs[pkg] == nil {
			src = src[:q.from] + strings.Repeat(" ", q.to-q.from) + src[q.to:]
		}
	}
	return src
}

// place is a package with its dot, as offsets.
type place struct{ from, to int }

// qualified finds the names of the prelude behind their packages, and the
// packages whose name stands alone: there it is the script's own.
func (s *session) qualified(src string) (found []place, own map[string]bool) {
	own = map[string]bool{}
	file := token.NewFileSet().AddFile("lab", -1, len(src))
	var sc scanner.Scanner
	sc.Init(file, []byte(src), func(token.Position, string) {}, 0)
	var before, pkg, dot lexeme
	for {
		pos, tok, lit := sc.Scan()
		at := lexeme{tok, lit, file.Offset(pos)}
		switch packaged := pkg.tok == token.IDENT && before.tok != token.PERIOD && s.offers()[pkg.lit] != nil; {
		case !packaged:
		case dot.tok != token.PERIOD:
			own[pkg.lit] = true
		case tok == token.IDENT && dot.at == pkg.at+len(pkg.lit) && at.at == dot.at+1 && s.offers()[pkg.lit][lit]:
			found = append(found, place{pkg.at, at.at})
		}
		if tok == token.EOF {
			return found, own
		}
		before, pkg, dot = pkg, dot, at
	}
}

// lexeme is a token and where it begins.
type lexeme struct {
	tok token.Token
	lit string
	at  int
}

func (s *session) offers() map[string]map[string]bool {
	s.prelude.within.Do(func() { s.prelude.packages = offers(s.lab) })
	return s.prelude.packages
}

// isOffered says whether an import names a package that the prelude stands for.
func (s *session) isOffered(path, name string) bool {
	last := lastPart(path)
	return strings.HasPrefix(path, modulePath) && s.offers()[last] != nil && (name == "" || name == last)
}

// modulePath is how the paths of our packages begin.
const modulePath = "github.com/mlsysim/golab/mlsysim/"

// qualifier is the package in front of the word at an offset, if the prelude
// stands for it.
func (s *session) qualifier(src string, start int) string {
	before, ok := strings.CutSuffix(src[:start], ".")
	if !ok {
		return ""
	}
	w := wordAt(before, len(before))
	name := before[w.start:]
	if _, own := s.qualified(src); own[name] {
		return ""
	}
	if s.offers()[name] == nil || s.objs[name] != nil || strings.HasSuffix(before[:w.start], ".") {
		return ""
	}
	return name
}
