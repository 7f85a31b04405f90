package script

import (
	"fmt"
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// A lab as a whole, for its other forms: what each piece of its code declares,
// shows and is used by.
type wholeLab struct {
	s        *session
	parts    map[int]*codeBlock // by block
	used     map[types.Object]bool
	byFunc   map[types.Object]bool // used in a function or method
	byLater  map[types.Object]bool // used in a later block than declared
	packages map[string]bool       // paths of standard packages
	lab      bool                  // some name of the prelude is used
}

// codeBlock is the code of one block.
type codeBlock struct {
	program  *program
	segments []*segment
	rest     string // behind the last piece
}

// segment is one top-level piece with the space and comments around it.
type segment struct {
	lead, code, tail string
	kind             chunkKind
	declares         bool // a function, type, constant or variable
	isVar            bool
	values           []types.Type // that are shown
	fresh            []*types.Var
	define           int  // offset of :=
	later            bool // a later block uses what it defines
	block            int
}

// readLab checks the blocks as one session does, without running them.
func readLab(blocks []Block) (*wholeLab, error) {
	s, err := newSession(labPrelude())
	if err != nil {
		return nil, err
	}
	l := &wholeLab{
		s: s, parts: map[int]*codeBlock{}, used: map[types.Object]bool{}, byFunc: map[types.Object]bool{},
		byLater: map[types.Object]bool{}, packages: map[string]bool{},
	}
	home := map[types.Object]int{}
	for i, b := range blocks {
		if b.Text {
			continue
		}
		name := "script"
		if len(blocks) > 1 {
			name = fmt.Sprintf("block %d", i+1)
		}
		p, errs := s.check(name, b.Source)
		if len(errs) > 0 {
			return nil, Errors(errs)
		}
		if len(p.warnings) > 0 {
			return nil, Errors(p.warnings) // Go would not compile it
		}
		l.note(p, i, home)
		l.parts[i] = l.part(p, s.bare(b.Source), i)
	}
	for _, p := range l.parts {
		for _, seg := range p.segments {
			seg.later = slices.ContainsFunc(seg.fresh, func(v *types.Var) bool { return l.byLater[v] })
		}
	}
	return l, nil
}

// note makes the block's names visible and counts uses.
func (l *wholeLab) note(p *program, block int, home map[types.Object]int) {
	for _, name := range p.pkg.Scope().Names() {
		if o := p.pkg.Scope().Lookup(name); o.Pkg() == p.pkg && !strings.HasPrefix(name, reserved) {
			l.s.objs[name], home[o] = o, block
		}
	}
	for i, d := range p.file.Decls {
		f, isFunc := d.(*ast.FuncDecl)
		isFunc = isFunc && p.owner[i] >= 0 && p.chunks[p.owner[i]].kind == declChunk && f.Name != nil
		ast.Inspect(d, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok || p.info.Uses[id] == nil {
				return true
			}
			o := p.info.Uses[id]
			if pkg, ok := o.(*types.PkgName); ok {
				l.packages[pkg.Imported().Path()] = true
			}
			l.used[o] = true
			l.lab = l.lab || o.Pkg() == l.s.lab
			l.byFunc[o] = l.byFunc[o] || isFunc
			if at, ok := home[o]; ok && at < block {
				l.byLater[o] = true
			}
			return true
		})
	}
}

// part cuts a block into segments.
func (l *wholeLab) part(p *program, src string, block int) *codeBlock {
	out := &codeBlock{program: p}
	d := &desugarer{p: p, s: l.s}
	end := 0
	for i, c := range p.chunks {
		seg := &segment{kind: c.kind, define: c.define, block: block, declares: c.kind == declChunk || c.kind == importChunk}
		seg.isVar = strings.HasPrefix(c.src, "var")
		stop := c.start + len(c.src)
		seg.lead, seg.code = src[end:c.start], src[c.start:stop]
		end = stop
		if n := strings.IndexByte(src[end:], '\n'); n >= 0 && (i+1 == len(p.chunks) || end+n < p.chunks[i+1].start) {
			end += n + 1
		} else if i+1 == len(p.chunks) {
			end = len(src)
		}
		seg.tail = src[stop:end]
		l.describe(d, seg, i)
		out.segments = append(out.segments, seg)
	}
	out.rest = src[end:]
	return out
}

// describe finds what a segment shows and defines.
func (l *wholeLab) describe(d *desugarer, seg *segment, chunk int) {
	for i, decl := range d.p.file.Decls {
		if d.p.owner[i] != chunk {
			continue
		}
		if d.shown(decl, chunk) {
			x := shownExpr(decl.(*ast.FuncDecl).Body.List[0])
			if t, ok := d.p.info.TypeOf(x).(*types.Tuple); ok {
				for v := range t.Variables() {
					seg.values = append(seg.values, v.Type())
				}
			} else {
				seg.values = []types.Type{d.p.info.TypeOf(x)}
			}
			l.lab = true
		}
		for _, o := range d.declares(decl) {
			if v, ok := o.(*types.Var); ok {
				seg.fresh = append(seg.fresh, v)
			}
		}
	}
}

// declared is the code as a declaration outside functions.
func (s *segment) declared() string {
	if s.kind == defineChunk {
		return "var " + strings.TrimRight(s.code[:s.define], " ") + " =" + s.code[s.define+2:]
	}
	return s.code
}

// statement is the code as a statement in a function.
func (s *segment) statement() string {
	switch n := len(s.values); {
	case n == 0:
		return s.code
	case n == 1 && !types.IsInterface(s.values[0]):
		return "Show(" + s.code + ")"
	case n == 1:
		return "if v := " + s.code + "; v != nil {\n\tShow(v)\n}"
	}
	var names, shows []string
	for i, t := range s.values {
		name := fmt.Sprintf("v%d", i+1)
		show := "\tShow(" + name + ")"
		if types.IsInterface(t) { // a script shows no nil
			show = "\tif " + name + " != nil {\n\t\tShow(" + name + ")\n\t}"
		}
		names, shows = append(names, name), append(shows, show)
	}
	return "{\n\t" + strings.Join(names, ", ") + " := " + s.code + "\n" + strings.Join(shows, "\n") + "\n}"
}

var qualifiedName = regexp.MustCompile(`\b[a-z]\w*\.[A-Z]\w*`)

// typeOf writes the type of a variable with the names of the prelude.
func (l *wholeLab) typeOf(v *types.Var) (string, error) {
	text := types.TypeString(v.Type(), packageName)
	var err error
	text = qualifiedName.ReplaceAllStringFunc(text, func(name string) string {
		pkg, _, _ := strings.Cut(name, ".")
		if as := l.s.prelude.aliases(l.s.lab)[name]; as != "" {
			return as
		}
		if path := stdPackages[pkg]; path != "" && !l.s.stubs.hasPackage(pkg) {
			l.packages[path] = true
			return name
		}
		err = fmt.Errorf("the type %s of %s has no name in the lab", name, v.Name())
		return name
	})
	return text, err
}
