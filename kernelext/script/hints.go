package script

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
)

// near is how many names a hint offers.
const near = 3

var (
	undefinedName  = regexp.MustCompile(`^undefined: (\w+)$`)
	undefinedOf    = regexp.MustCompile(`^undefined: (\w+)\.(\w+)$`)
	undefinedField = regexp.MustCompile(`undefined \(type .* has no field or method (\w+)`)
	unknownField   = regexp.MustCompile(`^unknown field (\w+) in struct literal`)
)

// hint adds what a compiler message leaves unsaid to a newcomer.
func (s *session) hint(p *program, te types.Error) string {
	switch m := te.Msg; {
	case undefinedName.MatchString(m):
		return s.undefined(p, te.Pos, undefinedName.FindStringSubmatch(m)[1])
	case undefinedOf.MatchString(m):
		found := undefinedOf.FindStringSubmatch(m)
		return s.inPackage(found[1], found[2])
	case undefinedField.MatchString(m):
		return s.memberHint(p, te.Pos, undefinedField.FindStringSubmatch(m)[1])
	case unknownField.MatchString(m):
		return s.fieldHint(p, te.Pos, unknownField.FindStringSubmatch(m)[1])
	case sameName(m) != "":
		return sameName(m) + " was declared again since: run the cell that made this value again"
	case strings.Contains(m, "mismatched types"):
		return s.mismatch(p, te.Pos)
	case strings.Contains(m, "cannot define new methods on non-local type"):
		return "declare a type and its methods in the same cell"
	case strings.HasPrefix(m, "cannot use \"") && strings.Contains(m, "untyped string constant"):
		return "text stands in quotes, a quantity does not: write a number times a unit, such as 80 * GB"
	case strings.Contains(m, "cannot indirect"):
		return "for a power use math.Pow(x, y)"
	case strings.HasPrefix(m, "missing return"):
		return "every way through the function has to end in return"
	case strings.HasPrefix(m, "assignment mismatch"):
		return "a call with several results needs as many names on the left"
	case strings.Contains(m, "is not used"):
		return "give it a name with :=, or let it stand alone at the top of a cell to see it"
	}
	return ""
}

var twoTypes = regexp.MustCompile(`\((?:variable|value) of .*?type (\w+)\) as (\w+) value|\(mismatched types (\w+) and (\w+)\)`)

// sameName is the name that two different types of a message share.
func sameName(msg string) string {
	m := twoTypes.FindStringSubmatch(msg)
	if m == nil || m[1] != m[2] || m[3] != m[4] {
		return ""
	}
	return m[1] + m[3]
}

func didYouMean(name string, known []string) string {
	found := describe.Near(name, known, near)
	if len(found) == 0 {
		return ""
	}
	return "did you mean " + strings.Join(found, ", ") + "?"
}

// words are what newcomers from other languages write, and what Go calls it.
var words = map[string]string{
	"True": "did you mean true?", "False": "did you mean false?", "None": "did you mean nil?", "null": "did you mean nil?",
	"print": "use fmt.Println", "str": "use fmt.Sprint", "range": "write for i := range 10 { ... }",
	"np": "use package math, or Sweep for a range of values", "abs": "use math.Abs", "round": "use math.Round", "pow": "use math.Pow",
	"float": "did you mean float64?", "double": "did you mean float64?", "list": "write []float64{1, 2}", "dict": "write map[string]float64{}",
	"elif": "write else if", "def": "write func name(x float64) float64 { ... }",
}

// undefined offers names of the session, the prelude, the packages and the
// language that look like name.
func (s *session) undefined(p *program, at token.Pos, name string) string {
	if text := words[name]; text != "" {
		return text
	}
	var known []string
	for sc := p.pkg.Scope().Innermost(at); sc != nil; sc = sc.Parent() {
		known = append(known, sc.Names()...)
	}
	if sc := p.pkg.Scope(); sc.Innermost(at) == nil {
		known = append(known, sc.Names()...)
		known = append(known, types.Universe.Names()...)
	}
	for pkg, path := range stdPackages {
		known = append(known, pkg)
		if pkg, err := s.stubs.Import(path); err == nil && pkg.Scope().Lookup(name) != nil {
			return fmt.Sprintf("did you mean %s.%s?", pkg.Name(), name)
		}
	}
	known = append(slices.AppendSeq(known, maps.Keys(s.objs)), s.lab.Scope().Names()...) // what the script does not name
	slices.Sort(known)
	known = slices.Compact(known)
	known = slices.DeleteFunc(known, func(n string) bool { return n == name || n == "_" || strings.HasPrefix(n, reserved) })
	if text := didYouMean(name, known); text != "" {
		return text
	}
	if p.assigned(at) {
		return "write := to make a new variable"
	}
	return ""
}

