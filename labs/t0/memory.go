package t0

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/units"
)

// digits is the tolerance of a size: four digits copied by hand pass, and the
// footprints of two students differ.
const digits = 0.0004

// memory is question 3.
func memory() spec.Question {
	return spec.Question{
		ID: "q3", Title: "How much memory does it need?", Points: 10,
		Claims:  []string{"q3.gb", "q3.gib"},
		Predict: "// Predict(\"q3\", ...*GB) // weights and cache of your scenario",
		Explore: "bigger := node\nbigger.Batch = 2 * batch\nShow(bigger.Run().Cache) // the cache grows with the batch, the weights do not",
		Blank:   "// Answer(\"q3.gb\", ...)\n// Answer(\"q3.gib\", ...)",
		Worked:  "Predict(\"q3\", 40*GB)\nsize := node.Run().Footprint\nAnswer(\"q3.gb\", size.Ratio(GB))\nAnswer(\"q3.gib\", size.Ratio(GiB))",
		Answer:  judgeMemory,
	}
}

// judgeMemory wants the footprint in both units.
func judgeMemory(d spec.Draw, c check.Claims) check.Verdict {
	r := solve(node(d))
	mistakes := []check.UnitMistake{
		{Amount: r.Weights, Says: "these are the weights alone: the key-value cache of the batch must fit beside them"},
		{Amount: r.Cache, Says: "this is the key-value cache alone: the weights must fit beside it"},
		{Amount: r.Weights + r.Cache.Times(1/float64(d[batch])), Says: "this is the cache of one sequence beside the weights: each sequence of the batch has its own"},
		{Amount: r.Capacity, Says: "this is the memory of the device: the question is what the design needs"},
	}
	for _, o := range otherNodes(d) {
		mistakes = append(mistakes, check.UnitMistake{Amount: solve(o).Footprint, Says: "this is the footprint of another scenario: is your own id in Open?"})
	}
	unit := func(id, name string, size units.Bytes) check.Check {
		return check.Unit{
			ID: id, What: "footprint", Want: r.Footprint, Name: name, Size: size,
			Tolerance: digits, Cites: "compute.SingleNode", Mistakes: mistakes,
		}.Check
	}
	v := check.All(unit("q3.gb", "GB", units.GB), unit("q3.gib", "GiB", units.GiB))(c)
	if v.OK {
		v.Message = "both numbers are right and name the same amount of memory"
	}
	return v
}
