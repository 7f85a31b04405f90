package script

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// Completion is one way to finish the word at the cursor.
type Completion struct {
	Text string // the whole word
	Kind string // var, const, func, type, field, method, package, keyword or text
	Type string // as the student writes it
	Doc  string // its first sentence
}

// Complete lists what the word at byte offset pos of src may become, the best
// first: fields and methods behind a dot, fields in a struct literal, names of
// the session, the prelude and the language elsewhere, and the names of fields
// and registry entries in the strings that ask for them. src need not be whole.
// It does not wait for a script that runs.
func (e *Engine) Complete(src string, pos int) []Completion {
	if e.err != nil {
		return nil
	}
	e.names.Lock()
	defer e.names.Unlock()
	return e.session.complete(src, pos)
}

func (s *session) complete(src string, pos int) []Completion {
	w := wordAt(src, pos)
	if w.nowhere {
		return nil
	}
	start, end := w.start, w.end
	if w.quoted {
		start--
		if end < len(src) && src[end] == src[start] {
			end++
		}
	}
	pkg := ""
	if !w.quoted {
		pkg = s.qualifier(src, start)
	}
	if pkg != "" { // the name alone means the same
		from := start - len(pkg) - 1
		src = src[:from] + strings.Repeat(" ", len(pkg)+1) + src[start:]
	}
	src = src[:start] + marker + src[end:]
	v := s.look(src, start, start+len(marker), w)
	if v == nil || v.at() == nil {
		return nil
	}
	c := &completer{v: v, word: w.text, want: v.expected()}
	switch {
	case w.quoted:
		c.texts()
	case pkg != "":
		c.within(s.offers()[pkg])
	case c.selector():
	case c.keys():
	default:
		c.scope()
	}
	return c.sorted()
}

// completer gathers candidates; sections sort before what they hold.
type completer struct {
	v       *sight
	word    string
	want    types.Type
	section int
	found   []candidate
}

type candidate struct {
	Completion
	obj   types.Object
	order int // smaller is better
}

// obj offers an object, with its type as seen from the cursor.
func (c *completer) obj(o types.Object) {
	c.add(Completion{Text: o.Name(), Kind: kindOf(o)}, o)
}

// add keeps a candidate that suits the word; o is nil for words of the language.
func (c *completer) add(n Completion, o types.Object) {
	if strings.HasPrefix(n.Text, reserved) || n.Text == marker || n.Text == "_" {
		return
	}
	order := 4 * c.section
	if c.want != nil && o != nil && fits(o.Type(), c.want) {
		order -= 1000
	}
	switch {
	case strings.HasPrefix(n.Text, c.word):
	case strings.HasPrefix(fold(n.Text), fold(c.word)):
		order++
	case len(c.word) > 2 && strings.Contains(fold(n.Text), fold(c.word)):
		order += 2000
	default:
		return
	}
	c.found = append(c.found, candidate{n, o, order})
}

// fold drops case and underscores, so that llama370 finds Llama3_70B.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// fits says whether a name of type t may stand where want is asked for, itself
// or as the result of a call.
func fits(t, want types.Type) bool {
	if sig, ok := t.(*types.Signature); ok && sig.Results().Len() == 1 {
		if types.AssignableTo(sig.Results().At(0).Type(), want) && !emptyInterface(want) {
			return true
		}
	}
	return types.AssignableTo(t, want) && !emptyInterface(want)
}

func (c *completer) sorted() []Completion {
	slices.SortStableFunc(c.found, func(a, b candidate) int { return a.order - b.order })
	seen := map[string]bool{}
	out := make([]Completion, 0, len(c.found))
	for _, f := range c.found {
		if !seen[f.Text] {
			seen[f.Text] = true
			out = append(out, c.v.s.explained(f))
		}
	}
	return out
}

// explained adds type and documentation, which only few candidates live to need.
func (s *session) explained(f candidate) Completion {
	if f.obj == nil {
		return f.Completion
	}
	f.Type, f.Doc = s.typeOf(f.obj), synopsis(s.doc(f.obj))
	if v, ok := f.obj.(*types.Var); ok && f.Doc == "" {
		f.Doc = synopsis(s.docOf(v.Type()))
	}
	return f.Completion
}

// selector offers what stands behind a dot; false if there is none.
func (c *completer) selector() bool {
	sel, ok := c.v.up(1).(*ast.SelectorExpr)
	if !ok || sel.Sel != c.v.at() {
		return false
	}
	if id, ok := sel.X.(*ast.Ident); ok {
		if p, ok := c.v.p.info.Uses[id].(*types.PkgName); ok {
			for _, name := range p.Imported().Scope().Names() {
				if o := p.Imported().Scope().Lookup(name); o.Exported() {
					c.obj(o)
				}
			}
			return true
		}
	}
	tv := c.v.p.info.Types[sel.X]
	if tv.Type != nil {
		for _, o := range members(tv.Type, !tv.IsType()) {
			c.obj(o)
		}
	}
	return true
}

// members lists the fields, then the methods of t that a script can name.
func members(t types.Type, fields bool) []types.Object {
	var out []types.Object
	seen := map[string]bool{}
	add := func(o types.Object) {
		if !seen[o.Name()] && (o.Exported() || o.Pkg() != nil && o.Pkg().Path() == scriptPath) {
			seen[o.Name()] = true
			out = append(out, o)
		}
	}
	level := []types.Type{t}
	for len(level) > 0 && fields {
		var next []types.Type
		for _, t := range level {
			if p, ok := under(t).(*types.Pointer); ok {
				t = p.Elem()
			}
			st, ok := under(t).(*types.Struct)
			for i := 0; ok && i < st.NumFields(); i++ {
				add(st.Field(i))
				if st.Field(i).Embedded() {
					next = append(next, st.Field(i).Type())
				}
			}
		}
		level = next[:min(len(next), 100)] // a type may embed itself
		if len(seen) > 10_000 {
			break
		}
	}
	_, pointer := t.(*types.Pointer)
	if !pointer && !types.IsInterface(t) {
		t = types.NewPointer(t)
	}
	for m := range types.NewMethodSet(t).Methods() {
		add(m.Obj())
	}
	return out
}

