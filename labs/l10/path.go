package l10

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/units"
)

// path is question 1: the time from the camera to the command.
func path() spec.Question {
	return spec.Question{
		ID: "q1", Title: "Where does the time go?", Points: 10,
		Kinds:   []check.Kind{check.SUM, check.ID},
		Claims:  []string{"q1.detect", "q1.rest", "q1.total"},
		Predict: `// Predict("q1", ...*Millisecond) // from the camera to the command`,
		Explore: `Show(Sweep(one, "Batch", Steps(1, 8, 1)).Chart("Batch", "Latency"))`,
		Blank: `// Answer("q1.detect", ...*Millisecond) // one pass over the images of all your cameras
// Answer("q1.rest", ...*Millisecond)   // capture and plan
// Answer("q1.total", ...*Millisecond)  // from the camera to the command`,
		Worked: `Predict("q1", 50*Millisecond)
all := one
all.Batch = cams
Answer("q1.detect", all.Run().Latency)
Answer("q1.rest", capture+plan)
Answer("q1.total", capture+all.Run().Latency+plan)`,
		Right: func(d spec.Draw) spec.Values {
			n := d.Int("cameras")
			return spec.Values{"q1.detect": latency(d, n), "q1.rest": capture + plan, "q1.total": total(d, n)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			equal := func(id, what string, want units.Seconds) check.Check {
				return check.Equal{ID: id, What: what, Want: check.Seconds(want), Tolerance: check.Digits(3), Cites: "compute.SingleNode"}.Check
			}
			n := d.Int("cameras")
			return check.All(
				equal("q1.detect", "time of the pass", latency(d, n)), equal("q1.rest", "time of capture and plan", capture+plan), equal("q1.total", "time from the camera to the command", total(d, n)),
				check.Sum{Parts: []string{"q1.detect", "q1.rest"}, Whole: "q1.total", Total: check.Seconds(total(d, n)), What: "time from the camera to the command", Tolerance: check.Digits(3), Cites: "compute.SingleNode"}.Check,
			)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "the network is the latency", Says: "this is the pass alone: the image must be taken before it, and a command found after it", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.total": latency(d, d.Int("cameras"))}
			}},
			{Name: "images run one by one", Says: "you added up passes over single images: one pass over all of them pays its overhead once", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.detect": latency(d, 1).Times(float64(d.Int("cameras")))}
			}},
			{Name: "a batch is as fast as an image", Says: "this is the pass over one image: your cameras all send one", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.detect": latency(d, 1)}
			}},
		},
	}
}

// most is the end of the search for cameras.
const most = 500

// cameras is question 2: how many cameras one module serves.
func cameras() spec.Question {
	return spec.Question{
		ID: "q2", Title: "How many cameras for one module?", Points: 10,
		Kinds:   []check.Kind{check.WIT},
		Claims:  []string{"q2"},
		Predict: `// Predict("q2", ...) // cameras`,
		Explore: `Show(fmt.Sprint("a frame every ", Second.Times(1/float64(fps)), ", and ", deadline-capture-plan, " of the deadline are left for the pass"))`,
		Blank:   `// Answer("q2", ...) // the most cameras whose pass keeps the deadline and ends before the next frames, or "none"`,
		Worked: `Predict("q2", 8)
more := one
for more.Run().Latency <= Second.Times(1/float64(fps)) && capture+more.Run().Latency+plan <= deadline {
	more.Batch++
}
if more.Batch > 1 {
	Answer("q2", more.Batch-1)
} else {
	Answer("q2", "none")
}`,
		Right:  func(d spec.Draw) spec.Values { return spec.Values{"q2": largest(d, inTime)} },
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return served(d, inTime).Check(c) },
		Misconceptions: []spec.Misconception{
			{Name: "keeping up is enough", Says: "the module keeps up with these frames, but a command comes after the deadline", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q2": largest(d, func(d spec.Draw, n int) bool { return latency(d, n) <= interval(d) })}
			}},
			{Name: "the deadline is enough", Says: "each command is in time, but the pass is longer than a frame: frames queue up, and the hundredth is late", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q2": largest(d, func(d spec.Draw, n int) bool { return total(d, n) <= deadline(d) })}
			}},
			{Name: "the whole deadline is the network's", Says: "this gives the network the whole deadline: capture and plan need their part", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q2": largest(d, func(d spec.Draw, n int) bool { return latency(d, n) <= deadline(d) })}
			}},
		},
	}
}

