package parallel_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
)

// busy is a cluster on which every input of a step has a say.
var busy = parallel.Training{
	Model: models.Mixtral_8x7B, Hardware: hardware.H100, Nodes: 64, NICs: 4, IntraLink: 450 * units.GBps, IntraLatency: units.Microsecond, Fabric: 50 * units.GBps,
	FabricLatency: 5 * units.Microsecond, Oversubscription: 2, Batch: 512, Sequence: 4096, TP: 2, PP: 4, EP: 2, CP: 2, Parts: 2, Microbatches: 8, Accumulation: 2,
	ZeRO: 2, Trainable: 0.5, Buffers: 0.05, Buckets: 2, Chunks: 2, Imbalance: 1.2, Congestion: 1.1, Straggler: 1.1, Efficiency: 0.4, MemoryEfficiency: 0.9,
	PerNode: 8, NodeSwitch: true, FabricSwitch: true, Adapted: 2,
}

// Fields that only have a say beside another one.
var beside = map[string]func(*parallel.Training){
	"KeepWeights":  func(s *parallel.Training) { s.ZeRO = 3 },
	"LoRA":         func(s *parallel.Training) { s.Trainable = 1 },
	"Adapted":      func(s *parallel.Training) { s.LoRA, s.Trainable = 8, 1 },
	"NodeSwitch":   func(s *parallel.Training) { s.TP = 8 },
	"FabricSwitch": func(s *parallel.Training) { s.ZeRO, s.PerNode, s.NICs = 0, 1, 1 },
	"Algorithm":    func(s *parallel.Training) { s.ZeRO = 0 },
}

// I-26, D-27: every input changes the result.
func TestEveryTrainingInputMatters(t *testing.T) {
	requireMatters(t, busy, func(s any, field string) any {
		in := s.(parallel.Training)
		if change, ok := beside[field]; ok {
			change(&in)
		}
		return in
	}, map[string]any{"Hardware": hardware.A100, "Model": tinyMoE, "PerNode": 4, "Level": physics.Calibrated, "Algorithm": physics.Tree, "NICs": 8, "Precision": physics.FP8, "Optimizer": physics.SGD})
}

func TestEveryInferenceInputMatters(t *testing.T) {
	s := parallel.Inference{
		Model: models.Mixtral_8x7B, Hardware: hardware.H100, Nodes: 64, PerNode: 8, NICs: 4, IntraLink: 450 * units.GBps, IntraLatency: units.Microsecond, Fabric: 50 * units.GBps,
		FabricLatency: 5 * units.Microsecond, Oversubscription: 2, Prompt: 4096, Output: 100, Batch: 64, TP: 4, PP: 4, EP: 2, CP: 4, Microbatches: 2,
		Imbalance: 1.2, Congestion: 1.1, Efficiency: 0.5, MemoryEfficiency: 0.9, Precision: physics.FP16, KVPrecision: physics.FP16,
	}
	requireMatters(t, s, func(s any, field string) any {
		in := s.(parallel.Inference)
		if field == "Stack" {
			in.Level = physics.Calibrated
		}
		return in
	}, map[string]any{
		"Hardware": hardware.A100, "Model": tinyMoE, "PerNode": 4, "Level": physics.Calibrated, "Algorithm": physics.Tree, "Stack": systems.LlamaCpp,
		"Precision": physics.FP8, "KVPrecision": physics.FP8, "NICs": 8,
	})
}

func TestEveryRooflineInputMatters(t *testing.T) {
	s := parallel.NetworkRoofline{
		Model: models.Llama3_8B, Hardware: hardware.H100, Nodes: 8, PerNode: 8, NICs: 4, IntraLink: 450 * units.GBps, IntraLatency: units.Microsecond, Fabric: 50 * units.GBps,
		FabricLatency: 5 * units.Microsecond, Oversubscription: 2, Bisection: 0.5, Batch: 512, Sequence: 4096, TP: 1, PP: 1, ZeRO: 2, Trainable: 0.5,
		Congestion: 1.1, Efficiency: 0.4,
	}
	requireMatters(t, s, func(s any, field string) any {
		in := s.(parallel.NetworkRoofline)
		switch field {
		case "FabricSwitch", "Algorithm":
			in.ZeRO, in.PerNode = 0, 1
		case "NodeSwitch":
			in.ZeRO, in.Nodes = 0, 1
		}
		return in
	}, map[string]any{
		"Hardware": hardware.A100, "Model": tinyMoE, "PerNode": 4, "Level": physics.Calibrated, "Algorithm": physics.Tree, "NICs": 8, "Precision": physics.FP8,
		"ZeRO": 3,
	})
}

