package script_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/script"
)

// Names with their package, as a Go program writes them, mean the same.
func TestQualifiedNames(t *testing.T) {
	var out bytes.Buffer
	e := script.New(script.Options{Stdout: &out})
	for _, c := range []struct{ src, want string }{
		{"fmt.Println(hardware.H100.Memory)", "85.9 GB\n"},
		{"import \"github.com/mlsysim/golab/mlsysim/hardware\"\nfmt.Println(hardware.A100.Name)", "NVIDIA A100 SXM4 80GB\n"},
		{"import (\n\t\"fmt\"\n\t\"github.com/mlsysim/golab/mlsysim/units\"\n)\nvar x units.Bytes = 3 * units.GB\nfmt.Println(x)", "3 GB\n"},
		{"s := compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 1, Precision: physics.FP16}\nfmt.Println(s.Run().Fits)", "true\n"},
		{"fmt.Println(\"hardware.H100\") // hardware.H100", "hardware.H100\n"},
		{"type box struct{ hardware Device }\nb := box{hardware: H100}\nfmt.Println(b.hardware.Memory)", "85.9 GB\n"},
		{"func f(units []int) int { return len(units) }\nfmt.Println(f([]int{1, 2}))", "2\n"},
		{"hardware := []string{\"mine\"}\nfmt.Println(hardware[0])", "mine\n"},
	} {
		out.Reset()
		require.NoError(t, e.Run(context.Background(), "cell", c.src), c.src)
		require.Equal(t, c.want, out.String(), c.src)
	}
	require.ErrorContains(t, e.Run(context.Background(), "cell", "x := 1\nfmt.Println(hardware.H100)"), "cell:2:22: H100 undefined", "it is the script's own")
	require.ErrorContains(t, e.Run(context.Background(), "cell", "80*units.GB + 3*units.Second"), "mismatched types Bytes and Seconds")
	require.ErrorContains(t, e.Run(context.Background(), "cell", "import \"github.com/mlsysim/golab/autograder/grade\""), "is not part of the lab language")
	require.ErrorContains(t, e.Run(context.Background(), "cell", "import h \"github.com/mlsysim/golab/mlsysim/models\""), "is not part of the lab language")
}

// A Go file of such a script compiles: its names are the prelude's.
func TestQualifiedNamesInGo(t *testing.T) {
	text, err := script.WriteGo([]script.Block{{Source: "import \"github.com/mlsysim/golab/mlsysim/hardware\"\nfmt.Println(hardware.H100.Memory)"}})
	require.NoError(t, err)
	require.Contains(t, string(text), "fmt.Println(H100.Memory)")
	require.NotContains(t, string(text), "mlsysim/hardware")
}
