package script

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// profile refuses what the interpreter cannot run, or would run wrongly without
// a word.
type profile struct {
	p     *program
	s     *session
	errs  []Error
	depth int // function literals and declarations around the node
}

const (
	hintChan  = "a lab runs one statement after the other"
	hintStore = "keep it in a variable of its own type, or pass its fields"
	hintAny   = "give the lab numbers, text and lab types; your own types stay inside the script"
)

func (s *session) profile(p *program) []Error {
	c := &profile{p: p, s: s}
	for i, d := range p.file.Decls {
		if p.owner[i] < 0 {
			continue
		}
		f, ok := d.(*ast.FuncDecl)
		if ok && f.Name.Name == "_" && p.chunks[p.owner[i]].kind != declChunk {
			c.walk(f.Body)
			continue
		}
		c.walk(d)
	}
	return sorted(c.errs)
}

func (c *profile) refuse(at token.Pos, hint, format string, args ...any) {
	c.errs = append(c.errs, c.p.err(at, Profile, hint, format, args...))
}

func (c *profile) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			c.depth++
			c.returns(n.Body, n.Type)
			c.walk(n.Type)
			c.walk(n.Body)
			c.depth--
			return false
		case *ast.FuncDecl:
			c.function(n)
			return false
		case ast.Stmt:
			c.stmt(n)
		case ast.Expr:
			c.expr(n)
		}
		if n != nil {
			c.conversions(n)
		}
		return true
	})
}

// hostMethods are found by reflection, which does not see methods of a script.
var hostMethods = []string{
	"Error", "Format", "GoString", "MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText", "MarshalBinary", "UnmarshalBinary", "Unwrap", "Is", "As",
}

func (c *profile) function(f *ast.FuncDecl) {
	name := f.Name.Name
	switch {
	case f.Recv == nil && name == "main":
		c.refuse(f.Pos(), "write the statements without a function around them", "func %s is not part of the lab language", name)
	case f.Recv != nil && slices.Contains(hostMethods, name):
		c.refuse(f.Name.Pos(), "give the method another name", "a method named %s on your own type would be ignored", name)
	case f.Body == nil:
		c.refuse(f.Pos(), "", "function %s has no body", name)
	}
	if f.Body == nil {
		return
	}
	c.depth++
	c.returns(f.Body, f.Type)
	c.walk(f.Type)
	c.walk(f.Body)
	c.depth--
}

func (c *profile) stmt(n ast.Stmt) {
	switch n := n.(type) {
	case *ast.GoStmt:
		c.refuse(n.Pos(), hintChan, "go statements are not part of the lab language")
	case *ast.SelectStmt:
		c.refuse(n.Pos(), hintChan, "select is not part of the lab language")
	case *ast.SendStmt:
		c.refuse(n.Pos(), hintChan, "channels are not part of the lab language")
	case *ast.DeferStmt:
		if c.depth == 0 {
			c.refuse(n.Pos(), "put it inside a function", "defer needs a function that ends")
		}
	case *ast.ReturnStmt:
		if c.depth == 0 {
			c.refuse(n.Pos(), "put the rest of the script under an if", "return needs a function")
		}
	case *ast.TypeSwitchStmt:
		c.typeSwitch(n)
	case *ast.RangeStmt:
		c.rangeFunc(n)
	}
}

func (c *profile) expr(n ast.Expr) {
	switch n := n.(type) {
	case *ast.ChanType:
		c.refuse(n.Pos(), hintChan, "channels are not part of the lab language")
	case *ast.Ident:
		if b, ok := c.p.info.Uses[n].(*types.Builtin); ok && (b.Name() == "print" || b.Name() == "println") {
			c.refuse(n.Pos(), "use fmt.Println", "%s is not part of the lab language", b.Name())
		}
	case *ast.TypeAssertExpr:
		if n.Type != nil && emptyInterface(c.p.info.TypeOf(n.X)) {
			c.assertable(n.Type)
		}
	}
}

// rangeFunc refuses what a loop body cannot do once it is a function.
func (c *profile) rangeFunc(r *ast.RangeStmt) {
	if _, ok := under(c.p.info.TypeOf(r.X)).(*types.Signature); !ok {
		return
	}
	if r.Tok == token.ASSIGN {
		c.refuse(r.Pos(), "use :=", "range over a function needs new variables")
	}
	ast.Inspect(r.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt, *ast.DeferStmt:
			c.refuse(n.Pos(), "leave the loop with break first", "return and defer in a range over a function are not part of the lab language")
		case *ast.BranchStmt:
			if n.Label != nil {
				c.refuse(n.Pos(), "", "a label in a range over a function is not part of the lab language")
			}
		}
		return true
	})
}

// assertable refuses a question about an any that the interpreter answers
// wrongly: it knows neither the names nor the methods of what any holds.
func (c *profile) assertable(e ast.Expr) {
	t := c.p.info.TypeOf(e)
	switch {
	case t == nil:
	case own(t):
		c.refuse(e.Pos(), "use an interface with methods instead of any", "an any never holds your own type %s", c.name(t))
	case types.IsInterface(t) && !emptyInterface(t):
		c.refuse(e.Pos(), "ask for concrete types", "asking an any for the interface %s is not part of the lab language", c.name(t))
	}
}

func (c *profile) typeSwitch(n *ast.TypeSwitchStmt) {
	var x ast.Expr
	switch a := n.Assign.(type) {
	case *ast.AssignStmt:
		x = a.Rhs[0].(*ast.TypeAssertExpr).X
	case *ast.ExprStmt:
		x = a.X.(*ast.TypeAssertExpr).X
	}
	t := c.p.info.TypeOf(x)
	if t != nil && dynamic(t) {
		c.caseNil(n)
	}
	if t == nil || !emptyInterface(t) {
		return
	}
	for _, cl := range n.Body.List {
		for _, e := range cl.(*ast.CaseClause).List {
			c.assertable(e)
		}
	}
}

// caseNil refuses cases that the interpreter never takes.
func (c *profile) caseNil(n *ast.TypeSwitchStmt) {
	for _, cl := range n.Body.List {
		for _, e := range cl.(*ast.CaseClause).List {
			if c.p.info.Types[e].IsNil() {
				c.refuse(e.Pos(), "ask == nil before the switch", "case nil for your own interface is not part of the lab language")
			} else if types.IsInterface(c.p.info.TypeOf(e)) {
				c.refuse(e.Pos(), "ask with v, ok := x.(T) before the switch", "an interface as a case for your own interface is not part of the lab language")
			}
		}
	}
}

// name prints a type as the student writes it.
func (c *profile) name(t types.Type) string { return types.TypeString(t, label) }
