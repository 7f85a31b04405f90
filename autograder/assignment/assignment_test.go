package assignment_test

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/assignment"
	"github.com/mlsysim/golab/autograder/sandbox"
)

func TestMain(m *testing.M) {
	sandbox.MaybeWorker()
	os.Exit(m.Run())
}

func source(t *testing.T) *assignment.Notebook {
	t.Helper()
	data, err := os.ReadFile("testdata/roofline.ipynb")
	require.NoError(t, err)
	n, err := assignment.Read(data)
	require.NoError(t, err)
	return n
}

// nb is a notebook of cells: cell_type, grade_id and source in turn.
type object = map[string]any

// released is what students get, as they can edit it.
func released(t *testing.T) []object {
	t.Helper()
	data, err := source(t).Release()
	require.NoError(t, err)
	var nb struct{ Cells []object }
	require.NoError(t, json.Unmarshal(data, &nb))
	return nb.Cells
}

func encode(t *testing.T, cells []object) []byte {
	t.Helper()
	data, err := json.Marshal(object{"nbformat": 4, "nbformat_minor": 5, "metadata": object{}, "cells": cells})
	require.NoError(t, err)
	return data
}

func meta(c object) object { m, _ := c["metadata"].(object)["nbgrader"].(object); return m }

func find(t *testing.T, cells []object, id string) object {
	t.Helper()
	for _, c := range cells {
		if m := meta(c); m != nil && m["grade_id"] == id {
			return c
		}
	}
	require.Fail(t, "no cell "+id)
	return nil
}

func text(c object) string {
	var b strings.Builder
	for _, l := range c["source"].([]any) {
		b.WriteString(l.(string))
	}
	return b.String()
}

// The right answers, and how a student's file is made of them.
const (
	rightQ1 = "def attainable(flops, peak, bytes, bandwidth):\n    return max(flops / peak, bytes / bandwidth)"
	rightQ2 = "def kv_bytes(layers, heads, width, tokens, bytes_each=2):\n    return 2 * layers * heads * width * tokens * bytes_each"
	rightQ3 = "class Cache:\n    def __init__(self):\n        self.bytes = 0\n    def add(self, tokens):\n        self.bytes += 4 * tokens\n        return self"
)

func handIn(t *testing.T, answers map[string]string, more ...func(cells []object) []object) []byte {
	t.Helper()
	cells := released(t)
	for id, src := range map[string]string{"q1": rightQ1, "q2": rightQ2, "q3": rightQ3, "q4": "Bandwidth."} {
		if own, ok := answers[id]; ok {
			src = own
		}
		find(t, cells, id)["source"] = src
	}
	for _, do := range more {
		cells = do(cells)
	}
	return encode(t, cells)
}

func TestRelease(t *testing.T) {
	cells := released(t)
	require.Equal(t, "def attainable(flops, peak, bytes, bandwidth):\n    \"\"\"Time of a kernel on the roofline, in seconds.\"\"\"\n    # YOUR CODE HERE\n    raise NotImplementedError()", text(find(t, cells, "q1")))
	require.Equal(t, "assert math.isclose(attainable(1e12, 1e15, 1e9, 1e12), 1e-3)", text(find(t, cells, "q1_test")))
	require.Equal(t, "YOUR ANSWER HERE", text(find(t, cells, "q4")))
	all := string(encode(t, cells))
	for _, secret := range []string{"max(flops", "4e15", "1342177280", "weights are read once", "1 point for", "BEGIN", "END"} {
		require.NotContains(t, all, secret)
	}
	m := meta(find(t, cells, "q1_test"))
	require.Equal(t, true, m["locked"])
	require.Equal(t, false, meta(find(t, cells, "q1"))["locked"])
	require.Equal(t, false, find(t, cells, "setup")["metadata"].(object)["editable"])
}

// The checksums are those that nbgrader 0.9.6 writes for the same cells.
func TestReleaseChecksums(t *testing.T) {
	data, err := os.ReadFile("testdata/checksums.json")
	require.NoError(t, err)
	var want map[string]string
	require.NoError(t, json.Unmarshal(data, &want))
	cells := released(t)
	for id, sum := range want {
		require.Equal(t, sum, meta(find(t, cells, id))["checksum"], id)
	}
	require.Len(t, want, 8)
}

