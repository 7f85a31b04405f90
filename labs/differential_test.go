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
		add(l.ID+" worked", labs.Worked(l, "ada"))
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
	examples := documented(t)
	require.NotEmpty(t, examples, "the documentation has examples")
	return append(out, examples...)
}

var fence = regexp.MustCompile("(?ms)^```go[^\n]*\n(.*?)^```")

// documented lists the examples that are scripts: Go fences of the README and
// the site, the examples in package documentation, scripts of command tests.
func documented(t *testing.T) []sample {
	t.Helper()
	var out []sample
	add := func(name, src string) {
		if len(script.Check(name, src)) == 0 {
			out = append(out, sample{name, script.ReadScript(src)})
		}
	}
	for _, path := range append(find(t, "../docs", ".md"), "../README.md") {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		for i, m := range fence.FindAllStringSubmatch(string(data), -1) {
			add(fmt.Sprintf("%s %d", path, i+1), m[1])
		}
	}
	for _, dir := range []string{"../mlsysim", "../kernelext", "../labs"} {
		for _, path := range find(t, dir, ".go") {
			for i, code := range docExamples(t, path) {
				add(fmt.Sprintf("%s %d", path, i+1), code)
			}
		}
	}
	for _, path := range find(t, "../cmd", ".txtar") {
		a, err := txtar.ParseFile(path)
		require.NoError(t, err)
		for _, f := range a.Files {
			if filepath.Ext(f.Name) == ".lab" && !strings.Contains(string(f.Data), "for {") {
				add(path+" "+f.Name, string(f.Data))
			}
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

// compiled builds every sample in one go, as packages that exist only in an
// overlay of the module, and returns how to run one. The go command caches what
// it compiles.
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
	for i, s := range all {
		src, err := script.WriteGo(s.blocks)
		require.NoError(t, err, s.name)
		write(fmt.Sprintf("p%d/main.go", i), string(src))
	}
	list, err := json.Marshal(overlay)
	require.NoError(t, err)
	file := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(file, list, 0o600))
	bin := filepath.Join(dir, "bin") + string(filepath.Separator)
	args := []string{"build", "-ldflags=-s -w", "-overlay", file, "-o", bin}
	for i := range all {
		args = append(args, fmt.Sprintf("%s/labs/zz_differential/p%d", root, i))
	}
	require.NoError(t, os.Mkdir(bin, 0o755))
	out, err := exec.Command("go", args...).CombinedOutput()
	require.NoError(t, err, string(out))
	return func(i int) string {
		out, err := exec.Command(fmt.Sprintf("%sp%d", bin, i)).Output()
		require.NoError(t, err, all[i].name)
		return string(out)
	}
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
