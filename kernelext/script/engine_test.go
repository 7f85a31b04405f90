package script_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/script"
	"github.com/mlsysim/golab/kernelext/script/internal/demo"
)

// session is an engine whose output and shown values a test reads.
type session struct {
	*script.Engine
	out   bytes.Buffer
	shown []string
}

func newSession(opt script.Options) *session {
	s := &session{}
	opt.Stdout, opt.Prelude = &s.out, demo.Prelude()
	opt.Show = func(v any) { s.shown = append(s.shown, fmt.Sprint(v)) }
	s.Engine = script.New(opt)
	return s
}

func TestRunLab(t *testing.T) {
	s := newSession(script.Options{})
	err := s.Run(context.Background(), "lab", `
weights := 80*GB
weights.Over(H100.Rate)
for i := range 3 {
	fmt.Println(i, max(weights, 100*GB))
}
func kv(n int) Bytes { return Bytes(n) * GB }
r := Stream{Data: kv(2), Device: H100}.Run()
r
r.Fits
H100.Memory = 1*GB
`)
	require.NoError(t, err)
	require.Equal(t, "0 100 GB\n1 100 GB\n2 100 GB\n", s.out.String())
	require.Equal(t, []string{"0.023880597014925373 s", "{0.0005970149253731343 s true}", "true"}, s.shown)
}

func TestRunLibrary(t *testing.T) { // the real prelude
	var out bytes.Buffer
	var shown []string
	e := script.New(script.Options{Stdout: &out, Show: func(v any) { shown = append(shown, fmt.Sprintf("%T", v)) }})
	require.NoError(t, e.Run(context.Background(), "lab", `
s := Serving{Model: Llama3_8B, Hardware: H100, Prompt: 2048, Output: 256, Batch: 32}
r := s.Run()
r.ITL
front := Sweep(s, "Batch", Pow2(1, 64))
front
fmt.Println(80*GB, r.ITL > 0)
`))
	require.Equal(t, "80 GB true\n", out.String())
	require.Equal(t, []string{"units.Seconds", "search.Front"}, shown)
}

