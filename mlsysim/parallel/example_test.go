package parallel_test

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Llama 3 405B as trained: 8-way tensor and 16-way pipeline parallelism, 16
// million tokens per step. The Llama team (2024, table 4) reports 43 % of the peak
// on 8,192 H100, 41 % on 16,384 and 38 % there with sequences of 131,072 tokens cut
// over 16 devices.
//
// Inputs: the split, the links (400 Gbit/s a device), ZeRO 2, 8 interleaved parts
// (one layer each; the report does not say how many), and the share of the peak
// that kernels sustain, 0.5 of an H100, which the registry took from other training
// runs (MosaicML). Predicted: how much of that share bubble, messages and launches
// leave. We count attention with its causal half. With 32 microbatches we hold
// activations of 17.9 of them and find 4 % more than the memory of a device: the
// largest stage is the first, which Llama gave a layer less.
func ExampleTraining_llama405B() {
	s := parallel.Training{
		Model: models.Llama3_405B, Hardware: hardware.H100, Fabric: 50 * units.GBps, NodeSwitch: true, Precision: physics.BF16, Level: physics.Calibrated,
		TP: 8, PP: 16, Parts: 8, ZeRO: 2, Buckets: 50, Nodes: 1024, Batch: 2048, Sequence: 8192, Microbatches: 32,
	}
	show := func() {
		r := s.Run()
		fmt.Printf("%5d devices, %6d tokens, dp %3d, cp %2d: MFU %.2f in %v, fits: %v\n", r.Devices, s.Sequence, r.DP, max(1, s.CP), r.MFU, r.Memory, r.Fits)
	}
	show()
	s.Nodes, s.Microbatches = 2048, 16
	show()
	s.Batch, s.Sequence, s.CP = 128, 131072, 16
	show()
	// Output:
	//  8192 devices,   8192 tokens, dp  64, cp  1: MFU 0.42 in 89.26 GB, fits: false
	// 16384 devices,   8192 tokens, dp 128, cp  1: MFU 0.40 in 80.35 GB, fits: true
	// 16384 devices, 131072 tokens, dp   8, cp 16: MFU 0.37 in 80.35 GB, fits: true
}

// GPT-3 175B on 1,024 A100, as in Narayanan 2021, "Megatron-LM": 44 to 52 % of the
// peak (140 TFLOP/s, or 45 %, for this model on 1,024), where the arithmetic that
// full recomputation repeats counts: four passes instead of three. That is our HFU;
// MFU is three quarters of it.
//
// Inputs: the split, two interleaved parts, links of 200 Gbit/s a device, and the
// kernels' share of the peak. With 0.5, which is the default and has no source, the
// figure is the published one. With the 0.65 that the registry has for an A100 it
// is above: those are training runs of 2023, whose attention does not write its
// scores to memory.
func ExampleTraining_gpt3() {
	s := parallel.Training{
		Model: models.GPT3, Hardware: hardware.A100, Nodes: 128, Fabric: 25 * units.GBps, Batch: 1536, TP: 8, PP: 8, Microbatches: 96, Parts: 2,
		Buckets: 50, Checkpointing: physics.Full,
	}
	r := s.Run()
	fmt.Printf("%d replicas, HFU %.2f, MFU %.2f\n", r.DP, r.HFU, r.MFU)
	s.Level = physics.Calibrated
	r = s.Run()
	fmt.Printf("with kernels of 2023: HFU %.2f, MFU %.2f\n", r.HFU, r.MFU)
	// Output:
	// 16 replicas, HFU 0.46, MFU 0.34
	// with kernels of 2023: HFU 0.59, MFU 0.44
}

// A sequence of a million tokens does not fit into a server until it is cut.
func ExampleTraining_context() {
	s := parallel.Training{
		Model: models.Llama3_8B, Hardware: hardware.H100, Nodes: 16, Fabric: 50 * units.GBps, Batch: 16, Sequence: 1 << 20,
		TP: 8, ZeRO: 3, Checkpointing: physics.Full,
	}
	fmt.Println("whole:", s.Run().Memory, s.Run().Fits)
	s.CP, s.Microbatches = 16, 16
	r := s.Run()
	fmt.Println("cut over 16 devices:", r.Memory, r.Fits)
	fmt.Println("keys and values passed round:", r.ContextPar, "of which exposed:", r.ContextExposed)
	// Output:
	// whole: 102.6 GB false
	// cut over 16 devices: 7.36 GB true
	// keys and values passed round: 15.54 s of which exposed: 0 s
}
