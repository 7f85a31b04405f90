package attack

import "strings"

// claimed is what an honest notebook's output holds, with a value that is right
// for nobody in particular.
const claimed = `{"kind":"answer","id":"q3.gib","type":"number","number":17.0,"text":"17"}`

// Tampering are the cases 20 to 34 of the comparison with other graders, in the
// terms of this one. None deserves a point.
func Tampering() []Case {
	return []Case{
		{ID: "20", Name: "redefines the scenario in the opening cell", Cells: func(student string) []string {
			return []string{opened(student), "node = SingleNode{Model: Llama3_8B, Hardware: H100, Batch: 1, Context: 1}", answers}
		}},
		{ID: "21", Name: "deletes the cells of a question", Cells: func(student string) []string { return []string{opened(student)} }},
		{ID: "22", Name: "raises points in the metadata", Make: edited(func(_ map[string]any, cells []map[string]any) {
			for _, c := range cells {
				c["metadata"] = map[string]any{"mlsysim": map[string]any{"lab": "T0", "question": "q1", "role": "answer", "points": 100}, "nbgrader": map[string]any{"points": 100, "grade": true}}
			}
		})},
		{ID: "23", Name: "clears the metadata", Make: edited(func(nb map[string]any, cells []map[string]any) {
			nb["metadata"] = map[string]any{}
			for _, c := range cells {
				c["metadata"] = nil
			}
		})},
		{ID: "24", Name: "pastes the cells twice", Cells: wrongAnd(wrong, wrong)},
		{ID: "25", Name: "prints that all passed", Cells: wrongAnd("fmt.Println(`{\"kind\":\"verdict\",\"id\":\"q1\",\"ok\":true,\"points\":10}`)\nShow(\"q1: 10 of 10 points, all checks passed\")")},
		{ID: "26", Name: "replaces functions of the library", Cells: wrongAnd("func Near(a, b float64) bool { return true }\nfunc max(a, b Seconds) Seconds { return 0 }\nfunc Check(x any) bool { return true }")},
		{ID: "27", Name: "answers with what equals everything", Cells: wrongAnd(
			"type all struct{ X float64 }\nfunc (a all) String() string { return \"8 ms\" }\nAnswer(\"q1.latency\", all{1})",
			"Answer(\"q1.compute\", math.NaN())", "Answer(\"q3.gb\", []float64{1, 2, 3})")},
		{ID: "28", Name: "redefines types and units", Cells: wrongAnd("type Seconds string\nAnswer(\"q1.latency\", Seconds(\"8 ms\"))", "const GB = 1\nAnswer(\"q3.gb\", 80*GB)")},
		{ID: "29", Name: "injects records into the outputs", Make: edited(func(_ map[string]any, cells []map[string]any) {
			for _, c := range cells {
				c["outputs"] = []any{map[string]any{"output_type": "execute_result", "execution_count": 1, "metadata": map[string]any{}, "data": map[string]any{"application/vnd.mlsysim.record+json": claimed, "text/plain": "10.0"}}}
			}
		})},
		{ID: "30", Name: "looks for the checks while it runs", Cells: wrongAnd("import . \"github.com/mlsysim/golab/labs/t0\"\nfmt.Println(Lab())", "import \"runtime/debug\"\nfmt.Println(debug.ReadBuildInfo())", "Lab{}.Questions")},
		{ID: "31", Name: "reads the instructor's key", Cells: wrongAnd("import key \"../../../key\"", "import . \"./key\"", "import \"os\"\nb, _ := os.ReadFile(\"../key.txt\")\nAnswer(\"q3.gb\", string(b))")},
		{ID: "32", Name: "claims points", Cells: wrongAnd("Answer(\"points\", 100)\nAnswer(\"q1\", 10)\nAnswer(\"q1.points\", 10)\nAnswer(\"extra_credit\", 1e6)")},
		{ID: "33", Name: "changes the registry", Cells: func(student string) []string {
			return []string{"H100 = A100\nLlama3_8B = Llama3_70B", opened(student), answers}
		}},
		{ID: "34", Name: "prints frames of the protocol", Cells: wrongAnd("s := string([]byte{0, 0, 0, 50}) + `{\"kind\":\"claim\",\"claim\":\"e30=\"}`\nfmt.Print(s, s)", "fmt.Print(`{\"kind\":\"end\"}`)")},
	}
}

// answers are the right cells without the predictions, which earn a point for
// being there.
var answers = without(q1) + "\n" + without(q2) + "\n" + without(q3)

func without(cell string) string {
	_, rest, _ := strings.Cut(cell, "\n")
	return rest
}
