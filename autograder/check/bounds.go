package check

import (
	"math"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Range is a gate: the value has the right dimension, sign and size. Put it in
// front of a credit with Gate; a constant can pass it.
type Range struct {
	ID        string
	What      string // utilisation
	As        Number // the unit
	Low, High float64
	Open      bool // High itself is out: a load below 1
	Whole     bool // a count
	Why       string
	Cites     string
}

// Check names the bound that is broken.
func (r Range) Check(c Claims) Verdict {
	if r.As.Noun == "" {
		r.As.Noun = Plain(0).Noun
	}
	law := "GATE: the " + r.What + " is possible (" + r.Cites + ")"
	claim, bad := has(c, r.ID, law, r.As)
	if bad != nil {
		return *bad
	}
	because := ""
	if r.Why != "" {
		because = ": " + r.Why
	}
	x := claim.Number
	switch {
	case r.Whole && x != math.Trunc(x):
		return fail(law, claim.String(), "%s: want a whole number", claim)
	case x < r.Low:
		return fail(law, claim.String(), "%s is less than can be%s", claim, because)
	case x > r.High, r.Open && x == r.High:
		return fail(law, claim.String(), "%s is more than can be%s", claim, because)
	}
	return pass(law, claim.String()+" is possible")
}

// Positive is a quantity above zero.
func Positive(id, what string, as Number) Range {
	return Range{ID: id, What: what, As: as, Low: math.SmallestNonzeroFloat64, High: math.MaxFloat64, Why: "it is above 0", Cites: "every solver"}
}

// Fraction is a share from 0 to 1, such as a utilisation or MFU.
func Fraction(id, what string) Range {
	return Range{ID: id, What: what, Low: 0, High: 1, Why: "it is a share, from 0 to 1", Cites: "every solver"}
}

// Counted is a whole number of at least one.
func Counted(id, what string) Range {
	return Range{ID: id, What: what, Low: 1, High: 1e12, Whole: true, Why: "it is counted", Cites: "every solver"}
}

// NotFaster is a time of at least the longer of arithmetic at the peak rate and
// traffic at the full bandwidth.
func NotFaster(id string, work units.FLOP, peak units.FLOPRate, traffic units.Bytes, bandwidth units.ByteRate) Range {
	bound := max(physics.ComputeTime(work, peak, 1), physics.StreamTime(traffic, bandwidth, 1))
	return Range{
		ID: id, What: "time", As: Seconds(0), Low: float64(bound) * (1 - 1e-9), High: math.MaxFloat64,
		Why: "neither the arithmetic nor the memory is that fast", Cites: "compute.SingleNode",
	}
}

// NotSlower is a time of at most its parts one after the other.
func NotSlower(id string, parts ...units.Seconds) Range {
	var sum units.Seconds
	for _, p := range parts {
		sum += p
	}
	return Range{
		ID: id, What: "time", As: Seconds(0), High: float64(sum) * (1 + 1e-9),
		Why: "all parts one after the other take less: something is counted twice", Cites: "compute.SingleNode",
	}
}

// NotFasterRing is the time of an all-reduce of at least what each link must
// carry: 2(n−1)/n of the message.
func NotFasterRing(id string, message units.Bytes, ranks int, link units.ByteRate) Range {
	return Range{
		ID: id, What: "time of the all-reduce", As: Seconds(0), Low: float64(physics.RingAllReduce(message, ranks, link, 0)) * (1 - 1e-9),
		High: math.MaxFloat64, Why: "each link carries 2(n-1)/n of the message", Cites: "network.Collective",
	}
}

// SpeedUpBound is a speed-up on n devices of at most n, and of at most what the
// share that is not parallel leaves (Amdahl 1967).
func SpeedUpBound(id string, n int, parallel float64) Range {
	high := float64(n)
	if parallel < 1 {
		high = math.Min(high, 1/(1-parallel))
	}
	return Range{
		ID: id, What: "speed-up", Low: math.SmallestNonzeroFloat64, High: high * (1 + 1e-9),
		Why: "a speed-up is at most n, and at most 1/(1-f)", Cites: "Amdahl's law",
	}
}

// Stable is the utilisation of a queue: below 1, or it grows for ever.
func Stable(id string) Range {
	return Range{ID: id, What: "utilisation", High: 1, Open: true, Why: "from 1 on the queue grows for ever", Cites: "serving.Tail"}
}

// Ordered is a gate: the claims do not fall from one to the next, or do not rise.
type Ordered struct {
	IDs     []string
	As      Number
	Falling bool
	What    string // mean service time, P50, P99
	Cites   string
}

// Check compares the student's own values.
func (o Ordered) Check(c Claims) Verdict {
	if o.As.Noun == "" {
		o.As.Noun = Plain(0).Noun
	}
	law := "MONO: " + o.What + " come in that order (" + o.Cites + ")"
	var last Claim
	for i, id := range o.IDs {
		claim, bad := has(c, id, law, o.As)
		if bad != nil {
			return *bad
		}
		if i > 0 && claim.Number != last.Number && (claim.Number < last.Number) != o.Falling {
			return fail(law, last.String()+", but "+claim.String(), "%s cannot be: the order is %s", claim, o.What)
		}
		last = claim
	}
	return pass(law, "the values come in order")
}
