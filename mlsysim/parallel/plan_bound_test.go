package parallel

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// drawHunt is a search with every cost of a step in play.
func drawHunt(t *rapid.T) *hunt {
	in := Plan{
		Model:    rapid.SampledFrom([]models.Model{models.Mixtral_8x7B, models.Llama3_8B, models.ResNet50}).Draw(t, "model"),
		Hardware: hardware.H100, Nodes: rapid.IntRange(1, 12).Draw(t, "nodes"), PerNode: rapid.SampledFrom([]int{1, 4, 6, 8}).Draw(t, "per node"),
		NICs: rapid.IntRange(0, 2).Draw(t, "nics"), Fabric: units.GBps.Times(rapid.Float64Range(0.1, 100).Draw(t, "fabric")),
		FabricLatency: units.Microsecond.Times(rapid.Float64Range(0.1, 1000).Draw(t, "latency")),
		Batch:         rapid.IntRange(1, 400).Draw(t, "batch"), Sequence: rapid.SampledFrom([]int{96, 2048, 65536}).Draw(t, "sequence"),
		Buckets: rapid.IntRange(1, 50).Draw(t, "buckets"), Chunks: rapid.IntRange(1, 8).Draw(t, "chunks"),
		Imbalance: rapid.Float64Range(1, 2).Draw(t, "imbalance"), Congestion: rapid.Float64Range(1, 3).Draw(t, "congestion"), Straggler: rapid.Float64Range(1, 2).Draw(t, "straggler"),
		NodeSwitch: rapid.Bool().Draw(t, "switch"), FabricSwitch: rapid.Bool().Draw(t, "fabric switch"), NoSP: rapid.Bool().Draw(t, "whole"),
		Algorithm: physics.Algorithm(rapid.IntRange(0, 4).Draw(t, "algorithm")), LoRA: rapid.SampledFrom([]int{0, 0, 16}).Draw(t, "lora"),
		Level: physics.Level(rapid.IntRange(0, 1).Draw(t, "level")),
	}
	if !in.Model.Attends() {
		in.LoRA = 0
	}
	require.NoError(t, describe.Check(&in))
	base := in.training()
	require.NoError(t, base.prepare())
	return newHunt(&in, &base)
}

// every solves the candidates of the split that is laid.
func (h *hunt) every(o *options, see func(*TrainingResult)) {
	s := &h.step
	for _, s.Checkpointing = range o.recompute {
		for _, s.Microbatches = range o.microbatches {
			for _, s.Parts = range o.parts {
				for _, s.ZeRO = range o.zero {
					work, messages, sent := h.laid.arithmetic(), h.laid.cut(), h.laid.exchange()
					memory := h.laid.split(messages.most)
					var r TrainingResult
					h.laid.hold(&memory, &r)
					h.laid.take(&work, &messages, &sent, &memory, &r)
					see(&r)
				}
			}
		}
	}
}

// The bounds of a branch are admissible: no candidate that fits is faster than
// one, none is lighter than the other, and one is just as light.
func TestBoundsAreAdmissible(t *testing.T) {
	closest := 0.0
	rapid.Check(t, func(t *rapid.T) {
		h := drawHunt(t)
		branches := h.branches()
		b := &branches[rapid.IntRange(0, len(branches)-1).Draw(t, "branch")]
		h.lay(b)
		o := h.space.optionsOf(&h.laid)
		if rapid.Bool().Draw(t, "narrow") {
			i, j := rapid.IntRange(0, len(o.recompute)-1).Draw(t, "mode"), rapid.IntRange(0, len(o.microbatches)-1).Draw(t, "microbatches")
			o.recompute, o.microbatches = o.recompute[i:i+1], o.microbatches[j:j+1]
		}
		sent := h.exchanges(&o)
		floor, leanest := h.floor(&o, &sent), h.leanest(&o)
		tried, least := 0, units.Bytes(0)
		h.every(&o, func(r *TrainingResult) {
			if r.Fits { // what spills has a link of its own, and no candidate that spills is ranked by its step
				require.GreaterOrEqual(t, float64(r.Step), float64(floor))
				closest = max(closest, floor.Ratio(r.Step))
			}
			require.GreaterOrEqual(t, float64(r.Memory), float64(leanest))
			if tried == 0 || r.Memory < least {
				least = r.Memory
			}
			tried++
		})
		require.Equal(t, o.size(), tried)
		require.Equal(t, leanest, least)
	})
	require.Greater(t, closest, 0.9) // a bound of nought would be admissible, too
}
