package script

import (
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/token"
	"go/types"
	"reflect"
	"strings"
)

// Doc is what is known about one name.
type Doc struct {
	Name      string
	Kind      string   // as of a Completion
	Signature string   // as the student writes it
	Text      string   // documentation in Go's comment syntax, the equation indented
	Fields    []Member // of a struct, in order
	Methods   []Member
	Value     any  // what a variable of the session or the registry holds now
	HasValue  bool // Value is set
}

// Member is one field or method of a type.
type Member struct {
	Name string
	Type string
	Help string
}

// Inspect says what is known about the name at byte offset pos of src, or about
// the function or type whose brackets pos is in. src need not be whole. It does
// not wait for a script that runs.
func (e *Engine) Inspect(src string, pos int) (Doc, bool) {
	if e.err != nil {
		return Doc{}, false
	}
	e.names.Lock()
	defer e.names.Unlock()
	obj := e.session.named(src, pos)
	if obj == nil {
		return Doc{}, false
	}
	d := e.session.describe(obj)
	if v := e.value(obj); v.IsValid() && v.CanInterface() {
		d.Value, d.HasValue = v.Interface(), true
		if second := e.session.mono[obj.Name()]; own(obj.Type()) && second != nil {
			d.Value = Value{table: e.host.types, typ: second.Type(), v: v}
		}
	}
	return d, true
}

// named is the object that the cursor is about, or nil.
func (s *session) named(src string, pos int) types.Object {
	w := wordAt(src, pos)
	starts := []int{}
	if !w.quoted && !w.nowhere && w.end > w.start {
		starts = append(starts, w.start)
	}
	for i := len(w.calls) - 1; i >= 0; i-- {
		if w.calls[i] >= 0 {
			starts = append(starts, w.calls[i])
		}
	}
	for _, start := range starts {
		end := start + nameLen(src[start:])
		v := s.look(src, start, end, wordAt(src, end))
		if v == nil || v.at() == nil {
			continue
		}
		obj := v.p.info.Uses[v.at()]
		if obj == nil {
			obj = v.p.info.Defs[v.at()]
		}
		if obj == nil {
			obj = v.field()
		}
		if obj != nil {
			return obj
		}
	}
	return nil
}

func nameLen(s string) int {
	n := strings.IndexFunc(s, func(r rune) bool { return r != '_' && !token.IsIdentifier("x"+string(r)) })
	if n < 0 {
		return len(s)
	}
	return n
}

// field is the field that the identifier is the key of.
func (v *sight) field() types.Object {
	lit, ok := v.up(2).(*ast.CompositeLit)
	if !ok {
		return nil
	}
	obj, _, _ := types.LookupFieldOrMethod(v.literal(lit), true, v.p.pkg, v.at().Name)
	return obj
}

// value is what the interpreter holds for a variable of the session or the
// prelude.
func (e *Engine) value(obj types.Object) reflect.Value {
	if _, ok := obj.(*types.Var); !ok || isField(obj) {
		return reflect.Value{}
	}
	if obj.Pkg() == e.session.lab {
		return e.lab[obj.Name()]
	}
	second := e.session.mono[obj.Name()]
	if e.session.objs[obj.Name()] != obj || second == nil {
		return reflect.Value{}
	}
	name := obj.Name()
	if as, ok := e.session.names[second]; ok {
		name = as
	}
	return e.interp.Globals()[name]
}

// describe collects what the stub says about an object.
func (s *session) describe(obj types.Object) Doc {
	d := Doc{Name: obj.Name(), Kind: kindOf(obj), Text: s.doc(obj)}
	d.Signature = s.signature(obj)
	if _, ok := obj.(*types.PkgName); ok {
		return d
	}
	t := obj.Type()
	if f, ok := t.(*types.Signature); ok && f.Results().Len() == 1 {
		t = f.Results().At(0).Type()
	}
	if _, ok := obj.(*types.TypeName); !ok && d.Text == "" {
		d.Text = s.docOf(t)
	}
	for _, m := range members(t, true) {
		member := Member{Name: m.Name(), Type: s.typeOf(m), Help: synopsis(s.doc(m))}
		if isField(m) && kindOf(m) == "field" {
			d.Fields = append(d.Fields, member)
		} else {
			d.Methods = append(d.Methods, member)
		}
	}
	return d
}

