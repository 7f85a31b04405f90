package serving

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Disaggregated prefills on one kind of device and decodes on another (wall 4):
// the cache of the prompt crosses the network in between.
//
//	TTFT = T_prefill + KV/β, or with layers sent as they are done
//	TTFT = T_prefill + max(KV/β − T_prefill·(L−1)/L, KV/(β·L))
//
// Both sides must hold weights and cache. It leaves out queueing, link latency
// and how many prefill devices feed a decode device.
//
// Zhong 2024, "DistServe"; Patel 2024, "Splitwise".
type Disaggregated struct {
	Model            models.Model      `help:"network that generates tokens" required:"true"`
	Hardware         hardware.Device   `help:"device that prefills" required:"true"`
	Decoder          hardware.Device   `help:"device that decodes" required:"true"`
	TP               int               `help:"tensor-parallel devices that prefill" min:"1" default:"1"`
	DecoderTP        int               `help:"tensor-parallel devices that decode" min:"1" default:"1"`
	Network          units.ByteRate    `help:"network between the two sides" above:"0"`
	Overlap          bool              `help:"send the cache of a layer while the next is computed"`
	Prompt           int               `help:"prompt tokens per request" min:"1"`
	Output           int               `help:"output tokens per request" min:"0"`
	Batch            int               `help:"requests served together" min:"1"`
	Precision        physics.Precision `help:"format of weights and arithmetic; auto is fp16 where the prefill device has it"`
	KVPrecision      physics.Precision `help:"format of the cache; auto is that of the weights"`
	Efficiency       float64           `help:"share of the peak that arithmetic reaches" above:"0" max:"1" default:"0.5"`
	MemoryEfficiency float64           `help:"share of the bandwidth that traffic reaches" above:"0" max:"1" default:"1"`
	Level            physics.Level     `help:"textbook bound, or measured ceilings and overheads"`
	Stack            systems.Stack     `help:"engine whose overheads the calibrated level adds"`
}

// DisaggregatedResult is what a request sees, and whether both sides fit.
type DisaggregatedResult struct {
	TTFT            units.Seconds   `help:"time to first token: prefill and what of the transfer it does not hide" better:"lower"`
	ITL             units.Seconds   `help:"inter-token latency in the middle of the output" better:"lower"`
	Request         units.Seconds   `help:"time of a whole request" better:"lower"`
	TokensPerSecond units.TokenRate `help:"output tokens per second of the decode side" better:"higher"`
	Prefill         units.Seconds   `help:"prefill alone" better:"lower"`
	Transfer        units.Seconds   `help:"cache of the prompt over the network" better:"lower"`
	Exposed         units.Seconds   `help:"part of the transfer that the prefill does not hide" better:"lower"`
	Sent            units.Bytes     `help:"cache of the prompts that crosses the network" better:"lower"`

	Fits               bool        `help:"weights and cache fit on both sides"`
	Short              units.Bytes `help:"what is missing on each device of the side that lacks more" better:"lower"`
	PrefillFits        bool        `help:"they fit into each device that prefills"`
	DecodeFits         bool        `help:"they fit into each device that decodes"`
	PrefillMemory      units.Bytes `help:"weights and cache of the prompt on each device that prefills" better:"lower"`
	Memory             units.Bytes `help:"weights and longest cache on each device that decodes" better:"lower"`
	Weights            units.Bytes `help:"weights on each device that decodes"`
	PrefillUtilization float64     `help:"share of the memory used where prefill runs" better:"lower"`
	Utilization        float64     `help:"share of the memory used where decode runs" better:"lower"`

	Precision physics.Precision `help:"format it ran in"`
	walls.Notes

	// For Explain: the input with its defaults settled, and both sides.
	in              Disaggregated
	prefill, decode Result
}

const disaggregatedName = "serving.Disaggregated"

// Solve fails only if a field is out of range.
func (s Disaggregated) Solve() (DisaggregatedResult, error) {
	var r DisaggregatedResult
	if err := describe.Check(&s); err != nil {
		return r, err
	}
	s.Precision = s.Hardware.Resolve(s.Precision)
	var err error
	if r.prefill, err = s.side(&s.Hardware, s.TP, 0).Solve(); err != nil {
		return DisaggregatedResult{}, retold(err, disaggregatedName)
	}
	if r.decode, err = s.side(&s.Decoder, s.DecoderTP, s.Output).Solve(); err != nil {
		return DisaggregatedResult{}, retold(err, disaggregatedName, "Hardware", "Decoder", "TP", "DecoderTP")
	}
	r.in = s
	r.Precision = s.Precision
	r.transfer()
	r.remember()
	r.note()
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s Disaggregated) Run() DisaggregatedResult { return walls.Must(s.Solve()) }

// side serves the requests on one of the two devices.
func (s *Disaggregated) side(h *hardware.Device, ranks, output int) Serving {
	return Serving{
		Model: s.Model, Hardware: *h, TP: ranks, Prompt: s.Prompt, Output: output, Batch: s.Batch,
		Precision: s.Precision, KVPrecision: s.KVPrecision, Efficiency: s.Efficiency,
		MemoryEfficiency: s.MemoryEfficiency, Level: s.Level, Stack: s.Stack,
	}
}

// transfer fills in the times: the cache crosses the network once, whole.
func (r *DisaggregatedResult) transfer() {
	s := &r.in
	r.Sent = s.Model.KVBytes(float64(s.Prompt), r.prefill.in.KVPrecision.Size(), 1).Times(float64(s.Batch))
	r.Prefill, r.ITL = r.prefill.TTFT, r.decode.ITL
	r.Transfer = r.Sent.Over(s.Network)
	r.Exposed = r.Transfer
	if s.Overlap {
		last := 1 / float64(s.Model.Layers)
		r.Exposed = max(r.Transfer-r.Prefill.Times(1-last), r.Transfer.Times(last))
	}
	r.TTFT = r.Prefill + r.Exposed
	r.Request = r.TTFT + r.ITL.Times(max(float64(s.Output)-1, 0))
	r.TokensPerSecond = r.decode.TokensPerSecond
}

// remember fills in what both sides hold.
func (r *DisaggregatedResult) remember() {
	r.PrefillFits, r.DecodeFits = r.prefill.Fits, r.decode.Fits
	r.Fits = r.PrefillFits && r.DecodeFits
	r.Short = max(r.prefill.Short, r.decode.Short)
	r.PrefillMemory, r.PrefillUtilization = r.prefill.Memory, r.prefill.Utilization
	r.Memory, r.Utilization, r.Weights = r.decode.Memory, r.decode.Utilization, r.decode.Weights
}

// note fills in what binds and what a reader should know.
func (r *DisaggregatedResult) note() {
	r.Warnings = r.prefill.Warnings | r.decode.Warnings
	r.Binding = r.decode.Binding
	if r.Exposed > r.Prefill {
		r.Binding = walls.Network
	}
	if !r.Fits {
		r.Binding = walls.MemoryCapacity
	}
}
