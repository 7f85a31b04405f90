package labs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/mlsysim/golab/kernelext/chart"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/kernelext/script"
	"github.com/mlsysim/golab/labs"
)

// sample is one lab or documented example.
type sample struct {
	name   string
	blocks []script.Block
}

// samples gathers every lab in every form, the notebooks, and the examples of
// the documentation that are scripts.
func samples(t *testing.T) []sample {
	t.Helper()
	var out []sample
	add := func(name, src string) { out = append(out, sample{name, script.ReadScript(src)}) }
	for _, l := range labs.All() {
		add(l.ID, string(labs.Script(l)))
		for _, student := range []string{"ada", "Zoë"} {
			add(l.ID+" worked for "+student, labs.Worked(l, student))
		}
		nb, err := script.ReadNotebook(labs.Notebook(l))
		require.NoError(t, err)
		out = append(out, sample{l.ID + " notebook", nb})
	}
	for _, pattern := range []string{"../notebooks/*.lab", "../notebooks/*.ipynb"} {
		paths, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, path := range paths {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			if filepath.Ext(path) == ".lab" {
				add(path, string(data))
				continue
			}
			nb, err := script.ReadNotebook(data)
			require.NoError(t, err)
			out = append(out, sample{path, nb})
		}
	}
	return append(out, documented(t)...)
}

var fence = regexp.MustCompile("(?ms)^```go[^\n]*\n(.*?)^```")

// example is a piece of documentation that may be a script.
type example struct{ name, src string }

// cannot names the examples for students that the lab language does not run, and
// why.
var cannot = map[string]string{
	"../README.md 1": "the library from Go, with the names of its packages",
}

// documented lists the examples that are scripts. One that a student may type has
// to be a script, or is named in cannot. What engineers read, in the packages of
// the library, often is not: it imports packages.
func documented(t *testing.T) []sample {
	t.Helper()
	var out []sample
	var others []string
	for _, e := range slices.Concat(studentExamples(t), packageExamples(t)) {
		errs := script.Check(e.name, e.src)
		switch {
		case len(errs) == 0:
			out = append(out, sample{e.name, script.ReadScript(e.src)})
		case errs[0].Kind == script.Syntax && strings.HasPrefix(e.name, "../mlsysim/"): // a formula
		case strings.HasPrefix(e.name, "../mlsysim/") || strings.HasPrefix(e.name, "../cmd/") || cannot[e.name] != "":
			others = append(others, fmt.Sprintf("%s: %s", e.name, errs[0].Msg))
		default:
			require.Fail(t, "an example for students is no script", "%s: %s", e.name, errs[0].Error())
		}
	}
	require.NotEmpty(t, out, "the documentation has examples")
	t.Logf("%d examples are no scripts:\n%s", len(others), strings.Join(others, "\n"))
	return out
}

// studentExamples are the Go fences of the README and the site, the scripts of
// command tests, and the lab that `mlsysim lab new` writes.
func studentExamples(t *testing.T) []example {
	t.Helper()
	var out []example
	for _, path := range append(find(t, "../docs/content", ".md"), "../README.md") {
		if strings.HasPrefix(path, pages+"/") || strings.HasPrefix(path, "../docs/content/gallery/") {
			continue // the cells of the labs and of the gallery, which are samples as a whole
		}
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		for i, m := range fence.FindAllStringSubmatch(string(data), -1) {
			out = append(out, example{fmt.Sprintf("%s %d", path, i+1), m[1]})
		}
	}
	for _, path := range find(t, "../cmd", ".txtar") {
		a, err := txtar.ParseFile(path)
		require.NoError(t, err)
		for _, f := range a.Files {
			if filepath.Ext(f.Name) == ".lab" && !strings.Contains(string(f.Data), "for {") {
				out = append(out, example{path + " " + f.Name, string(f.Data)})
			}
		}
	}
	var fresh strings.Builder
	form, err := template.ParseFiles("../cmd/mlsysim/new.lab.txt")
	require.NoError(t, err)
	require.NoError(t, form.Execute(&fresh, map[string]string{"Name": "edge", "Title": "Edge"}))
	return append(out, example{"mlsysim lab new", fresh.String()})
}

