package check

import "github.com/mlsysim/golab/mlsysim/units"

// Split (SUM) wants the parts of a pass to recombine to its latency:
// latency = max(compute, memory) + overhead, each part at least zero. It is an
// invariant of compute.SingleNode. The fields are ids of claims.
type Split struct {
	Compute, Memory, Overhead, Latency string
	Tolerance                          float64 // relative
}

const splitLaw = "SUM: latency = max(compute, memory) + overhead, no part below 0 (compute.SingleNode)"

// Check works on the student's own four values only.
func (s Split) Check(c Claims) Verdict {
	var t [4]units.Seconds
	for i, id := range [...]string{s.Compute, s.Memory, s.Overhead, s.Latency} {
		claim, bad := has(c, id, splitLaw, Seconds(0))
		if bad != nil {
			return *bad
		}
		t[i] = units.Seconds(claim.Number)
		if t[i] < 0 {
			return fail(splitLaw, claim.String(), "a part of the time is below zero")
		}
	}
	compute, memory, overhead, latency := t[0], t[1], t[2], t[3]
	whole := max(compute, memory) + overhead
	if near(float64(latency), float64(whole), s.Tolerance) {
		return pass(splitLaw, "the parts recombine to the latency")
	}
	counter := "max(" + compute.String() + ", " + memory.String() + ") + " + overhead.String() + " = " + whole.String() +
		", but you say " + latency.String()
	return fail(splitLaw, counter, "%s", s.diagnose(compute, memory, overhead, latency))
}

// diagnose names the usual ways to put the parts together wrongly.
func (s Split) diagnose(compute, memory, overhead, latency units.Seconds) string {
	is := func(t units.Seconds) bool { return near(float64(latency), float64(t), s.Tolerance) }
	switch {
	case is(compute + memory + overhead):
		return "you added compute and memory: they overlap, so only the longer one counts"
	case is(min(compute, memory) + overhead):
		return "you took the shorter of compute and memory: the pass ends when the longer one does"
	case is(max(compute, memory)):
		return "the overhead is missing: it comes on top of the longer part"
	}
	return "the parts do not recombine to the latency"
}
