package training

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/internal/pass"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives each part of the memory.
func (r MemoryResult) Explain() walls.Trace {
	return walls.Trace{
		Title:   r.in.Model.Name + " trained on " + r.in.Hardware.Name,
		Omitted: []string{"memory of framework and driver", "layers that differ in size", "the last stage's logits in a pipeline"},
		Steps:   pass.State{Model: &r.in.Model, Split: &r.split, Held: r.held, Sum: "Memory"}.Steps(),
	}
}

// View describes the result.
func (r MemoryResult) View() show.View {
	v := show.View{
		Title:    r.in.Model.Name + " trained on " + r.in.Hardware.Name,
		Subtitle: fmt.Sprintf("batch %d, tp %d, pp %d, dp %d, ep %d, cp %d, ZeRO %d, %s", r.in.Batch, r.in.TP, r.in.PP, r.in.DP, r.in.EP, r.in.CP, r.in.ZeRO, r.Precision),
		Status:   show.Pass, Data: r,
		Blocks: []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}},
	}
	if !r.Fits {
		v.Status = show.Fail
	}
	return v
}
