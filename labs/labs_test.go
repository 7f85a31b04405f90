package labs_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/labs"
)

var update = flag.Bool("update", false, "write notebooks/ anew")

const (
	notebooks = "../notebooks"
	pages     = "../docs/content/labs"
)

func TestFind(t *testing.T) {
	l, err := labs.Find("t0")
	require.NoError(t, err)
	require.Equal(t, "T0", l.ID)

	_, err = labs.Find("T99")
	require.ErrorContains(t, err, `unknown lab "T99": want one of T0`)
}

func TestNotebooksAreCurrent(t *testing.T) {
	if *update {
		_, err := labs.Build(notebooks, false)
		require.NoError(t, err)
	}
	for _, l := range labs.All() {
		for _, f := range append(labs.Files(l), labs.Index()) {
			have, err := os.ReadFile(filepath.Join(notebooks, f.Name))
			require.NoError(t, err)
			require.Equal(t, string(f.Data), string(have), "%s is not current: go test ./labs -update", f.Name)
		}
	}
}

func TestPagesAreCurrent(t *testing.T) {
	if *update {
		_, err := labs.BuildPages(pages)
		require.NoError(t, err)
	}
	wanted := map[string]bool{}
	for _, f := range labs.Pages() {
		wanted[f.Name] = true
		have, err := os.ReadFile(filepath.Join(pages, f.Name))
		require.NoError(t, err)
		require.Equal(t, string(f.Data), string(have), "%s is not current: go test ./labs -update", f.Name)
	}
	there, err := os.ReadDir(pages)
	require.NoError(t, err)
	for _, f := range there {
		require.True(t, wanted[f.Name()], "%s belongs to no lab", f.Name())
	}
}

func TestBuildWritesEveryFile(t *testing.T) {
	dir := t.TempDir()
	paths, err := labs.Build(dir, true)
	require.NoError(t, err)
	require.Len(t, paths, 1+3*len(labs.All()))
	for _, p := range paths {
		info, err := os.Stat(p)
		require.NoError(t, err)
		require.NotZero(t, info.Size())
	}
}

func TestNotebookShape(t *testing.T) {
	for _, l := range labs.All() {
		var nb struct {
			NBFormat int `json:"nbformat"`
			Minor    int `json:"nbformat_minor"`
			Cells    []struct {
				ID       string   `json:"id"`
				Type     string   `json:"cell_type"`
				Source   []string `json:"source"`
				Outputs  []any    `json:"outputs"`
				Metadata struct {
					MLSysim struct{ Lab, Question, Role string } `json:"mlsysim"`
				} `json:"metadata"`
			} `json:"cells"`
		}
		require.NoError(t, json.Unmarshal(labs.Notebook(l), &nb))
		require.Equal(t, 4, nb.NBFormat)
		require.Equal(t, 5, nb.Minor)

		ids, roles := map[string]bool{}, map[string][]string{}
		for _, c := range nb.Cells {
			require.False(t, ids[c.ID], "cell id %s twice", c.ID)
			ids[c.ID] = true
			require.Regexp(t, `^[a-z0-9-]{1,64}$`, c.ID)
			require.NotEmpty(t, c.Source)
			require.NotEmpty(t, c.Source[0])
			require.Empty(t, c.Outputs)
			require.Equal(t, l.ID, c.Metadata.MLSysim.Lab)
			roles[c.Metadata.MLSysim.Question] = append(roles[c.Metadata.MLSysim.Question], c.Metadata.MLSysim.Role)
		}
		for _, q := range l.Questions {
			want := []string{"text", "predict", "explore", "answer"}
			if q.Because != "" {
				want = append(want, "because")
			}
			require.Equal(t, want, roles[q.ID])
		}
	}
}
