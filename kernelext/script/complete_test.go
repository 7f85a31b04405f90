package script_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/script"
)

// cut takes the cursor, written as ‸, out of a source.
func cut(t *testing.T, src string) (string, int) {
	t.Helper()
	before, after, ok := strings.Cut(src, "‸")
	require.True(t, ok, "no cursor in %q", src)
	return before + after, len(before)
}

func texts(cs []script.Completion) []string {
	var out []string
	for _, c := range cs {
		out = append(out, c.Text)
	}
	return out
}

func TestComplete(t *testing.T) {
	e := script.New(script.Options{})
	require.NoError(t, e.Run(context.Background(), "1", `
myServing := Serving{Model: Llama3_8B, Hardware: H100, Batch: 8}
func myLatency(s Serving) Seconds { return s.Run().ITL }
type myType struct { Alpha int; beta float64 }
func (m myType) Double() int { return 2 * m.Alpha }
mine := myType{1, 2}
`))
	for _, c := range []struct {
		src   string
		first []string // the best, in order
		not   []string
	}{
		{"H10‸", []string{"H100"}, []string{"Llama3_8B"}},
		{"x := H10‸", []string{"H100"}, nil},
		{"my‸", []string{"myLatency", "myServing", "myType"}, []string{"mine"}},
		{"llama370‸", []string{"Llama3_70B"}, nil},
		{"mine.‸", []string{"Alpha", "beta", "Double"}, nil},
		{"myServing.Ba‸", []string{"Batch"}, nil},
		{"myServing.Run().Fi‸", []string{"Fits"}, []string{"Batch"}},
		{"x := 1\ny := myServing.Run().IT‸\nz := y", []string{"ITL"}, nil},
		{"myServing.Hardware.Na‸me", []string{"Name"}, nil},
		{"fmt.Println(myServing.Mod‸", []string{"Model"}, nil},
		{"for i := range myServing.Bat‸", []string{"Batch"}, nil},
		{"for i := range 3 {\n\tlocal := i\n\tfmt.Println(loc‸", []string{"local"}, nil},
		{"if myServing.Run().Fi‸", []string{"Fits"}, nil},
		{"func f(alpha int) int {\n\treturn alp‸\n}", []string{"alpha"}, nil},
		{"Serving{Model: Llama3_8B, ‸", []string{"Hardware"}, []string{"Model", "H100"}},
		{"Serving{\n\tModel: Llama3_8B,\n\tHardw‸\n}", []string{"Hardware"}, nil},
		{"Serving{Hardware: ‸}", []string{"A10"}, nil},
		{"Serving{Model: Llama3_8‸", []string{"Llama3_8B"}, nil},
		{"Evaluate(Llama3_8B, ‸)", []string{"A10"}, nil},
		{"var d Device = H‸", []string{"H100"}, nil},
		{"x := 3 * Seco‸", []string{"Second", "Seconds"}, nil},
		{"Sweep(myServing, \"Bat‸", []string{"Batch"}, nil},
		{"Sweep(myServing, \"Bat‸\", Pow2(1, 8))", []string{"Batch"}, nil},
		{"HardwareNamed(\"H1‸\")", []string{"H100"}, nil},
		{"strings.Rep‸", []string{"Repeat", "Replace"}, nil},
		{"math.‸", []string{"Abs"}, []string{"H100"}},
		{"hardware.‸", []string{"A10"}, []string{"HardwareNamed", "Half", "Llama3_8B"}},
		{"hardware.H1‸", []string{"H100"}, []string{"HardwareNamed"}},
		{"Evaluate(models.Llama3_8B, hardware.H1‸)", []string{"H100"}, nil},
		{"models.Llama3_8‸", []string{"Llama3_8B"}, []string{"H100"}},
		{"hardw‸", []string{"hardware"}, nil},
		{"hardware.H100.Mem‸", []string{"Memory"}, nil},
		{"x := 80 * units.G‸", []string{"GB"}, []string{"GPT2"}},
		{"hardware := mine\nhardware.Al‸", []string{"Alpha"}, nil},
		{"retu‸", []string{"return"}, nil},
		{"x := myServing\nx.Batch = 4\nx.‸\ny := 2", []string{"Model"}, nil},
	} {
		src, pos := cut(t, c.src)
		got := texts(e.Complete(src, pos))
		require.GreaterOrEqual(t, len(got), len(c.first), c.src)
		require.Equal(t, c.first, got[:len(c.first)], c.src)
		for _, n := range c.not {
			require.NotContains(t, got, n, c.src)
		}
	}
}