func TestRunErrors(t *testing.T) {
	for _, c := range []struct {
		name, src, want string
		kind            script.Kind
	}{
		{"unit mistake", "x := 1\n\n  y := 80*GB + 3*TBps\n", "lab:3:8: invalid operation: 80 * GB + 3 * TBps (mismatched types Bytes and ByteRate)", script.Type},
		{"argument", "Stream{Data: H100}", "lab:1:14: cannot use H100 (variable of struct type Device) as Bytes value in struct literal", script.Type},
		{"unknown name", "x := H1000", "lab:1:6: undefined: H1000", script.Type},
		{"missing return", "func f() int {\n}\n", "lab:2:1: missing return", script.Type},
		{"half an expression", "1 +", "lab:1:4: expected operand, found the end of the script", script.Syntax},
		{"no value", "x := ", "lab:1:6: expected operand, found the end of the script", script.Syntax},
		{"nil pointer", "type T struct{ x int }\nvar p *T\n\np.x = 2", "lab:4: nil pointer or function", script.Runtime},
		{"nil function", "var f func()\n\nf()", "lab:3: nil pointer or function", script.Runtime},
		{"nil map", "var m map[string]int\n\nm[\"a\"] = 1", "lab:3: assignment to entry in nil map", script.Runtime},
		{"closing bracket", "x := 1\n}", "lab:2:1: unexpected }", script.Syntax},
		{"late variable", "fmt.Println(x)\nx := 1", "lab:1:13: undefined: x", script.Type},
		{"late variable in function", "f()\nfunc f() { fmt.Println(x) }\nx := 1", "lab:1:1: f uses a variable that is declared further down", script.Type},
		{"goroutine", "go fmt.Println(1)", "lab:1:1: go statements are not part of the lab language", script.Profile},
		{"channel", "x := make(chan int)", "lab:1:11: channels are not part of the lab language", script.Profile},
		{"main", "func main() {}", "lab:1:1: func main is not part of the lab language", script.Profile},
		{"open defer", "defer fmt.Println(1)", "lab:1:1: defer needs a function that ends", script.Profile},
		{"import", "import \"os\"", "lab:1:1: package os is not part of the lab language", script.Profile},
		{"relative import", "import \"./x\"", "lab:1:1: package ./x is not part of the lab language", script.Profile},
		{"reserved", "zz_lab := 1", "lab:1:1: names that start with zz belong to the engine", script.Profile},
		{"own type in any", "type T struct{ A int }\nxs := []any{T{1}}", "lab:2:13: an any cannot hold your own type T", script.Profile},
		{"own type to the lab", "type T float64\nAnswer(\"q\", T(1))", "lab:2:13: Answer cannot take your own type T", script.Profile},
		{"error method", "type E int\nfunc (e E) Error() string { return \"\" }", "lab:2:12: a method named Error on your own type would be ignored", script.Profile},
		{"own interfaces compared", "type I interface{ M() }\nfunc f(a, b I) bool { return a == b }", "lab:2:30: values of interface type I cannot be compared", script.Profile},
		{"own interface as a key", "type I interface{ M() }\nm := map[I]int{}", "lab:2:10: values of interface type I cannot be compared", script.Profile},
		{"nil case", "type I interface{ M() }\nvar i I\nswitch i.(type) {\ncase nil:\n}", "lab:4:6: case nil for your own interface is not part of the lab language", script.Profile},
		{"interface case", "type I interface{ M() }\ntype J interface{ N() }\nvar i I\nswitch i.(type) {\ncase J:\n}", "lab:5:6: an interface as a case for your own interface is not part of the lab language", script.Profile},
		{"index", "xs := []int{1}\ni := 3\nxs[i]", "lab:3: index out of range", script.Runtime},
		{"division", "z := 0\n\nfmt.Println(1 / z)", "lab:3: integer divide by zero", script.Runtime},
		{"panic in function", "func f() {\n\n\tpanic(\"no\")\n}\nf()", "lab:3: no", script.Runtime},
		{"solver", "r := Stream{Data: -5}.Run()", "lab:1: lab.Stream: Data = -5: want at least 0", script.Runtime},
		{"recursion", "func f(n int) int { return f(n+1) }\nf(0)", "lab:1: stopped more than 2000 calls deep", script.Budget},
		{"loop", "for {\n}", "lab:1: stopped after 1000000 steps", script.Budget},
		{"host loop over a callback", "Forever(func() {})", "lab:1: stopped after 1000000 steps", script.Budget},
		{"recovered budget", "func f() {\n defer func() { recover() }()\n for {\n }\n}\nf()", "lab:3: stopped after 1000000 steps", script.Budget},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := newSession(script.Options{Steps: 1_000_000}).Run(context.Background(), "lab", c.src)
			var e *script.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, c.want, e.Error())
			require.Equal(t, c.kind, e.Kind)
		})
	}
}

func TestRunCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := newSession(script.Options{}).Run(ctx, "lab", "for {\n}")
	var e *script.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, "lab:1: stopped", e.Error())
	require.Equal(t, script.Budget, e.Kind)
}

func TestRunBlockedHost(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	s := newSession(script.Options{})
	require.ErrorContains(t, s.Run(ctx, "lab", "Block()"), "stopped: out of time")
	require.ErrorContains(t, s.Run(context.Background(), "lab", "1"), "lost: a call never returned")
}

func TestSession(t *testing.T) {
	s := newSession(script.Options{})
	run := func(src string) error { return s.Run(context.Background(), "cell", src) }
	require.NoError(t, run("x := 5\ntype P struct{ A int }\nfunc (p P) String() string { return fmt.Sprint(\"P\", p.A) }\nfunc twice(n int) int { return 2 * n }"))
	require.NoError(t, run("p := P{x}\np\ntwice(x)"))
	require.NoError(t, run("x := \"now text\"\nx"), "a later cell declares again, with a new type")
	require.NoError(t, run("type P struct{ B, C int }\nfunc (p P) String() string { return \"new\" }\nP{1, 2}\np"))
	require.Error(t, run("y := 1\nvar z int = nothing"), "a cell that does not check runs nothing")
	require.Error(t, run("y"), "and declares nothing")
	require.Error(t, run("a := 1\nxs := []int{}\nxs[a] = 2\nb := 3"))
	require.NoError(t, run("a"), "what ran before a panic stays")
	require.Error(t, run("b"))
	require.Equal(t, []string{"P5", "10", "now text", "new", "P5", "1"}, s.shown)
}

