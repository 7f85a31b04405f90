package dimtest

import (
	"errors"
	"testing"

	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/stretchr/testify/require"
)

// The solvers below read weights once; all but the first are wrong in one way.
type stream struct {
	Weights units.Bytes
	Device  *device
	Stages  []units.Bytes
	Launch  units.Seconds `default:"5 us"`
	Copies  int
	Law     func() `json:"-"`

	hidden units.Bytes
}

type device struct {
	Name      string
	Bandwidth units.ByteRate
	Memory    units.Bytes
}

type result struct {
	Step   units.Seconds
	Stages []units.Seconds
	By     map[string]units.Seconds
	Last   any
	Fits   bool
	Note   string
	Ratio  float64
	on     *device
}

func (s stream) Solve() (result, error) {
	if s.Launch == 0 {
		s.Launch = 5 * units.Microsecond
	}
	r := result{Step: s.Weights.Over(s.Device.Bandwidth) + s.Launch, By: map[string]units.Seconds{}, on: s.Device}
	for _, w := range s.Stages {
		t := w.Over(s.Device.Bandwidth)
		r.Stages = append(r.Stages, t)
		r.Last = t
	}
	r.By["weights"] = r.Step - s.Launch
	r.Fits = s.Weights <= s.Device.Memory
	r.Note = "needs " + s.Weights.String() + " on 4 devices"
	r.Ratio = s.Weights.Ratio(s.Device.Memory)
	return r, nil
}

func example() stream {
	h := device{Name: "H100", Bandwidth: 3.35 * units.TBps, Memory: 80 * units.GB}
	return stream{Weights: 16 * units.GB, Device: &h, Stages: []units.Bytes{4 * units.GB, 12 * units.GB}, Copies: 2, hidden: units.KB}
}

func TestSoundSolver(t *testing.T) {
	in := example()
	require.NoError(t, Check(in))
	require.NoError(t, Check(&in))
}

func TestInputIsLeftAlone(t *testing.T) {
	in := example()
	require.NoError(t, Check(in))
	require.Equal(t, example(), in)
}

type hiddenConstant stream

func (s hiddenConstant) Solve() (result, error) {
	r, err := stream(s).Solve()
	r.Step += 5e-6
	return r, err
}

type product stream

func (s product) Solve() (result, error) {
	r, err := stream(s).Solve()
	r.Step = units.Seconds(float64(s.Weights) * float64(s.Device.Bandwidth))
	return r, err
}

type threshold stream

func (s threshold) Solve() (result, error) {
	r, err := stream(s).Solve()
	r.Fits = s.Weights < 40e9
	return r, err
}

type deepConstant stream

func (s deepConstant) Solve() (result, error) {
	r, err := stream(s).Solve()
	r.Stages[1] += 1e-6
	return r, err
}

type mapConstant stream

func (s mapConstant) Solve() (result, error) {
	r, err := stream(s).Solve()
	r.By["weights"] *= units.Seconds(1 + float64(s.Weights)/1e12) // dim: deliberately wrong
	return r, err
}

type boxedConstant stream

func (s boxedConstant) Solve() (result, error) {
	r, err := stream(s).Solve()
	r.Last = units.Seconds(1e-3)
	return r, err
}

type plainLeak stream

func (s plainLeak) Solve() (result, error) {
	r, err := stream(s).Solve()
	r.Ratio = float64(s.Weights)
	return r, err
}

type wording stream

func (s wording) Solve() (result, error) {
	r, err := stream(s).Solve()
	if s.Weights > 20e9 {
		r.Note = "too much"
	}
	return r, err
}

type refuses stream

func (s refuses) Solve() (result, error) {
	if s.Weights > 100*units.TB {
		return result{}, errors.New("Weights out of range")
	}
	return stream(s).Solve()
}

func TestWrongSolvers(t *testing.T) {
	in := example()
	for _, c := range []struct {
		in   any
		want string
	}{
		{hiddenConstant(in), "dimtest.hiddenConstant: result.Step = "},
		{product(in), "dimtest.product: result.Step = "},
		{threshold(in), "dimtest.threshold: result.Fits = false after rescaling, want true"},
		{deepConstant(in), "dimtest.deepConstant: result.Stages[1] = "},
		{mapConstant(in), "dimtest.mapConstant: result.By[weights] = "},
		{boxedConstant(in), "dimtest.boxedConstant: result.Last = "},
		{plainLeak(in), "dimtest.plainLeak: result.Ratio = "},
		{wording(in), "dimtest.wording: result.Note = "},
		{refuses(in), "dimtest.refuses: fails after rescaling: Weights out of range"},
	} {
		require.ErrorContains(t, Check(c.in), c.want, c.want)
	}
}

type counts struct{ Batch int }

func (c counts) Solve() (counts, error) { return c, nil }

type broken struct{ Size units.Bytes }

func (b broken) Solve() (broken, error) { return b, errors.New("Size = 0 B: want above 0") }

func TestNothingToCheck(t *testing.T) {
	require.ErrorContains(t, Check(nil), "input = nil: want a struct")
	require.ErrorContains(t, Check(struct{ X units.Bytes }{}), "want a struct with Solve() (R, error)")
	require.ErrorContains(t, Check(counts{Batch: 3}), "no input has a dimension")
	require.ErrorContains(t, Check(broken{}), "dimtest.broken: Size = 0 B: want above 0")
}

// A wrong dimension stays hidden only if every ruler maps it to the right one.
func TestRulersTellDimensionsApart(t *testing.T) {
	const most = 3
	var d [units.NumDims]int
	for i := range d {
		d[i] = -most
	}
	for more := true; more; more = next(&d, most) {
		zero := d == [units.NumDims]int{}
		require.Equal(t, zero, unseen(d), "exponents %v", d)
	}
}

func unseen(d [units.NumDims]int) bool {
	for _, r := range rulers {
		power := 0
		for i := range d {
			power += d[i] * r[i]
		}
		if power != 0 {
			return false
		}
	}
	return true
}

// next counts d up in base 2*most+1; it reports whether there was a next.
func next(d *[units.NumDims]int, most int) bool {
	for i := range d {
		if d[i]++; d[i] <= most {
			return true
		}
		d[i] = -most
	}
	return false
}
