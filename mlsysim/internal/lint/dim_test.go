package lint

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/analysis/analysistest"
)

// The fixture holds every mistake beside the message it must get, and the
// idioms that must stay silent.
func TestDimFixture(t *testing.T) {
	results := analysistest.Run(t, analysistest.TestData(), Dim, "shop", "mlsysim/units")

	found := 0
	for _, r := range results {
		found += len(r.Diagnostics)
	}
	require.GreaterOrEqual(t, found, 25, "the fixture must fail")
}
