package lint

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFormat(t *testing.T) {
	gofumpt := tool(t, "gofumpt")

	files := slices.DeleteFunc(goFiles(t), func(f string) bool {
		return strings.HasPrefix(filepath.Base(f), "zz_")
	})
	out, err := output(t, root, gofumpt, append([]string{"-l"}, files...)...)
	require.NoError(t, err, out)
	require.Empty(t, out, "not in gofumpt's form; run: make format")
}

func TestVet(t *testing.T) {
	goFiles(t)
	out, err := output(t, root, "go", "vet", "./...")
	require.NoError(t, err, out)
}

func TestStaticcheck(t *testing.T) {
	goFiles(t)
	out, err := output(t, root, tool(t, "staticcheck"), "./...")
	require.NoError(t, err, out)
}

// go generate runs on a copy of the tree, so that the test changes nothing and
// a dirty work tree is no obstacle.
func TestGenerated(t *testing.T) {
	listed, err := output(t, root, "git", "ls-files", "-co", "--exclude-standard")
	require.NoError(t, err, listed)
	dir := t.TempDir()
	before := copyTree(t, strings.Split(listed, "\n"), dir)

	out, err := output(t, dir, "go", "generate", "./...")
	require.NoError(t, err, out)

	after := readTree(t, dir)
	var stale []string
	for name, data := range after {
		if old, ok := before[name]; !ok || old != data {
			stale = append(stale, name)
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			stale = append(stale, name)
		}
	}
	slices.Sort(stale)
	require.Empty(t, stale, "out of date; run: make generate")
}

// copyTree copies the named files of the repository to dir. It returns their
// contents, without those that the work tree has deleted.
func copyTree(t *testing.T, names []string, dir string) map[string]string {
	t.Helper()

	copied := map[string]string{}
	for _, name := range names {
		info, err := os.Lstat(filepath.Join(root, name))
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		data := read(t, name)
		to := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
		require.NoError(t, os.WriteFile(to, data, info.Mode().Perm()))
		copied[name] = string(data)
	}
	return copied
}

func readTree(t *testing.T, dir string) map[string]string {
	t.Helper()

	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, path))
		files[path] = string(data)
		return err
	})
	require.NoError(t, err)
	return files
}
