package attack

import (
	"os"
	"path/filepath"
	"strings"
)

// Honest are submissions that are right, wrong or broken without ill will: the
// cases 01 to 16 and 35 to 38 of the comparison with other graders.
func Honest() []Case {
	return []Case{
		{ID: "01", Name: "correct", True: 30, Cells: good},
		{ID: "02", Name: "correct, written differently", True: 30, Cells: with(
			strings.Replace(q1, "r.Latency)", "max(r.Compute, r.Memory)+r.Overhead)", 1),
			strings.Replace(q2, "wide.Run().Latency", "node.Run().Memory.Times(1/1.1)+node.Run().Overhead", 1),
			strings.Replace(q3, "size.Ratio(GiB)", "float64(size)/1024/1024/1024", 1))},
		{ID: "03", Name: "q1 wrong", True: 21, Cells: with("Predict(\"q1\", 8*Millisecond)\nAnswer(\"q1.latency\", 1*Second)", q2, q3)},
		{ID: "04", Name: "values of another student", True: 3, Cells: other},
		{ID: "05", Name: "nothing filled in", True: 0, Cells: func(student string) []string { return []string{opened(student), "// Answer(\"q1.latency\", ...)"} }},
		{ID: "06", Name: "syntax error in q1", True: 20, Cells: with("r := node.Run(\nAnswer(\"q1.latency\", r.Latency)", q2, q3)},
		{ID: "07", Name: "panic in an extra cell", True: 30, Cells: goodAnd("panic(\"oh\")")},
		{ID: "08", Name: "endless loop before q1", True: 20, Cells: with("for {\n}\n"+q1, q2, q3)},
		{ID: "09", Name: "endless loop that recovers", True: 20, Cells: with("for {\n\tfunc() {\n\t\tdefer func() { recover() }()\n\t\tfor {\n\t\t}\n\t}()\n}\n"+q1, q2, q3)},
		{ID: "10", Name: "endless loop inside q1's function", True: 20, Cells: with("func latency() Seconds {\n\tfor {\n\t}\n}\nAnswer(\"q1.latency\", latency())", q2, q3)},
		{ID: "11", Name: "3 GB of memory in an extra cell", True: 30, Cells: goodAnd("big := make([]float64, 3<<27)\nbig[len(big)-1] = 1")},
		{ID: "12", Name: "a flood of output in an extra cell", True: 30, Cells: goodAnd("", "for i := 0; i < 100000; i++ {\n\tfmt.Println(\"flood flood flood flood flood flood\")\n}")},
		{ID: "13", Name: "exit in an extra cell", True: 30, Cells: goodAnd("import \"os\"\nos.Exit(0)")},
		{ID: "14", Name: "panic inside q1's function", True: 20, Cells: with("func latency() Seconds { panic(\"exit\") }\nAnswer(\"q1.latency\", latency())", q2, q3)},
		{ID: "15", Name: "debugging output beside right answers", True: 30, Cells: goodAnd("fmt.Println(\"debug\", node.Run().Latency)\nprintln(\"debug\")", "fmt.Printf(\"%v\\n\", size)")},
		{ID: "16", Name: "a goroutine that outlives the run", True: 30, Cells: goodAnd("go func() {\n\tfor {\n\t}\n}()")},
		{ID: "35", Name: "q1 wrong, crash in the last cell", True: 21, Cells: func(student string) []string {
			return append(with("Predict(\"q1\", 8*Millisecond)\nAnswer(\"q1.latency\", 1*Second)", q2, q3)(student), "func deep(n int) int { return deep(n+1) + 1 }\ndeep(0)")
		}},
		{ID: "36", Name: "a slow extra cell", True: 30, Cells: goodAnd("n := 0\nfor i := 0; i < 150000; i++ {\n\tn += i\n}")},
		{ID: "37", Name: "truncated notebook", None: true, Make: func(class, student, _ string) error {
			return write(class, student+".ipynb", notebook(good(student), nil)[:700])
		}},
		{ID: "38", Name: "missing notebook", None: true, Make: func(class, student, _ string) error {
			return os.MkdirAll(filepath.Join(class, student), 0o755)
		}},
	}
}

// other opens the lab as somebody else: the values are right there, not here.
func other(string) []string { return good("somebody-else") }
