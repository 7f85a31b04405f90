package t0

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func seconds(id string, t units.Seconds) check.Claim {
	return check.Claim{ID: id, Type: "Seconds", Unit: "s", Number: float64(t), Text: t.String()}
}

func number(id string, v float64) check.Claim {
	return check.Claim{ID: id, Type: "number", Number: v, Text: units.Number(v)}
}

func claims(list ...check.Claim) check.Claims {
	c := check.Claims{}
	for _, one := range list {
		c[one.ID] = one
	}
	return c
}

// right answers every question at a scenario.
func right(d spec.Draw) check.Claims {
	r := solve(node(d))
	faster := solve(check.Faster(node(d), walls.MemoryBandwidth, 1.1))
	return claims(
		seconds("q1.compute", r.Compute), seconds("q1.memory", r.Memory), seconds("q1.overhead", r.Overhead), seconds("q1.latency", r.Latency),
		seconds("q2.latency", faster.Latency),
		number("q3.gb", r.Footprint.Ratio(units.GB)), number("q3.gib", r.Footprint.Ratio(units.GiB)),
	)
}

var any1 = spec.Draw{batch: 16, context: 1300}

func TestEveryScenarioIsSolvedByItsOwnAnswersOnly(t *testing.T) {
	draws := Lab().Draws()
	require.GreaterOrEqual(t, len(draws), 60)
	for _, d := range draws {
		require.True(t, solve(node(d)).Fits, "%s", d)
		for _, q := range Lab().Questions {
			v := q.Answer(d, right(d))
			require.True(t, v.OK, "%s %s: %s", d, q.ID, v.Message)
			require.InDelta(t, 1, v.Score, 1e-12)
		}
	}
}

func TestCopiedNumbersFail(t *testing.T) {
	draws := Lab().Draws()
	for _, d := range draws {
		for _, o := range draws {
			if d.String() == o.String() {
				continue
			}
			require.False(t, judgeMemory(d, right(o)).OK, "the footprint of %s passes at %s", o, d)
		}
	}
}

func TestCopiedNumbersAreNamed(t *testing.T) {
	v := judgeMemory(any1, right(spec.Draw{batch: 48, context: 3100}))
	require.Contains(t, v.Message, "another scenario")
	require.Zero(t, v.Score)

	v = judgeSplit(any1, right(spec.Draw{batch: 48, context: 3100}))
	require.Contains(t, v.Message, "another scenario")
	require.Zero(t, v.Score, "the overhead alone is no answer")
}

func TestSplitMisconceptions(t *testing.T) {
	r := solve(node(any1))
	for _, c := range []struct {
		name    string
		latency units.Seconds
		says    string
	}{
		{"sum of all", r.Compute + r.Memory + r.Overhead, "they overlap"},
		{"shorter part", min(r.Compute, r.Memory) + r.Overhead, "shorter"},
		{"no overhead", max(r.Compute, r.Memory), "overhead is missing"},
		{"anything", 3 * r.Latency, "do not recombine"},
	} {
		t.Run(c.name, func(t *testing.T) {
			given := right(any1)
			given["q1.latency"] = seconds("q1.latency", c.latency)
			v := judgeSplit(any1, given)
			require.False(t, v.OK)
			require.Contains(t, v.Message, c.says)
			require.Less(t, v.Score, 0.5)
			require.NotContains(t, v.Message, r.Latency.String(), "feedback never tells the answer")
		})
	}
}

func TestFasterMisconceptions(t *testing.T) {
	s := node(any1)
	base := solve(s).Latency
	for _, c := range []struct {
		name    string
		latency units.Seconds
		says    string
	}{
		{"unchanged", base, "as it was"},
		{"whole by 1.1", base.Times(1 / 1.1), "overhead does not shrink"},
		{"less ten per cent", base.Times(0.9), "1/1.1"},
		{"overhead", solve(check.Faster(s, walls.Overhead, 1.1)).Latency, "more overhead, which is not what binds"},
		{"slower", solve(check.Faster(s, walls.MemoryBandwidth, 1/1.1)).Latency, "slower"},
		{"anything", 2 * base, "is not the latency"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := judgeFaster(any1, claims(seconds("q2.latency", c.latency)))
			require.False(t, v.OK)
			require.Contains(t, v.Message, c.says)
		})
	}
}