func TestReleaseLanguagesAndMistakes(t *testing.T) {
	one := func(language, source, flags string) (string, error) {
		n, err := assignment.Read([]byte(`{"nbformat":4,"metadata":{"kernelspec":{"language":"` + language + `"}},"cells":[{"cell_type":"code","source":` + source + `,"metadata":{"nbgrader":{"schema_version":3,"grade_id":"a",` + flags + `}}}]}`))
		if err != nil {
			return "", err
		}
		out, err := n.Release()
		return string(out), err
	}
	const answer, tests = `"solution":true,"grade":false,"locked":false`, `"solution":false,"grade":true,"locked":true,"points":1`
	for _, c := range []struct{ language, source, flags, has, says string }{
		{"go", `"func f() int {\n\t// BEGIN SOLUTION\n\treturn 3\n\t// END SOLUTION\n}"`, answer, `"\tpanic(\"answer here\")\n"`, ""},
		{"Go", `"func f() int { return 3 }"`, answer, `panic(\"answer here\")`, ""},
		{"fortran", `"x"`, answer, "YOUR CODE HERE", ""},
		{"go", `"// BEGIN SOLUTION\n// BEGIN SOLUTION"`, answer, "", "inside another"},
		{"go", `"// BEGIN SOLUTION\nx"`, answer, "", "BEGIN SOLUTION without END SOLUTION"},
		{"go", `"x\n// END SOLUTION"`, answer, "", "END SOLUTION without BEGIN SOLUTION"},
		{"go", `"// BEGIN SOLUTION\n// END SOLUTION"`, tests, "", "no solution"},
		{"go", `"// BEGIN HIDDEN TESTS\n// END HIDDEN TESTS"`, answer, `panic(`, ""},
		{"go", `"x"`, `"grade":true,"solution":false,"locked":true`, "", "points: missing"},
		{"go", `"x"`, `"grade":true,"solution":false,"locked":true,"points":-1`, "", "points = -1"},
		{"go", `"x"`, `"schema_version":4,` + answer, "", "schema_version = 4"},
	} {
		out, err := one(c.language, c.source, c.flags)
		if c.says != "" {
			require.ErrorContains(t, err, c.says, c.source)
			continue
		}
		require.NoError(t, err, c.source)
		require.Contains(t, out, c.has)
	}
}

func TestOlderSchemas(t *testing.T) {
	n, err := assignment.Read([]byte(`{"nbformat":4,"cells":[
 {"cell_type":"code","source":"x","metadata":{"nbgrader":{"solution":true,"grade_id":"a"}}},
 {"cell_type":"code","source":"x","metadata":{"nbgrader":{"schema_version":1,"grade":true,"locked":true,"points":2,"grade_id":"b"}}},
 {"cell_type":"code","source":"x","metadata":{"nbgrader":{"schema_version":2,"locked":false,"solution":false,"grade":false,"grade_id":"c"}}}]}`))
	require.NoError(t, err)
	require.Equal(t, assignment.Answer, n.Cells[0].Meta.Kind())
	require.Equal(t, assignment.Tests, n.Cells[1].Meta.Kind())
	require.Nil(t, n.Cells[2].Meta)

	_, err = assignment.Read([]byte(`{"nbformat":4,"cells":[
 {"cell_type":"code","source":"x","metadata":{"nbgrader":{"solution":true,"grade_id":"a"}}},
 {"cell_type":"code","source":"x","metadata":{"nbgrader":{"solution":true,"grade_id":"a"}}}]}`))
	require.ErrorContains(t, err, `grade_id "a" is used twice`)
}

func prepare(t *testing.T) *assignment.Grader {
	t.Helper()
	g, err := source(t).Prepare(context.Background(), assignment.Limits{Wall: 20 * time.Second})
	require.NoError(t, err)
	require.Equal(t, []assignment.Test{
		{ID: "q1_test", Max: 5, Mode: assignment.Apart}, {ID: "q2_test", Max: 4, Mode: assignment.Apart}, {ID: "q3_test", Max: 2, Mode: assignment.Shared},
	}, g.Tests)
	return g
}

// tests returns the points of the test cells, and q4's state.
func tests(m assignment.Marks) (points [3]float64) {
	for i := range points {
		points[i] = m.Marks[i].Points
	}
	return points
}

func edit(id string, do func(c object)) func([]object) []object {
	return func(cells []object) []object {
		for _, c := range cells {
			if m := meta(c); m != nil && m["grade_id"] == id {
				do(c)
			}
		}
		return cells
	}
}

