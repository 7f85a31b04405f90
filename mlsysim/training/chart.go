package training

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/show"
)

// Chart shows what each device holds against its memory, a row for each stage of
// ZeRO with the rest of the design as it is.
func (r MemoryResult) Chart() show.Chart {
	parts := []show.Part{{Name: "weights"}, {Name: "gradients"}, {Name: "optimizer state"}, {Name: "activations"}, {Name: "buffers"}}
	var rows []string
	var capacity []float64
	for stage := range 4 {
		in := r.in
		in.ZeRO = stage
		one, err := in.Solve()
		if err != nil {
			continue // a stage that the design rules out
		}
		name := fmt.Sprintf("ZeRO %d", stage)
		if stage == 0 {
			name = "no ZeRO"
		}
		if stage == r.in.ZeRO {
			name += " (this design)"
		}
		rows, capacity = append(rows, name), append(capacity, float64(one.Capacity))
		for i, size := range []float64{float64(one.Weights), float64(one.Gradients), float64(one.Optimizer), float64(one.Activations), float64(one.Buffers)} {
			parts[i].Sizes = append(parts[i].Sizes, size)
		}
	}
	return show.MemoryChart(fmt.Sprintf("What does ZeRO save? %s on %s, %d replicas", r.in.Model.Name, r.in.Hardware.Name, r.in.DP), rows, capacity, parts)
}
