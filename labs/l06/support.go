package l06

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/quality"
)

// arithmetic is question 3: the prefill, with and without units of four bits.
func arithmetic() spec.Question {
	return spec.Question{
		ID: "q3", Title: "Does the prompt get faster too?", Points: 10,
		Kinds:   []check.Kind{check.CF},
		Claims:  []string{"q3.without", "q3.with"},
		Predict: `// Predict("q3", ...) // how many times faster your device reads the prompt`,
		Explore: `Show(fmt.Sprint(gpu.Name, ": fp16 ", gpu.Rates.FP16, ", int4 ", gpu.Rates.INT4))
Show(fmt.Sprint(old.Name, ": fp16 ", old.Rates.FP16, ", int4 ", old.Rates.INT4))`,
		Blank: `// Answer("q3.without", ...) // speed-up of the prefill on your device, with weights of four bits
// Answer("q3.with", ...)    // the same on the older device, with Arithmetic: INT4`,
		Worked: `Predict("q3", 4)
reads := Compression{Model: model, Hardware: gpu, Baseline: FP16, Bits: 4, Group: 128, Batch: 1, Prompt: prompt}
Answer("q3.without", reads.Run().PrefillSpeedup)
reads.Hardware, reads.Arithmetic = old, INT4
Answer("q3.with", reads.Run().PrefillSpeedup)`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q3.without": weightsOnly(d).Right().Value, "q3.with": allInt4(d).Right().Value}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(weightsOnly(d).Check, allInt4(d).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "fewer bits are less arithmetic", Says: "the device has no units of four bits: it turns the weights back into fp16 and multiplies as before", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q3.without": 4.0}
			}},
			{Name: "as on one decode step", Says: "this is the speed-up of a decode step: a prompt does not wait for the weights", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3.without": gain(d).Right().Value}
			}},
			{Name: "the ratio of the peak rates", Says: "this is the ratio of the two peak rates: attention is still done in fp16", Wrong: func(d spec.Draw) spec.Values {
				r := d.Device("older device").Rates
				return spec.Values{"q3.with": r.INT4.Ratio(r.FP16)}
			}},
		},
	}
}

// prefill is a prompt read with weights of four bits.
func prefill(d spec.Draw) quality.Compression {
	c := four(d)
	c.Context, c.Prompt = 0, d.Int("prompt")
	return c
}

// weightsOnly is the prompt on a device that multiplies in fp16.
func weightsOnly(d spec.Draw) check.Change { return read("q3.without", prefill(d), 4) }

// allInt4 is the prompt on a device that multiplies in int4.
func allInt4(d spec.Draw) check.Change {
	c := prefill(d)
	c.Hardware, c.Arithmetic = d.Device("older device"), physics.INT4
	return read("q3.with", c, c.Hardware.Rates.INT4.Ratio(c.Hardware.Rates.FP16))
}

func read(id string, c quality.Compression, high float64) check.Change {
	r := c.Run()
	return check.Change{
		ID: id, What: "speed-up of the prefill", As: check.SpeedUp, Cites: "quality.Compression", Low: 1 - 1e-3, High: high, Tolerance: 0.001,
		Before: check.Seconds(r.PrefillBefore), After: check.Seconds(r.PrefillAfter),
	}
}

// sparse is question 5: half of the weights removed, in two patterns.
func sparse() spec.Question {
	return spec.Question{
		ID: "q5", Title: "Is half of the weights half of the time?", Points: 10,
		Kinds:   []check.Kind{check.CF},
		Claims:  []string{"q5.any", "q5.pattern"},
		Predict: `// Predict("q5", ...) // speed-up of a decode step when any half of the weights is removed`,
		Explore: `Show(fmt.Sprint(gpu.Name, ": fp16 ", gpu.Rates.FP16, ", with a 2:4 pattern ", gpu.Sparse.FP16))`,
		Blank: `// Answer("q5.any", ...)     // speed-up with Method: Pruning, Sparsity: 0.5, Pattern: Unstructured
// Answer("q5.pattern", ...) // the same with Pattern: TwoOfFour`,
		Worked: `Predict("q5", 2)
pruned := Compression{Model: model, Hardware: gpu, Baseline: FP16, Method: Pruning, Sparsity: 0.5, Batch: 1, Context: tokens}
Answer("q5.any", pruned.Run().Speedup)
pruned.Pattern = TwoOfFour
Answer("q5.pattern", pruned.Run().Speedup)`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{
				"q5.any": pruned(d, "q5.any", quality.Unstructured).Right().Value, "q5.pattern": pruned(d, "q5.pattern", quality.TwoOfFour).Right().Value,
			}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(pruned(d, "q5.any", quality.Unstructured).Check, pruned(d, "q5.pattern", quality.TwoOfFour).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "half of the weights, half of the time", Says: "zeros anywhere are read and multiplied like other numbers: nothing tells the device to skip them", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q5.any": 2.0}
			}},
			{Name: "a pattern halves the step", Says: "even where the weights are read in half, the cache and the overhead are not", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q5.pattern": 2.0}
			}},
			{Name: "a pattern helps every device", Says: "this is what smaller matrices would give: look whether your device has a rate for the pattern", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q5.pattern": pruned(d, "", quality.Structured).Right().Value}
			}},
		},
	}
}

// pruned is the speed-up of a decode step without half of the weights.
func pruned(d spec.Draw, id string, p quality.Pattern) check.Change {
	c := four(d)
	c.Method, c.Bits, c.Group, c.Sparsity, c.Pattern = quality.Pruning, 0, 0, 0.5, p
	r := c.Run()
	return check.Change{
		ID: id, What: "speed-up without half of the weights", As: check.SpeedUp, Cites: "quality.Compression", Low: 1 - 1e-3, High: 2, Tolerance: 0.001,
		Before: check.Seconds(r.Before), After: check.Seconds(r.After),
	}
}