// keys offers the fields that a struct literal does not yet set; false if the
// cursor is not at a key.
func (c *completer) keys() bool {
	lit, ok := c.v.up(1).(*ast.CompositeLit)
	if kv, isKV := c.v.up(1).(*ast.KeyValueExpr); isKV && kv.Key == ast.Expr(c.v.at()) {
		lit, ok = c.v.up(2).(*ast.CompositeLit)
	}
	if !ok || lit.Type == ast.Expr(c.v.at()) {
		return false
	}
	st, ok := under(c.v.literal(lit)).(*types.Struct)
	if !ok {
		return false
	}
	set := map[string]bool{}
	for _, e := range lit.Elts {
		kv, keyed := e.(*ast.KeyValueExpr)
		if keyed {
			if id, ok := kv.Key.(*ast.Ident); ok {
				set[id.Name] = true
			}
		} else if e != ast.Expr(c.v.at()) {
			return false // values in the order of the fields
		}
	}
	for i := range st.NumFields() {
		f := st.Field(i)
		if !set[f.Name()] && (f.Exported() || f.Pkg().Path() == scriptPath) {
			c.obj(f)
		}
	}
	return true
}

// scope offers every name that is visible at the cursor.
func (c *completer) scope() {
	at, info := c.v.at().Pos(), c.v.p.info
	for sc := c.v.p.pkg.Scope().Innermost(at); sc != nil && sc != types.Universe; sc = sc.Parent() {
		c.section++
		for _, name := range sc.Names() {
			o := sc.Lookup(name)
			if sc != c.v.p.pkg.Scope() && o.Pos() > at || info.Defs[c.v.at()] == o {
				continue
			}
			if o.Pkg() == c.v.s.lab {
				continue // further down
			}
			c.obj(o)
		}
	}
	c.section++
	for name := range c.v.s.imports {
		c.add(Completion{Text: name, Kind: "package", Type: "package " + c.v.s.imports[name]}, nil)
	}
	for name := range c.v.s.offers() {
		c.add(Completion{Text: name, Kind: "package", Type: "package " + modulePath + name}, nil)
	}
	for _, name := range c.v.s.lab.Scope().Names() {
		if o := c.v.p.pkg.Scope().Lookup(name); o != nil && o.Exported() {
			c.obj(o)
		}
	}
	c.section++
	for _, name := range types.Universe.Names() {
		c.obj(types.Universe.Lookup(name))
	}
	for tok := token.BREAK; tok <= token.VAR; tok++ {
		if tok.IsKeyword() && !slices.Contains(forbiddenWords, tok) {
			c.add(Completion{Text: tok.String(), Kind: "keyword"}, nil)
		}
	}
}

// within offers the names that the prelude has of a package.
func (c *completer) within(names map[string]bool) {
	for _, name := range slices.Sorted(maps.Keys(names)) {
		c.obj(c.v.s.lab.Scope().Lookup(name))
	}
}

// forbiddenWords are keywords outside the lab language.
var forbiddenWords = []token.Token{token.GO, token.CHAN, token.SELECT, token.PACKAGE}

// texts offers what a string argument of the prelude may say: fields of a
// solver, numbers of its result, names of a registry.
func (c *completer) texts() {
	call, ok := c.v.up(1).(*ast.CallExpr)
	f := (*types.Func)(nil)
	if ok {
		f = callee(c.v.p.info, call)
	}
	if f == nil || f.Pkg() == nil || f.Pkg().Path() == scriptPath {
		return
	}
	if registry := f.Signature().Results(); strings.HasSuffix(f.Name(), "Named") && registry.Len() == 1 {
		c.registry(registry.At(0).Type())
		return
	}
	if len(call.Args) > 1 && call.Args[0] != ast.Expr(c.v.at()) {
		if t := c.v.p.info.TypeOf(call.Args[0]); t != nil {
			c.solver(t)
		}
	}
}

func (c *completer) registry(t types.Type) {
	for _, name := range c.v.s.lab.Scope().Names() {
		o, ok := c.v.s.lab.Scope().Lookup(name).(*types.Var)
		if ok && types.Identical(o.Type(), t) {
			c.add(Completion{Text: name, Kind: "text"}, o)
		}
	}
}

// solver offers the fields of t, and of what its Run method returns.
func (c *completer) solver(t types.Type) {
	c.numbers(t)
	run, _, _ := types.LookupFieldOrMethod(t, true, nil, "Run")
	if f, ok := run.(*types.Func); ok && f.Signature().Results().Len() == 1 {
		c.section++
		c.numbers(f.Signature().Results().At(0).Type())
	}
}

func (c *completer) numbers(t types.Type) {
	st, ok := under(t).(*types.Struct)
	for i := 0; ok && i < st.NumFields(); i++ {
		f := st.Field(i)
		if b, ok := under(f.Type()).(*types.Basic); ok && f.Exported() && b.Info()&types.IsNumeric != 0 {
			c.add(Completion{Text: f.Name(), Kind: "text"}, f)
		}
	}
}
