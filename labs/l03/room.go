package l03

import (
	"strconv"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/physics"
)

// grouped is question 3: what grouped-query attention saves.
func grouped() spec.Question {
	return spec.Question{
		ID: "q3", Title: "What does grouped-query attention save?", Points: 10,
		Kinds:   []check.Kind{check.CF, check.WIT},
		Claims:  []string{"q3.ratio", "q3.batch"},
		Predict: `// Predict("q3", ...) // times as much cache if every head had its own keys and values`,
		Explore: `every := node
every.Model.KVHeads = net.Heads
Show(every.Run())`,
		Blank: `// Answer("q3.ratio", ...) // cache with keys and values for every head, divided by the cache as it is
// Answer("q3.batch", ...) // the conversations that fit then, or "none"`,
		Worked: `Predict("q3", 2)
wide := node
wide.Model.KVHeads = net.Heads
Answer("q3.ratio", wide.Run().Cache.Ratio(node.Run().Cache))
for wide.Batch = 1; wide.Run().Fits; wide.Batch++ {
}
if wide.Batch > 1 {
	Answer("q3.batch", wide.Batch-1)
} else {
	Answer("q3.batch", "none")
}`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q3.ratio": saved(d).Right().Value, "q3.batch": largest(ungrouped(d))}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(saved(d).Check, room("q3.batch", ungrouped(d)).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "grouping shrinks everything", Says: "you divided the number of conversations by the ratio: the weights stay as they are, so count again", Wrong: func(d spec.Draw) spec.Values {
				n := count(node(d, 1))
				if n < 2 {
					return nil
				}
				return spec.Values{"q3.batch": n / int(saved(d).Right().Value)}
			}},
			{Name: "grouping changes nothing that is kept", Says: "this is the batch as it is: with keys and values for every head the cache is larger", Wrong: func(d spec.Draw) spec.Values {
				if largest(ungrouped(d)) == largest(node(d, 1)) {
					return nil
				}
				return spec.Values{"q3.batch": largest(node(d, 1))}
			}},
		},
	}
}

func saved(d spec.Draw) check.Change {
	return check.Change{
		ID: "q3.ratio", What: "ratio of the caches", As: check.Ratio, Cites: "compute.SingleNode", Tolerance: check.Digits(3),
		Before: check.Bytes(node(d, 1).Run().Cache), After: check.Bytes(ungrouped(d).Run().Cache),
	}
}

// The names of question 4.
const (
	smallWeights = "int4 weights"
	smallCache   = "int8 cache"
)

// smaller is question 4: which of two formats makes more room.
func smaller() spec.Question {
	return spec.Question{
		ID: "q4", Title: "Smaller weights or a smaller cache?", Points: 15,
		Kinds:   []check.Kind{check.OPT, check.ID},
		Claims:  []string{"q4", "q4.batch"},
		Predict: `// Predict("q4", ...) // "int4 weights" or "int8 cache"`,
		Explore: `Show(Evaluation{Model: net, Hardware: gpu, Batch: 1, Context: tokens, Precision: INT4, KVPrecision: FP16}.Run())`,
		Blank: `// Answer("q4", ...)       // "int4 weights" or "int8 cache": the one that holds more conversations
// Answer("q4.batch", ...) // how many it holds`,
		Worked: `Predict("q4", "int8 cache")
weights, cache := node, node
weights.Precision, weights.KVPrecision = INT4, FP16
cache.Precision, cache.KVPrecision = FP16, INT8
for weights.Batch = 1; weights.Run().Fits; weights.Batch++ {
}
for cache.Batch = 1; cache.Run().Fits; cache.Batch++ {
}
if weights.Batch > cache.Batch {
	Answer("q4", "int4 weights")
} else {
	Answer("q4", "int8 cache")
}
Answer("q4.batch", max(weights.Batch, cache.Batch)-1)`,
		Right: func(d spec.Draw) spec.Values {
			w, c := counts(d)
			if w > c {
				return spec.Values{"q4": smallWeights, "q4.batch": w}
			}
			return spec.Values{"q4": smallCache, "q4.batch": c}
		},
		Options: map[string][]string{"q4": {smallWeights, smallCache}},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			w, k := counts(d)
			return check.All(check.Best{
				ID: "q4", What: "format", Objective: "number of conversations", Cites: "compute.SingleNode",
				Options: []check.Option{
					{Name: smallWeights, Value: float64(w), Fits: w > 0, Why: "the weights alone do not fit"},
					{Name: smallCache, Value: float64(k), Fits: k > 0, Why: "not one conversation fits"},
				},
			}.Check, check.Equal{ID: "q4.batch", What: "number of conversations", Want: check.Plain(float64(max(w, k))), Cites: "compute.SingleNode"}.Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "memory is mostly weights", Says: "look at both parts at your context: the larger one is the one to shrink", Wrong: func(d spec.Draw) spec.Values {
				w, c := counts(d)
				if w >= c {
					return nil
				}
				return spec.Values{"q4": smallWeights, "q4.batch": w}
			}},
			{Name: "memory is mostly cache", Says: "on a small device the weights take most of the memory: what they give up is many conversations", Wrong: func(d spec.Draw) spec.Values {
				w, c := counts(d)
				if w <= c {
					return nil
				}
				return spec.Values{"q4": smallCache, "q4.batch": c}
			}},
		},
	}
}

