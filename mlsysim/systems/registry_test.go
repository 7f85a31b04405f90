package systems_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
)

func ExampleFind() {
	s, err := systems.Find("vllm")
	fmt.Println(s, s.KernelsPerLayer, s.KernelTime, err)
	// Output: vLLM 0.11 9 2.5 µs <nil>
}

func TestStacks(t *testing.T) {
	for _, e := range systems.Entries() {
		s := e.Value
		layer := s.KernelTime.Times(s.KernelsPerLayer)
		require.InDelta(t, 40e-6, float64(layer), 20e-6, e.Path)
		require.Greater(t, s.HostPerStep, s.HostPerSequence, e.Path)
		for _, f := range e.Facts {
			if f.Document == "validation" {
				continue // computed; package validate compares it
			}
			require.Equal(t, "fidelity-2026", f.Document, e.Path)
			require.Equal(t, source.Medium, f.Confidence, "%s: %s was chosen with the data in view", e.Path, f.Field)
		}
	}
	require.Equal(t, 9*units.Microsecond, systems.VLLM.CollectiveLatency)
	require.Zero(t, systems.LlamaCpp.LinkFraction, "never measured on several devices")
}

func TestUnknownStackSuggests(t *testing.T) {
	_, err := systems.Find("lama.cpp")
	require.ErrorContains(t, err, "did you mean LlamaCpp")
}
