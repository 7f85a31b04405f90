package lint

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"
)

const root = "../../.."

// module loads every package of the module with its tests, once.
var module = sync.OnceValues(func() ([]*packages.Package, error) {
	return packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedTypes | packages.NeedTypesSizes | packages.NeedSyntax | packages.NeedTypesInfo,
		Dir:   root,
		Tests: true,
	}, "./...")
})

func load(t *testing.T) []*packages.Package {
	t.Helper()

	pkgs, err := module()
	require.NoError(t, err)
	require.NotEmpty(t, pkgs)
	return pkgs
}

// goFiles lists the Go files of the module, relative to the root. Reading the
// tree here also tells the test cache what these tests depend on.
func goFiles(t *testing.T) []string {
	t.Helper()

	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "out" || name == "bin") {
			return fs.SkipDir
		}
		if strings.HasSuffix(name, ".go") {
			rel, err := filepath.Rel(root, path)
			files = append(files, rel)
			return err
		}
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

func read(t *testing.T, rel string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, rel))
	require.NoError(t, err)
	return data
}

// output runs a command at dir and returns what it printed.
func output(t *testing.T, dir, name string, args ...string) (string, error) {
	t.Helper()

	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return strings.TrimSpace(out.String()), err
}

// tool is the path of a pinned command that `make tools` installs. Without it
// a bare `go test` skips; CI fails.
func tool(t *testing.T, name string) string {
	t.Helper()

	path, err := filepath.Abs(filepath.Join(root, ".cache/bin", name))
	require.NoError(t, err)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed: run make tools", path)
		}
		t.Skipf("%s is not installed: run make tools", name)
	}
	return path
}

// imports gives each package of the module its imports, test files left out;
// inside keeps those of the module, relative to it, otherwise those outside.
func imports(pkgs []*packages.Package, inside bool) map[string][]string {
	all := map[string][]string{}
	for _, p := range pkgs {
		from, ours := relative(p.PkgPath)
		if !ours || p.ID != p.PkgPath || strings.HasSuffix(p.ID, ".test") {
			continue
		}
		all[from] = []string{}
		for path := range p.Imports {
			if to, ours := relative(path); ours == inside {
				all[from] = append(all[from], to)
			}
		}
		slices.Sort(all[from])
	}
	return all
}

func relative(path string) (string, bool) { return strings.CutPrefix(path, Module+"/") }

func TestDim(t *testing.T) {
	var found []string
	for _, p := range load(t) {
		require.Empty(t, p.Errors, p.ID) // what has no types cannot be judged
		pass := &analysis.Pass{
			Analyzer:  Dim,
			Fset:      p.Fset,
			Files:     p.Syntax,
			Pkg:       p.Types,
			TypesInfo: p.TypesInfo,
			Report: func(d analysis.Diagnostic) {
				found = append(found, fmt.Sprintf("%s: %s", p.Fset.Position(d.Pos), d.Message))
			},
		}
		_, err := Dim.Run(pass)
		require.NoError(t, err)
	}

	slices.Sort(found) // a package is seen again with its tests
	require.Empty(t, strings.Join(slices.Compact(found), "\n"))
}

func TestRooms(t *testing.T) {
	require.Empty(t, strings.Join(Layers(imports(load(t), true)), "\n"))
}

func TestLibrariesInPlace(t *testing.T) {
	require.Empty(t, strings.Join(Libraries(imports(load(t), false)), "\n"))
}

func TestStudentBinary(t *testing.T) {
	out, err := output(t, root, "go", "list", "-deps", "./cmd/mlsysim")
	require.NoError(t, err, out)

	deps := strings.Fields(out)
	require.Contains(t, deps, Module+"/cmd/mlsysim")
	require.Empty(t, Links(map[string][]string{"cmd/mlsysim": deps}))
}

func TestFileLength(t *testing.T) {
	const most = 400
	for _, f := range goFiles(t) {
		data := read(t, f)
		if strings.HasPrefix(filepath.Base(f), "zz_") || strings.HasSuffix(f, "_test.go") {
			continue
		}
		if n := bytes.Count(data, []byte("\n")); n > most {
			t.Errorf("%s has %d lines: want at most %d", f, n, most)
		}
	}
}
