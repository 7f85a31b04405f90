package l09

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/units"
)

// The places of question 3.
const (
	local = "local"
	send  = "send"
)

// where is question 3: look here, or send every image.
func where() spec.Question {
	return spec.Question{
		ID: "q3", Title: "Look here, or send every image?", Points: 15,
		Kinds:   []check.Kind{check.OPT, check.WIT, check.UNIT},
		Claims:  []string{"q3", "q3.photo"},
		Predict: `// Predict("q3", ...) // "local" or "send": the one with the lower energy of an image`,
		Explore: `Show(fmt.Sprint("a pass takes ", board.TDP.For(look.Run().Serial), ", a photo of yours ", radio.For(sent)))`,
		Blank: `// Answer("q3", ...)           // "local" or "send"
// Answer("q3.photo", ...*KB)  // the smallest photo with which "local" takes no more energy`,
		Worked: `Predict("q3", "local")
here := board.TDP.For(look.Run().Serial) + radio.For(sent.Times(share)) // both wake up first
if here <= radio.For(sent) {
	Answer("q3", "local")
} else {
	Answer("q3", "send")
}
tie := board.TDP.For(look.Run().Serial).Over(radio).Times(1 / (1 - share)) // the time to send at which both cost the same
Answer("q3.photo", uplink.For(tie-5*Millisecond))`,
		Right: func(d spec.Draw) spec.Values {
			x, _ := pays(d).Find()
			best, _ := place(d).Right()
			return spec.Values{"q3": best.Name, "q3.photo": units.Bytes(x)}
		},
		Options: map[string][]string{"q3": {local, send}},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(place(d).Check, pays(d).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "the radio always costs more", Says: "compare the energy of your photo with that of the pass: a small photo on a fast link is soon sent", Wrong: only(local)},
			{Name: "the cloud is free for the board", Says: "compare the energy of your photo with that of the pass: the radio draws three times as much as the processor", Wrong: only(send)},
			{Name: "local sends nothing", Says: "this forgets that the board that looks still sends what it finds", Wrong: func(d spec.Draw) spec.Values {
				tie := board(d).TDP.For(look(d).Run().Serial).Over(radio)
				return spec.Values{"q3.photo": units.ByteRate(d.Number("uplink")).For(tie - link)}
			}},
			{Name: "the link is there at once", Says: "before the first byte the radio needs its time: it is a part of sending", Wrong: func(d spec.Draw) spec.Values {
				tie := board(d).TDP.For(look(d).Run().Serial).Over(radio).Times(1 / (1 - share))
				return spec.Values{"q3.photo": units.ByteRate(d.Number("uplink")).For(tie)}
			}},
		},
	}
}

// only answers with a place where it is wrong.
func only(name string) func(spec.Draw) spec.Values {
	return func(d spec.Draw) spec.Values {
		if best, _ := place(d).Right(); best.Name == name {
			return nil
		}
		return spec.Values{"q3": name}
	}
}

// place is the choice between the two.
func place(d spec.Draw) check.Best {
	here, there := costs(d, units.Bytes(d.Number("photo")))
	return check.Best{
		ID: "q3", What: "place", Objective: "energy of an image", Lower: true, Cites: "compute.SingleNode",
		Options: []check.Option{{Name: local, Value: float64(here), Fits: true}, {Name: send, Value: float64(there), Fits: true}},
	}
}

// costs are the energies of an image that is looked at here, and of one that is
// sent.
func costs(d spec.Draw, photo units.Bytes) (here, there units.Joules) {
	up := board(d).TDP.For(wake)
	tx := radio.For(sent(d, photo))
	return up + board(d).TDP.For(look(d).Run().Serial) + tx.Times(share), up + tx
}

// pays is the boundary of the photo.
func pays(d spec.Draw) check.Boundary {
	return check.Boundary{
		ID: "q3.photo", What: "photo", Yes: "costs as much to send as to look at", No: "costs less to send than to look at", Cites: "compute.SingleNode",
		First: true, Low: 10, High: 1e6, Slack: 0.002, As: check.Bytes(0),
		Holds: func(x float64) bool {
			here, there := costs(d, units.Bytes(x))
			return here <= there
		},
	}
}

// battery is question 4: how long a battery lasts.
func battery() spec.Question {
	return spec.Question{
		ID: "q4", Title: "How long does the battery last?", Points: 10,
		Kinds:   []check.Kind{check.ID, check.MONO},
		Claims:  []string{"q4.days", "q4.trend"},
		Predict: `// Predict("q4", ...*Day) // at the rate of question 1`,
		Explore: `Show(fmt.Sprint(battery, " last ", battery.Over(sleep), " if the board only sleeps, and ", battery.Over(board.TDP), " if it never does"))`,
		Blank: `// Answer("q4.days", ...*Day) // at your answer to question 1
// Answer("q4.trend", ...)     // the time with more images a minute: "rises", "falls" or "stays"`,
		Worked: `Predict("q4", 10*Day)
each := wake + look.Run().Serial + sent.Times(share) // awake for one image
sends := (radio - board.TDP).For(sent.Times(share)).Per(Minute)
mean := sleep // the mean power at the rate of question 1
for n := 1; each.Times(float64(n)) <= Minute; n++ {
	p := Sustainability{Hardware: board, Utilization: each.Times(float64(n)).Ratio(Minute)}.Run().Power + sends.Times(float64(n))
	if p <= budget {
		mean = p
	}
}
Answer("q4.days", battery.Over(mean))
Answer("q4.trend", "falls")`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q4.days": lasts(d, float64(images(d))), "q4.trend": check.Falls}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			at := func(images float64) check.Check {
				return check.Equal{ID: "q4.days", What: "time that the battery lasts", Want: check.Seconds(lasts(d, images)), Tolerance: check.Digits(4), Cites: "power.Sustainability"}.Check
			}
			follow := check.Follow{ID: "q1", Right: float64(images(d)), Min: 1, Max: units.Minute.Ratio(awake(d)), At: at}
			return check.All(follow.Check, falls(d).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "the battery feeds the peak", Says: "this is the battery over the power of a board that never sleeps: the mean power empties it", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.days": stored.Over(board(d).TDP)}
			}},
			{Name: "sleep is free", Says: "you left out the sleep power: it is drawn between the images, all the time", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.days": stored.Over(image(d).Times(float64(images(d))).Per(units.Minute))}
			}},
			{Name: "more work, more of everything", Says: "the battery is the same, and every image takes its energy from it", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q4.trend": check.Rises}
			}},
		},
	}
}

// lasts is the time that the battery lasts.
func lasts(d spec.Draw, images float64) units.Seconds {
	p, ok := mean(d, images)
	if !ok {
		return 0
	}
	return stored.Over(p)
}

// falls is the direction of the time.
func falls(d spec.Draw) check.Trend {
	return check.Trend{
		ID: "q4.trend", What: "time that the battery lasts", Along: "number of images a minute", At: search.Pow2(1, 128), Cites: "power.Sustainability",
		Value: func(x float64) (float64, error) { return float64(lasts(d, x)), nil },
	}
}
