package search_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A table is a solver without any order in it, so that nothing but looking at
// every combination finds the best one.
type table struct{ Seed, A, B, C int }

type cell struct {
	X                     float64 `better:"lower"`
	Y                     float64 `better:"higher"`
	Z                     float64 `better:"lower" known:"ZKnown"`
	ZKnown                bool
	Fits, Stable, Reached bool
}

var errCell = errors.New("want another cell")

func (s table) Solve() (cell, error) {
	h := uint64(s.Seed)*0x9e3779b97f4a7c15 ^ uint64(s.A+1)*0xbf58476d1ce4e5b9 ^ uint64(s.B+1)*0x94d049bb133111eb ^ uint64(s.C+1)*0xd6e8feb86659fd93
	h ^= h >> 31
	h *= 0x7fb5d329728ea185
	h ^= h >> 27
	if h%13 == 0 {
		return cell{}, errCell
	}
	return cell{
		X: float64(h >> 8 % 8), Y: float64(h >> 16 % 8), Z: float64(h >> 24 % 8),
		ZKnown: h>>32%5 > 0, Fits: h>>40%4 > 0, Stable: h>>48%6 > 0, Reached: h>>54%6 > 0,
	}, nil
}

// found is what a search says about a space.
type found struct {
	best    string // axis values, sorted by axis
	cost    float64
	fitting int
	front   []string
}

type searcher func(search.Space) found

// fast is the search itself.
func fast(s search.Space) found {
	c, err := s.Solve(context.Background())
	if err != nil {
		panic(err)
	}
	out := found{fitting: c.Fitting}
	if best, err := c.Best(); err == nil {
		out.best, out.cost = place(c.Axes, best.At), best.Value("X")
	}
	for _, p := range c.Pareto() {
		out.front = append(out.front, place(c.Axes, p.At))
	}
	return out
}

func place(axes, at []string) string {
	var parts []string
	for i := range axes {
		parts = append(parts, axes[i]+"="+at[i])
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// byHand loops over the combinations of the table; the last axis runs fastest.
func byHand(s search.Space) found {
	var out found
	type design struct {
		at   string
		x, y float64
	}
	var fit []design
	for i := range total(s) {
		in := s.Solver.(table)
		var names, at []string
		for k := len(s.Axes) - 1; k >= 0; k-- {
			a := s.Axes[k]
			v := a.Values[i%len(a.Values)]
			i /= len(a.Values)
			reflect.ValueOf(&in).Elem().FieldByName(a.Field).SetInt(int64(v))
			names, at = append(names, a.Field), append(at, fmt.Sprint(v))
		}
		r, err := in.Solve()
		if err != nil || !r.Fits || !r.Stable || !r.Reached || !r.ZKnown || r.Z > 5 {
			continue
		}
		out.fitting++
		fit = append(fit, design{place(names, at), r.X, r.Y})
		if out.best == "" || r.X < out.cost {
			out.best, out.cost = place(names, at), r.X
		}
	}
	for _, d := range fit {
		if !slices.ContainsFunc(fit, func(o design) bool { return o.x <= d.x && o.y >= d.y && (o.x < d.x || o.y > d.y) }) {
			out.front = append(out.front, d.at)
		}
	}
	return out
}

func total(s search.Space) int {
	n := 1
	for _, a := range s.Axes {
		n *= len(a.Values)
	}
	return n
}

// exhaustive is the invariant: a search finds what a loop by hand finds, and
// permuting the axes changes neither the best value nor the set of the front
// (I-22).
func exhaustive(find searcher, s search.Space, order []int) error {
	want, got := byHand(s), find(s)
	if !reflect.DeepEqual(want, got) {
		return fmt.Errorf("found %+v: want %+v", got, want)
	}
	turned := s
	turned.Axes = nil
	for _, k := range order {
		turned.Axes = append(turned.Axes, s.Axes[k])
	}
	other := find(turned)
	slices.Sort(got.front)
	slices.Sort(other.front)
	if other.cost != got.cost || other.fitting != got.fitting || !slices.Equal(other.front, got.front) {
		return fmt.Errorf("with axes %v: %+v, else %+v", order, other, got)
	}
	return nil
}

func drawSpace(t *rapid.T) search.Space {
	s := search.Space{
		Solver: table{Seed: rapid.IntRange(0, 1_000_000).Draw(t, "seed")}, Workers: rapid.IntRange(1, 5).Draw(t, "workers"),
		Objective: "X", Pareto: []string{"X", "Y"}, Limits: []string{"Z <= 5"},
	}
	for _, name := range []string{"A", "B", "C"} {
		s.Axes = append(s.Axes, search.Axis{Field: name, Values: upTo(rapid.IntRange(1, 7).Draw(t, name))})
	}
	return s
}

func TestSearchIsExhaustive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if err := exhaustive(fast, drawSpace(t), rapid.Permutation([]int{0, 1, 2}).Draw(t, "order")); err != nil {
			t.Fatal(err)
		}
	})
}