// counts are the conversations with int4 weights and with an int8 cache.
func counts(d spec.Draw) (weights, cache int) {
	w, c := node(d, 1), node(d, 1)
	w.Precision, w.KVPrecision = physics.INT4, physics.FP16
	c.Precision, c.KVPrecision = physics.FP16, physics.INT8
	return count(w), count(c)
}

// equal is question 5: the context where the cache is as large as the weights.
func equal() spec.Question {
	return spec.Question{
		ID: "q5", Title: "When is the cache as large as the weights?", Points: 10,
		Kinds:   []check.Kind{check.WIT},
		Claims:  []string{"q5"},
		Predict: `// Predict("q5", ...) // tokens of context`,
		Explore: `Interact(func(v Values) any { return Evaluation{Model: net, Hardware: gpu, Batch: 1, Context: v.Int("context")}.Run() },
	SliderOver("context", Pow2(1024, 65536), 2048))`,
		Blank: `// Answer("q5", ...) // the shortest context at which the cache of your conversations is at least as large as the weights`,
		Worked: `Predict("q5", 10000)
heavy := node
heavy.Batch = talks
lo, hi := 1, 131072
for lo < hi {
	heavy.Context = (lo + hi) / 2
	if heavy.Run().Cache >= heavy.Run().Weights {
		hi = heavy.Context
	} else {
		lo = heavy.Context + 1
	}
}
Answer("q5", lo)`,
		Right: func(d spec.Draw) spec.Values {
			x, _ := asLarge(d, d.Int("conversations")).Find()
			return spec.Values{"q5": int(x)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return asLarge(d, d.Int("conversations")).Check(c) },
		Misconceptions: []spec.Misconception{
			{Name: "one conversation fills the cache", Says: "this is the context of a single conversation: yours share the device, each with its own cache", Wrong: func(d spec.Draw) spec.Values {
				x, ok := asLarge(d, 1).Find()
				if !ok {
					return nil
				}
				return spec.Values{"q5": int(x)}
			}},
			{Name: "the cache keeps queries", Says: "this counts every attention head: only the heads of keys and values are kept", Wrong: func(d spec.Draw) spec.Values {
				s := ungrouped(d)
				n := s.Run().Weights.Ratio(s.Run().Cache.Times(1/float64(s.Context))) / float64(d.Int("conversations"))
				return spec.Values{"q5": int(n) + 1}
			}},
		},
	}
}

// longest is the longest context of the networks.
const longest = 131072

// asLarge is the boundary that the question is about.
func asLarge(d spec.Draw, batch int) check.Boundary {
	return check.Boundary{
		ID: "q5", What: "context", Yes: "makes the cache of " + strconv.Itoa(batch) + " as large as the weights", No: "leaves the cache smaller than the weights",
		Cites: "compute.SingleNode", First: true, Low: 1, High: longest, Step: 1,
		Holds: func(x float64) bool {
			s := node(d, batch)
			s.Context = int(x)
			r := s.Run()
			return r.Cache >= r.Weights
		},
	}
}
