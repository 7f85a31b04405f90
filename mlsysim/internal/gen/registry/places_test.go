package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the registry does not know is left out of the line that documents a
// variable, not printed as zero.
func TestAboutPlacesAndSystems(t *testing.T) {
	made, err := generate(root)
	require.NoError(t, err)
	for file, lines := range map[string][]string{
		"infra": {
			"Poland is the electricity grid of Poland (2023): 661.9 g/kWh, lifecycle.",
			"AWS_p5_48xlarge is an instance (p5.48xlarge us-east-1): $55.04/h for 8 x H100, AWS, 2026.",
			"AWS_c5_xlarge is an instance (c5.xlarge us-east-1): $0.17/h, AWS, 2025-06 or later.",
			"Quebec_Campus is Québec hydro campus: PUE 1.06.",
		},
		"systems": {
			"DGX_H100 is a server (DGX H100): 8 x H100 at 450 GB/s each way, 8 ports of 50 GB/s, 10.2 kW.",
			"Workstation_M3Max is a server (MacBook Pro with M3 Max): 1 x MacBookM3Max.",
			"InfiniBand_NDR is a fabric (InfiniBand NDR 4x, 2021): 50 GB/s each way per port, 1.5 µs to 5 µs.",
			"InfiniBand_GDR is a fabric (InfiniBand GDR 4x (roadmap), 2027): 200 GB/s each way per port.",
			"ICI_v4 is a fabric (TPU v4 ICI): 300 GB/s each way per accelerator, 1 µs.",
		},
	} {
		for _, line := range lines {
			require.True(t, strings.Contains(string(made[output(file)]), "// "+line+"\n"), line)
		}
	}
}

// The zero basis is lifecycle: a grid that left it out would claim that silently.
func TestEveryGridStatesItsBasis(t *testing.T) {
	made, err := generate(root)
	require.NoError(t, err)
	text := string(made[output("infra")])
	require.GreaterOrEqual(t, strings.Count(text, " = Grid{\n"), 150)
	require.Equal(t, strings.Count(text, " = Grid{\n"), strings.Count(text, "\tBasis: "))
}
