package l01

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
)

// upgrade is question 4: what the offered device gains for one conversation.
func upgrade() spec.Question {
	return spec.Question{
		ID: "q4", Title: "What is the upgrade worth?", Points: 10, Quick: true,
		Kinds:   []check.Kind{check.CF},
		Claims:  []string{"q4.chat", "q4.look"},
		Predict: `// Predict("q4", ...) // how many times faster one conversation runs on the offered device`,
		Explore: `Show(fmt.Sprint(offer.Name, ": ", offer.Rates.FP16.Ratio(gpu.Rates.FP16), " times the arithmetic, ", offer.Bandwidth.Ratio(gpu.Bandwidth), " times the bandwidth"))`,
		Blank: `// Answer("q4.chat", ...) // latency before, divided by latency after: one conversation
// Answer("q4.look", ...) // the same for the four images`,
		Worked: `Predict("q4", 2)
newer := chat
newer.Hardware = offer
Answer("q4.chat", chat.Run().Latency.Ratio(newer.Run().Latency))
images := look
images.Hardware = offer
Answer("q4.look", look.Run().Latency.Ratio(images.Run().Latency))`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q4.chat": gain(d, "q4.chat").Right().Value, "q4.look": gain(d, "q4.look").Right().Value}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(gain(d, "q4.chat").Check, gain(d, "q4.look").Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "more FLOP/s is faster", Says: "this is the ratio of the peak rates: the step does not wait for arithmetic", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.chat": d.Device("offer").Rates.FP16.Ratio(d.Device("device").Rates.FP16)}
			}},
			{Name: "bandwidth is all", Says: "this is the ratio of the bandwidths: the overhead of the pass does not shrink with it", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.chat": d.Device("offer").Bandwidth.Ratio(d.Device("device").Bandwidth)}
			}},
			{Name: "a faster device is faster for everything", Says: "this is the gain of the conversation: the images mostly pay for launches, which the newer device does not shorten", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.look": gain(d, "q4.chat").Right().Value}
			}},
		},
	}
}

// gain is the speed-up of a workload on the offered device, bounded by the best
// ratio of the two datasheets.
func gain(d spec.Draw, id string) check.Change {
	before := chat(d)
	if id == "q4.look" {
		before = look(d)
	}
	after := before
	after.Hardware = d.Device("offer")
	most := max(after.Hardware.Bandwidth.Ratio(before.Hardware.Bandwidth), after.Hardware.Rates.FP16.Ratio(before.Hardware.Rates.FP16))
	return check.Change{
		ID: id, What: "speed-up", As: check.SpeedUp, Cites: "compute.SingleNode", Low: 0.9, High: most, Tolerance: check.Digits(3),
		Before: check.Seconds(before.Run().Latency), After: check.Seconds(after.Run().Latency),
	}
}
