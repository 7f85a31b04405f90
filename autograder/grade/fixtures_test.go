package grade_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/labs"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/units"
)

// The submissions of testdata/t0 are real files. -update writes them anew from
// the student notebook of the lab, filled in as each student did.
var update = flag.Bool("update", false, "write the sample submissions anew")

const class = "../testdata/t0"

// work is what one student put into the cells: "q1 answer" -> source. The key
// "open" replaces the first cell.
type work map[string]string

const (
	goodQ1 = "r := node.Run()\nAnswer(\"q1.compute\", r.Compute)\nAnswer(\"q1.memory\", r.Memory)\nAnswer(\"q1.overhead\", r.Overhead)\nAnswer(\"q1.latency\", r.Latency)"
	goodQ2 = "wide := node\nwide.Hardware.Bandwidth = node.Hardware.Bandwidth.Times(1.1)\nAnswer(\"q2.latency\", wide.Run().Latency)"
	why    = "Because(\"q2\", MemoryBandwidth)"
	goodQ3 = "size := node.Run().Footprint\nAnswer(\"q3.gb\", size.Ratio(GB))\nAnswer(\"q3.gib\", size.Ratio(GiB))"
)

// good is a right submission with some cells changed.
func good(changes work) work {
	w := work{
		"q1 predict": "Predict(\"q1\", 8*Millisecond)", "q1 answer": goodQ1,
		"q2 predict": "Predict(\"q2\", Compute)", "q2 answer": goodQ2, "q2 because": why,
		"q3 predict": "Predict(\"q3\", 30*GB)", "q3 answer": goodQ3,
	}
	for cell, source := range changes {
		w[cell] = source
	}
	return w
}

// notebooks are the students who hand in a notebook.
var notebooks = map[string]work{
	"correct": good(nil),
	"equivalent": good(work{
		"q1 answer": `card := Evaluation{Model: Llama3_8B, Hardware: H100, Batch: batch, Context: tokens}.Run()
parts := []Seconds{card.Pass.Compute, card.Pass.Memory}
longest := 0 * Second
for _, p := range parts {
	if p > longest {
		longest = p
	}
}
Answer("q1.latency", longest + card.Pass.Overhead)
Answer("q1.compute", parts[0])
Answer("q1.memory", card.Pass.Traffic.Over(H100.Bandwidth))
Answer("q1.overhead", card.Pass.Latency - longest)`,
		"q2 answer": `card := node.Run()
Answer("q2.latency", card.Memory.Times(1/1.1) + card.Overhead)`,
		"q3 answer": `perToken := 2.0 * 32 * 8 * 128 * 2 // keys and values, layers, heads, width, two bytes
bytes := node.Run().Weights + Bytes(perToken*float64(batch)*float64(tokens))
Answer("q3.gib", float64(bytes)/1024/1024/1024)
Answer("q3.gb", float64(bytes)/1e9)`,
	}),
	"wrong_unit": good(work{"q3 answer": "size := node.Run().Footprint\nAnswer(\"q3.gb\", size.Ratio(GB))\nAnswer(\"q3.gib\", size.Ratio(GB)) // a gigabyte is a gigabyte"}),
	"bits":       good(work{"q3 answer": "size := node.Run().Footprint\nAnswer(\"q3.gb\", 8*size.Ratio(GB))\nAnswer(\"q3.gib\", size.Ratio(GiB))"}),
	"added_up":   good(work{"q1 answer": strings.Replace(goodQ1, "r.Latency", "r.Compute+r.Memory+r.Overhead", 1)}),
	"guesser": good(work{
		"q1 answer": "Answer(\"q1.latency\", 5*Millisecond)", "q2 answer": "Answer(\"q2.latency\", node.Run().Latency)",
		"q2 because": "Because(\"q2\", Compute)", "q3 answer": "Answer(\"q3.gb\", node.Run().Footprint)",
	}),
	"other_id":      good(work{"open": "correct"}),
	"no_compile":    good(work{"q1 answer": "r := node.Run()\nAnswer(\"q1.latency\", r.Latency + 80*GB)"}),
	"infinite_loop": good(work{"q2 answer": "n := 0\nfor n >= 0 {\n\tn++\n}\n" + goodQ2}),
	"recursion":     good(work{"q3 answer": "func size(n int) int { return size(n+1) + 1 }\nAnswer(\"q3.gb\", size(0))"}),
	"flood":         good(work{"q1 explore": "for {\n\tfmt.Println(\"flood flood flood flood flood flood flood flood\")\n}"}),
	"early_exit":    good(work{"q2 answer": "import \"os\"\nos.Exit(0)"}),
	"blank":         {},
	"forged": {
		"q1 answer":  "fmt.Println(`{\"kind\":\"verdict\",\"id\":\"q1\",\"ok\":true,\"points\":10}`)\nShow(\"q1: 10 of 10 points, all checks passed\")\nAnswer(\"q1.latency\", 1e300*Second)",
		"q2 answer":  "Answer(\"q2.points\", 10)\nAnswer(\"points\", 100)\nAnswer(\"q2.latency\", 0*Second)",
		"q2 because": why,
		"q3 answer":  "Show(\"application/vnd.mlsysim.record+json\")\nAnswer(\"q3.gib\", \"graded\")",
	},
}

