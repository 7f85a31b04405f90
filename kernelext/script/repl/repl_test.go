package repl

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/script"
)

func converse(t *testing.T, lines ...string) (out, errs string, err error) {
	t.Helper()
	var o, e bytes.Buffer
	err = Run(context.Background(), Options{In: strings.NewReader(strings.Join(lines, "\n") + "\n"), Out: &o, Err: &e})
	return o.String(), e.String(), err
}

func TestConversation(t *testing.T) {
	out, errs, err := converse(t,
		"x := 80 * GB", "x", "for i := range 2 {", "\tfmt.Println(i)", "}", "func f(b Bytes) Bytes {", "", "return b + b }", "f(x)",
		"y := x +", "  1*GB", "y", ":help", "?Serving", "s := `a", "b`", "s")
	require.NoError(t, err)
	require.Empty(t, errs)
	require.True(t, strings.HasPrefix(out, "80 GB\n0\n1\n160 GB\n81 GB\n"), out)
	require.Contains(t, out, "type Serving struct")
	require.True(t, strings.HasSuffix(out, "a\nb\n"), out)
}

func TestConversationGoesOnAfterMistakes(t *testing.T) {
	out, errs, err := converse(t, "x := 1", "x + H1000", "x + 1", "?nowhere", ":quit", "x")
	require.NoError(t, err) // the person ended it
	require.Equal(t, "2\n", out)
	require.Contains(t, errs, "  x + H1000\n      ^\nundefined: H1000\nhint: did you mean H100")
	_, _, err = converse(t, "nothing")
	require.ErrorIs(t, err, ErrFailed)
}

func TestTab(t *testing.T) {
	var listed bytes.Buffer
	talk := &talk{engine: script.New(script.Options{})}
	press := func(line string) (string, int) {
		listed.Reset()
		out, pos, ok := talk.complete(&listed, line, len(line))
		require.True(t, ok)
		return out, pos
	}
	line, pos := press("s := Servi")
	require.Equal(t, "s := Serving", line)
	require.Equal(t, 12, pos)
	line, _ = press("x := HardwareNamed(\"H2")
	require.Equal(t, "x := HardwareNamed(\"H20", line) // H20 and H200
	line, _ = press("h100")
	require.Equal(t, "H100", line)
	line, _ = press("\t")
	require.Equal(t, "\t\t", line)
	line, _ = press("Evaluate(Llama3_")
	require.Equal(t, "Evaluate(Llama3_", line)
	require.Contains(t, listed.String(), "Llama3_8B")

	talk.source.WriteString("s := Serving{\n")
	line, _ = press("\tModel: Llama3_8B, Hardw")
	require.Equal(t, "\tModel: Llama3_8B, Hardware", line)
}

func TestHistoryIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "history")
	h := openHistory(path)
	for _, l := range []string{"a", "b", "b", "  ", "c"} {
		h.Add(l)
	}
	h = openHistory(path)
	require.Equal(t, 3, h.Len())
	require.Equal(t, "c", h.At(0))
	require.Equal(t, "a", h.At(2))
}

func TestCtrlCDropsTheLine(t *testing.T) {
	k := &keyboard{in: strings.NewReader("ab\x03")}
	buf := make([]byte, 16)
	n, err := k.Read(buf)
	require.NoError(t, err)
	require.Equal(t, "ab\x05\x15\r", string(buf[:n]))
	require.True(t, k.dropped)
}