// assigned says whether the name at a place stands alone left of an =.
func (p *program) assigned(at token.Pos) bool {
	found := false
	ast.Inspect(p.file, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && a.Tok == token.ASSIGN {
			for _, e := range a.Lhs {
				id, ok := e.(*ast.Ident)
				found = found || ok && id.Pos() == at
			}
		}
		return !found
	})
	return found
}

func (s *session) inPackage(pkg, name string) string {
	path := s.imports[pkg]
	if path == "" {
		return ""
	}
	p, err := s.stubs.Import(path)
	if err != nil {
		return ""
	}
	var known []string
	for _, n := range p.Scope().Names() {
		if token.IsExported(n) {
			known = append(known, n)
		}
	}
	return qualified(pkg+".", didYouMean(name, known))
}

// qualified puts the package before each of the suggested names.
func qualified(prefix, hint string) string {
	list, ok := strings.CutPrefix(hint, "did you mean ")
	if !ok {
		return hint
	}
	return "did you mean " + prefix + strings.ReplaceAll(list, ", ", ", "+prefix)
}

// memberHint is about x.name.
func (s *session) memberHint(p *program, at token.Pos, name string) string {
	var hint string
	ast.Inspect(p.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && (sel.Sel.Pos() == at || sel.Pos() == at && sel.Sel.Name == name) {
			if t := p.info.TypeOf(sel.X); t != nil {
				hint = s.nearMember(members(t, true), name)
			}
		}
		return hint == ""
	})
	return hint
}

// nearMember offers similar names, or all when they are few.
func (s *session) nearMember(list []types.Object, name string) string {
	var known, alike []string
	for _, m := range list {
		known = append(known, m.Name())
		if _, method := m.(*types.Func); !method || !strings.HasPrefix(m.Name(), name) {
			alike = append(alike, m.Name()) // who writes r.Latency wants a number, not r.LatencyChart
		}
	}
	if text := didYouMean(name, alike); text != "" {
		return text
	}
	const few = 12
	if len(known) == 0 {
		return ""
	}
	if len(known) > few {
		known = append(known[:few], "...")
	}
	return "it has " + strings.Join(known, ", ")
}

// fieldHint is about the key of a struct literal.
func (s *session) fieldHint(p *program, at token.Pos, name string) string {
	var hint string
	ast.Inspect(p.file, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || at < lit.Pos() || at >= lit.End() {
			return true
		}
		t := p.info.TypeOf(lit)
		if lit.Type != nil {
			t = p.info.TypeOf(lit.Type)
		}
		st, ok := under(t).(*types.Struct)
		for _, e := range lit.Elts {
			if kv, keyed := e.(*ast.KeyValueExpr); ok && keyed && kv.Key.Pos() == at {
				var fields []types.Object
				for f := range st.Fields() {
					fields = append(fields, f)
				}
				hint = s.nearMember(fields, name)
			}
		}
		return hint == ""
	})
	return hint
}

// mismatch says how two quantities may be combined.
func (s *session) mismatch(p *program, at token.Pos) string {
	var x, y types.Type
	var op token.Token
	ast.Inspect(p.file, func(n ast.Node) bool {
		if b, ok := n.(*ast.BinaryExpr); ok && x == nil && (b.OpPos == at || b.Pos() == at) {
			tx, ty := p.info.TypeOf(b.X), p.info.TypeOf(b.Y)
			if tx != nil && ty != nil && !types.Identical(tx, ty) {
				x, y, op = tx, ty, b.Op
			}
		}
		if a, ok := n.(*ast.AssignStmt); ok && x == nil && len(a.Lhs) == 1 && (a.TokPos == at || a.Pos() == at) {
			x, y = p.info.TypeOf(a.Lhs[0]), p.info.TypeOf(a.Rhs[0])
		}
		return true
	})
	if x == nil || y == nil {
		return "both sides need the same unit"
	}
	if plainNumber(x) && plainNumber(y) {
		return fmt.Sprintf("convert one side: %s(...)", wider(x, y))
	}
	advice := slices.Concat(s.ways(x, y), s.ways(y, x))
	if op == token.ADD || op == token.SUB || len(advice) == 0 {
		advice = append([]string{"both sides need the same unit"}, advice...)
	}
	if len(advice) > near {
		advice = advice[:near]
	}
	return strings.Join(advice, "; ")
}

