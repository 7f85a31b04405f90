package l15

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/units"
)

// wait is question 1: the wait against the utilisation.
func wait() spec.Question {
	return spec.Question{
		ID: "q1", Title: "How does the wait grow with the utilisation?", Points: 15,
		Kinds:   []check.Kind{check.MONO, check.ID, check.UNIT},
		Claims:  []string{"q1.half", "q1.high", "q1.wait", "q1.step"},
		Predict: `// Predict("q1", ...) // times as long a wait at 95 % as at 50 %`,
		Explore: `Show(Sweep(cluster, "Arrivals", Steps(float64(full)*0.1, float64(full)*0.95, float64(full)*0.05)).Chart("Utilization", "Wait"))`,
		Blank: `// Answer("q1.half", ...*Hour) // mean wait where the slots are busy half of the time
// Answer("q1.high", ...*Hour) // at 95 %
// Answer("q1.wait", ...)      // the wait from 50 to 95 %: "rises", "falls" or "stays"
// Answer("q1.step", ...)      // what each further 5 % add to the wait: "rises", "falls" or "stays"`,
		Worked: `Predict("q1", 2)
half, high := cluster, cluster
half.Arrivals, high.Arrivals = full.Times(0.5), full.Times(0.95)
Answer("q1.half", half.Run().Wait)
Answer("q1.high", high.Run().Wait)
Answer("q1.wait", "rises")
Answer("q1.step", "rises")`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q1.half": cluster(d, 0.5).Run().Wait, "q1.high": cluster(d, 0.95).Run().Wait, "q1.wait": check.Rises, "q1.step": check.Rises}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			at := func(id string, utilization float64) check.Check {
				return check.Equal{ID: id, What: "mean wait", Want: check.Seconds(cluster(d, utilization).Run().Wait), Tolerance: check.Digits(3), Cites: "parallel.Orchestration"}.Check
			}
			return check.All(at("q1.half", 0.5), at("q1.high", 0.95), trend(d, "q1.wait", "wait", 0).Check, trend(d, "q1.step", "addition to the wait", 0.05).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "95 % utilisation is efficient", Says: "you scaled the wait with the utilisation: it grows with what is left idle, and hardly anything is", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.high": cluster(d, 0.5).Run().Wait.Times(0.95 / 0.5)}
			}},
			{Name: "the wait is linear", Says: "compare the wait at the right end of the chart with that in its middle: the steps are not alike", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q1.step": check.Stays}
			}},
			{Name: "a cluster is one server", Says: "this is the wait for a single slot: several jobs run at once here, and a newcomer takes whichever ends first", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.half": single(d, 0.5), "q1.high": single(d, 0.95)}
			}},
		},
	}
}

// single is the wait at one slot.
func single(d spec.Draw, utilization float64) units.Seconds {
	s := cluster(d, utilization)
	slots := float64(s.Accelerators / s.PerJob)
	s.PerJob, s.Arrivals = s.Accelerators, s.Arrivals.Times(1/slots)
	return s.Run().Wait
}

// trend walks from half load up, over the wait or over what a further share of
// the load adds to it.
func trend(d spec.Draw, id, what string, further float64) check.Trend {
	return check.Trend{
		ID: id, What: what, Along: "utilisation", At: []float64{0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9}, Cites: "parallel.Orchestration",
		Value: func(x float64) (float64, error) {
			r, err := cluster(d, x+further).Solve()
			if err != nil || further == 0 {
				return float64(r.Wait), err
			}
			less, err := cluster(d, x).Solve()
			return float64(r.Wait - less.Wait), err
		},
	}
}

// most is question 2: the highest utilisation within a limit on the wait.
func most() spec.Question {
	return spec.Question{
		ID: "q2", Title: "How busy may the cluster be?", Points: 15,
		Kinds:   []check.Kind{check.WIT},
		Claims:  []string{"q2"},
		Predict: `// Predict("q2", ...) // a share from 0 to 1`,
		Explore: `Show(Sweep(cluster, "CV", Steps(0.5, 3, 0.25)).Chart("CV", "Wait"))`,
		Blank:   `// Answer("q2", ...) // the highest utilisation at which the mean wait is within limit, to four digits`,
		Worked: `Predict("q2", 0.95)
busy, lo, hi := cluster, 0.001, 0.9999
for n := 0; n < 60; n++ {
	busy.Arrivals = full.Times((lo + hi) / 2)
	if busy.Run().Wait <= limit {
		lo = (lo + hi) / 2
	} else {
		hi = (lo + hi) / 2
	}
}
Answer("q2", lo)`,
		Right: func(d spec.Draw) spec.Values {
			x, _ := patient(d, d.Number("variation of job time")).Find()
			return spec.Values{"q2": x}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return patient(d, d.Number("variation of job time")).Check(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "only the mean job time matters", Says: "you took the job times for exponential: yours vary more, and long jobs hold their slots while others wait", Wrong: func(d spec.Draw) spec.Values {
				if d.Number("variation of job time") == 1 {
					return nil
				}
				x, _ := patient(d, 1).Find()
				return spec.Values{"q2": x}
			}},
			{Name: "a cluster is one server", Says: "this is the limit of a single slot: with several slots a newcomer finds one sooner", Wrong: func(d spec.Draw) spec.Values {
				wait, job := d.Number("wait limit"), d.Number("job time")
				cv := d.Number("variation of job time")
				return spec.Values{"q2": wait / (wait + job*(1+cv*cv)/2)}
			}},
		},
	}
}

// patient is the boundary of the utilisation, for job times that vary so much.
func patient(d spec.Draw, cv float64) check.Boundary {
	return check.Boundary{
		ID: "q2", What: "utilisation", Yes: "keeps the limit on the wait", No: "breaks the limit on the wait", Cites: "parallel.Orchestration",
		Low: 0.001, High: 0.9999, Slack: 0.0005,
		Holds: func(x float64) bool {
			s := cluster(d, x)
			s.CV = cv
			r := s.Run()
			return r.Stable && r.Wait <= units.Seconds(d.Number("wait limit"))
		},
	}
}