// Each mutant is wrong in one way; among a few spaces one shows it.
func TestSearchMutants(t *testing.T) {
	for name, mutant := range map[string]searcher{
		"forgets a value":      func(s search.Space) found { s.Axes = cut(s.Axes); return fast(s) },
		"ignores the limit":    func(s search.Space) found { s.Limits = nil; return fast(s) },
		"another direction":    func(s search.Space) found { s.Objective = "maximize X"; return fast(s) },
		"ranks what is no fit": func(s search.Space) found { s.Solver = lenient(s.Solver.(table)); return fast(s) },
		"ranks what misses":    func(s search.Space) found { s.Solver = hopeful(s.Solver.(table)); return fast(s) },
		"one metric's front":   func(s search.Space) found { s.Pareto = []string{"X"}; return fast(s) },
		"takes the last tie":   func(s search.Space) found { s.Axes = backwards(s.Axes); return fast(s) },
		"loses a design":       func(s search.Space) found { f := fast(s); f.front = f.front[:max(len(f.front)-1, 0)]; return f },
	} {
		caught := false
		for seed := range 20 {
			s := search.Space{Solver: table{Seed: seed}, Workers: 1, Objective: "X", Pareto: []string{"X", "Y"}, Limits: []string{"Z <= 5"}}
			for _, axis := range []string{"A", "B", "C"} {
				s.Axes = append(s.Axes, search.Axis{Field: axis, Values: upTo(4)})
			}
			require.NoError(t, exhaustive(fast, s, []int{2, 0, 1}))
			caught = caught || exhaustive(mutant, s, []int{2, 0, 1}) != nil
		}
		require.True(t, caught, name)
	}
}

func cut(axes []search.Axis) []search.Axis {
	out := slices.Clone(axes)
	out[0].Values = out[0].Values[:len(out[0].Values)-1]
	return out
}

func backwards(axes []search.Axis) []search.Axis {
	out := slices.Clone(axes)
	for i := range out {
		out[i].Values = slices.Clone(out[i].Values)
		slices.Reverse(out[i].Values)
	}
	return out
}

type lenient table

func (s lenient) Solve() (cell, error) {
	r, err := table(s).Solve()
	r.Fits = true
	return r, err
}

type hopeful table

func (s hopeful) Solve() (cell, error) {
	r, err := table(s).Solve()
	r.Reached = true
	return r, err
}

