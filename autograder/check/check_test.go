package check_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func seconds(id string, t units.Seconds) check.Claim {
	return check.Claim{ID: id, Type: "Seconds", Unit: "s", Number: float64(t), Text: t.String()}
}

func number(id string, v float64) check.Claim {
	return check.Claim{ID: id, Type: "number", Number: v, Text: units.Number(v)}
}

func resource(r walls.Resource) check.Claims {
	return check.Claims{"q": {ID: "q", Type: "text", Text: r.String()}}
}

func times(c, m, o, l units.Seconds) check.Claims {
	return check.Claims{"c": seconds("c", c), "m": seconds("m", m), "o": seconds("o", o), "l": seconds("l", l)}
}

var split = check.Split{Compute: "c", Memory: "m", Overhead: "o", Latency: "l", Tolerance: 1e-3}

// anyNode draws a pass that fits: any language model on any data-centre device.
func anyNode(t *rapid.T) (compute.SingleNode, compute.Result) {
	s := compute.SingleNode{
		Model:      rapid.SampledFrom([]models.Model{models.Llama3_8B, models.Llama3_2_1B, models.Mistral_7B, models.GPT2}).Draw(t, "model"),
		Hardware:   rapid.SampledFrom([]hardware.Device{hardware.A100, hardware.H100, hardware.H200, hardware.B200, hardware.V100}).Draw(t, "hardware"),
		Phase:      rapid.SampledFrom([]compute.Phase{compute.Decode, compute.Prefill}).Draw(t, "phase"),
		Batch:      rapid.IntRange(1, 64).Draw(t, "batch"),
		Context:    rapid.IntRange(0, 1000).Draw(t, "context"),
		Efficiency: rapid.Float64Range(0.05, 1).Draw(t, "efficiency"),
	}
	if s.Phase == compute.Prefill {
		s.Prompt = rapid.IntRange(1, 500).Draw(t, "prompt")
	}
	r, err := s.Solve()
	require.NoError(t, err)
	if !r.Fits {
		t.Skip("spills over the host link")
	}
	return s, r
}

// The solver must keep the invariants that people are graded by.
func TestSolverKeepsItsInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, r := anyNode(t)
		v := split.Check(times(r.Compute, r.Memory, r.Overhead, r.Latency))
		require.True(t, v.OK, "%s %s", v.Message, v.CounterExample)

		right, err := check.Pass("q", s).Right()
		require.NoError(t, err)
		named := r.Binding
		if right[0] == walls.Overhead {
			require.Greater(t, r.Overhead.Times(2), max(r.Compute, r.Memory), "overhead binds only where it is long")
			named = walls.Overhead
		}
		v = check.Pass("q", s).Check(resource(named))
		require.True(t, v.OK, "%s %s: %v", named, v.Message, right)

		v = check.Unit{ID: "u", Want: r.Footprint, Name: "GiB", Size: units.GiB, Tolerance: 1e-3}.Check(check.Claims{"u": number("u", r.Footprint.Ratio(units.GiB))})
		require.True(t, v.OK, v.Message)
		v = check.Equal{ID: "l", Want: check.Seconds(r.Latency), Tolerance: 1e-9}.Check(times(0, 0, 0, r.Latency))
		require.True(t, v.OK, v.Message)
	})
}

// Each mutant of a right answer must be killed, in every scenario.
func TestMutantsAreKilled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, r := anyNode(t)
		c, m, o, l := r.Compute, r.Memory, r.Overhead, r.Latency
		const visible = 0.01
		for name, mutant := range map[string]units.Seconds{
			"factor 2": 2 * l, "half": l / 2, "milliseconds": 1000 * l, "sum": c + m + o, "min": min(c, m) + o, "no overhead": max(c, m),
		} {
			if d := mutant.Ratio(l) - 1; d < visible && d > -visible {
				continue // the mistake does not show at this scenario
			}
			require.False(t, split.Check(times(c, m, o, mutant)).OK, name)
			equal := check.Equal{ID: "l", Want: check.Seconds(l), Tolerance: 1e-3}
			require.False(t, equal.Check(times(c, m, o, mutant)).OK, name)
		}
		u := check.Unit{ID: "u", Want: r.Footprint, Name: "GiB", Size: units.GiB, Tolerance: 1e-3}
		right := r.Footprint.Ratio(units.GiB)
		for name, factor := range map[string]float64{
			"GB": 1.073741824, "wrong way": 1 / 1.073741824, "bits": 8, "MiB": 1024, "MB": 1073.741824, "bytes": 1 << 30, "TiB": 1. / 1024,
		} {
			v := u.Check(check.Claims{"u": number("u", right*factor)})
			require.False(t, v.OK, name)
			require.NotContains(t, v.Message, "nor in another unit", "%s has a name", name)
		}
		killed, right2 := 0, 0
		binding := check.Pass("q", s)
		for _, res := range []walls.Resource{walls.Compute, walls.MemoryBandwidth, walls.Overhead, walls.MemoryCapacity, walls.Nothing} {
			if binding.Check(resource(res)).OK {
				right2++
				continue
			}
			killed++
		}
		require.GreaterOrEqual(t, killed, 3)
		require.GreaterOrEqual(t, right2, 1)
	})
}