// packageExamples are the code blocks in the documentation of packages, and the
// bodies of their example functions.
func packageExamples(t *testing.T) []example {
	t.Helper()
	var out []example
	for _, dir := range []string{"../mlsysim", "../kernelext/lab", "../kernelext/widget"} {
		for _, path := range find(t, dir, ".go") {
			for i, code := range docExamples(t, path) {
				out = append(out, example{fmt.Sprintf("%s %d", path, i+1), code})
			}
			if strings.HasPrefix(dir, "../mlsysim") && strings.HasSuffix(path, "_test.go") {
				out = append(out, exampleFuncs(t, path)...)
			}
		}
	}
	return out
}

// exampleFuncs are the bodies of functions called Example.
func exampleFuncs(t *testing.T, path string) []example {
	t.Helper()
	src, err := os.ReadFile(path)
	require.NoError(t, err)
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution)
	require.NoError(t, err)
	var out []example
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if ok && strings.HasPrefix(fn.Name.Name, "Example") {
			from, to := fset.Position(fn.Body.Lbrace).Offset+1, fset.Position(fn.Body.Rbrace).Offset
			out = append(out, example{path + " " + fn.Name.Name, string(src[from:to])})
		}
	}
	return out
}

func find(t *testing.T, dir, ext string) []string {
	t.Helper()
	var out []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ext && !strings.HasPrefix(filepath.Base(path), "zz_") {
			out = append(out, path)
		}
		return err
	}))
	return out
}

// docExamples lists the code blocks of a file's documentation that call
// something.
func docExamples(t *testing.T, path string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
	require.NoError(t, err)
	var docs []*ast.CommentGroup
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.File:
			docs = append(docs, n.Doc)
		case *ast.GenDecl:
			docs = append(docs, n.Doc)
		case *ast.FuncDecl:
			docs = append(docs, n.Doc)
		}
		return true
	})
	var out []string
	var p comment.Parser
	for _, d := range docs {
		for _, b := range p.Parse(d.Text()).Content {
			if c, ok := b.(*comment.Code); ok && strings.ContainsAny(c.Text, "({") {
				out = append(out, c.Text)
			}
		}
	}
	return out
}

// sink prints what is shown as a terminal sees it.
type sink struct{ out *bytes.Buffer }

func (s sink) Record([]byte) {}

func (s sink) Show(bundle map[string]any) {
	text := bundle["text/plain"].(string)
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	s.out.WriteString(text)
}

// interpreted is what the engine prints, block after block.
func interpreted(t *testing.T, s sample) string {
	t.Helper()
	var out bytes.Buffer
	record.Use(sink{&out})
	defer record.Use(nil)
	e := script.New(script.Options{Stdout: &out, Show: func(v any) {
		if own, ok := v.(script.Value); ok {
			fmt.Fprintln(&out, own)
			return
		}
		sink{&out}.Show(chart.Bundle(v))
	}})
	for i, b := range s.blocks {
		if !b.Text {
			require.NoError(t, e.Run(context.Background(), fmt.Sprintf("%s, block %d", s.name, i+1), b.Source))
		}
	}
	return out.String()
}

