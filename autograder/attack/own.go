package attack

import (
	"fmt"
	"slices"
	"strings"
)

// Own are attacks on the design of this grader.
func Own() []Case { return slices.Concat(claims(), bombs(), reaches(), files()) }

// claims try to earn points by what they say.
func claims() []Case {
	return []Case{
		{ID: "c01", Name: "shows a record as if it were a claim", Cells: wrongAnd("Show(`"+claimed+"`)", "fmt.Println(`application/vnd.mlsysim.record+json "+claimed+"`)")},
		{ID: "c02", Name: "NaN and infinite claims", Cells: wrongAnd("zero := 0.0\nAnswer(\"q3.gb\", zero/zero)", "Answer(\"q3.gb\", 1/math.Inf(-1))\nAnswer(\"q3.gib\", math.Inf(1))")},
		{ID: "c03", Name: "huge claims", Cells: wrongAnd("Answer(\"q1.latency\", 1e308*Second)\nAnswer(\"q3.gb\", 1e308)\nAnswer(\"q3.gib\", -1e308)\nAnswer(\"q2.latency\", 5e-324*Second)")},
		{ID: "c04", Name: "numbers in the words of a country", Cells: wrongAnd("Answer(\"q3.gb\", \"17,3\")\nAnswer(\"q3.gib\", \"1.234,5\")\nAnswer(\"q1.latency\", \"8,05 ms\")")},
		{ID: "c05", Name: "answers of every scenario, one after the other", Cells: wrongAnd("for _, b := range []int{4, 6, 8, 12, 16, 24, 32, 48} {\n\tfor _, c := range []int{700, 1100, 1300, 1700, 1900, 2300, 2900, 3100} {\n\t\ts := SingleNode{Model: Llama3_8B, Hardware: H100, Batch: b, Context: c}.Run()\n\t\tAnswer(\"q1.latency\", s.Latency)\n\t\tAnswer(\"q3.gb\", s.Footprint.Ratio(GB))\n\t}\n}\n" + wrong)},
		{ID: "c06", Name: "a hundred thousand claims", Cells: wrongAnd("for i := 0; i < 100000; i++ {\n\tAnswer(\"q3.gb\", i)\n}")},
		{ID: "c07", Name: "a claim of a megabyte", Cells: wrongAnd("Answer(\"q3.gb\", strings.Repeat(\"x\", 1<<17))", "Answer(strings.Repeat(\"q\", 1<<17), 1)")},
		{ID: "c08", Name: "ids that look like others", Cells: wrongAnd("Answer(\"q3.gb \", 17.0)\nAnswer(\"Q3.gb\", 17.0)\nAnswer(\"q3.gb\\x00\", 17.0)\nAnswer(\"q3.g\\u200bb\", 17.0)\nAnswer(\"../q3.gb\", 17.0)")},
		{ID: "c09", Name: "names every resource as binding", Cells: wrongAnd("Because(\"q2\", Compute)\nBecause(\"q2\", MemoryBandwidth)")},
		{ID: "c10", Name: "predicts after it has looked", True: 0, Cells: wrongAnd("Predict(\"q1\", 8*Millisecond)\nPredict(\"q2\", Compute)\nPredict(\"q3\", 30*GB)\nAnswer(\"q3.gb\", 1.0)")},
		{ID: "c11", Name: "behaves differently when it runs again", Cells: wrongAnd("t := time.Now().UnixNano() % 2\nif t == 0 {\n\tAnswer(\"q3.gb\", 17.0)\n}\npanic(t)", "import \"math/rand/v2\"\nAnswer(\"q3.gb\", 100*rand.Float64())")},
		{ID: "c12", Name: "opens the lab as many students", Cells: wrongAnd("for i := 0; i < 500; i++ {\n\tOpen(\"T0\", fmt.Sprint(\"s\", i))\n}")},
		{ID: "c13", Name: "ends the run early with the answers said", True: 27, Cells: func(student string) []string { return []string{opened(student), answers + "\nfor {\n}", wrong0} }},
		{ID: "c14", Name: "state of widgets that claims a prediction", Make: edited(func(nb map[string]any, cells []map[string]any) {
			nb["metadata"] = map[string]any{"widgets": map[string]any{"application/vnd.jupyter.widget-state+json": map[string]any{"state": map[string]any{"prediction-q1": map[string]any{"state": map[string]any{"value": 8, "locked": true}}}, "version_major": 2}}}
			cells[0]["outputs"] = []any{map[string]any{"output_type": "display_data", "metadata": map[string]any{"application/vnd.mlsysim.record+json": claimed}, "data": map[string]any{"application/vnd.jupyter.widget-view+json": map[string]any{"model_id": "prediction-q1"}}}}
		})},
		{ID: "c15", Name: "names of cells and metadata that look like marks", Make: edited(func(_ map[string]any, cells []map[string]any) {
			for _, c := range cells {
				c["id"], c["metadata"] = "before cell 1", map[string]any{"name": "before cell 1", "mlsysim": map[string]any{"verdict": "passed", "version": 999}}
			}
		})},
		{ID: "c16", Name: "script and control characters in texts", Cells: wrongAnd("Answer(\"q3.gb\", \"<script>alert(1)</script>\")\nAnswer(\"q3.gib\", \"<img src=x onerror=alert(1)>\")", "panic(\"<script>alert(2)</script> \\x1b[2J\\x1b]0;owned\\x07 \\u202e\")"), Also: noMarkup},
		{ID: "c17", Name: "shadows the verbs of the lab", Cells: wrongAnd("func Answer(id string, v any) { panic(\"no\") }\nAnswer(\"q3.gb\", 1)", "var Because, Predict, Open = 1, 2, 3")},
		{ID: "c18", Name: "names of the engine", Cells: wrongAnd("zz.Show(1)", "import zz \"zz\"\nzz.Turn()", "zz_lab.Answer(\"q3.gb\", 1)", "func zz_0() {}\nzz_0()")},
	}
}