func TestDeadBandTakesEither(t *testing.T) {
	s := compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 64, Context: 700, Efficiency: 0.5}
	r, err := s.Solve()
	require.NoError(t, err)
	s.Hardware.Bandwidth = s.Hardware.Bandwidth.Times(r.Memory.Ratio(r.Compute) * 1.03) // 3 % over the ridge
	for _, res := range check.Candidates() {
		v := check.Pass("q", s).Check(resource(res))
		require.Equal(t, res != walls.Overhead, v.OK, "%s: %s", res, v.Message)
	}
}

func TestSplitDiagnoses(t *testing.T) {
	const c, m, o = 1 * units.Millisecond, 5 * units.Millisecond, 2 * units.Millisecond
	for _, one := range []struct {
		latency units.Seconds
		says    string
	}{
		{c + m + o, "they overlap"},
		{c + o, "shorter"},
		{m, "overhead is missing"},
		{17 * units.Millisecond, "do not recombine"},
		{-7 * units.Millisecond, "below zero"},
	} {
		v := split.Check(times(c, m, o, one.latency))
		require.False(t, v.OK)
		require.Contains(t, v.Message, one.says)
		require.Contains(t, v.Invariant, "compute.SingleNode")
		require.NotEmpty(t, v.CounterExample)
	}
	require.Contains(t, split.Check(check.Claims{}).Message, "there is no answer c")
}

func TestWrongKindsOfClaim(t *testing.T) {
	u := check.Unit{ID: "u", Want: 17 * units.GB, Name: "GB", Size: units.GB, Tolerance: 1e-3}
	for _, one := range []struct {
		claim check.Claim
		says  string
	}{
		{check.Claim{ID: "u", Type: "Bytes", Unit: "B", Number: 17e9, Text: "17 GB"}, "want a plain number of GB"},
		{check.Claim{ID: "u", Type: "text", Text: "17"}, "wrong dimension"},
		{check.Claim{ID: "u", Type: "bool", Text: "true"}, "wrong dimension"},
		{check.Claim{ID: "u", Type: "Seconds", Unit: "s", Number: 17, Text: "17 s"}, "wrong dimension"},
	} {
		v := u.Check(check.Claims{"u": one.claim})
		require.False(t, v.OK)
		require.Contains(t, v.Message, one.says)
	}
	v := check.Pass("q", compute.SingleNode{}).Check(check.Claims{"q": number("q", 2)})
	require.Contains(t, v.Message, "does not name a resource")
}

func TestAll(t *testing.T) {
	yes := func(check.Claims) check.Verdict { return check.Verdict{OK: true, Score: 1, Message: "yes"} }
	no := func(check.Claims) check.Verdict { return check.Verdict{Message: "no"} }
	v := check.All(yes, no, yes, yes)(nil)
	require.Equal(t, check.Verdict{Score: 0.75, Message: "no"}, v)
	require.True(t, check.All(yes, yes)(nil).OK)
}

func ExampleUnit() {
	u := check.Unit{ID: "q3.gib", What: "footprint", Want: 17.13 * units.GB, Name: "GiB", Size: units.GiB, Tolerance: 1e-3, Cites: "compute.SingleNode"}
	v := u.Check(check.Claims{"q3.gib": {ID: "q3.gib", Type: "number", Number: 17.13, Text: "17.13"}})
	fmt.Println(v.OK, v.Message)
	fmt.Println(v.CounterExample)
	// Output:
	// false this is the number in GB, not in GiB: 1 GB is 10^9 bytes, 1 GiB is 2^30 bytes
	// q3.gib: 17.13 GiB would be 18.39 GB
}
