package serving

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/units"
)

// mostSlots keeps a mistyped batch from searching for minutes.
const mostSlots = 100_000

// stationed checks what a queue in front of batching replicas needs to know.
func (s *Batching) stationed(solver string) error {
	switch {
	case s.MeanPrompt == 0:
		return describe.Refuse(solver, "MeanPrompt", s.MeanPrompt, "above 0: the time of a request depends on it")
	case s.MeanOutput == 0:
		return describe.Refuse(solver, "MeanOutput", s.MeanOutput, "above 0: the time of a request depends on it")
	case s.Batch > mostSlots:
		return describe.Refuse(solver, "Batch", s.Batch, fmt.Sprintf("at most %d", mostSlots))
	}
	return nil
}

// endRate is how many requests a full replica ends.
func (r *BatchingResult) endRate() units.RequestRate {
	return units.Requests(r.Active).Per(r.service())
}

// service is the time of a request at a full replica, from the end of its wait.
//
//	s = TTFT + o·ITL
//
// It joins at the end of the running iteration: each of its tokens takes one.
func (r *BatchingResult) service() units.Seconds {
	return r.TTFT + r.ITL.Times(float64(r.in.MeanOutput))
}
