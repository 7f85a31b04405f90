package chart_test

import (
	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/network"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/reliability"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/training"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/validate"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// A sample is one chart of the gallery, from solvers and the registry.
type sample struct {
	name  string
	chart show.Chart
}

func gallery() []sample {
	serve := serving.Serving{Model: models.Llama3_8B, Hardware: hardware.H100, Prompt: 2048, Output: 256, Batch: 32}
	large := serving.Serving{Model: models.Llama3_70B, Hardware: hardware.H100, TP: 4, Prompt: 2048, Output: 256, Batch: 32}
	train := parallel.Training{
		Model: models.Llama3_70B, Hardware: hardware.H100, Nodes: 16, Fabric: 50 * units.GBps, Batch: 512, Sequence: 4096, TP: 8, PP: 4, Microbatches: 8, ZeRO: 1,
	}
	deep := train
	deep.PP, deep.Microbatches = 8, 32
	woven := train
	woven.Parts = 2
	batches := walls.Must(search.Sweep(catalog.Compiled(serve), "Batch", search.Pow2(1, 512)))
	scaled := parallel.Training{Model: models.Llama3_8B, Hardware: hardware.H100, Fabric: 6.25 * units.GBps, Batch: 512, Sequence: 4096, ZeRO: 3, Microbatches: 2}
	nodes := walls.Must(search.Sweep(catalog.Compiled(scaled), "Nodes", search.Pow2(1, 32)))
	space := func(s search.Space) search.Cloud { return s.Run() }
	heat := space(search.Space{
		Solver: catalog.Compiled(serve), Metrics: []string{"TokensPerSecond"},
		Axes: []search.Axis{{Field: "Prompt", Values: search.Pow2(512, 32768)}, {Field: "Batch", Values: search.Pow2(1, 256)}},
	})
	front := space(search.Space{
		Solver: catalog.Compiled(serve), Pareto: []string{"ITL", "TokensPerSecond"},
		Axes: []search.Axis{{Field: "Batch", Values: search.Pow2(1, 256)}, {Field: "Precision", Names: []string{"fp16", "fp8"}}},
	})
	pass := func(phase compute.Phase, batch int) compute.Workload {
		r := compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Phase: phase, Batch: batch, Prompt: 2048, Context: 1024}.Run()
		w := compute.Workload{Name: phase.String() + " " + units.Number(float64(batch)), Intensity: r.Intensity, Rate: r.Work.Per(r.Latency)}
		if !r.Fits {
			w.Why = r.Short.String() + " short"
		}
		return w
	}
	collective := network.Collective{
		Message: 16 * units.MB, Ranks: 64, Intra: 450 * units.GBps, IntraLatency: units.Microsecond, Inter: 50 * units.GBps, InterLatency: 5 * units.Microsecond,
	}
	placement := cost.Placement{Ownership: cost.Ownership{Hardware: hardware.H100, Devices: 512, Duration: units.Year}}
	score := walls.Must(validate.Serving())
	return []sample{
		{"roofline", compute.Roofline{
			Devices: []hardware.Device{hardware.H100}, Precisions: []physics.Precision{physics.FP16},
			Workloads: []compute.Workload{pass(compute.Decode, 1), pass(compute.Decode, 32), pass(compute.Decode, 512), pass(compute.Prefill, 1)},
		}.Chart()},
		{"roofline-devices", compute.Roofline{
			Devices: []hardware.Device{hardware.A100, hardware.H100, hardware.B200}, Precisions: []physics.Precision{physics.FP16},
			Workloads: []compute.Workload{pass(compute.Decode, 32)},
		}.Chart()},
		{"roofline-precisions", compute.Roofline{
			Devices: []hardware.Device{hardware.H100}, Precisions: []physics.Precision{physics.FP32, physics.FP16, physics.FP8},
		}.Chart()},
		{"memory", large.Run().MemoryChart()},
		{"memory-zero", training.Memory{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 64, DP: 8, Sequence: 4096, Microbatches: 8}.Run().Chart()},
		{"latency", large.Run().LatencyChart()},
		{"step", train.Run().StepChart()},
		{"frontier", batches.Frontier("ITL", "TokensPerSecond", []string{"ITL <= 10 ms"})},
		{"sweep", batches.Chart("Batch", "TokensPerSecond")},
		{"sweep-knee", walls.Must(search.Sweep(catalog.Compiled(compute.SingleNode{
			Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 1, Context: 64,
		}), "Batch", search.Pow2(1, 2048))).Chart("Batch", "Throughput")},
		{"heat", heat.HeatMap("TokensPerSecond")},
		{"scaling", nodes.Scaling("Throughput")},
		{"schedule", train.Run().Schedule()},
		{"schedule-deep", deep.Run().Schedule()},
		{"schedule-woven", woven.Run().Schedule()},
		{"collective", collective.Run().Chart()},
		{"tail", serving.Tail{Arrivals: 6, Service: 500 * units.Millisecond, Replicas: 4, SLA: 3 * units.Second}.Run().Chart()},
		{"tornado", walls.Must(search.Elasticities(catalog.Compiled(serve), "Request", nil)).Chart()},
		{"pareto", front.ParetoChart()},
		{"regions", placement.Run().Chart()},
		{"checkpoint", reliability.Fleet{Nodes: 128, Job: 30 * units.Day, Interval: 4 * units.Hour}.Run().Chart()},
		{"parity-itl", score.Chart("itl")},
		{"parity-rate", score.Chart("output_rate")},
	}
}
