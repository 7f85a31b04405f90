package script

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"go/types"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ast/astutil"
)

// desugarer rewrites checked syntax into what the interpreter gets right.
type desugarer struct {
	p     *program
	s     *session
	types *typeTable
	temps int
	errs  []Error
	loops map[*ast.ForStmt]bool // three-clause loops whose variable outlives a turn
	words bool                  // the script may read the words of a panic
}

// temp is a fresh name.
func (d *desugarer) temp(of string) *ast.Ident {
	d.temps++
	return ast.NewIdent(fmt.Sprintf("%s%s%d", reserved, of, d.temps))
}

func (d *desugarer) refuse(n ast.Node, format string, args ...any) {
	d.errs = append(d.errs, d.p.err(n.Pos(), Profile, "", format, args...))
}

// rewrite desugars one declaration or block in place.
func (d *desugarer) rewrite(n ast.Node) ast.Node {
	d.findLoops(n)
	return astutil.Apply(n, d.pre, d.post)
}

// pre replaces constant expressions before their parts are looked at.
func (d *desugarer) pre(c *astutil.Cursor) bool {
	switch n := c.Node().(type) {
	case *ast.GenDecl:
		return n.Tok != token.CONST || d.constDecl(n)
	case ast.Expr:
		lit := d.folded(n)
		if lit == nil {
			return true
		}
		if _, array := c.Parent().(*ast.ArrayType); array {
			lit = lit.(*ast.CallExpr).Args[0]
		}
		d.replace(c, n, lit)
		return false
	}
	return true
}

func (d *desugarer) post(c *astutil.Cursor) bool {
	switch n := c.Node().(type) {
	case *ast.Ident:
		d.ident(c, n)
	case *ast.SelectorExpr:
		d.methodExpr(c, n)
	case *ast.CallExpr:
		d.call(c, n)
	case *ast.BinaryExpr:
		d.shift(n)
	case *ast.IndexExpr:
		d.index(n)
	case *ast.ExprStmt:
		d.clear(c, n)
	case *ast.BlockStmt:
		n.List = d.mark(n.List)
	case *ast.CaseClause:
		n.Body = d.mark(n.Body)
	case *ast.BranchStmt:
		jump(c, n)
	case *ast.DeferStmt:
		d.deferred(c, n)
	case *ast.FuncDecl:
		d.guard(n.Type, n.Body)
		d.nameParams(n.Type)
		d.namedResults(n)
		d.enter(n.Body)
	case *ast.FuncLit:
		d.guard(n.Type, n.Body)
		d.nameParams(n.Type)
		d.enter(n.Body)
	case *ast.AssignStmt:
		d.assignNil(c, n)
	case *ast.LabeledStmt:
		labelled(c, n)
	case *ast.SwitchStmt:
		d.switchValue(c, n)
	case *ast.ForStmt:
		d.forLoop(n)
	case *ast.RangeStmt:
		d.rangeLoop(c, n)
	}
	return true
}

// name is what the interpreter calls obj.
func (d *desugarer) name(obj types.Object, name string) string {
	if obj == nil {
		return name
	}
	if as, ok := d.s.names[obj]; ok {
		return as
	}
	if types.Universe.Lookup(name) != nil && obj.Parent() != types.Universe && !isField(obj) {
		return reserved + name // a script may call a variable len
	}
	return name
}

func isField(obj types.Object) bool {
	switch o := obj.(type) {
	case *types.Var:
		return o.IsField()
	case *types.Func:
		return o.Signature().Recv() != nil
	}
	return false
}

// ident renames: redeclared objects get a new name, symbols of the prelude and
// of packages a qualified one.
func (d *desugarer) ident(c *astutil.Cursor, id *ast.Ident) {
	obj := d.p.info.Uses[id]
	if obj == nil {
		obj = d.p.info.Defs[id]
	}
	if obj == nil {
		return
	}
	if v, ok := obj.(*types.Var); ok && v.Embedded() {
		obj = embeddedName(v)
	}
	name := id.Name
	id.Name = d.name(obj, name) // in place: type information stays attached
	if _, ok := c.Parent().(*ast.SelectorExpr); ok && c.Name() == "Sel" {
		return
	}
	if p, ok := obj.(*types.PkgName); ok {
		id.Name = reserved + p.Imported().Name()
		return
	}
	if obj.Pkg() == d.s.lab && obj.Parent() == d.s.lab.Scope() {
		if _, embedded := d.p.info.Defs[id]; !embedded {
			d.replace(c, id, &ast.SelectorExpr{X: &ast.Ident{NamePos: id.Pos(), Name: reserved + "lab"}, Sel: ast.NewIdent(name)})
		}
		return
	}
}

