package jupyterlab

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A notebook runs, and its values stay.
func TestNotebook(t *testing.T) {
	n := Start(t).Notebook("first.ipynb", Cells("x := 40 * GB", "2 * x", "Evaluate(Llama3_8B, H100)"))
	n.RunAll()
	require.Empty(t, n.Errors())
	require.Contains(t, n.OutText(1), "80 GB")
	n.ShotAll("first")
}
