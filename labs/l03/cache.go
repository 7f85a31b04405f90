package l03

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// users is question 1: the largest batch that fits.
func users() spec.Question {
	return spec.Question{
		ID: "q1", Title: "How many conversations fit?", Points: 10,
		Kinds:   []check.Kind{check.WIT, check.BIND},
		Claims:  []string{"q1"},
		Predict: `// Predict("q1", ...) // conversations`,
		Explore: `Show(Sweep(node, "Batch", Pow2(1, 512)).Chart("Batch", "Footprint"))`,
		Blank:   `// Answer("q1", ...) // or "none"`,
		Because: `// Because("q1", ...) // Compute, MemoryBandwidth or MemoryCapacity`,
		Worked: `Predict("q1", 50)
full := node
for full.Batch = 1; full.Run().Fits; full.Batch++ {
}
if full.Batch > 1 {
	Answer("q1", full.Batch-1)
} else {
	Answer("q1", "none")
}
Because("q1", MemoryCapacity)`,
		Right:  func(d spec.Draw) spec.Values { return spec.Values{"q1": largest(node(d, 1))} },
		Binds:  func(spec.Draw) walls.Resource { return walls.MemoryCapacity },
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return room("q1", node(d, 1)).Check(c) },
		Attribution: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.Binding{
				ID: "q1", What: "largest batch", Cites: "compute.SingleNode", Higher: true,
				Candidates: []walls.Resource{walls.Compute, walls.MemoryBandwidth, walls.MemoryCapacity},
				Metric: func(r walls.Resource, factor float64) (float64, error) {
					s := check.Faster(node(d, 1), r, factor).Run()
					return (s.Capacity - s.Weights).Ratio(s.Cache), nil // in parts of a conversation: ten per cent may be less than one
				},
			}.Check(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "memory is all for the cache", Says: "the weights need their place too: the cache has only what they leave", Wrong: func(d spec.Draw) spec.Values {
				r := node(d, 1).Run()
				return spec.Values{"q1": int(r.Capacity.Ratio(r.Cache))}
			}},
			{Name: "every head has keys and values of its own", Says: "this is the batch if every attention head kept its own keys and values: look at KVHeads", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1": largest(ungrouped(d))}
			}},
			{Name: "bandwidth limits the batch", Binds: walls.MemoryBandwidth, Says: "bandwidth decides how fast a batch is, not whether it fits"},
		},
	}
}

// ungrouped is the design with keys and values for every head.
func ungrouped(d spec.Draw) compute.SingleNode {
	s := node(d, 1)
	s.Model.KVHeads = s.Model.Heads
	return s
}

// perToken is question 2: the bytes of a token, and how the cache scales.
func perToken() spec.Question {
	return spec.Question{
		ID: "q2", Title: "What does a token of context cost?", Points: 10, Quick: true,
		Kinds:   []check.Kind{check.ID, check.UNIT, check.EXP},
		Claims:  []string{"q2.bytes", "q2.batch", "q2.context"},
		Predict: `// Predict("q2", ...*KB) // one token of one conversation`,
		Explore: `Show(fmt.Sprint(net.Layers, " layers, ", net.Heads, " heads, ", net.KVHeads, " of keys and values, each ", net.HeadDim, " wide"))`,
		Blank: `// Answer("q2.bytes", ...*KB)
// Answer("q2.batch", ...)   // the cache grows as the batch to the power of ...
// Answer("q2.context", ...) // and as the context to the power of ...`,
		Worked: `Predict("q2", 100*KB)
Answer("q2.bytes", KB.Times(float64(2*net.Layers*net.KVHeads*net.HeadDim*2)/1000))
Answer("q2.batch", 1)
Answer("q2.context", 1)`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q2.bytes": token(d), "q2.batch": 1, "q2.context": 1}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(
				check.Equal{ID: "q2.bytes", What: "cache of a token", Want: check.Bytes(token(d)), Tolerance: check.Digits(4), Cites: "compute.SingleNode"}.Check,
				grows(d, "q2.batch", "batch", 64, func(s *compute.SingleNode, x float64) { s.Batch = int(x) }),
				grows(d, "q2.context", "context", 4096, func(s *compute.SingleNode, x float64) { s.Context = int(x) }),
			)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "the cache keeps queries", Says: "this counts a vector for every attention head: queries are used once and not kept", Wrong: func(d spec.Draw) spec.Values {
				m := d.Model("network")
				return spec.Values{"q2.bytes": token(d).Times(float64(m.Heads) / float64(m.KVHeads))}
			}},
			{Name: "keys and values are one", Says: "this is one vector for each head: keys and values are two", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q2.bytes": token(d).Times(0.5)}
			}},
			{Name: "one layer keeps the cache", Says: "this is one layer: every layer has keys and values of its own", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q2.bytes": token(d).Times(1 / float64(d.Model("network").Layers))}
			}},
			{Name: "the cache grows with the square", Says: "the work of attention grows with the square of a prompt; what is kept is one entry for each token", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q2.context": 2}
			}},
		},
	}
}

// token is the cache of one token of one conversation.
func token(d spec.Draw) units.Bytes {
	return node(d, 1).Run().Cache.Times(1 / float64(d.Int("context")))
}

// grows is the exponent of the cache.
func grows(d spec.Draw, id, along string, at float64, set func(*compute.SingleNode, float64)) check.Check {
	return check.Slope{
		ID: id, What: "cache", Along: along, At: at, Step: 4, Tolerance: 0.02, Cites: "compute.SingleNode",
		Value: func(x float64) (float64, error) {
			s := node(d, 1)
			set(&s, x)
			r, err := s.Solve()
			return float64(r.Cache), err
		},
	}.Check
}
