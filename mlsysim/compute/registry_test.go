package compute_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
)

// Every network of the registry does each of its passes on an H100, explains it
// and is neither free nor faster than the device.
func TestEveryNetworkRunsOnAnH100(t *testing.T) {
	for _, e := range models.Entries() {
		m := *e.Value
		s := compute.SingleNode{Model: m, Hardware: hardware.H100, Batch: 4, Efficiency: 1}
		passes := []compute.SingleNode{s}
		if m.Reads() {
			passes[0].Prompt = 128
		}
		if m.Generates() {
			decode, prefill := s, s
			decode.Phase, decode.Context = compute.Decode, 128
			prefill.Phase, prefill.Prompt = compute.Prefill, 128
			passes = []compute.SingleNode{decode, prefill}
		}
		for _, p := range passes {
			r, err := p.Solve()
			require.NoError(t, err, "%s %s", e.Path, p.Phase)
			require.NoError(t, r.Explain().Verify(r), "%s %s", e.Path, p.Phase)
			require.Positive(t, r.MFU, e.Path)
			require.Less(t, r.MFU, 1.0, e.Path)
			require.Equal(t, r.Fits, m.Weights(physics.FP16)+r.Cache <= hardware.H100.Memory, e.Path)
		}
	}
}
