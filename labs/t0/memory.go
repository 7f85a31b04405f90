package t0

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/units"
)

// digits is the tolerance of a size: four digits copied by hand pass, and the
// footprints of two students differ.
const digits = 0.0004

// memory is question 3.
func memory() spec.Question {
	return spec.Question{
		ID: "q3", Title: "How much memory does it need?", Points: 10, Quick: true,
		Kinds:   []check.Kind{check.UNIT, check.ID},
		Claims:  []string{"q3.gb", "q3.gib"},
		Predict: "// Predict(\"q3\", ...*GB) // weights and cache of your scenario",
		Explore: "bigger := node\nbigger.Batch = 2 * batch\nShow(bigger.Run().Cache) // the cache grows with the batch, the weights do not",
		Blank:   "// Answer(\"q3.gb\", ...)\n// Answer(\"q3.gib\", ...)",
		Worked:  "Predict(\"q3\", 40*GB)\nsize := node.Run().Footprint\nAnswer(\"q3.gb\", size.Ratio(GB))\nAnswer(\"q3.gib\", size.Ratio(GiB))",
		Right:   size(footprint),
		Answer:  judgeMemory,
		Misconceptions: []spec.Misconception{
			{Name: "memory is mostly weights", Says: "these are the weights alone: the key-value cache of the batch must fit beside them", Wrong: size(func(r compute.Result) units.Bytes { return r.Weights })},
			{Name: "the cache is all that grows", Says: "this is the key-value cache alone: the weights must fit beside it", Wrong: size(func(r compute.Result) units.Bytes { return r.Cache })},
			{Name: "need is what the device has", Says: "this is the memory of the device: the question is what the design needs", Wrong: size(func(r compute.Result) units.Bytes { return r.Capacity })},
			{Name: "the batch shares one cache", Says: "this is the cache of one sequence beside the weights: each sequence of the batch has its own", Wrong: func(d spec.Draw) spec.Values {
				s := node(d)
				s.Batch = 1
				return inBoth(s.Run().Footprint)
			}},
			{Name: "a gigabyte is a gigabyte", Says: "this is the number in GB, not in GiB: 1 GB is 10^9 bytes, 1 GiB is 2^30 bytes", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3.gib": node(d).Run().Footprint.Ratio(units.GB)}
			}},
		},
	}
}

// size answers with an amount of the pass.
func size(of func(compute.Result) units.Bytes) func(spec.Draw) spec.Values {
	return func(d spec.Draw) spec.Values { return inBoth(of(node(d).Run())) }
}

func inBoth(b units.Bytes) spec.Values {
	return spec.Values{"q3.gb": b.Ratio(units.GB), "q3.gib": b.Ratio(units.GiB)}
}

// judgeMemory wants the footprint in both units.
func judgeMemory(d spec.Draw, c check.Claims) check.Verdict {
	unit := func(id, name string, size units.Bytes) check.Check {
		return check.Unit{
			ID: id, What: "footprint", Want: node(d).Run().Footprint, Name: name, Size: size, Tolerance: digits, Cites: "compute.SingleNode",
		}.Check
	}
	v := check.All(unit("q3.gb", "GB", units.GB), unit("q3.gib", "GiB", units.GiB))(c)
	if v.OK {
		v.Message = "both numbers are right and name the same amount of memory"
	}
	return v
}

func footprint(r compute.Result) units.Bytes { return r.Footprint }