// compiled builds every sample in one go, from packages that exist only in an
// overlay of the module, and returns how to run one. Nearly all are functions of
// one program, because linking is what takes time. The go command keeps what it
// compiled, by content.
func compiled(t *testing.T, all []sample) func(i int) string {
	t.Helper()
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	dir := t.TempDir()
	overlay := map[string]map[string]string{"Replace": {}}
	write := func(path, src string) {
		file := filepath.Join(dir, strings.ReplaceAll(path, "/", "_"))
		require.NoError(t, os.WriteFile(file, []byte(src), 0o600))
		overlay["Replace"][filepath.Join(root, "labs", "zz_differential", path)] = file
	}
	args := []string{root + "/labs/zz_differential/together"}
	var imports, cases strings.Builder
	for i, s := range all {
		src, err := script.WriteGo(s.blocks)
		require.NoError(t, err, s.name)
		name := fmt.Sprintf("zzp%d", i)
		if text, ok := asFunction(t, name, string(src)); ok {
			write(name+"/lab.go", text)
			fmt.Fprintf(&imports, "import %q\n", "github.com/mlsysim/golab/labs/zz_differential/"+name)
			fmt.Fprintf(&cases, "\tcase %q:\n\t\t%s.Main()\n", name, name)
			continue
		}
		write(name+"/main.go", string(src))
		args = append(args, root+"/labs/zz_differential/"+name)
	}
	write("together/main.go", "package main\n\nimport \"os\"\n"+imports.String()+"\nfunc main() {\n\tswitch os.Args[1] {\n"+cases.String()+"\t}\n}\n")
	bin := buildOverlay(t, dir, overlay, args)
	return func(i int) string {
		name := fmt.Sprintf("zzp%d", i)
		cmd := exec.Command(bin+"together", name)
		if _, err := os.Stat(bin + name); err == nil {
			cmd = exec.Command(bin + name)
		}
		out, err := cmd.Output()
		require.NoError(t, err, all[i].name)
		return strings.ReplaceAll(string(out), name+".", "main.") // as %T says it
	}
}

// buildOverlay builds packages of an overlay and says where the programs are.
func buildOverlay(t *testing.T, dir string, overlay any, packages []string) (bin string) {
	t.Helper()
	list, err := json.Marshal(overlay)
	require.NoError(t, err)
	file, bin := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "bin")+string(filepath.Separator)
	require.NoError(t, os.Mkdir(bin, 0o755))
	require.NoError(t, os.WriteFile(file, list, 0o600))
	args := append([]string{"build", "-ldflags=-s -w", "-overlay", file, "-o", bin}, packages...)
	out, err := exec.Command("go", args...).CombinedOutput()
	require.NoError(t, err, string(out))
	return bin
}

// asFunction makes a package with a function Main of a program. Variables of the
// file become variables of Main, since all packages of a program initialise
// theirs; if functions use them it says false.
func asFunction(t *testing.T, name, src string) (string, bool) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	require.NoError(t, err)
	at := func(p token.Pos) int { return fset.Position(p).Offset }
	var vars, unused, rest, body strings.Builder
	functions, values := false, false
	for _, d := range f.Decls {
		text := src[at(d.Pos()):at(d.End())] + "\n"
		g, isGen := d.(*ast.GenDecl)
		fn, isFunc := d.(*ast.FuncDecl)
		switch {
		case isFunc && fn.Name.Name == "main":
			body.WriteString(src[at(fn.Body.Lbrace):at(fn.Body.End())])
		case isGen && g.Tok == token.VAR:
			values = true
			vars.WriteString(text)
			for _, spec := range g.Specs {
				for _, id := range spec.(*ast.ValueSpec).Names {
					if id.Name == "_" {
						continue
					}
					fmt.Fprintf(&unused, "_ = %s\n", id.Name)
				}
			}
		default:
			functions = functions || isFunc
			rest.WriteString(text)
		}
	}
	return fmt.Sprintf("package %s\n%s\nfunc Main() {\n%s%s%s\n}\n", name, rest.String(), vars.String(), unused.String(), body.String()), !functions || !values
}

// The same source prints the same in the engine and compiled.
func TestEveryLabPrintsWhatCompiledGoPrints(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles every lab")
	}
	all := samples(t)
	run := compiled(t, all)
	names := []string{}
	for i, s := range all {
		require.Equal(t, run(i), interpreted(t, s), s.name)
		names = append(names, s.name)
	}
	slices.Sort(names)
	t.Logf("%d samples:\n%s", len(names), strings.Join(names, "\n"))
}