func TestErrorNamesTheCellOfTheFunction(t *testing.T) {
	s := newSession(script.Options{})
	require.NoError(t, s.Run(context.Background(), "cell 1", "\nfunc f(xs []int) int {\n\treturn xs[7]\n}"))
	require.EqualError(t, s.Run(context.Background(), "cell 2", "f(nil)"), "cell 1:3: index out of range")
}

func TestRegistryIsCopied(t *testing.T) {
	s := newSession(script.Options{})
	require.NoError(t, s.Run(context.Background(), "lab", "H100.Memory = 1*GB\nH100.Tags[0] = \"mine\"\nH100.Tags[0]"))
	other := newSession(script.Options{})
	require.NoError(t, other.Run(context.Background(), "lab", "H100.Memory\nH100.Tags[0]"))
	require.Equal(t, []string{"mine"}, s.shown)
	require.Equal(t, []string{"80 GB", "hopper"}, other.shown)
}

func TestWarnings(t *testing.T) {
	s := newSession(script.Options{})
	require.NoError(t, s.Run(context.Background(), "lab", "func f() {\n\tx := 1\n}"))
	require.Len(t, s.Warnings(), 1)
	require.Equal(t, "lab:2:2: declared and not used: x", s.Warnings()[0].Error())
}

func TestShown(t *testing.T) {
	s := newSession(script.Options{})
	require.NoError(t, s.Run(context.Background(), "lab", `
type T struct{ a int; B Bytes }
T{1, 2*GB}
fmt.Println("not shown")
func two() (int, string) { return 1, "x" }
two()
x := 1
x = 2
float64(x)
len("abc")
[]float64{1, 2}
copy([]int{1}, []int{2})
`))
	require.Equal(t, []string{"{1 2 GB}", "1", "x", "2", "3", "[1 2]"}, s.shown)
}

func TestCheck(t *testing.T) {
	require.Empty(t, script.Check("lab", "x := 80*GB\nx"))
	errs := script.Check("lab", "x := 80*GB + 3*Second\ny := H1000")
	require.Len(t, errs, 2)
	require.Equal(t, "lab:1:6: invalid operation: 80 * GB + 3 * Second (mismatched types Bytes and Seconds)", errs[0].Error())
}

const tenLines = `
s := Serving{Model: Llama3_8B, Hardware: H100, Prompt: 2048, Output: 256, Batch: 32}
r := s.Run()
r.ITL
total := Bytes(0)
for i := range 4 {
	total += Bytes(512 * (i + 1))
}
best := max(total, 3*GB)
fmt.Sprintf("%.3g", float64(best))
best
`

func BenchmarkRun(b *testing.B) {
	for b.Loop() {
		e := script.New(script.Options{Show: func(any) {}})
		require.NoError(b, e.Run(context.Background(), "lab", tenLines))
	}
}

// A cell in a session that has begun: one line, and a hundred.
func BenchmarkCell(b *testing.B) {
	long := strings.Repeat("total += float64(len(fmt.Sprint(total))) * 1.5\n", 99) + "total"
	for _, c := range []struct{ name, src string }{
		{"trivial", "1 + 1"}, {"solver", "Serving{Model: Llama3_8B, Hardware: H100, Prompt: 2048, Output: 256, Batch: 8}.Run().ITL"}, {"100 lines", long},
	} {
		b.Run(c.name, func(b *testing.B) {
			e := script.New(script.Options{Show: func(any) {}})
			require.NoError(b, e.Run(context.Background(), "lab", "total := 0.0"))
			for b.Loop() {
				require.NoError(b, e.Run(context.Background(), "lab", c.src))
			}
		})
	}
}

func BenchmarkCheck(b *testing.B) {
	for b.Loop() {
		require.Empty(b, script.Check("lab", tenLines))
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		script.New(script.Options{})
	}
}

func BenchmarkExec(b *testing.B) {
	for b.Loop() {
		o, err := script.Exec(context.Background(), script.Limits{}, "x := 80*GB\nx")
		require.NoError(b, err)
		require.Equal(b, script.Done, o.Reason)
	}
}
