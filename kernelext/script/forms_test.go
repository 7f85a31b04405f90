package script_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/kernelext/script"
)

const wholeLab = `// %% [markdown]
// # A lab
//
// With *text*, and ` + "`code`" + `.

// %%
// the scenario
type Chip struct {
	Rate ByteRate // of the memory
}

func (c Chip) Time(b Bytes) Seconds { return b.Over(c.Rate) }

chip := Chip{3.35 * TBps}
text := ` + "`two\n\tlines`" + `
unused := 7

// %%
t := chip.Time(80 * GB) // one pass
t
fmt.Println(text, len(text))

// %% [markdown]
// ## More

// %%
func slow() Seconds { return chip.Time(2 * GB) }

for i := range 2 {
	fmt.Println(i, slow())
}
n, err := strconv.Atoi("12")
n
err
math.Max(1, 2)
`

// sink takes what Show shows.
type sink struct{ out *bytes.Buffer }

func (s sink) Record([]byte) {}

func (s sink) Show(bundle map[string]any) {
	fmt.Fprintln(s.out, strings.TrimRight(bundle["text/plain"].(string), "\n"))
}

// printed is what a script prints and shows, in order.
func printed(t *testing.T, blocks []script.Block) string {
	t.Helper()
	var out bytes.Buffer
	record.Use(sink{&out})
	defer record.Use(nil)
	e := script.New(script.Options{Stdout: &out, Show: func(v any) { fmt.Fprintln(&out, v) }})
	for i, b := range blocks {
		if !b.Text {
			require.NoError(t, e.Run(context.Background(), fmt.Sprint("cell ", i+1), b.Source), b.Source)
		}
	}
	return out.String()
}

func TestScriptIsTakenApart(t *testing.T) {
	blocks := script.ReadScript(wholeLab)
	require.Len(t, blocks, 5)
	require.Equal(t, script.Block{Text: true, Source: "# A lab\n\nWith *text*, and `code`."}, blocks[0])
	require.Equal(t, wholeLab, script.WriteScript(blocks))
	require.Equal(t, []script.Block{{Source: "x := 1\nx"}}, script.ReadScript("x := 1\nx\n"))
	require.Equal(t, "x := 1\nx\n", script.WriteScript(script.ReadScript("x := 1\nx\n")))
}

// What convert writes, it reads back; from then on nothing changes, and the lab
// prints the same in every form.
func TestConvertRoundTrips(t *testing.T) {
	blocks := script.ReadScript(wholeLab)
	want := printed(t, blocks)

	nb, err := script.WriteNotebook(blocks)
	require.NoError(t, err)
	fromNotebook, err := script.ReadNotebook(nb)
	require.NoError(t, err)
	require.Equal(t, want, printed(t, fromNotebook))
	again, err := script.WriteNotebook(fromNotebook)
	require.NoError(t, err)
	require.Equal(t, string(nb), string(again))

	file, err := script.WriteGo(blocks)
	require.NoError(t, err)
	fromGo, err := script.ReadGo(file)
	require.NoError(t, err)
	require.Equal(t, want, printed(t, fromGo), string(file))
	fileAgain, err := script.WriteGo(fromGo)
	require.NoError(t, err)
	require.Equal(t, string(file), string(fileAgain))

	asScript := script.WriteScript(fromNotebook)
	require.Equal(t, asScript, script.WriteScript(script.ReadScript(asScript)))
}

// GoNB compiles a cell as declarations, then statements behind its mark.
func TestNotebookCellsSuitGoNB(t *testing.T) {
	nb, err := script.WriteNotebook(script.ReadScript("x := 3 * GB\nfunc f() Bytes { return 2 * GB }\nf()\n// %%\nx\n"))
	require.NoError(t, err)
	var doc struct {
		Cells []struct{ Source []string }
	}
	require.NoError(t, json.Unmarshal(nb, &doc))
	require.Equal(t, "import . \"github.com/mlsysim/golab/kernelext/lab\"\n\nvar x = 3 * GB\nfunc f() Bytes { return 2 * GB }\n\n//gonb:%%\nShow(f())", strings.Join(doc.Cells[0].Source, ""))
	require.Equal(t, "//gonb:%%\nShow(x)", strings.Join(doc.Cells[1].Source, ""))
}

func TestConvertRefusesWhatGoCannotSay(t *testing.T) {
	for src, want := range map[string]string{
		"x := H1000":                      "undefined: H1000",
		"func f() {\n\tx := 1\n}":         "declared and not used: x",
		"func f() {}\n// %%\nfunc f() {}": "f is declared again in block 2",
	} {
		_, err := script.WriteGo(script.ReadScript(src))
		require.ErrorContains(t, err, want)
	}
	_, err := script.ReadNotebook([]byte("{"))
	require.ErrorContains(t, err, "reading the notebook")
	_, err = script.ReadGo([]byte("package"))
	require.ErrorContains(t, err, "reading the Go file")
}