func first(src string) func([]object) []object {
	return func(cells []object) []object {
		return append([]object{{"cell_type": "code", "metadata": object{}, "source": src}}, cells...)
	}
}

func last(src string) func([]object) []object {
	return func(cells []object) []object {
		return append(cells, object{"cell_type": "code", "metadata": object{}, "source": src})
	}
}

func TestGrade(t *testing.T) {
	g := prepare(t)
	stub := "def attainable(flops, peak, bytes, bandwidth):\n    raise NotImplementedError()"
	for _, c := range []struct {
		name string
		file []byte
		want [3]float64
		says string
	}{
		{"right", handIn(t, nil), [3]float64{5, 4, 2}, ""},
		{"debug prints", handIn(t, map[string]string{"q1": "import sys\n" + strings.Replace(rightQ1, "    return", "    print('debug', file=sys.stderr)\n    return", 1)}), [3]float64{5, 4, 2}, ""},
		{"stub", handIn(t, map[string]string{"q1": stub}), [3]float64{0, 4, 2}, "test line 1: your code raised NotImplementedError"},
		{"wrong in a hidden case", handIn(t, map[string]string{"q1": "def attainable(f, p, b, w):\n    return b / w"}), [3]float64{0, 4, 2}, "a hidden test failed"},
		{"partial", handIn(t, map[string]string{"q2": strings.Replace(rightQ2, "* bytes_each", "* 2", 1)}), [3]float64{5, 3, 2}, ""},
		{"syntax error", handIn(t, map[string]string{"q1": "def attainable(:"}), [3]float64{0, 4, 2}, "NameError: name 'attainable' is not defined"},
		{"exit in the function", handIn(t, map[string]string{"q1": "import os\ndef attainable(*a):\n    os._exit(0)"}), [3]float64{0, 4, 2}, "your code ended its process"},
		{"exit in an extra cell", handIn(t, nil, last("import os\nos._exit(0)")), [3]float64{5, 4, 2}, ""},
		{"exit at the top", handIn(t, nil, first("import os\nos._exit(0)")), [3]float64{5, 4, 2}, ""},
		{"helper in a cell of its own", handIn(t, map[string]string{"q1": "def attainable(f, p, b, w):\n    return bigger(f / p, b / w)"}, first("def bigger(a, b):\n    return max(a, b)")), [3]float64{5, 4, 2}, ""},
		{"answer deleted", handIn(t, nil, func(cells []object) []object { return append(cells[:2], cells[3:]...) }), [3]float64{0, 4, 2}, "NameError"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := g.Grade(context.Background(), c.file)
			require.NoError(t, err)
			require.Len(t, m.Marks, 4)
			require.Equal(t, c.want, tests(m), "%+v", m)
			require.Equal(t, assignment.NotGraded, m.Marks[3].Outcome, "a person grades it")
			if c.says != "" {
				require.Contains(t, m.Marks[0].Why, c.says)
			}
			for _, mark := range m.Marks {
				require.NotContains(t, mark.Why, "4e15", "hidden tests are not told")
				require.NotContains(t, mark.Why, "compute bound")
			}
		})
	}
}

