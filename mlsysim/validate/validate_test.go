package validate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/validate"
)

func TestServingScore(t *testing.T) {
	s, err := validate.Serving()
	require.NoError(t, err)
	t.Logf("median %.1f %%, 90 %% within %.1f %%, worst %.1f %% of %d points; ideal level %.1f %%",
		100*s.Median, 100*s.P90, 100*s.Worst, s.Count, 100*s.Ideal)
	require.GreaterOrEqual(t, s.Count, 18)
	require.LessOrEqual(t, s.Median, 0.15) // the release gate of the fidelity study
	require.Less(t, s.Median, s.Ideal, "calibration must pay")
	for _, r := range s.Rows {
		require.InDelta(t, r.Predicted, r.Measured, 0.35*r.Measured, r.ID)
	}
}

// The error band that a calibrated result carries is the one measured here.
func TestTheRegistryCarriesThisBand(t *testing.T) {
	s, err := validate.Serving()
	require.NoError(t, err)
	require.InDelta(t, s.P90, systems.VLLM.ErrorBand, 0.005, "set error_band of VLLM in systems/data/stacks.yaml")
	require.InDelta(t, float64(s.Count), systems.VLLM.ErrorPoints, 0)
}
