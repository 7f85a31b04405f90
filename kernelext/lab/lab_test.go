package lab_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	. "github.com/mlsysim/golab/kernelext/lab"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/mlsysim/hardware"
)

// host is a sink that remembers.
type host struct {
	records []record.Record
	shown   []map[string]any
}

func (h *host) Record(data []byte) {
	var r record.Record
	if err := json.Unmarshal(data, &r); err != nil {
		panic(err)
	}
	h.records = append(h.records, r)
}
func (h *host) Show(bundle map[string]any) { h.shown = append(h.shown, bundle) }

func hosted(t *testing.T) *host {
	h := &host{}
	record.Use(h)
	t.Cleanup(func() { record.Use(nil) })
	return h
}

func TestVerbsBecomeRecords(t *testing.T) {
	h := hosted(t)
	l := Open("T0", " s123 ")
	require.Equal(t, "s123", l.Student)
	batch := l.Int("batch", 8, 16, 32)
	require.Equal(t, batch, l.Int("batch", 8, 16, 32))

	Predict("q1", 3)
	Answer("q1", 5*Millisecond)
	Because("q1", MemoryBandwidth)
	Show(Evaluate(Llama3_8B, H100))

	kinds := []record.Kind{}
	for _, r := range h.records {
		kinds = append(kinds, r.Kind)
	}
	require.Equal(t, []record.Kind{record.Open, record.Predict, record.Answer, record.Because}, kinds)
	require.Equal(t, "answer q1 = 5 ms", h.shown[2]["text/plain"])
	require.Contains(t, h.shown[4]["text/plain"], "Llama-3.1-8B on NVIDIA H100")
	require.Contains(t, h.shown[4]["text/html"], "Feasibility")
}

func TestMistakesEndTheCellWithTheErrorItself(t *testing.T) {
	hosted(t)
	for want, cell := range map[string]func(){
		`open T0: no student id: want Open("T0", "your id")`: func() { Open("T0", " ") },
		"serving.Serving: Prompt = 0: want at least 1":       func() { Serving{Model: Llama3_8B, Hardware: H100, Batch: 1}.Run() },
		`unknown hardware "H1000": did you mean H100`:        func() { HardwareNamed("H1000") },
		"lab T0: batch has no choices":                       func() { Open("T0", "s1").Int("batch") },
		"answer q1: a []int cannot be an answer":             func() { Answer("q1", []int{1}) },
	} {
		func() {
			defer func() {
				err, ok := recover().(error)
				require.True(t, ok, want)
				require.ErrorContains(t, err, want)
			}()
			cell()
		}()
	}
}

func TestAWhatIfIsACopy(t *testing.T) {
	h := H100
	h.Memory = 141 * GB
	require.NotEqual(t, h.Memory, hardware.H100.Memory)
}

func TestSweepFromALab(t *testing.T) {
	front := Sweep(Serving{Model: Llama3_8B, Hardware: H100, Batch: 1, Prompt: 4096, Output: 256}, "Batch", Pow2(1, 512))
	require.Equal(t, 64.0, front.LastFitting().X)
}

// A pipeline of plain structs runs, explains itself and is searched from a lab.
func TestPipelineFromALab(t *testing.T) {
	p := Pipeline{
		Stages: []Stage{
			{Name: "serve", Solver: Serving{Model: Llama3_8B, Hardware: H100, Batch: 8, Prompt: 2048, Output: 256}},
			{Name: "tail", Solver: Tail{Arrivals: 0.5, Replicas: 4}},
		},
		Binds: []Bind{{From: "serve.Request", To: "tail.Service"}},
	}
	require.Len(t, p.Explain().Stages, 2)
	require.Positive(t, p.Run().Value("tail.P99"))
	require.Len(t, Sweep(p, "serve.Batch", Pow2(1, 8)).Points, 4)
	c := Space{Solver: p, Axes: []Axis{{Field: "serve.Batch", Values: Pow2(1, 512)}}, Objective: "serve.TokensPerSecond", Limits: []string{"tail.P99 <= 10 s"}}.Run()
	require.Equal(t, 4, c.Fitting)
}

// Compiled Go outside a notebook prints plain text on standard output.
func TestCompiledProgramPrintsText(t *testing.T) {
	if os.Getenv("LAB_PRINT") == "1" {
		Show(80 * GB)
		Answer("q1", 3)
		os.Exit(0)
	}
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self, "-test.run=TestCompiledProgramPrintsText")
	cmd.Env = append(os.Environ(), "LAB_PRINT=1", "GONB_PIPE=")
	out, err := cmd.Output()
	require.NoError(t, err)
	require.Equal(t, "80 GB\nanswer q1 = 3\n", string(out))
}

func TestOtherSolversFromALab(t *testing.T) {
	r := TrainingMemory{Model: Llama3_8B, Hardware: H100, Batch: 16, DP: 8, ZeRO: 3, Checkpointing: Full}.Run()
	require.True(t, r.Fits)
	slope := Elasticities(SingleNode{Model: Llama3_8B, Hardware: H100, Batch: 1}, "Latency", "Hardware.Bandwidth")
	require.NotEmpty(t, slope.View().Blocks)
	saved := Collective{Operation: AllReduce, Message: GB, Ranks: 8, Intra: 450 * GBps, Algorithm: RingAlgorithm}.Run()
	require.InEpsilon(t, 1.75e9/450e9, float64(saved.Time), 0.01)
}
