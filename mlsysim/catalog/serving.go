package catalog

import (
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func servingSolvers() []Solver {
	return []Solver{
		{
			Name: "speculation", Summary: "speculative decoding: a draft model proposes, the target checks",
			Walls:   []walls.Wall{4},
			Example: serving.Speculation{Model: models.Llama3_70B, Draft: models.Llama3_8B, Hardware: hardware.B200, Batch: 4, Prompt: 4096, Output: 256, Acceptance: 0.7},
		},
		{
			Name: "disaggregated", Summary: "prefill on one device, decode on another, the cache sent between them",
			Walls:   []walls.Wall{4},
			Example: serving.Disaggregated{Model: models.Llama3_8B, Hardware: hardware.H100, Decoder: hardware.A100, Network: 50 * units.GBps, Batch: 8, Prompt: 4096, Output: 256},
		},
		{
			Name: "batching", Summary: "continuous batching: requests a paged cache holds, rate and latency",
			Walls:   []walls.Wall{5},
			Example: serving.Batching{Model: models.Llama3_8B, Hardware: hardware.H100, Longest: 8192, MeanPrompt: 800, MeanOutput: 200, Batch: 256, Chunk: 512},
		},
		{
			Name: "capacity", Summary: "replicas for a request rate and a limit on the 99th percentile",
			Walls: []walls.Wall{4, 5, 7},
			Example: serving.Capacity{
				Batching: serving.Batching{Model: models.Llama3_8B, Hardware: hardware.H100, Longest: 2048, MeanPrompt: 512, MeanOutput: 128, Batch: 32, Chunk: 256},
				Arrivals: 200, SLA: 3.55 * units.Second,
			},
		},
		{
			Name: "batch-size", Summary: "batch, chunk and replicas with the highest goodput within a limit on the 99th percentile",
			Walls: []walls.Wall{5, 7},
			Example: serving.Tuning{
				Batching: serving.Batching{Model: models.Llama3_8B, Hardware: hardware.H100, Longest: 2048, MeanPrompt: 512, MeanOutput: 128, Batch: 40},
				Arrivals: 120, SLA: 5 * units.Second, StallLimit: 15 * units.Millisecond, Chunks: []int{128, 256}, Replicas: 3, MaxReplicas: 4,
			},
		},
		{
			Name: "streaming", Summary: "weights streamed through a device layer by layer",
			Walls:   []walls.Wall{6},
			Example: serving.Streaming{Model: models.Llama3_70B, Hardware: hardware.H100, Tokens: 2048, Batch: 64},
		},
		{
			Name: "reasoning", Summary: "time, memory and energy of thinking tokens at inference",
			Walls:   []walls.Wall{12},
			Example: serving.Reasoning{Model: models.Llama3_8B, Hardware: hardware.H100, Prompt: 2048, Steps: 8, Samples: 4},
		},
	}
}
