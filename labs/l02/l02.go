// Package l02 is the lab "Two phases": one chat request of an 8B network, whose
// prompt and answer hit different walls.
//
//	d := l02.Lab().Draw("s123")
//
// It leaves out queueing, batches and what real kernels reach.
package l02

import (
	_ "embed"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

//go:embed text.md
var text string

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "L02", Slug: "two_phases", Title: "Two phases", Version: 1, Minutes: 35, Week: 3,
		Prerequisites: []string{"L01"},
		Objective:     "Tell prefill from decode: what binds each, and what hardware each asks for.",
		Objectives: []string{
			"name what binds prefill and decode, and prove it",
			"find the prompt whose prefill costs as much as a number of decode steps",
			"tell which phase gains from faster arithmetic",
			"turn a latency target into the bandwidth that it needs",
		},
		Params: []spec.Param{
			{Name: "device", Var: "gpu", Devices: []string{"A100", "H100", "H200", "MI300X"}},
			{Name: "prompt", Var: "prompt", Choices: []int{1100, 1700, 2600, 4100}},
			{Name: "steps", Var: "steps", Choices: []int{15, 20, 30, 45}},
			{Name: "ITL target", Var: "target", Numbers: []float64{3, 4, 5, 6, 8}, Unit: units.Millisecond},
		},
		Setup:     "chat = Serving{Model: Llama3_8B, Hardware: gpu, Prompt: prompt, Output: 256, Batch: 1}",
		First:     "Show(chat.Run())",
		Text:      text,
		Questions: []spec.Question{phases(), crossing(), faster(), inverse()},
	}
}

// chat is one request with a prompt.
func chat(d spec.Draw, prompt int) serving.Serving {
	return serving.Serving{Model: models.Llama3_8B, Hardware: d.Device("device"), Prompt: prompt, Output: 256, Batch: 1}
}

// own is the request of the scenario.
func own(d spec.Draw) serving.Serving { return chat(d, d.Int("prompt")) }

func ttft(r serving.Result) units.Seconds { return r.TTFT }
func itl(r serving.Result) units.Seconds  { return r.ITL }

// phases is question 1: what binds each phase.
func phases() spec.Question {
	return spec.Question{
		ID: "q1", Title: "What does each phase wait for?", Points: 10, Shared: true,
		Kinds:   []check.Kind{check.BIND},
		Claims:  []string{"q1.prefill", "q1.decode"},
		Predict: `// Predict("q1", ...) // what binds the prefill: Compute, MemoryBandwidth or Overhead`,
		Explore: `wide := chat
wide.Hardware.Bandwidth = gpu.Bandwidth.Times(1.1)
Show(fmt.Sprint("TTFT ", chat.Run().TTFT, " becomes ", wide.Run().TTFT))
Show(fmt.Sprint("ITL ", chat.Run().ITL, " becomes ", wide.Run().ITL))`,
		Blank: `// Answer("q1.prefill", ...) // Compute, MemoryBandwidth or Overhead
// Answer("q1.decode", ...)`,
		Worked: `Predict("q1", MemoryBandwidth)
Answer("q1.prefill", Compute)
Answer("q1.decode", MemoryBandwidth)`,
		Right: func(spec.Draw) spec.Values {
			return spec.Values{"q1.prefill": walls.Compute, "q1.decode": walls.MemoryBandwidth}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(binds(d, "q1.prefill", "TTFT", ttft).Check, binds(d, "q1.decode", "ITL", itl).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "tokens cost the same in both phases", Says: "the prompt goes through the weights with all its tokens at once, an answer token goes alone: they cannot wait for the same thing", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q1.prefill": walls.MemoryBandwidth}
			}},
			{Name: "more FLOP/s is faster", Says: "one token does two operations with each weight that it reads: the arithmetic is done long before the weights are there", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q1.decode": walls.Compute}
			}},
		},
	}
}

// binds attributes one metric of the request.
func binds(d spec.Draw, id, what string, metric func(serving.Result) units.Seconds) check.Binding {
	return check.Binding{ID: id, What: what, Cites: "serving.Serving", Metric: func(r walls.Resource, factor float64) (float64, error) {
		out, err := check.Faster(own(d), r, factor).Solve()
		return float64(metric(out)), err
	}}
}
