package script_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/script"
)

// A beginner's mistake is answered in its own line and column, with what to do.
func TestHints(t *testing.T) {
	for _, c := range []struct {
		src       string
		line, col int
		hint      string
	}{
		{"x := 1\ny := H1000", 2, 6, "did you mean H100, H200, H800?"},
		{"Llama3_8b", 1, 1, "did you mean Llama3_8B"},
		{"h100.Memory", 1, 1, "did you mean H100"},
		{"batchSize := 3\nbatchsize + 1", 2, 1, "did you mean batchSize"},
		{"func f(alpha float64) float64 {\n\treturn alhpa\n}", 2, 9, "did you mean alpha"},
		{"Println(3)", 1, 1, "did you mean fmt.Println?"},
		{"fmt.Printn(3)", 1, 5, "did you mean fmt.Print"},
		{"True", 1, 1, "did you mean true?"},
		{"qqqzzz = 3", 1, 1, "write := to make a new variable"},
		{"s := Serving{Modle: Llama3_8B}", 1, 14, "did you mean Model"},
		{"s := Serving{\n\tModel: Llama3_8B,\n\tBatchSize: 3,\n}", 3, 2, "did you mean Batch"},
		{"H100.Memroy", 1, 6, "did you mean Memory"},
		{"Serving{}.Run().Latency", 1, 17, "it has TTFT, ITL"},
		{"type T struct{ A, B int }\nT{1, 2}.Zulu", 2, 9, "it has A, B"},
		{"80*GB + 3*Second", 1, 1, "both sides need the same unit; a.Per(b) gives ByteRate for Bytes a"},
		{"80*GB / (3*TBps)", 1, 1, "a.Over(b) gives Seconds for Bytes a"},
		{"n := 3\nn * 80*GB", 2, 1, "a.Times(float64(b)) gives Bytes for Bytes a"},
		{"n := 3\nf := 2.5\nn * f", 3, 1, "convert one side: float64(...)"},
		{"var b Bytes = \"80 GB\"", 1, 15, "write a number times a unit"},
		{"for i in range(3):\n  x", 1, 7, "write for i := range 10 { ... }"},
		{"x := 3 ** 2", 1, 11, "use math.Pow(x, y)"},
		{"x := 3 # three", 1, 8, "comments start with //"},
		{"x := 'text'", 1, 6, "text stands in double quotes"},
		{"import numpy as np", 1, 1, "the lab names need no import"},
		{"if 3 > 2:\n  x := 1", 1, 9, "a block stands in braces"},
	} {
		t.Run(c.src, func(t *testing.T) {
			errs := script.Check("lab", c.src)
			require.NotEmpty(t, errs)
			require.Contains(t, errs[0].Hint, c.hint, errs[0].Error())
			require.Equal(t, []int{c.line, c.col}, []int{errs[0].Line, errs[0].Col}, errs[0].Error())
		})
	}
}
