package gonb_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/gonb"
)

func TestKernelspec(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kernels", "mlsysim-gonb")
	opt := gonb.SpecOptions{
		Modules: []string{"/opt/golab", "/home/jovyan/work"},
		Env:     map[string]string{"GOFLAGS": "-buildvcs=false"},
		Static:  map[string][]byte{"echarts.min.js": []byte("var echarts")},
	}
	for range 2 { // writing again replaces
		require.NoError(t, gonb.Kernelspec(dir, opt))
	}

	b, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	require.NoError(t, err)
	var got map[string]any
	require.NoError(t, json.Unmarshal(b, &got))
	require.Equal(t, map[string]any{
		"argv":           []any{"gonb", "--kernel", "{connection_file}", "-go_work=/opt/golab,/home/jovyan/work", "-raw_error=true"},
		"display_name":   "Go (GoNB + MLSysim)",
		"language":       "go",
		"interrupt_mode": "message",
		"env":            map[string]any{"GOPROXY": "off", "GOFLAGS": "-buildvcs=false"},
	}, got)

	js, err := os.ReadFile(filepath.Join(dir, "echarts.min.js"))
	require.NoError(t, err)
	require.Equal(t, "var echarts", string(js))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "no temporary file stays")
	info, err := entries[0].Info()
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o644), info.Mode(), "Jupyter may run as another user")
}

func TestKernelspecChosenNames(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "k")
	require.NoError(t, gonb.Kernelspec(dir, gonb.SpecOptions{
		Name: "Go 2026", Binary: "/usr/local/bin/gonb", Modules: []string{"/m"}, Env: map[string]string{"GOPROXY": "file:///proxy"},
	}))
	b, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	require.NoError(t, err)
	require.Contains(t, string(b), `"/usr/local/bin/gonb"`)
	require.Contains(t, string(b), `"display_name": "Go 2026"`)
	require.Contains(t, string(b), `"GOPROXY": "file:///proxy"`)
	require.Contains(t, string(b), `"GOFLAGS": "-ldflags=-w"`)
}

func TestKernelspecNamesWhatIsWrong(t *testing.T) {
	ok := []string{"/m"}
	for want, opt := range map[string]gonb.SpecOptions{
		`Modules is empty`:                   {},
		`Modules[0] = "m": want an absolute`: {Modules: []string{"m"}},
		`Modules[1] = "/a,b"`:                {Modules: []string{"/m", "/a,b"}},
		`Env[GOFLAGS] = "-v -mod=mod"`:       {Modules: ok, Env: map[string]string{"GOFLAGS": "-v -mod=mod"}},
		`Static["../x.js"]`:                  {Modules: ok, Static: map[string][]byte{"../x.js": nil}},
		`Static[".hidden"]`:                  {Modules: ok, Static: map[string][]byte{".hidden": nil}},
		`Static["kernel.json"]`:              {Modules: ok, Static: map[string][]byte{"kernel.json": nil}},
	} {
		dir := filepath.Join(t.TempDir(), "k")
		require.ErrorContains(t, gonb.Kernelspec(dir, opt), "gonb.Kernelspec: "+want)
		require.NoDirExists(t, dir)
	}
	for _, dir := range []string{"", "a b", "/"} {
		require.ErrorContains(t, gonb.Kernelspec(dir, gonb.SpecOptions{Modules: ok}), "want a last part of letters")
	}
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.Error(t, gonb.Kernelspec(filepath.Join(file, "k"), gonb.SpecOptions{Modules: ok}))
}