// ways lists the methods of x that take y.
func (s *session) ways(x, y types.Type) []string {
	if plainNumber(x) {
		return nil
	}
	var out []string
	for m := range types.NewMethodSet(x).Methods() {
		sig, ok := m.Type().(*types.Signature)
		if !ok || sig.Params().Len() != 1 || sig.Results().Len() != 1 {
			continue
		}
		to := sig.Params().At(0).Type()
		arg := "b"
		if plainNumber(y) && types.Identical(to, types.Typ[types.Float64]) && !types.Identical(to, y) {
			arg = "float64(b)"
		} else if !types.Identical(to, y) {
			continue
		}
		out = append(out, fmt.Sprintf("a.%s(%s) gives %s for %s a", m.Obj().Name(), arg, s.typeString(sig.Results().At(0).Type()), s.typeString(x)))
	}
	return out
}

func plainNumber(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&types.IsNumeric != 0
}

func wider(x, y types.Type) string {
	for _, t := range []types.Type{x, y} {
		if b := t.(*types.Basic); b.Info()&types.IsFloat != 0 {
			return b.Name()
		}
	}
	return x.(*types.Basic).Name()
}

// slips are habits from other languages, by what the line looks like.
var slips = []struct {
	line *regexp.Regexp
	hint string
}{
	{regexp.MustCompile(`^\s*for\s+\w+\s+in\b`), "write for i := range 10 { ... }"},
	{regexp.MustCompile(`^\s*while\b`), "Go's while is for: for x < 3 { ... }"},
	{regexp.MustCompile(`^\s*def\s`), "write func name(x float64) float64 { ... }"},
	{regexp.MustCompile(`^\s*(elif|else if)\b.*:\s*$`), "write } else if x > 3 {"},
	{regexp.MustCompile(`^\s*(if|for|else)\b.*:\s*$`), "a block stands in braces: if x > 3 { ... }"},
	{regexp.MustCompile(`^\s*(from|import)\s+\w+(\s+(import|as)\b.*)?$`), "the lab names need no import; packages stand in quotes: import \"math\""},
	{regexp.MustCompile(`#`), "comments start with //"},
	{regexp.MustCompile(`\blambda\b`), "write func(x float64) float64 { return 2 * x }"},
	{regexp.MustCompile(`\*\*`), "use math.Pow(x, y)"},
	{regexp.MustCompile(`\bf"`), "use fmt.Sprintf(\"%v\", x)"},
	{regexp.MustCompile(`'[^'\\]{2,}'`), "text stands in double quotes"},
	{regexp.MustCompile(`\b(and|or|not)\b`), "Go writes && for and, || for or, ! for not"},
	{regexp.MustCompile(`^\s*\w+\s*=\s*\[`), "write xs := []float64{1, 2, 3}"},
	{regexp.MustCompile(`^\s*\.\w`), "a line cannot start with a dot: leave the dot at the end of the line before"},
	{regexp.MustCompile(`^\s*else\b`), "else stands on the line of the closing brace: } else {"},
}

// slip is the hint for a line that does not parse.
func slip(line string) string {
	for _, s := range slips {
		if s.line.MatchString(line) {
			return s.hint
		}
	}
	return ""
}

// slipHints adds hints to syntax errors.
func slipHints(src string, errs []Error) []Error {
	lines := strings.Split(src, "\n")
	for i, e := range errs {
		if e.Kind == Syntax && e.Hint == "" && e.Line >= 1 && e.Line <= len(lines) {
			errs[i].Hint = slip(lines[e.Line-1])
		}
	}
	return errs
}
