package parallel

import (
	"testing"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/stretchr/testify/require"
)

// The idle share that is drawn is the bubble that the solver computes, with and
// without interleaved parts, drawn one by one or merged.
func TestScheduleDrawsTheBubble(t *testing.T) {
	for _, c := range []struct{ pp, microbatches, parts int }{{4, 8, 1}, {8, 32, 1}, {2, 2, 1}, {8, 4, 1}, {4, 8, 2}, {4, 16, 5}, {1, 4, 1}} {
		r := Training{
			Model: models.Llama3_70B, Hardware: hardware.H100, Nodes: 16, Fabric: 50 * units.GBps, Batch: 512, Sequence: 4096,
			TP: 8, PP: c.pp, Microbatches: c.microbatches, Parts: c.parts,
		}.Run()
		idle, all, end := 0.0, 0.0, 0.0
		rows := map[float64][]show.Point{}
		for _, s := range r.Schedule().Series {
			for _, p := range s.Points {
				rows[p.Y] = append(rows[p.Y], p)
				all += p.Hi - p.Lo
				end = max(end, p.Hi)
				if p.Muted {
					idle += p.Hi - p.Lo
				}
			}
		}
		require.Len(t, rows, c.pp)
		require.InEpsilon(t, end*float64(c.pp), all, 1e-9, "every stage is told for the whole time")
		require.InDelta(t, r.BubbleShare, idle/all, 1e-9, "%+v", c)
	}
}

// Nothing of a stage overlaps, and a microbatch goes forward through the stages
// in their order and back.
func TestScheduleKeepsTheOrder(t *testing.T) {
	l := pipeline{p: 4, v: 2, m: 8, forward: 1, backward: 2}
	ends := map[task]float64{}
	starts := map[task]float64{}
	for _, stage := range l.run() {
		require.Len(t, stage, 2*l.v*l.m)
		for i, s := range stage {
			starts[s.task], ends[s.task] = s.from, s.to
			if i > 0 {
				require.GreaterOrEqual(t, s.from, stage[i-1].to)
			}
		}
	}
	for done, from := range starts {
		if before, ok := ends[task{done.back, done.part - 1, done.micro}]; ok && !done.back {
			require.GreaterOrEqual(t, from, before)
		}
		if done.back {
			require.GreaterOrEqual(t, from, ends[task{false, done.part, done.micro}])
		}
	}
}

// Interleaving needs whole groups of microbatches; the chart says so.
func TestScheduleNotDrawn(t *testing.T) {
	r := Training{
		Model: models.Llama3_70B, Hardware: hardware.H100, Nodes: 16, Fabric: 50 * units.GBps, Batch: 512, TP: 8, PP: 4, Microbatches: 6, Parts: 2,
	}.Run()
	require.Contains(t, r.Schedule().Note, "multiples of the stages")
}

func TestStepChartAddsUp(t *testing.T) {
	r := Training{
		Model: models.Llama3_70B, Hardware: hardware.H100, Nodes: 16, Fabric: 50 * units.GBps, Batch: 512, TP: 8, PP: 4, Microbatches: 8, Straggler: 1.1,
	}.Run()
	points := r.StepChart().Series[0].Points
	require.InEpsilon(t, float64(r.Step), points[len(points)-1].Hi, 1e-9)
	require.Contains(t, r.StepChart().Y.Names, "waiting for stragglers")
}
