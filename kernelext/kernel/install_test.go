package kernel

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/chart"
)

func TestInstall(t *testing.T) {
	dir := t.TempDir()
	for range 2 { // again over itself
		require.NoError(t, Install(dir, "/opt/bin/mlsysim"))
	}
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(dir, "mlsysim", name))
		require.NoError(t, err)
		return data
	}
	var s map[string]any
	require.NoError(t, json.Unmarshal(read("kernel.json"), &s))
	require.Equal(t, []any{"/opt/bin/mlsysim", "kernel", "run", "{connection_file}"}, s["argv"])
	require.Equal(t, "MLSysim (Go)", s["display_name"])
	require.Equal(t, "go", s["language"])
	require.Equal(t, "message", s["interrupt_mode"])
	require.Equal(t, chart.Script(), read("echarts.min.js"))
	require.NoError(t, xml.Unmarshal(read("logo-svg.svg"), new(struct{})))

	for name, edge := range map[string]int{"logo-32x32.png": 32, "logo-64x64.png": 64} {
		img, err := png.Decode(bytes.NewReader(read(name)))
		require.NoError(t, err)
		require.Equal(t, edge, img.Bounds().Dx())
		_, _, _, corner := img.At(0, 0).RGBA()
		require.Zero(t, corner, "the corners are round")
		_, _, _, middle := img.At(edge/2, edge/2).RGBA()
		require.EqualValues(t, 0xffff, middle)
	}
	left, err := os.ReadDir(filepath.Join(dir, "mlsysim"))
	require.NoError(t, err)
	require.Len(t, left, 5, "nothing temporary stays behind")
}

func TestInstallRefuses(t *testing.T) {
	require.ErrorContains(t, Install(t.TempDir(), "mlsysim"), `binary = "mlsysim": want an absolute path`)
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.ErrorContains(t, Install(file, "/bin/mlsysim"), "kernel.Install: ")
}

func TestConnectionFile(t *testing.T) {
	for text, want := range map[string]string{
		`{`:                                  "reading the connection file",
		`{"transport":"udp"}`:                `transport = "udp": want tcp or ipc`,
		`{"transport":"tcp","shell_port":0}`: "shell_port = 0: want 1 to 65535",
		`{"transport":"tcp","key":"k","signature_scheme":"hmac-md5"}`:            `signature_scheme = "hmac-md5": want hmac-sha256`,
		`{"transport":"tcp","shell_port":1,"control_port":2,"iopub_port":99999}`: "iopub_port = 99999",
	} {
		file := filepath.Join(t.TempDir(), "connection.json")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		require.ErrorContains(t, Run(t.Context(), file), want, text)
	}
	require.ErrorContains(t, Run(t.Context(), filepath.Join(t.TempDir(), "missing")), "reading the connection file")
}

func TestInstallGoNBRefuses(t *testing.T) {
	require.ErrorContains(t, InstallGoNB(t.TempDir(), "gonb", "/"), `program = "gonb": want an absolute path`)
	require.ErrorContains(t, InstallGoNB(t.TempDir(), "/bin/gonb", "golab"), `module = "golab": want an absolute path`)
	require.ErrorContains(t, InstallGoNB(t.TempDir(), "/bin/gonb", t.TempDir()), "want the directory of a go.mod")
}
