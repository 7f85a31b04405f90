package describe

import (
	"math"
	"reflect"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// sample has a field for every way in which a range can be declared.
type sample struct {
	Free     float64
	Size     float64 `min:"0"`
	Positive float64 `above:"0"`
	Share    float64 `min:"0" max:"1"`
	Given    float64 `above:"0" max:"1" default:"0.5"`
	Below    float64 `min:"0" below:"1"`
	Above    float64 `above:"2"`
	Factor   float64 `min:"1" default:"1"`
	Signed   float64 `min:"-1" max:"1"`
	Tiny     float64 `min:"0" max:"1e-40"`

	Any     int
	Count   int `min:"0"`
	Batch   int `min:"1"`
	TP      int `min:"1" default:"1"`
	Group   int `min:"0" max:"8"`
	Beyond  int `above:"1"`
	Under   int `min:"0" below:"3"`
	Vast    int `min:"0" max:"2000000000"`
	Shifted int `min:"-4"`
	Tint    tint
	Nested  struct {
		Size float64 `min:"0"`
	}
}

type tint uint8

func (t tint) String() string { return t.Names()[t] }
func (tint) Names() []string  { return []string{"red", "green", "blue"} }

var (
	floats = []float64{
		0, math.Copysign(0, -1), 1, -1, 0.5, 2, math.Nextafter(2, 3), math.Nextafter(1, 0), math.Nextafter(1, 2), tiny, -tiny, huge, -huge,
		math.Nextafter(tiny, 0), math.Nextafter(huge, math.Inf(1)), 1e-40, 5e-324, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64,
	}
	ints = []int{0, 1, 2, 3, 4, 8, 9, -1, -4, -5, countable, countable + 1, -countable, 2_000_000_000, math.MaxInt, math.MinInt}
)

// draw fills a struct with values on and beside every bound.
func draw(t *rapid.T, v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Float64:
			f.SetFloat(rapid.OneOf(rapid.Just(1.0), rapid.SampledFrom(floats), rapid.Float64()).Draw(t, "float"))
		case reflect.Int:
			f.SetInt(int64(rapid.OneOf(rapid.Just(2), rapid.SampledFrom(ints), rapid.Int()).Draw(t, "int")))
		case reflect.Uint8:
			f.SetUint(uint64(rapid.IntRange(0, 4).Draw(t, "enum")))
		case reflect.Struct:
			draw(t, f)
		}
	}
}

// agree reports the first way in which a quick check contradicts the steps.
func agree(p *plan, check func(q *quick, in *sample) bool, in sample) string {
	slow, quickly := in, in
	inside := true
	for i := range p.steps {
		inside = p.steps[i].pass(unsafe.Pointer(&slow)) && inside
	}
	passed := check(&p.quick, &quickly)
	switch {
	case passed && !inside:
		return "passes what the steps refuse"
	case passed && slow != quickly:
		return "fills other defaults"
	case inside && !passed && !negativeZero(reflect.ValueOf(in)):
		return "refuses what the steps let pass"
	}
	return ""
}

func negativeZero(v reflect.Value) bool {
	for i := range v.NumField() {
		f := v.Field(i)
		if f.Kind() == reflect.Struct && negativeZero(f) || f.CanFloat() && f.Float() == 0 && math.Signbit(f.Float()) {
			return true
		}
	}
	return false
}

// one draws a struct with one field off the middle, so that each is decisive.
func one(t *rapid.T) sample {
	in := sample{Positive: 1, Above: 3, Batch: 1, Beyond: 2}
	if rapid.Bool().Draw(t, "all") {
		draw(t, reflect.ValueOf(&in).Elem())
		return in
	}
	var drawn sample
	draw(t, reflect.ValueOf(&drawn).Elem())
	i := rapid.IntRange(0, reflect.TypeFor[sample]().NumField()-1).Draw(t, "field")
	reflect.ValueOf(&in).Elem().Field(i).Set(reflect.ValueOf(drawn).Field(i))
	return in
}

func unchanged(q *quick, in *sample) bool { return q.pass(unsafe.Pointer(in)) }

func TestQuickCheckAgreesWithTheSteps(t *testing.T) {
	p := planOf(reflect.TypeFor[sample]())
	rapid.Check(t, func(t *rapid.T) {
		in := one(t)
		if why := agree(p, unchanged, in); why != "" {
			t.Fatalf("%s: %+v", why, in)
		}
	})
}

// Each mutant is a quick check that is wrong in one way; some input shows it.
func TestQuickCheckMutants(t *testing.T) {
	p := planOf(reflect.TypeFor[sample]())
	mutants := map[string]func(q *quick, in *sample) bool{
		"passes all":   func(*quick, *sample) bool { return true },
		"refuses all":  func(*quick, *sample) bool { return false },
		"no sizes":     func(q *quick, in *sample) bool { m := *q; m.sizes = nil; return unchanged(&m, in) },
		"no counts":    func(q *quick, in *sample) bool { m := *q; m.counts = nil; return unchanged(&m, in) },
		"no spans":     func(q *quick, in *sample) bool { m := *q; m.spans = nil; return unchanged(&m, in) },
		"no rest":      func(q *quick, in *sample) bool { m := *q; m.rest = nil; return unchanged(&m, in) },
		"size's limit": func(q *quick, in *sample) bool { return unchanged(q, in) && in.Size <= huge/2 },
		"keeps zeros": func(q *quick, in *sample) bool {
			given := in.Given
			ok := unchanged(q, in)
			in.Given = given
			return ok
		},
	}
	for name, mutant := range mutants {
		caught := false
		for _, in := range corners() {
			caught = caught || agree(p, mutant, in) != ""
		}
		require.True(t, caught, name)
	}
}

// corners lists structs with one field at each special value.
func corners() []sample {
	good := sample{Positive: 1, Above: 3, Batch: 1, Beyond: 2}
	out := []sample{good}
	for i := range reflect.TypeFor[sample]().NumField() {
		for k := range max(len(floats), len(ints)) {
			in := good
			switch f := reflect.ValueOf(&in).Elem().Field(i); f.Kind() {
			case reflect.Float64:
				f.SetFloat(floats[k%len(floats)])
			case reflect.Int:
				f.SetInt(int64(ints[k%len(ints)]))
			case reflect.Uint8:
				f.SetUint(uint64(k % 5))
			}
			out = append(out, in)
		}
	}
	return out
}

func TestBitsOfTheLimits(t *testing.T) {
	require.Equal(t, uint64(tinyBits), math.Float64bits(tiny))
	require.Equal(t, uint64(hugeBits), math.Float64bits(huge))
}
