package labs_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/kernelext/script"
	"github.com/mlsysim/golab/labs"
	"github.com/mlsysim/golab/labs/mutant"
)

// recorder is compiled into a lab's program before its first variable: what the
// lab records goes to standard output, and the student comes from outside.
const recorder = `package main

import (
	"fmt"
	"os"

	"github.com/mlsysim/golab/kernelext/lab/record"
)

type lines struct{}

func (lines) Record(json []byte)  { fmt.Println(string(json)) }
func (lines) Show(map[string]any) {}
func (lines) Mute()               {}

var student = func() string {
	record.Use(lines{})
	return os.Args[1]
}()
`

// scenarios is how many scenarios of a lab are run compiled.
const scenarios = 64

// The worked code of a lab, compiled once, records what Right says at every
// scenario.
func TestEveryScenarioCompiled(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles every lab")
	}
	run := programs(t)
	each(t, func(t *testing.T, l labs.Lab) {
		seen := map[string]bool{}
		for _, student := range class(2000) {
			d := l.Draw(student).String()
			if seen[d] || len(seen) == scenarios {
				continue
			}
			seen[d] = true
			sameAnswers(t, l, student, mutant.Right(l, student), run(t, l, student))
		}
		t.Logf("%d scenarios", len(seen))
	})
}

// programs builds the worked code of every lab in one go.
func programs(t *testing.T) func(t *testing.T, l labs.Lab, student string) []record.Record {
	t.Helper()
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	dir, replace, args := t.TempDir(), map[string]string{}, []string{"build", "-ldflags=-s -w", "-overlay"}
	bin := filepath.Join(dir, "bin") + string(filepath.Separator)
	require.NoError(t, os.Mkdir(bin, 0o755))
	args = append(args, filepath.Join(dir, "overlay.json"), "-o", bin)
	for _, l := range labs.All() {
		src, err := script.WriteGo(script.ReadScript(labs.Worked(l, "someone")))
		require.NoError(t, err, l.ID)
		open := fmt.Sprintf("Open(%q, ", l.ID)
		require.Contains(t, string(src), open+`"someone")`)
		for name, text := range map[string]string{"a.go": recorder, "main.go": strings.Replace(string(src), open+`"someone")`, open+"student)", 1)} {
			file := filepath.Join(dir, l.ID+"_"+name)
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			replace[filepath.Join(root, "labs", "zz_worked", l.ID, name)] = file
		}
		args = append(args, root+"/labs/zz_worked/"+l.ID)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600))
	out, err := exec.Command("go", args...).CombinedOutput()
	require.NoError(t, err, string(out))
	return func(t *testing.T, l labs.Lab, student string) []record.Record {
		out, err := exec.Command(bin+l.ID, student).Output()
		require.NoError(t, err, "%s %s", l.ID, student)
		var list []record.Record
		for lines := bufio.NewScanner(strings.NewReader(string(out))); lines.Scan(); {
			var r record.Record
			require.NoError(t, json.Unmarshal(lines.Bytes(), &r))
			list = append(list, r)
		}
		return list
	}
}
