package reliability

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Checkpoint is the size of one checkpoint and what writing it costs (wall 19).
//
//	size = b·P, BW = min(writers·storage, limit), t = size/BW, stall = t/(interval + t)
//
// Training stops while it is written. It leaves out metadata, compression,
// increments and copies kept in memory.
//
// Eisenman 2022, "Check-N-Run: a checkpointing system for training deep learning
// recommendation models".
type Checkpoint struct {
	Model     models.Model   `help:"network that is trained" required:"true"`
	Optimizer Optimizer      `help:"optimizer whose state is saved"`
	AdamBytes units.Bytes    `help:"bytes per parameter with Adam or AdamW: 16-bit weights, 32-bit copy and two moments (mlsysim 0.3.0)" above:"0" default:"14 B"`
	SGDBytes  units.Bytes    `help:"bytes per parameter with plain SGD (mlsysim 0.3.0)" above:"0" default:"4 B"`
	Storage   units.ByteRate `help:"write bandwidth of one writer; 0 is unknown" min:"0"`
	Writers   int            `help:"writers at once" min:"1" default:"1"`
	Limit     units.ByteRate `help:"write bandwidth of the shared file system (mlsysim 0.3.0)" above:"0" default:"500 GB/s"`
	Interval  units.Seconds  `help:"training between checkpoints" above:"0" default:"4 h"`
	Slow      units.Seconds  `help:"write time above which storage is a bottleneck (mlsysim 0.3.0)" above:"0" default:"60 s"`
	Stall     units.Seconds  `help:"write time that is allowed; 0 is no limit" min:"0"`
}

// CheckpointResult is what a checkpoint costs.
type CheckpointResult struct {
	Size       units.Bytes    `help:"size of one checkpoint" better:"lower"`
	Bandwidth  units.ByteRate `help:"bandwidth of all writers" better:"higher" known:"Known"`
	Write      units.Seconds  `help:"time to write it" better:"lower" known:"Known"`
	StallShare float64        `help:"share of the time that writing takes" better:"lower" known:"Known"`
	Bottleneck bool           `help:"writing takes longer than the threshold" known:"Known"`
	Known      bool           `help:"the storage bandwidth is known"`

	Required      units.ByteRate `help:"bandwidth of all writers that keeps to the allowed time" better:"lower" known:"RequiredKnown"`
	RequiredKnown bool           `help:"an allowed time was stated"`
	walls.Notes

	in Checkpoint // for Explain
}

// Optimizer is the rule whose state a checkpoint holds.
type Optimizer uint8

// The optimizers.
const (
	Adam Optimizer = iota
	AdamW
	SGD
)

var optimizerNames = [...]string{"adam", "adamw", "sgd"}

// String returns the lower-case name.
func (o Optimizer) String() string { return optimizerNames[min(int(o), len(optimizerNames)-1)] }

// Names lists the optimizers in order of their values.
func (Optimizer) Names() []string { return optimizerNames[:] }

// MarshalText writes the name.
func (o Optimizer) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads a name in any case.
func (o *Optimizer) UnmarshalText(text []byte) error { return describe.ReadEnum(o, "optimizer", text) }

// Solve fails only if a field is out of range.
func (s Checkpoint) Solve() (CheckpointResult, error) {
	if err := describe.Check(&s); err != nil {
		return CheckpointResult{}, err
	}
	if s.Model.Params == 0 {
		return CheckpointResult{}, describe.Refuse("reliability.Checkpoint", "Model.Params", s.Model.Params, "above 0: a network with parameters to save")
	}
	r := CheckpointResult{Size: s.perParam().Times(float64(s.Model.Params)), Known: s.Storage > 0, in: s}
	if r.Known {
		r.Bandwidth = min(s.Storage.Times(float64(s.Writers)), s.Limit)
		r.Write = r.Size.Over(r.Bandwidth)
		r.StallShare = physics.StallShare(r.Write, s.Interval)
		r.Bottleneck = r.Write > s.Slow
	}
	if s.Stall > 0 {
		r.Required, r.RequiredKnown = r.Size.Per(s.Stall), true
	}
	s.note(&r)
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s Checkpoint) Run() CheckpointResult { return walls.Must(s.Solve()) }