func TestCompleteNothing(t *testing.T) {
	e := script.New(script.Options{})
	for _, s := range []string{"// a comm‸", "x := 12‸", "\"just te‸xt\"", "`raw ‸", "nothing.‸", "x := 'a‸'", "zz_la‸"} {
		src, pos := cut(t, s)
		require.Empty(t, e.Complete(src, pos), s)
	}
	require.NotEmpty(t, e.Complete("", 0))
	require.NotEmpty(t, e.Complete("H", 99), "a cursor past the end is at the end")
}

// What completion sees does not change the session, and no cut of a program
// makes it fall over.
func TestCompleteEverywhere(t *testing.T) {
	e := script.New(script.Options{})
	src := "import \"math\"\n" + tenLines + "\nfunc f(x []int) (n int) { switch y := any(x).(type) { case []int: return len(y) }; return }\nServing{Batch: 3, Model: Model{Name: `é`}}\n"
	for pos := range len(src) {
		e.Complete(src[:pos], pos)
		e.Inspect(src[:pos], pos)
		e.Complete(src, pos)
	}
	require.NotContains(t, texts(e.Complete("bes", 3)), "best")
	require.NoError(t, e.Run(context.Background(), "x", tenLines))
}

func TestCompletionHasTypeAndDoc(t *testing.T) {
	e := script.New(script.Options{})
	for src, want := range map[string]script.Completion{
		"H100‸":          {Text: "H100", Kind: "var", Type: "Device", Doc: e.Complete("H100", 4)[0].Doc},
		"Serving{Batc‸}": {Text: "Batch", Kind: "field", Type: "int", Doc: "sequences decoded together"},
		"Pow‸":           {Text: "Pow2", Kind: "func", Type: "func(lo int, hi int) []float64", Doc: "Pow2 lists the powers of two from lo to hi."},
		"PassRes‸":       {Text: "PassResult", Kind: "type", Type: "struct", Doc: e.Complete("PassRes", 7)[0].Doc},
	} {
		src, pos := cut(t, src)
		got := e.Complete(src, pos)
		require.NotEmpty(t, got, src)
		require.Equal(t, want.Text, got[0].Text)
		require.Equal(t, want.Kind, got[0].Kind)
		require.Equal(t, want.Type, got[0].Type)
		if want.Kind == "func" {
			require.Equal(t, want.Doc, got[0].Doc)
		}
		require.NotEmpty(t, got[0].Doc, src)
	}
}

func TestInspect(t *testing.T) {
	e := script.New(script.Options{})
	require.NoError(t, e.Run(context.Background(), "1", "x := 80*GB\ntype T struct{ a int }\nv := T{3}"))
	require.NoError(t, e.Run(context.Background(), "2", "x := 81*GB"))
	ask := func(s string) script.Doc {
		src, pos := cut(t, s)
		d, ok := e.Inspect(src, pos)
		require.True(t, ok, s)
		return d
	}
	d := ask("x‸ + 1")
	require.Equal(t, "var x Bytes", d.Signature)
	require.Equal(t, "81 GB", fmt.Sprint(d.Value))
	require.Equal(t, "{3}", fmt.Sprint(ask("v‸").Value))

	d = ask("s := Singl‸eNode{}")
	require.Equal(t, "type SingleNode struct", d.Signature)
	require.Contains(t, d.Text, "T = max(F/(P·η), Q/(BW·η_m)) + O")
	require.Equal(t, script.Member{Name: "Model", Type: "Model", Help: "network"}, d.Fields[0])
	require.NotEmpty(t, d.Methods)

	d = ask("r := Evaluate(Llama3_8B, ‸")
	require.Equal(t, "func Evaluate(m Model, h Device) Scorecard", d.Signature)
	require.Equal(t, "type Serving struct", ask("Serving{Batch: 3, ‸").Signature)
	require.Equal(t, "field Batch int", ask("Serving{Bat‸ch: 3}").Signature)
	require.Equal(t, "sequences or samples per pass", ask("SingleNode{}.Bat‸ch").Text)
	require.True(t, ask("H1‸00").HasValue)
	require.Contains(t, ask("GB‸").Signature, "const GB Bytes = 1e+09")
	require.Equal(t, "func (SingleNode) Run() PassResult", ask("SingleNode{}.R‸un()").Signature)
	_, ok := e.Inspect("nowhere", 3)
	require.False(t, ok)
	_, ok = e.Inspect("", 0)
	require.False(t, ok)
}

func BenchmarkComplete(b *testing.B) {
	e := script.New(script.Options{})
	src := tenLines + "Serving{Model: L"
	for b.Loop() {
		require.NotEmpty(b, e.Complete(src, len(src)))
	}
}