// copied types over what the student "correct" sees on the screen.
func copied(l labs.Lab) work {
	d := l.Draw("correct")
	s := node(d.Int("batch"), d.Int("context"))
	r, faster := s.Run(), s
	faster.Hardware.Bandwidth = s.Hardware.Bandwidth.Times(1.1)
	ms := func(t units.Seconds) string { return fmt.Sprintf("%.4g*Millisecond", t.Ratio(units.Millisecond)) }
	return good(work{
		"q1 answer": fmt.Sprintf("Answer(\"q1.compute\", %s)\nAnswer(\"q1.memory\", %s)\nAnswer(\"q1.overhead\", %s)\nAnswer(\"q1.latency\", %s)",
			ms(r.Compute), ms(r.Memory), ms(r.Overhead), ms(r.Latency)),
		"q2 answer": fmt.Sprintf("Answer(\"q2.latency\", %s)", ms(faster.Run().Latency)),
		"q3 answer": fmt.Sprintf("Answer(\"q3.gb\", %.4g)\nAnswer(\"q3.gib\", %.4g)", r.Footprint.Ratio(units.GB), r.Footprint.Ratio(units.GiB)),
	})
}

func node(batch, context int) compute.SingleNode {
	return compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: batch, Context: context}
}

// files are the submissions that are not filled-in notebooks.
func files(l labs.Lab) map[string]string {
	script := func(student, more string) string { return labs.Worked(l, student) + more }
	return map[string]string{
		"script.lab":           script("script", ""),
		"folder/notes.ipynb":   fill(l, "folder", good(nil)),
		"memory_bomb.lab":      strings.Replace(script("memory_bomb", ""), "// q2", "var hoard [][]float64\nfor {\n\thoard = append(hoard, make([]float64, 1<<22))\n}\n\n// q2", 1),
		"goroutine_panic.lab":  script("goroutine_panic", "\ngo func() { panic(\"away\") }()\n"),
		"solver_error.lab":     strings.Replace(script("solver_error", ""), "// q3", "node.Batch = 0 - 4\nnode.Run()\n\n// q3", 1),
		"truncated.ipynb":      fill(l, "truncated", good(nil))[:3000],
		"empty.ipynb":          "",
		"twice_over.lab":       script("twice_over", ""),
		"twice_over.ipynb":     fill(l, "twice_over", good(nil)),
		"duplicate_keys.ipynb": `{"nbformat": 4, "cells": [], "cells": [{"cell_type": "code", "source": "Answer(\"q1\", 1)"}]}` + "\n",
	}
}

// fill completes the student notebook of a lab.
func fill(l labs.Lab, student string, w work) string {
	var nb map[string]any
	if err := json.Unmarshal(labs.Notebook(l), &nb); err != nil {
		panic(err)
	}
	id := student
	if w["open"] != "" {
		id = w["open"]
	}
	for _, c := range nb["cells"].([]any) {
		cell := c.(map[string]any)
		if cell["cell_type"] != "code" {
			continue
		}
		mark := cell["metadata"].(map[string]any)["mlsysim"].(map[string]any)
		key := mark["question"].(string) + " " + mark["role"].(string)
		if src, ok := w[key]; ok {
			cell["source"] = strings.SplitAfter("//gonb:%%\n"+src, "\n")
		}
		if key == " open" {
			for i, line := range cell["source"].([]any) {
				cell["source"].([]any)[i] = strings.Replace(line.(string), "your-id", id, 1)
			}
		}
		if student == "forged" {
			forge(cell, mark)
		}
	}
	out, err := json.MarshalIndent(nb, "", " ")
	if err != nil {
		panic(err)
	}
	return string(out) + "\n"
}

// forge edits what an honest notebook says about itself.
func forge(cell, mark map[string]any) {
	mark["points"], mark["verdict"], mark["version"] = 100, "passed", 999
	cell["metadata"].(map[string]any)["nbgrader"] = map[string]any{"grade": true, "points": 100, "grade_id": mark["question"], "schema_version": 3, "locked": false, "solution": false}
	cell["outputs"] = []any{map[string]any{
		"output_type": "display_data", "metadata": map[string]any{},
		"data": map[string]any{"application/vnd.mlsysim.record+json": `{"kind":"answer","id":"q3.gib","type":"number","number":17.0}`, "text/plain": "all checks passed"},
	}}
}

func submissions(l labs.Lab) map[string]string {
	all := files(l)
	for student, w := range notebooks {
		all[student+".ipynb"] = fill(l, student, w)
	}
	all["copied.ipynb"] = fill(l, "copied", copied(l))
	return all
}

func TestSubmissionsAreCurrent(t *testing.T) {
	l, err := labs.Find("T0")
	require.NoError(t, err)
	for name, data := range submissions(l) {
		path := filepath.Join(class, filepath.FromSlash(name))
		if *update {
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, []byte(data), 0o644))
		}
		have, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, data, string(have), "%s is not current: go test ./autograder/grade -update", name)
	}
}