// inTime reports whether the images of some cameras keep both limits.
func inTime(d spec.Draw, n int) bool {
	return latency(d, n) <= interval(d) && total(d, n) <= deadline(d)
}

// served is the boundary of the cameras.
func served(d spec.Draw, ok func(spec.Draw, int) bool) check.Boundary {
	return check.Boundary{
		ID: "q2", What: "number of cameras", Yes: "is served in time", No: "is not served in time", Cites: "compute.SingleNode",
		Low: 1, High: most, Step: 1,
		Holds: func(x float64) bool { return ok(d, int(x)) },
	}
}

func largest(d spec.Draw, ok func(spec.Draw, int) bool) any {
	if x, found := served(d, ok).Find(); found {
		return int(x)
	}
	return check.None
}

// pipeline is question 3: what overlapping the stages changes.
func pipeline() spec.Question {
	return spec.Question{
		ID: "q3", Title: "What does a pipeline change?", Points: 10,
		Kinds:   []check.Kind{check.CF},
		Claims:  []string{"q3.rate", "q3.path", "q3.batch"},
		Predict: `// Predict("q3", ...) // times as many frames per second if the three stages overlap`,
		Explore: `Show(fmt.Sprint("capture ", capture, ", one image ", one.Run().Latency, ", plan ", plan))`,
		Blank: `// Answer("q3.rate", ...)  // frames per second with overlapping stages, divided by those without
// Answer("q3.path", ...)  // the time from camera to command with overlapping stages, divided by that without
// Answer("q3.batch", ...) // that time with the images of all your cameras in one pass, divided by that of one camera alone`,
		Worked: `Predict("q3", 3)
full := one
full.Batch = cams
pass := full.Run().Latency
Answer("q3.rate", (capture + pass + plan).Ratio(max(capture, pass, plan)))
Answer("q3.path", 1)
Answer("q3.batch", (capture + pass + plan).Ratio(capture+one.Run().Latency+plan))`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q3.rate": faster(d).Right().Value, "q3.path": same(d).Right().Value, "q3.batch": batched(d).Right().Value}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(faster(d).Check, same(d).Check, batched(d).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "a pipeline shortens the path", Says: "every image still goes through all three stages, one after the other: more of them are under way", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3.path": 1 / faster(d).Right().Value}
			}},
			{Name: "three stages are three times as fast", Says: "the stages are not equally long: the longest one sets the rate", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q3.rate": 3}
			}},
			{Name: "a batch goes faster", Says: "a batch does more images for each second, but every one of them waits for the whole batch", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3.batch": 1}
			}},
		},
	}
}

// faster is the gain in frames per second: the time between two frames is the
// whole path without overlap, and the longest stage with it.
func faster(d spec.Draw) check.Change {
	n := d.Int("cameras")
	return check.Change{
		ID: "q3.rate", What: "gain in frames per second", As: check.SpeedUp, Cites: "compute.SingleNode", Tolerance: check.Digits(3), Low: 1, High: 3,
		Before: check.Seconds(total(d, n)), After: check.Seconds(max(capture, latency(d, n), plan)),
	}
}

// same is the path, which an overlap of different frames leaves as it is.
func same(d spec.Draw) check.Change {
	t := check.Seconds(total(d, d.Int("cameras")))
	return check.Change{ID: "q3.path", What: "change of the time from camera to command", As: check.Ratio, Cites: "compute.SingleNode", Tolerance: check.Digits(3), Before: t, After: t}
}

// batched is the path of all cameras in one pass against that of one alone.
func batched(d spec.Draw) check.Change {
	return check.Change{
		ID: "q3.batch", What: "change of the time from camera to command", As: check.Ratio, Cites: "compute.SingleNode", Tolerance: check.Digits(3),
		Before: check.Seconds(total(d, 1)), After: check.Seconds(total(d, d.Int("cameras"))),
	}
}