// perParam is the bytes saved per parameter.
func (s *Checkpoint) perParam() units.Bytes {
	if s.Optimizer == SGD {
		return s.SGDBytes
	}
	return s.AdamBytes
}

// note fills in what binds and what a reader should know.
func (s *Checkpoint) note(r *CheckpointResult) {
	if !r.Known {
		r.Warnings |= walls.StorageUnknown
		return
	}
	r.Binding = walls.Storage
	if s.Stall > 0 && r.Write > s.Stall {
		r.Warnings |= walls.LimitMissed
	}
}

// Explain derives the size, the time and the stall.
func (r CheckpointResult) Explain() walls.Trace {
	s := &r.in
	size := walls.Term{Symbol: "S", What: "size", Value: r.Size}
	t := walls.Trace{Title: r.title(), Omitted: checkpointOmitted[:], Steps: []walls.Step{{
		Name: "size", Symbol: "S", Formula: "b * P", Field: "Size",
		Terms: []walls.Term{
			{Symbol: "b", What: "bytes per parameter, " + s.Optimizer.String(), Value: s.perParam()},
			{Symbol: "P", What: "parameters", Value: s.Model.Params},
		},
		Value: r.Size,
	}}}
	if r.Known {
		t.Steps = append(t.Steps, r.writeSteps()...)
	}
	if r.RequiredKnown {
		t.Steps = append(t.Steps, walls.Step{
			Name: "bandwidth required", Symbol: "BW_req", Formula: "S / t_max", Field: "Required",
			Terms: []walls.Term{size, {Symbol: "t_max", What: "allowed time", Value: s.Stall}}, Value: r.Required,
		})
	}
	return t
}

var checkpointOmitted = [...]string{
	"metadata, compression and increments",
	"copies in memory that are written behind training",
}

func (r *CheckpointResult) title() string { return "checkpoint of " + r.in.Model.Name }

// writeSteps derive the time and the stall from a known bandwidth.
func (r *CheckpointResult) writeSteps() []walls.Step {
	return []walls.Step{
		{
			Name: "bandwidth", Symbol: "BW", Formula: "min(w * B, L)", Field: "Bandwidth",
			Terms: []walls.Term{
				{Symbol: "w", What: "writers", Value: r.in.Writers},
				{Symbol: "B", What: "bandwidth of one", Value: r.in.Storage},
				{Symbol: "L", What: "limit of the file system", Value: r.in.Limit},
			},
			Value: r.Bandwidth,
		},
		{
			Name: "write time", Symbol: "t", Formula: "S / BW", Field: "Write",
			Terms: []walls.Term{{Symbol: "S", What: "size", Value: r.Size}, {Symbol: "BW", What: "bandwidth", Value: r.Bandwidth}},
			Value: r.Write,
		},
		{
			Name: "share of the time", Symbol: "p", Formula: "t / (I + t)", Field: "StallShare",
			Terms: []walls.Term{{Symbol: "t", What: "write time", Value: r.Write}, {Symbol: "I", What: "interval", Value: r.in.Interval}},
			Value: r.StallShare, Source: "Eisenman 2022",
		},
	}
}

// View describes the result.
func (r CheckpointResult) View() show.View {
	v := show.View{
		Title:    r.title(),
		Subtitle: fmt.Sprintf("%s, %d writers, every %s, binds: %s", r.in.Optimizer, r.in.Writers, r.in.Interval, r.Binding),
		Status:   show.Pass, Data: r,
	}
	if r.Warnings.Has(walls.LimitMissed) {
		v.Status = show.Fail
	}
	v.Blocks = []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}}
	return v
}