// signature is the declaration of an object in one line.
func (s *session) signature(obj types.Object) string {
	switch o := obj.(type) {
	case *types.Func:
		recv := ""
		if r := o.Signature().Recv(); r != nil {
			recv = "(" + s.typeString(r.Type()) + ") "
		}
		return "func " + recv + o.Name() + strings.TrimPrefix(s.typeOf(o), "func")
	case *types.TypeName:
		switch o.Type().Underlying().(type) {
		case *types.Struct:
			return "type " + o.Name() + " struct"
		case *types.Interface:
			return "type " + o.Name() + " interface"
		}
		return "type " + o.Name() + " " + s.typeString(o.Type().Underlying())
	case *types.Const:
		return fmt.Sprintf("const %s %s = %s", o.Name(), s.typeOf(o), o.Val())
	case *types.PkgName:
		return "package " + o.Imported().Path()
	case *types.Builtin, *types.Nil:
		return o.Name()
	}
	return kindOf(obj) + " " + obj.Name() + " " + s.typeOf(obj)
}

// typeOf is the type of an object in the words of the prelude.
func (s *session) typeOf(o types.Object) string {
	switch o := o.(type) {
	case *types.PkgName:
		return "package"
	case *types.TypeName:
		if _, basic := o.Type().(*types.Basic); basic {
			return "type"
		}
		u := s.typeString(o.Type().Underlying())
		if i := strings.IndexByte(u, '{'); i > 0 {
			u = u[:i]
		}
		return u
	case *types.Builtin, *types.Nil:
		return ""
	}
	return s.typeString(o.Type())
}

// typeString writes a type with the prelude's own names.
func (s *session) typeString(t types.Type) string { return s.plain(types.TypeString(t, packageName)) }

func packageName(p *types.Package) string {
	if p.Path() == scriptPath {
		return ""
	}
	return p.Name()
}

func kindOf(o types.Object) string {
	switch o := o.(type) {
	case *types.Var:
		if o.IsField() {
			return "field"
		}
		return "var"
	case *types.Const:
		return "const"
	case *types.Func:
		if o.Signature().Recv() != nil {
			return "method"
		}
		return "func"
	case *types.TypeName:
		return "type"
	case *types.PkgName:
		return "package"
	case *types.Builtin:
		return "func"
	}
	return "const" // nil
}

// doc is the documentation of an object of a stub; of a field, its help.
func (s *session) doc(obj types.Object) string {
	if obj.Pkg() == nil {
		return ""
	}
	docs := s.stubs.docs(obj.Pkg().Path())
	switch o := obj.(type) {
	case *types.TypeName:
		return s.docOf(o.Type())
	case *types.Func:
		if r := o.Signature().Recv(); r != nil {
			t := r.Type()
			if p, ok := t.(*types.Pointer); ok {
				t = p.Elem()
			}
			if n, ok := t.(*types.Named); ok {
				return docs[n.Obj().Name()+"."+o.Name()]
			}
			return ""
		}
	case *types.Var:
		if o.IsField() {
			return s.stubs.help(o)
		}
	case *types.PkgName:
		return ""
	}
	return docs[obj.Name()]
}

// docOf is the documentation of a named type, where it is declared.
func (s *session) docOf(t types.Type) string {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return ""
	}
	return s.stubs.docs(n.Obj().Pkg().Path())[n.Obj().Name()]
}

// synopsis is the first sentence of a documentation.
func synopsis(text string) string {
	var p comment.Parser
	for _, b := range p.Parse(text).Content {
		if para, ok := b.(*comment.Paragraph); ok {
			var pr comment.Printer
			line := strings.Join(strings.Fields(string(pr.Text(&comment.Doc{Content: []comment.Block{para}}))), " ")
			if first, _, cut := strings.Cut(line, ". "); cut {
				return first + "."
			}
			return line
		}
	}
	return ""
}