func TestBindingNamesOneResource(t *testing.T) {
	for _, r := range check.Candidates() {
		v := judgeBinding(any1, claims(check.Claim{ID: "q2", Type: "text", Text: r.String()}))
		require.Equal(t, r == walls.MemoryBandwidth, v.OK, "%s: %s", r, v.Message)
	}
}

func TestSmallMFUIsNoBrokenTool(t *testing.T) {
	v := judgeBinding(any1, claims(check.Claim{ID: "q2", Type: "text", Text: walls.Compute.String()}))
	require.Contains(t, v.Message, "no sign of a broken tool")
	require.Contains(t, v.CounterExample, "the latency does not change")
}

func TestMemoryMisconceptions(t *testing.T) {
	r := solve(node(any1))
	for _, c := range []struct {
		name string
		gib  float64
		says string
	}{
		{"GB for GiB", r.Footprint.Ratio(units.GB), "this is the number in GB, not in GiB"},
		{"bits", float64(r.Footprint) * 8, "number in bits"},
		{"bytes", float64(r.Footprint), "number in bytes"},
		{"MiB", r.Footprint.Ratio(units.MiB), "number in MiB"},
		{"gigabits", 8 * r.Footprint.Ratio(units.GB), "gigabits"},
		{"wrong way", r.Footprint.Ratio(units.GB) * 1.073741824, "wrong way"},
		{"weights", r.Weights.Ratio(units.GiB), "weights alone"},
		{"device", r.Capacity.Ratio(units.GiB), "memory of the device"},
		{"anything", 1234, "nor in another unit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			given := right(any1)
			given["q3.gib"] = number("q3.gib", c.gib)
			v := judgeMemory(any1, given)
			require.False(t, v.OK)
			require.InDelta(t, 0.5, v.Score, 1e-12, "the other number is right")
			require.Contains(t, v.Message, c.says)
		})
	}
	given := right(any1)
	given["q3.gb"] = number("q3.gb", r.Footprint.Ratio(units.GiB))
	require.Contains(t, judgeMemory(any1, given).Message, "number in GiB, not in GB")
}

func TestWrongDimensionIsNamed(t *testing.T) {
	given := right(any1)
	given["q3.gib"] = check.Claim{ID: "q3.gib", Type: "Bytes", Unit: "B", Number: float64(solve(node(any1)).Footprint), Text: "18.8 GB"}
	require.Contains(t, judgeMemory(any1, given).Message, "want a plain number")

	given["q1.compute"] = number("q1.compute", 0.5)
	require.Contains(t, judgeSplit(any1, given).Message, "want a time")
}

// The text comes before the reveal, so it must not hold a number of a solution.
func TestTextTellsNoAnswer(t *testing.T) {
	shown := text
	for _, q := range Lab().Questions {
		shown += q.Predict + q.Explore + q.Blank + q.Because
	}
	for _, d := range Lab().Draws() {
		for _, c := range right(d) {
			value, _, _ := strings.Cut(c.Text, " ")
			if len(value) < 3 || math.Trunc(c.Number) == c.Number {
				continue
			}
			require.NotContains(t, shown, value, "%s at %s", c.ID, d)
		}
	}
}

func TestBlocks(t *testing.T) {
	for _, name := range []string{"intro", "scorecard", "q1", "q2", "q3", "end"} {
		require.NotEmpty(t, Lab().Block(name), name)
	}
	require.Empty(t, Lab().Block("q9"))
}