// replace puts a new expression in place of an old one and keeps its type.
func (d *desugarer) replace(c *astutil.Cursor, old, e ast.Expr) {
	d.p.info.Types[e] = d.p.info.Types[old]
	c.Replace(e)
}

// embeddedName is the type that gives an embedded field its name.
func embeddedName(v *types.Var) types.Object {
	t := v.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := t.(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == scriptPath {
		return n.Obj()
	}
	return v
}

// typeExpr writes t as the interpreter reads it, or nil when it has no name.
func (d *desugarer) typeExpr(t types.Type, at ast.Node) ast.Expr {
	text, ok := d.typeText(t)
	if !ok {
		return nil
	}
	e, err := parser.ParseExpr(text)
	if err != nil {
		return nil
	}
	ast.Inspect(e, func(n ast.Node) bool { // positions of a foreign file mean nothing here
		if id, ok := n.(*ast.Ident); ok {
			id.NamePos = at.Pos()
		}
		return true
	})
	if _, ident := e.(*ast.Ident); ident {
		return e
	}
	if _, sel := e.(*ast.SelectorExpr); sel {
		return e
	}
	return &ast.ParenExpr{X: e}
}

func (d *desugarer) typeText(t types.Type) (string, bool) {
	ok := true
	text := types.TypeString(d.nameable(t, &ok), func(p *types.Package) string {
		switch {
		case p.Path() == scriptPath:
			return ""
		case p == d.s.lab:
			return reserved + "lab"
		}
		return reserved + p.Name()
	})
	return text, ok
}

// nameable replaces host types by their names in the prelude, and the script's
// own by what the interpreter calls them.
func (d *desugarer) nameable(t types.Type, ok *bool) types.Type {
	in := func(t types.Type) types.Type { return d.nameable(t, ok) }
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		obj := t.Obj()
		switch {
		case obj.Pkg() == nil || t.TypeArgs().Len() > 0:
			return t
		case obj.Pkg().Path() == scriptPath:
			as := d.name(obj, obj.Name())
			return types.NewNamed(types.NewTypeName(token.NoPos, obj.Pkg(), as, nil), types.NewStruct(nil, nil), nil)
		}
		if lab := d.inLab(obj); lab != nil {
			return types.NewNamed(types.NewTypeName(token.NoPos, d.s.lab, lab.Name(), nil), types.NewStruct(nil, nil), nil)
		}
		*ok = *ok && isStd(obj.Pkg().Path())
		return t
	case *types.Pointer:
		return types.NewPointer(in(t.Elem()))
	case *types.Slice:
		return types.NewSlice(in(t.Elem()))
	case *types.Array:
		return types.NewArray(in(t.Elem()), t.Len())
	case *types.Map:
		return types.NewMap(in(t.Key()), in(t.Elem()))
	case *types.Signature:
		return types.NewSignatureType(nil, nil, nil, d.tuple(t.Params(), ok), d.tuple(t.Results(), ok), t.Variadic())
	default:
		return t
	}
}

func (d *desugarer) tuple(t *types.Tuple, ok *bool) *types.Tuple {
	var vars []*types.Var
	for v := range t.Variables() {
		vars = append(vars, types.NewParam(token.NoPos, nil, "", d.nameable(v.Type(), ok)))
	}
	return types.NewTuple(vars...)
}

// inLab finds the name under which the prelude offers a type.
func (d *desugarer) inLab(obj *types.TypeName) types.Object {
	scope := d.s.lab.Scope()
	for _, name := range scope.Names() {
		if tn, ok := scope.Lookup(name).(*types.TypeName); ok && types.Unalias(tn.Type()) == obj.Type() {
			return tn
		}
	}
	return nil
}

// text prints nodes with line directives that lead back to the script.
func (d *desugarer) text(nodes ...any) string {
	var b strings.Builder
	cfg := printer.Config{Mode: printer.RawFormat | printer.SourcePos}
	for _, n := range nodes {
		b.WriteByte('\n')
		if err := cfg.Fprint(&b, d.p.fset, n); err != nil {
			d.errs = append(d.errs, Error{Name: d.p.name, Kind: Syntax, Msg: err.Error()})
		}
		b.WriteByte('\n')
	}
	placed := nowhere.ReplaceAllString(b.String(), "")
	return directive.ReplaceAllStringFunc(placed, func(m string) string {
		found := directive.FindStringSubmatch(m)
		raw, _ := strconv.Atoi(found[2])
		return fmt.Sprintf("//line %s:%d", fileName, d.p.raw(found[1], raw))
	})
}

// nowhereLine is the line of what no script wrote. Go reads line numbers below
// twice this.
const nowhereLine = 1 << 29

var nowhere = regexp.MustCompile(`(?m)^//line :\d+\n`) // for syntax made here

var directive = regexp.MustCompile(`(?m)^//line (script\d+|std):(\d+)$`)