// same reports the first candidate on which two solvers differ.
func same(a, b any, axes []search.Axis) error {
	one := search.Space{Solver: a, Axes: axes, Workers: 1, Objective: "ITL", Pareto: []string{"ITL", "TokensPerSecond", "Memory"}}
	two := one
	two.Solver = b
	x, err := one.Solve(context.Background())
	if err != nil {
		return err
	}
	y, err := two.Solve(context.Background())
	if err != nil {
		return err
	}
	for i := range x.Total {
		if p, q := x.At(i), y.At(i); p.Fits != q.Fits || p.Why != q.Why || !reflect.DeepEqual(p.Result, q.Result) {
			return fmt.Errorf("%v: %+v, by reflection %+v", p.At, p, q)
		}
	}
	if !reflect.DeepEqual(x.Pareto(), y.Pareto()) || !reflect.DeepEqual(x.Rejected, y.Rejected) {
		return errors.New("another front or other reasons")
	}
	return nil
}

func TestCompiledEqualsReflection(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := request
		in.Output = rapid.IntRange(0, 2000).Draw(t, "output")
		axes := []search.Axis{
			{Field: "Batch", Values: rapid.SliceOfN(rapid.SampledFrom([]float64{1, 2, 7, 64, 512, 0, -1, 2e9}), 1, 5).Draw(t, "batch")},
			{Field: "Hardware.Bandwidth", Values: rapid.SliceOfN(rapid.Float64Range(0, 1e13), 1, 4).Draw(t, "bandwidth")},
			{Field: "Precision", Names: rapid.SliceOfN(rapid.SampledFrom([]string{"fp16", "fp8", "fp4", "int8"}), 1, 3).Draw(t, "precision")},
		}
		if err := same(search.Compile(in), in, axes); err != nil {
			t.Fatal(err)
		}
	})
}

// Solvers that are a little off: one in a number, one in a verdict, one in what
// it refuses.
type (
	slower  serving.Serving
	roomier serving.Serving
	laxer   serving.Serving
)

func (s slower) Solve() (serving.Result, error) {
	r, err := serving.Serving(s).Solve()
	r.ITL += units.Seconds(1e-15)
	return r, err
}

func (s roomier) Solve() (serving.Result, error) {
	r, err := serving.Serving(s).Solve()
	r.Fits = true
	return r, err
}

func (s laxer) Solve() (serving.Result, error) {
	s.Batch = max(s.Batch, 1)
	return serving.Serving(s).Solve()
}

func TestCompiledMutants(t *testing.T) {
	axes := []search.Axis{{Field: "Batch", Values: []float64{0, 1, 512}}}
	require.NoError(t, same(search.Compile(request), request, axes))
	require.Error(t, same(search.Compile(slower(request)), request, axes))
	require.Error(t, same(search.Compile(roomier(request)), request, axes))
	require.Error(t, same(search.Compile(laxer(request)), request, axes))
}

// left counts the goroutines that a run leaves behind; those that have nothing
// to do any more still have to end.
func left(run func()) int {
	before := runtime.NumGoroutine()
	run()
	for end := time.Now().Add(time.Second); runtime.NumGoroutine() > before && time.Now().Before(end); {
		runtime.Gosched()
	}
	return runtime.NumGoroutine() - before
}

func TestNothingIsLeftRunning(t *testing.T) {
	for name, run := range map[string]func(context.Context, search.Space) error{
		"solve": func(ctx context.Context, s search.Space) error { _, err := s.Solve(ctx); return err },
		"csv":   func(ctx context.Context, s search.Space) error { return s.CSV(ctx, &full{lines: -1 << 40}) },
		"full":  func(_ context.Context, s search.Space) error { return s.CSV(context.Background(), &full{}) },
	} {
		s := search.Space{Solver: search.Compile(table{}), Workers: 6, Axes: []search.Axis{{Field: "A", Values: upTo(5000)}, {Field: "B", Values: upTo(1000)}}}
		require.Zero(t, left(func() {
			ctx, cancel := context.WithCancel(context.Background())
			s.Progress = func(int, int) { cancel() }
			require.Error(t, run(ctx, s), name)
		}), name)
	}
	stop := make(chan struct{})
	defer close(stop)
	require.Equal(t, 1, left(func() { go func() { <-stop }() })) // the mutant
}
