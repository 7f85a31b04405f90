package lint

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The rules themselves are tested on made-up trees, so that a rule that stops
// finding anything is seen.
func TestLayersFindsEachMistake(t *testing.T) {
	for _, c := range []struct{ name, pkg, imp, want string }{
		{"upward", "mlsysim/units", "mlsysim/serving", "mlsysim/units (layer 0) must not import mlsysim/serving (layer 3)"},
		{"sibling solvers", "mlsysim/serving", "mlsysim/compute", "mlsysim/serving (layer 3) must not import mlsysim/compute (layer 3)"},
		{"face from below", "mlsysim/walls", "mlsysim", "mlsysim/walls (layer 2) must not import mlsysim (layer 5)"},
		{"a generator", "kernelext/kernel", "mlsysim/internal/gen/units", "kernelext/kernel (layer 9) must not import mlsysim/internal/gen/units (layer 11)"},
		{"grade from export", "autograder/export", "autograder/grade", "autograder/export (layer 10) must not import autograder/grade (layer 10)"},
		{"subfolder", "mlsysim/hardware/data", "mlsysim/models", "mlsysim/hardware/data (layer 2) must not import mlsysim/models (layer 2)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, []string{c.want}, Layers(map[string][]string{c.pkg: {"fmt", c.imp}}))
		})
	}
}

func TestLayersUnknownPackage(t *testing.T) {
	for _, pkg := range []string{"mlsysim/utils", "cmd/other", "kernelext", "mlsysim/servings"} {
		bad := Layers(map[string][]string{pkg: nil})
		require.Len(t, bad, 1)
		require.Contains(t, bad[0], pkg+" has no layer: add it to rooms in mlsysim/internal/lint/rooms.go")
	}
}

func TestLayersAllows(t *testing.T) {
	require.Empty(t, Layers(map[string][]string{
		"mlsysim":                    {"mlsysim/catalog", "mlsysim/serving", "mlsysim/units"},
		"mlsysim/hardware":           {"mlsysim/hardware/data", "mlsysim/units"},
		"autograder/grade":           {"autograder/notebook", "autograder/check", "labs/t0"},
		"cmd/mlgrade":                {"autograder/grade"},
		"kernelext/script":           {"kernelext/lab", "kernelext/script/desugar"},
		"mlsysim/internal/gen/units": {"mlsysim/units"},
	}))
}

func TestLibraries(t *testing.T) {
	for _, c := range []struct{ pkg, imp, want string }{
		{"mlsysim/serving", "github.com/spf13/cobra", "layers up to 4"},
		{"mlsysim/hardware", "github.com/goccy/go-yaml", "only mlsysim/scenario"},
		{"mlsysim", "github.com/go-echarts/go-echarts/v2/charts", "only kernelext/chart"},
		{"kernelext/lab", "github.com/traefik/yaegi/interp", "only kernelext/script"},
		{"cmd/mlgrade", "modernc.org/sqlite", "only autograder/ledger"},
		{"mlsysim/serving", "math", ""},
		{"mlsysim/search", "gonum.org/v1/gonum/optimize", ""},
		{"mlsysim/describe", "github.com/invopop/jsonschema", ""},
		{"mlsysim/scenario", "github.com/goccy/go-yaml", ""},
		{"kernelext/chart", "github.com/go-echarts/go-echarts/v2/opts", ""},
		{"cmd/mlsysim", "github.com/spf13/cobra", ""},
	} {
		t.Run(c.pkg+" "+c.imp, func(t *testing.T) {
			bad := Libraries(map[string][]string{c.pkg: {c.imp}})
			if c.want == "" {
				require.Empty(t, bad)
				return
			}
			require.Len(t, bad, 1)
			require.Contains(t, bad[0], c.want)
		})
	}
}

func TestLinks(t *testing.T) {
	deps := map[string][]string{"cmd/mlsysim": {"fmt", Module + "/autograder/ledger", "github.com/nats-io/nats.go/micro"}}
	require.Equal(t, []string{
		"cmd/mlsysim must not link github.com/mlsysim/golab/autograder/ledger",
		"cmd/mlsysim must not link github.com/nats-io/nats.go/micro",
	}, Links(deps))
	require.Empty(t, Links(map[string][]string{"cmd/mlgrade": deps["cmd/mlsysim"]}))
}
