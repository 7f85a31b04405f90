package serving

import (
	"math"
	"slices"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A Choice is one combination that Tuning tried.
type Choice struct {
	Batch       int               `help:"requests that a replica runs together"`
	Chunk       int               `help:"prefill tokens of one request per iteration; 0 is the whole prompt"`
	Replicas    int               `help:"replicas"`
	Verdict     Verdict           `help:"whether it meets the limits, or why not"`
	Goodput     units.RequestRate `help:"requests per second that end within the limit" better:"higher"`
	P99         units.Seconds     `help:"time of a request that 1 % exceed" better:"lower"`
	Base        units.Seconds     `help:"mean time of a request without waiting" better:"lower"`
	Utilization float64           `help:"share of the slots that are busy" better:"lower"`

	attained float64 // share of the requests that end within the limit
}

// Verdict is whether a choice meets the limits, or the first reason why not.
type Verdict uint8

// The verdicts, in the order in which they are tested; the last is none of them.
const (
	Meets    Verdict = iota
	NoRoom           // the memory does not hold so many requests
	Stalls           // an iteration takes too long
	Unstable         // the queue grows without bound
	Misses           // more than 1 % take longer than the limit
)

var verdictNames = [...]string{"met", "does not fit", "stalls too long", "unstable", "P99 missed"}

// String returns the verdict in words.
func (v Verdict) String() string { return verdictNames[min(int(v), len(verdictNames)-1)] }

// Names lists the verdicts in order of their values.
func (Verdict) Names() []string { return verdictNames[:] }

// MarshalText writes the words.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads the words in any case.
func (v *Verdict) UnmarshalText(text []byte) error { return describe.ReadEnum(v, "verdict", text) }

// A candidate is a choice with its queue.
type candidate struct {
	Choice
	queue  physics.Queue
	stable bool
}

// judge fills in the verdict and, for a stable queue, the goodput.
func (c *candidate) judge(s *Tuning, replica *BatchingResult) {
	if replica.Active < c.Batch {
		c.Verdict = NoRoom
		return
	}
	c.Base = replica.service()
	servers := c.Replicas * c.Batch
	load := s.Arrivals.For(c.Base).Ratio(units.Request)
	c.Utilization = load / float64(servers)
	if c.stable = c.Utilization < 1; c.stable {
		c.queue = physics.NewQueue(servers, load, s.CV)
	}
	late := 1.0
	if c.stable {
		late = c.queue.Tail(s.SLA.Ratio(c.Base))
		c.attained = 1 - late
		c.Goodput = s.Arrivals.Times(c.attained)
	}
	switch {
	case s.StallLimit > 0 && replica.Stall > s.StallLimit:
		c.Verdict = Stalls
	case !c.stable:
		c.Verdict = Unstable
	case late > beyond:
		c.Verdict = Misses
	}
}

// count keeps the number of each verdict.
func (r *TuningResult) count(v Verdict) {
	r.Tried++
	switch v {
	case Meets:
		r.Met++
	case NoRoom:
		r.NoRoom++
	case Stalls:
		r.Stalls++
	case Unstable:
		r.Unstable++
	case Misses:
		r.Missed++
	}
}

// mostTop is how many of the best combinations a result lists.
const mostTop = 10

// rank inserts a candidate into the list of the best if it belongs there. Its
// quantile, which takes most of the time, is found only then.
func (r *TuningResult) rank(c *candidate) {
	if !c.stable {
		return
	}
	if len(r.Top) == mostTop {
		last := &r.Top[mostTop-1]
		later := c.Verdict == last.Verdict && c.Verdict != Meets && c.queue.Tail(last.P99.Ratio(c.Base)) > beyond
		if later || sooner(last, &c.Choice) {
			return
		}
	}
	c.P99 = c.Base.Times(c.queue.Quantile(beyond))
	at, _ := slices.BinarySearchFunc(r.Top, &c.Choice, func(have Choice, one *Choice) int {
		if better(one, &have) {
			return 1
		}
		return -1
	})
	r.Top = slices.Insert(r.Top, at, c.Choice)
	r.Top = r.Top[:min(len(r.Top), mostTop)]
}

// each is the goodput of one replica, which the best choice has most of.
func (c *Choice) each() units.RequestRate { return c.Goodput.Times(1 / float64(c.Replicas)) }

// order ranks the verdicts of a stable queue.
func (v Verdict) order() int {
	switch v {
	case Meets:
		return 0
	case Misses:
		return 1
	default:
		return 2
	}
}

// sooner reports whether a is better whatever the quantile of b is.
func sooner(a, b *Choice) bool {
	if a.Verdict != b.Verdict {
		return a.Verdict.order() < b.Verdict.order()
	}
	return a.Verdict == Meets && a.share() > b.share()
}

// share is the part of its load that a replica ends in time, by which choices are
// ranked: in billionths, so that rounding does not decide between equals.
func (c *Choice) share() float64 { return math.Round(1e9 * c.attained / float64(c.Replicas)) }

// better ranks two choices: those that meet the limits first, by goodput per
// replica, then those that miss only the percentile, each by that percentile;
// equals stay in their order.
func better(a, b *Choice) bool {
	if sooner(a, b) || sooner(b, a) {
		return sooner(a, b)
	}
	return a.P99 < b.P99
}
