package script

import (
	"cmp"
	"go/types"
	"slices"
	"strings"
)

// A script that declares a name again means it for all that use the name, as in
// a file that is edited. Functions of earlier scripts are compiled again behind
// it. What holds values is not run again: it is named in a warning.

// dependants lists the functions of earlier scripts that name, directly or
// through others, what a script declares again.
func (s *session) dependants(declared map[string]int) []chunk {
	changed := s.redeclared(declared)
	var again []chunk
	for f := range s.reached(changed, declared) {
		if c, ok := s.sources[f]; ok {
			again = append(again, c)
		}
	}
	slices.SortFunc(again, func(a, b chunk) int { return cmp.Or(a.script-b.script, a.line-b.line, a.col-b.col) })
	return again
}

func (s *session) redeclared(declared map[string]int) map[types.Object]bool {
	changed := map[types.Object]bool{}
	for name := range declared {
		if old := s.mono[name]; old != nil {
			changed[old] = true
		}
		if t := s.templates[s.objs[name]]; t != nil {
			for _, m := range t.made {
				changed[s.mono[m.name]] = true
			}
		}
	}
	delete(changed, nil)
	return changed
}

// reached adds to changed the functions that lead there, and returns them.
func (s *session) reached(changed map[types.Object]bool, declared map[string]int) map[types.Object]bool {
	out := map[types.Object]bool{}
	for more := len(changed) > 0; more; {
		more = false
		for f, used := range s.uses {
			_, isFunc := f.(*types.Func)
			_, own := declared[f.Name()]
			if own || !isFunc || changed[f] || s.mono[f.Name()] != f || !slices.ContainsFunc(used, func(o types.Object) bool { return changed[o] }) {
				continue
			}
			changed[f], out[f], more = true, true, true
			s.forget(f.Name())
		}
	}
	return out
}

// forget lets the next use of a generic function make a new copy.
func (s *session) forget(name string) {
	if as, ok := s.shown[name]; ok {
		if t := s.templates[as.obj]; t != nil && t.fn != nil {
			t.made = slices.DeleteFunc(t.made, func(m made) bool { return m.name == name })
		}
	}
}

// stale warns of what keeps to the earlier meaning of a name.
func (s *session) stale(p *program, name string, obj types.Object) {
	old := s.mono[name]
	if old == nil || old == obj {
		return
	}
	warn := func(who, format string, args ...any) {
		p.warnings = append(p.warnings, p.err(obj.Pos(), Type, "run the cell of "+who+" again", format, args...))
	}
	for user, used := range s.uses {
		if !slices.Contains(used, old) || user == old {
			continue
		}
		label := user.Name()
		f, isFunc := user.(*types.Func)
		if isFunc && f.Signature().Recv() != nil {
			recv := s.receiverName(f)
			if recv == "" || !s.kept(p, recv, s.mono[recv]) {
				continue // the methods go with the type
			}
			label = recv + "." + label
		} else if !s.kept(p, label, user) || copyName.MatchString(label) {
			continue
		}
		who, _, _ := strings.Cut(label, ".")
		warn(who, "%s still uses the earlier %s", label, name)
	}
	if tn, ok := old.(*types.TypeName); ok {
		for _, v := range s.valuesOf(tn, p) {
			warn(v, "%s still has the earlier %s", v, name)
		}
	}
	slices.SortStableFunc(p.warnings, func(a, b Error) int { return cmp.Or(a.Line-b.Line, strings.Compare(a.Msg, b.Msg)) })
}

// kept says whether a name still means obj after the script.
func (s *session) kept(p *program, name string, obj types.Object) bool {
	_, again := p.declared[name]
	return !again && s.mono[name] == obj
}

// receiverName is the type of a method, if scripts still see that type.
func (s *session) receiverName(f *types.Func) string {
	t := f.Signature().Recv().Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || s.mono[n.Obj().Name()] != n.Obj() {
		return ""
	}
	return n.Obj().Name()
}

// valuesOf names the variables that hold values of a type.
func (s *session) valuesOf(tn *types.TypeName, p *program) []string {
	var out []string
	for name, o := range s.mono {
		v, ok := o.(*types.Var)
		if !ok || !s.kept(p, name, o) {
			continue
		}
		if holds(v.Type(), func(t types.Type) bool { return types.Identical(t, tn.Type()) }) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