// What nbgrader and otter were fooled by, and editing of metadata: no points.
func TestTampering(t *testing.T) {
	g := prepare(t)
	wrong := map[string]string{"q1": "def attainable(*a):\n    return 1", "q2": "def kv_bytes(*a):\n    return 1", "q3": "class Cache: pass"}
	equal := "class Same(float):\n    def __eq__(self, other): return True\n    def __rsub__(self, o): return 0\n    __hash__ = None\n"
	more := func(id, src string) map[string]string {
		out := map[string]string{}
		for k, v := range wrong {
			out[k] = v
		}
		out[id] = src
		return out
	}
	for name, file := range map[string][]byte{
		"edits the test":      handIn(t, wrong, edit("q1_test", func(c object) { c["source"] = "pass" })),
		"deletes the test":    handIn(t, wrong, func(cells []object) []object { return append(cells[:3], cells[4:]...) }),
		"raises the points":   handIn(t, wrong, edit("q1_test", func(c object) { meta(c)["points"] = 100 })),
		"clears the flag":     handIn(t, wrong, edit("q1_test", func(c object) { meta(c)["grade"] = false })),
		"copies the test":     handIn(t, wrong, func(cells []object) []object { return append(cells, cells[3], cells[3]) }),
		"answers as a test":   handIn(t, wrong, edit("q1", func(c object) { meta(c)["grade"], meta(c)["points"] = true, 50 })),
		"newer schema":        handIn(t, wrong, edit("q1", func(c object) { meta(c)["schema_version"] = 99 })),
		"metadata of a text":  handIn(t, wrong, edit("q2", func(c object) { c["metadata"] = "none" })),
		"replaces isclose":    handIn(t, wrong, first("import math\nmath.isclose = lambda *a, **k: True")),
		"equal to everything": handIn(t, more("q1", equal+"def attainable(*a):\n    return Same(7)")),
		"drops asserts":       handIn(t, wrong, first("import builtins, ast\nold = compile\ndef new(s, *a, **k):\n    return old('pass', '', 'exec')\nbuiltins.compile = new\nbuiltins.isinstance = lambda *a: True")),
		"prints a verdict":    handIn(t, wrong, first("print('{\"token\": \"x\", \"score\": 5}')\nimport os\nfor fd in (3, 4):\n    os.write(fd, b'{\"token\": \"\", \"score\": 5}\\n')")),
		"claims to be ready":  handIn(t, wrong, first("import os\nos.write(3, b'{\"ready\": true}\\n{\"token\": \"\"}\\n')")),
		"answers for a call":  handIn(t, more("q1", "import os\ndef attainable(*a):\n    for i in range(20):\n        os.write(4, b'{\"value\": {\"f\": \"0.001\"}}\\n')\n    return 0.001")),
	} {
		t.Run(name, func(t *testing.T) {
			m, err := g.Grade(context.Background(), file)
			require.NoError(t, err)
			require.Equal(t, [3]float64{}, tests(m), "%+v", m)
			require.Equal(t, 5.0, m.Marks[0].Max)
		})
	}
}

// A cell that never ends costs its question, and says so.
func TestEndlessLoops(t *testing.T) {
	g, err := source(t).Prepare(context.Background(), assignment.Limits{Wall: 4 * time.Second})
	require.NoError(t, err)
	m, err := g.Grade(context.Background(), handIn(t, map[string]string{
		"q1": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n" + rightQ1 + "\nwhile True:\n    pass",
	}))
	require.NoError(t, err)
	require.Equal(t, [3]float64{0, 4, 2}, tests(m), "%+v", m)
	require.Contains(t, m.Ends[0], "q1: your code takes too long")
}

// A student's process sees no files of the grader, no network and no other
// process. Its folder for files is its own and ends with it.
func TestNothingIsReachable(t *testing.T) {
	secret := t.TempDir() + "/secret"
	require.NoError(t, os.WriteFile(secret, []byte("x"), 0o644))
	kept := t.TempDir() + "/kept"
	g := prepare(t)
	for _, src := range []string{
		"open('" + secret + "').read()", "open('/etc/passwd').read()", "open('/proc/1/environ').read()",
		"import socket\nsocket.create_connection(('127.0.0.1', 22), 1)", "import os\nos.listdir('/tmp')[0]", "import os\nos.listdir('/root')",
		"open('/x', 'w')", "open('" + kept + "', 'w')", "import os\nos.kill(os.getppid() or 99999, 9)",
		"import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nassert libc.unshare(0x10000000) == 0", "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
	} {
		m, err := g.Grade(context.Background(), handIn(t, nil, first(src)))
		require.NoError(t, err)
		require.NotEmpty(t, m.Ends, src)
		require.Equal(t, [3]float64{5, 4, 2}, tests(m), src)
	}
}

// The number of processes is bounded, whoever grades.
func TestManyProcesses(t *testing.T) {
	m, err := prepare(t).Grade(context.Background(), handIn(t, nil, first("import os, signal\nfor i in range(200):\n    if os.fork() == 0:\n        signal.pause()")))
	require.NoError(t, err)
	require.Len(t, m.Ends, 1)
	require.Contains(t, m.Ends[0], "Resource temporarily unavailable")
	require.Equal(t, [3]float64{5, 4, 2}, tests(m))
}

func TestUnreadable(t *testing.T) {
	g := prepare(t)
	for _, text := range []string{"", "{", "[]", `{"cells": []}`, `{"cells": 3}`} {
		_, err := g.Grade(context.Background(), []byte(text))
		require.ErrorAs(t, err, &assignment.Unreadable{}, text)
	}
}
