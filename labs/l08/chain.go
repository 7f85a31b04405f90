package l08

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/storage"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// delivered is question 1: the rate of the chain, at a hit ratio of the
// student's own.
func delivered() spec.Question {
	return spec.Question{
		ID: "q1", Title: "What does the chain deliver?", Points: 10,
		Kinds:   []check.Kind{check.LAW, check.UNIT},
		Claims:  []string{"q1.hit", "q1.supply"},
		Predict: `// Predict("q1", ...*GBps) // what the chain of your scenario delivers`,
		Explore: `Show(feed.Run().Explain())`,
		Blank: `// Answer("q1.hit", ...)         // a hit ratio of your own, from 0.1 to 0.9
// Answer("q1.supply", ...*GBps) // what your chain delivers at it`,
		Worked: `Predict("q1", 2*GBps)
half := feed
half.HitRatio = 0.45
Answer("q1.hit", 0.45)
Answer("q1.supply", half.Run().Supply)`,
		Right: func(d spec.Draw) spec.Values { return spec.Values{"q1.hit": 0.45, "q1.supply": at(d, 0.45).Supply} },
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.Law{
				ID: "q1.supply", What: "rate of the chain", Law: "supply = min(disks/(1 − h), cache/h, decode, g·link/x)", Cites: "storage.Ingestion",
				Inputs:    []check.Input{{ID: "q1.hit", As: check.Plain(0), Min: 0.1, Max: 0.9}},
				Tolerance: check.Digits(4),
				Want: func(in []float64) (check.Number, error) {
					return check.Quantity(at(d, in[0]).Supply), nil
				},
			}.Check(c)
		},
		Survivors: map[string]string{
			"q1.hit /1.024 (KB)": ownPick, "q1.hit x1.024 (KiB)": ownPick, "q1.hit /1.074 (GB)": ownPick, "q1.hit x1.074 (GiB)": ownPick,
			"q1.hit /2": ownPick, "q1.hit /3": ownPick, "q1.hit x2": ownPick,
		},
		Misconceptions: []spec.Misconception{
			{Name: "stages add up", Says: "you added the stages: data passes through all of them, so the slowest sets the pace", Wrong: func(d spec.Draw) spec.Values {
				r := at(d, 0.45)
				return spec.Values{"q1.hit": 0.45, "q1.supply": r.FromStorage + r.FromCache + r.FromDecode + r.FromHostLink}
			}},
			{Name: "the fastest stage decides", Says: "this is the fastest stage: the others hold it back", Wrong: func(d spec.Draw) spec.Values {
				r := at(d, 0.45)
				return spec.Values{"q1.hit": 0.45, "q1.supply": max(r.FromStorage, r.FromCache, r.FromDecode, r.FromHostLink)}
			}},
			{Name: "demand is delivered", Says: "this is what the accelerators would consume, not what reaches them", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.hit": 0.45, "q1.supply": at(d, 0.45).Demand}
			}},
		},
	}
}

// ownPick is why another hit ratio may pass.
const ownPick = "the student picks the hit ratio, and where decoding binds every one gives the same rate"

// at is the chain with another hit ratio.
func at(d spec.Draw, hit float64) storage.IngestionResult {
	f := feed(d)
	f.HitRatio = hit
	return f.Run()
}

// binding is question 2: which stage, and what the accelerators make of it.
func binding() spec.Question {
	return spec.Question{
		ID: "q2", Title: "Which stage binds?", Points: 15,
		Kinds:   []check.Kind{check.BIND, check.ID},
		Claims:  []string{"q2"},
		Predict: `// Predict("q2", ...) // Storage, HostCPU or HostLink`,
		Explore: `more := feed
more.Decode = feed.Decode.Times(1.1)
Show(fmt.Sprint("10 % more workers: ", feed.Run().Supply, " becomes ", more.Run().Supply))`,
		Blank:   `// Answer("q2", ...) // share of the time that the accelerators have data, from 0 to 1`,
		Because: `// Because("q2", ...) // what the chain waits for: Storage, HostCPU or HostLink`,
		Worked: `Predict("q2", HostCPU)
Answer("q2", feed.Run().AcceleratorUse)
Because("q2", feed.Run().Binding)`,
		Right: func(d spec.Draw) spec.Values { return spec.Values{"q2": feed(d).Run().AcceleratorUse} },
		Binds: func(d spec.Draw) walls.Resource { return feed(d).Run().Binding },
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.Equal{ID: "q2", What: "share of the time with data", Want: check.Plain(feed(d).Run().AcceleratorUse), Tolerance: check.Digits(3), Cites: "storage.Ingestion"}.Check(c)
		},
		Attribution: func(d spec.Draw, c check.Claims) check.Verdict { return stages(d).Check(c) },
		Misconceptions: []spec.Misconception{
			{Name: "low utilisation means a slow GPU", Says: "this is demand per supply: turned round it says how long the accelerators have data", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q2": feed(d).Run().Utilization}
			}},
			{Name: "eight accelerators share one demand", Says: "this counts one accelerator: all eight of the node are fed by the same chain", Wrong: func(d spec.Draw) spec.Values {
				f := feed(d)
				return spec.Values{"q2": min(1, 8*f.Run().Supply.Ratio(f.Run().Demand))}
			}},
			{Name: "the link is the bottleneck", Binds: walls.HostLink, Says: "the links of eight accelerators together carry far more than the chain delivers"},
		},
	}
}

// stages tries ten per cent more of each stage.
func stages(d spec.Draw) check.Binding {
	return check.Binding{
		ID: "q2", What: "rate of the chain", Cites: "storage.Ingestion", Higher: true,
		Candidates: []walls.Resource{walls.Storage, walls.HostCPU, walls.HostLink},
		Metric: func(r walls.Resource, factor float64) (float64, error) {
			f := feed(d)
			switch r {
			case walls.Storage:
				f.Storage = f.Storage.Times(factor)
			case walls.HostCPU:
				f.Decode = f.Decode.Times(factor)
			case walls.HostLink:
				f.HostLink = f.HostLink.Times(factor)
			}
			out, err := f.Solve()
			return float64(out.Supply), err
		},
	}
}

// mostWorkers is the end of question 3's search.
const mostWorkers = 1024

// enough is the boundary of the number of workers.
func enough(d spec.Draw) check.Boundary {
	return check.Boundary{
		ID: "q3", What: "number of workers", Yes: "keeps the accelerators busy", No: "leaves them waiting", Cites: "storage.Ingestion",
		First: true, Low: 1, High: mostWorkers, Step: 1,
		Holds: func(x float64) bool {
			f := feed(d)
			f.Decode = units.ByteRate(d.Number("decode rate of a worker")).Times(x)
			return !f.Run().Stalled
		},
	}
}
