package zoo_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/zoo"
)

func TestScript(t *testing.T) {
	var z zoo.Zoo
	src, err := z.Script()
	require.NoError(t, err)
	require.Empty(t, src)
	for _, name := range []string{"hardware.yaml", "models.yaml", "infra.yaml", "systems.yaml"} {
		require.NoError(t, z.Add(name, read(t, name)))
	}
	src, err = z.Script()
	require.NoError(t, err)
	for _, line := range []string{
		"var MyChip Device", `MyChip.Name = "Example MyChip"`, "MyChip.Status = 1", "MyChip.Year = 2026", "MyChip.Rates.BF16 = 5e+14", "MyChip.Memory = 1.03079215104e+11",
		"var MyNet_7B Model", "MyNet_7B.Gated = true", "var Campus Grid", "Campus.Basis = 1", "var MyServer Node", "MyServer.IntraLink = 2e+11",
	} {
		require.Contains(t, strings.Split(src, "\n"), line)
	}
	require.NotContains(t, src, "= 0\n") // zero is unknown
}
