package script

import (
	"go/types"
	"iter"
)

// own says whether a value of t holds a type the script made: the interpreter
// then keeps neither its name nor its methods when the value leaves the script.
func own(t types.Type) bool { return holds(t, isOwn) }

// dynamic says whether a value of t holds an interface the script declared,
// whose content only the interpreter knows.
func dynamic(t types.Type) bool {
	return holds(t, func(t types.Type) bool {
		i, ok := t.Underlying().(*types.Interface)
		if _, param := t.(*types.TypeParam); !ok || param || i.NumMethods() == 0 {
			return false
		}
		n, named := t.(*types.Named)
		return !named || n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == scriptPath
	})
}

// plain says whether reflection finds the same in a value of t as compiled Go
// does: exported fields, no methods of the script, no type within itself.
func plain(t types.Type) bool {
	switch u := types.Unalias(t).(type) {
	case *types.Named:
		return u.Obj().Pkg() == nil || u.Obj().Pkg().Path() != scriptPath || u.NumMethods() == 0 && plain(u.Underlying())
	case *types.Pointer:
		return plain(u.Elem())
	case *types.Slice:
		return plain(u.Elem())
	case *types.Array:
		return plain(u.Elem())
	case *types.Map:
		return plain(u.Key()) && plain(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if !f.Exported() || f.Embedded() || !plain(f.Type()) {
				return false
			}
		}
	case *types.Interface:
		return u.Empty()
	}
	return true
}

func isOwn(t types.Type) bool {
	switch t := t.(type) {
	case *types.Named:
		return t.Obj().Pkg() != nil && t.Obj().Pkg().Path() == scriptPath && !types.IsInterface(t)
	case *types.Struct:
		for f := range t.Fields() {
			if !f.Exported() && f.Pkg() != nil && f.Pkg().Path() == scriptPath {
				return true
			}
		}
	}
	return false
}

// holds looks for a type within t, through everything a value of t contains.
func holds(t types.Type, is func(types.Type) bool) bool {
	seen := map[types.Type]bool{}
	var look func(t types.Type) bool
	look = func(t types.Type) bool {
		t = types.Unalias(t)
		if seen[t] {
			return false
		}
		seen[t] = true
		if is(t) {
			return true
		}
		switch t := t.(type) {
		case *types.Named:
			if t.Obj().Pkg() == nil || t.Obj().Pkg().Path() != scriptPath {
				return false // a host type holds no type of the script
			}
			return look(t.Underlying())
		case *types.Pointer:
			return look(t.Elem())
		case *types.Slice:
			return look(t.Elem())
		case *types.Array:
			return look(t.Elem())
		case *types.Map:
			return look(t.Key()) || look(t.Elem())
		case *types.Struct:
			return anyVar(t.Fields(), look)
		case *types.Tuple:
			return anyVar(t.Variables(), look)
		}
		return false
	}
	return look(t)
}

func anyVar(vars iter.Seq[*types.Var], is func(types.Type) bool) bool {
	for v := range vars {
		if is(v.Type()) {
			return true
		}
	}
	return false
}

// emptyInterface says whether t is any.
func emptyInterface(t types.Type) bool {
	if _, param := types.Unalias(t).(*types.TypeParam); param {
		return false
	}
	i, ok := t.Underlying().(*types.Interface)
	return ok && i.NumMethods() == 0
}