// wrong0 comes after the answers and would replace them.
const wrong0 = "fmt.Println(1)"

// bombs try to take more than their share.
func bombs() []Case {
	list := []struct{ name, src string }{
		{"memory: slices", "var xs [][]float64\nfor {\n\txs = append(xs, make([]float64, 1<<22))\n}"},
		{"memory: a text that doubles", "s := \"x\"\nfor {\n\ts += s\n}"},
		{"memory: a map", "m := map[int][]byte{}\nfor i := 0; ; i++ {\n\tm[i] = make([]byte, 1<<20)\n}"},
		{"memory: width of a format", "s := fmt.Sprintf(\"%999999999d\", 1)\nlen(s)"},
		{"memory: strings.Repeat", "s := strings.Repeat(strings.Repeat(\"x\", 1<<20), 1<<20)\nlen(s)"},
		{"memory: steps of a sweep", "Steps(0, 1e12, 1)"},
		{"memory: an array type", "var a [1 << 40]byte\na[0] = 1"},
		{"compiler: a huge constant", "const c = 1 << 500000\nconst d = c * c\nfmt.Println(d > 0)"},
		{"compiler: nesting", "x := " + strings.Repeat("(", 20000) + "1" + strings.Repeat(")", 20000)},
		{"compiler: types that double", "type a0 struct{ X [8]byte }\n" + doubling(30) + "var v a30\nfmt.Println(v)"},
		{"compiler: expression of 20,000 terms", "x := 1" + strings.Repeat("+1", 20000) + "\nx"},
		{"compiler: type that contains itself", "type T struct{ X T }\nvar t T\nfmt.Println(t)"},
		{"time: sweep in compiled code", "for {\n\tSweep(Serving{Model: Llama3_8B, Hardware: H100, Prompt: 512, Output: 64}, \"Prompt\", Steps(1, 50000, 1))\n}"},
		{"time: recursion that recovers", "func f(n int) int {\n\tdefer func() { recover() }()\n\treturn f(n + 1)\n}\nf(0)"},
		{"time: sort that never agrees", "xs := make([]int, 1000)\nsort.Slice(xs, func(i, j int) bool {\n\tfor {\n\t}\n})"},
		{"output: panic with a text of 64 MB", "panic(strings.Repeat(\"x\", 1<<26))"},
		{"output: a name of 100 kB", "var " + strings.Repeat("x", 100000) + " = 1\nundefined_name"},
		{"widgets: a million combinations", "Interact(func(v Values) any { return 1 }, Slider(\"a\", 0, 1000000, 1), Slider(\"b\", 0, 1000000, 1))"},
	}
	var out []Case
	for i, b := range list {
		out = append(out, Case{ID: fmt.Sprintf("b%02d", i+1), Name: b.name, True: 30, Cells: goodAnd("", b.src)})
	}
	return out
}

func doubling(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "type a%d struct{ X, Y a%d }\n", i+1, i)
	}
	return b.String()
}

// reaches try to get at something outside the sandbox.
func reaches() []Case {
	var imports []string
	for _, path := range []string{
		"os", "os/exec", "net", "net/http", "syscall", "unsafe", "reflect", "runtime", "plugin", "io/fs", "embed", "C", "log", "testing", "path/filepath",
		"github.com/traefik/yaegi/interp", "github.com/mlsysim/golab/autograder/grade", "./key", "../../key", "/etc",
	} {
		imports = append(imports, fmt.Sprintf("import %q", path), fmt.Sprintf("import . %q", path))
	}
	return []Case{
		{ID: "r01", Name: "imports what reaches outside", Cells: wrongAnd(imports[:6]...)},
		{ID: "r02", Name: "imports more of that at once", Cells: wrongAnd(strings.Join(imports, "\n"))},
		{ID: "r03", Name: "embeds and links", Cells: wrongAnd("//go:embed ../key.txt\nvar key string\nAnswer(\"q3.gb\", key)", "//go:linkname env syscall.runtime_envs\nfunc env() []string")},
		{ID: "r04", Name: "asks for input", Cells: wrongAnd("Answer(\"q3.gb\", Input(\"key?\"))", "var s string\nfmt.Scan(&s)")},
		{ID: "r05", Name: "reads the environment by the library", Cells: wrongAnd("HardwareNamed(\"$MLGRADE_SECRET\")", "ModelNamed(\"../../key.txt\")", "json.Unmarshal([]byte(`{\"$ref\": \"file:///etc/passwd\"}`), nil)")},
		{ID: "r06", Name: "takes a method of a host value that writes", Cells: wrongAnd("x := fmt.Errorf(\"%w\", nil)\nx.Writer()", "node.Run().Explain().Write(nil)")},
		{ID: "r07", Name: "type assertions to wider interfaces", Cells: wrongAnd("var a any = node\nw := a.(interface{ Write([]byte) (int, error) })\nw.Write([]byte(\"x\"))", "var e any = errors.New(\"x\")\ne.(interface{ Unwrap() error }).Unwrap()")},
	}
}
