// Package l14 is the lab "The price of thinking": a fleet that answers a
// thousand questions a second with long chains of reasoning, and who pays most.
//
//	d := l14.Lab().Draw("s123")
//
// It leaves out what fewer tokens or a smaller format cost in quality, bursts of
// questions, and the staff.
package l14

import (
	_ "embed"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:embed text.md
var text string

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "L14", Slug: "price_of_thinking", Title: "The price of thinking", Version: 1, Minutes: 40, Week: 10,
		Prerequisites: []string{"L04", "L05"},
		Objective:     "Find who dominates the bill of a service that reasons before it answers.",
		Objectives: []string{
			"measure how time and cost of a question grow with its thinking",
			"size a fleet for a rate and a limit on the 99th percentile, or show that no size will do",
			"find the number of questions at which serving has cost as much as training",
			"choose between fewer tokens, a smaller format and more accelerators",
		},
		Params: []spec.Param{
			{Name: "device", Var: "gpu", Devices: []string{"H100", "H200", "B200"}},
			{Name: "network", Var: "net", Models: []string{"Llama3_8B", "Qwen3_8B", "Qwen2_5_14B"}},
			{Name: "reasoning steps", Var: "steps", Choices: []int{24, 40, 60, 80}},
			{Name: "P99 limit", Var: "limit", Numbers: []float64{60, 100, 150}, Unit: units.Second},
			{Name: "tokens cut", Var: "cut", Numbers: []float64{0.08, 0.13, 0.18}},
			{Name: "accelerators added", Var: "more", Numbers: []float64{0.1, 0.165, 0.25}},
		},
		Setup: `rent = 3*DollarPerHour // of one accelerator
	think = Reasoning{Model: net, Hardware: gpu, Prompt: 500, Steps: steps}
	serve = Capacity{Batching: Batching{Model: net, Hardware: gpu, Longest: 500 + 200*steps, MeanPrompt: 500, MeanOutput: Tokens(50*steps), Batch: 128}, CV: 0.5, Arrivals: 1000, SLA: limit, MaxReplicas: 512}
	train = TrainingStep{Model: net, Hardware: gpu, Nodes: 32, Fabric: 50*GBps, Batch: 1024, Sequence: 4096, Microbatches: 4, ZeRO: 2, Checkpointing: Selective}`,
		First:     "Show(think.Run())",
		Text:      text,
		Questions: []spec.Question{growth(), replicas(), breakEven(), offers()},
	}
}

// rent is what one accelerator costs.
const rent = 3 * units.DollarPerHour

// think is one question alone on a device.
func think(d spec.Draw, steps int) serving.Reasoning {
	return serving.Reasoning{Model: d.Model("network"), Hardware: d.Device("device"), Prompt: 500, Steps: steps}
}

// serve is the fleet, for questions of some length.
func serve(d spec.Draw, tokens float64) serving.Capacity {
	return serving.Capacity{
		Batching: serving.Batching{
			Model: d.Model("network"), Hardware: d.Device("device"), Longest: 500 + 200*d.Int("reasoning steps"),
			MeanPrompt: 500, MeanOutput: units.Tokens(tokens), Batch: 128,
		},
		CV: 0.5, Arrivals: 1000, SLA: units.Seconds(d.Number("P99 limit")), MaxReplicas: most,
	}
}

// own is the fleet of the scenario.
func own(d spec.Draw) serving.Capacity { return serve(d, thought*float64(d.Int("reasoning steps"))) }

// thought is the number of tokens of a reasoning step.
const thought = 50

// price is what a question costs where a replica is full.
func price(s serving.Capacity) units.USD { return rent.For(units.Request.Over(s.Run().PerReplica)) }

// train is one step of the training run.
func train(d spec.Draw) parallel.Training {
	return parallel.Training{
		Model: d.Model("network"), Hardware: d.Device("device"), Nodes: 32, Fabric: 50 * units.GBps,
		Batch: 1024, Sequence: 4096, Microbatches: 4, ZeRO: 2, Checkpointing: physics.Selective,
	}
}