func TestEveryPlanInputMatters(t *testing.T) {
	s := parallel.Plan{
		Model: tinyMoE, Hardware: hardware.H100, Nodes: 4, PerNode: 8, NICs: 4, IntraLink: 450 * units.GBps, IntraLatency: units.Microsecond, Fabric: 50 * units.GBps,
		FabricLatency: 5 * units.Microsecond, Oversubscription: 2, Batch: 64, Sequence: 1536, MaxTP: 2, MaxPP: 2, MaxEP: 2, MaxCP: 2, Trainable: 0.5, Buffers: 0.05,
		Buckets: 2, Chunks: 2, Imbalance: 1.2, Congestion: 1.1, Straggler: 1.1, Efficiency: 0.4, MemoryEfficiency: 0.9, Listed: 3, Exhaustive: 1000000, Adapted: 2,
	}
	s.Hardware.Memory = 24 * units.GB
	requireMatters(t, s, func(s any, field string) any {
		in := s.(parallel.Plan)
		switch field {
		case "LoRA":
			in.Trainable = 1
		case "Adapted":
			in.LoRA, in.Trainable = 8, 1
		case "NodeSwitch", "Algorithm":
			in.Nodes, in.MaxTP, in.MaxPP, in.MaxCP, in.MaxEP = 1, 4, 1, 1, 1
		case "FabricSwitch":
			in.Hardware.Memory, in.PerNode, in.NICs, in.MaxTP, in.MaxPP, in.MaxCP = 80*units.GB, 1, 1, 1, 1, 1
		}
		return in
	}, map[string]any{
		"Hardware": hardware.A100, "Model": models.Llama3_8B, "PerNode": 4, "Level": physics.Calibrated, "Algorithm": physics.Tree, "Precision": physics.FP8,
		"NICs": 8, "Exhaustive": 1, "MaxTP": 4, "MaxPP": 4, "Listed": 4, "Optimizer": physics.SGD, "MemoryEfficiency": 0.05,
	})
}

// requireMatters changes one field after another and compares the results; a
// number doubles or drops unless the test says what it becomes.
func requireMatters(t *testing.T, base any, prepare func(s any, field string) any, becomes map[string]any) {
	for _, f := range describe.Fields(reflect.TypeOf(base)) {
		s := reflect.ValueOf(prepare(base, f.Name))
		before, err := solved(t, s)
		require.NoError(t, err, f.Name)
		matters := false
		for _, way := range []float64{2, 0.5} {
			in := reflect.New(s.Type()).Elem()
			in.Set(s)
			perturb(in.FieldByIndex(f.Index), way, becomes[f.Name])
			after, err := solved(t, in)
			matters = matters || err == nil && after != before
		}
		require.True(t, matters, "%s.%s has no effect", s.Type(), f.Name)
	}
}

func perturb(v reflect.Value, way float64, becomes any) {
	switch {
	case becomes != nil:
		v.Set(reflect.ValueOf(becomes))
	case v.Kind() == reflect.Bool:
		v.SetBool(!v.Bool())
	case v.Kind() == reflect.Int:
		v.SetInt(max(1, int64(float64(v.Int())*way)))
	case v.Kind() == reflect.Float64:
		v.SetFloat(v.Float() * way)
	case v.Kind() == reflect.Uint8:
		v.SetUint(1)
	}
}

func solved(t *testing.T, in reflect.Value) (string, error) {
	out := in.MethodByName("Solve").Call(nil)
	if err, failed := out[1].Interface().(error); failed {
		return "", err
	}
	text, err := describe.Encode(out[0].Interface())
	require.NoError(t, err)
	return string(text), nil
}
