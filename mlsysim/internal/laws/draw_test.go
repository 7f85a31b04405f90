package laws_test

import (
	"fmt"
	"math"
	"reflect"
	"strconv"

	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/systems"
)

// example is the catalog's example of an input type.
func example[T any]() T {
	for _, s := range catalog.All() {
		if e, ok := s.Example.(T); ok {
			return e
		}
	}
	panic(fmt.Sprintf("the catalog has no %T", *new(T)))
}

// drawn is an input with every field drawn from its whole range: kept as in the
// example, near it, at an end of the range, or anywhere. Rules between fields are
// left to the caller.
func drawn[T any](c *trial) T {
	in := example[T]()
	fill(c, reflect.ValueOf(&in).Elem())
	return in
}

func fill(c *trial, v reflect.Value) {
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		if sf.IsExported() {
			fillField(c, v.Field(i), sf)
		}
	}
}

// fillField draws one field; a registry type becomes one of its entries.
func fillField(c *trial, f reflect.Value, sf reflect.StructField) {
	switch p := f.Addr().Interface().(type) {
	case *models.Model:
		*p = model(c, nil)
	case *hardware.Device:
		*p = device(c, nil)
	case *infra.Grid:
		*p = copied(c, "region", infra.Grids())
	case *infra.Facility:
		*p = copied(c, "facility", infra.Facilities())
	case *systems.Stack:
		*p = copied(c, "stack", systems.Entries())
	default:
		fillPlain(c, f, sf)
	}
}

func fillPlain(c *trial, f reflect.Value, sf reflect.StructField) {
	r := rangeOf(sf)
	switch f.Kind() {
	case reflect.Struct:
		fill(c, f)
	case reflect.Float64:
		f.SetFloat(r.number(c, sf.Name, f.Float()))
	case reflect.Int:
		f.SetInt(int64(r.whole(c, sf.Name, float64(f.Int()))))
	case reflect.Bool:
		f.SetBool(rapid.Bool().Draw(c.T, sf.Name))
	case reflect.Slice:
		fillList(c, f, sf)
	case reflect.Uint8:
		f.SetUint(uint64(rapid.IntRange(0, len(names(f))-1).Draw(c.T, sf.Name)))
	}
}

// fillList keeps a list, or makes one of a few entries.
func fillList(c *trial, f reflect.Value, sf reflect.StructField) {
	if chance(c, sf.Name) {
		return
	}
	n := upTo(c, sf.Name+" entries", 4)
	f.Set(reflect.MakeSlice(f.Type(), n, n))
	one := sf
	one.Type = sf.Type.Elem()
	for i := range n {
		fillField(c, f.Index(i), one)
	}
}

func names(enum reflect.Value) []string {
	return enum.Interface().(interface{ Names() []string }).Names()
}

// A domain is the range that the tags of a field declare.
type domain struct {
	lo, hi         float64
	openLo, openHi bool
	usual          float64 // its default, or zero
}

// The ends of what any field may hold, as package describe has them.
const (
	tiny      = 1e-30
	huge      = 1e30
	countable = 1e9
)

func rangeOf(sf reflect.StructField) domain {
	d := domain{lo: -huge, hi: huge}
	if sf.Type.Kind() == reflect.Int {
		d.lo, d.hi = -countable, countable
	}
	read := func(tag string, into *float64) bool {
		v, err := strconv.ParseFloat(sf.Tag.Get(tag), 64)
		if err == nil {
			*into = v
		}
		return err == nil
	}
	read("min", &d.lo)
	read("max", &d.hi)
	d.openLo = read("above", &d.lo)
	d.openHi = read("below", &d.hi)
	d.usual = usual(sf)
	return d
}

// usual reads the default of a field, with its unit.
func usual(sf reflect.StructField) float64 {
	text, ok := sf.Tag.Lookup("default")
	if !ok {
		return 0
	}
	v := reflect.New(sf.Type)
	if u, ok := v.Interface().(interface{ Set(string) error }); ok {
		if err := u.Set(text); err != nil {
			panic(fmt.Sprintf("default of %s: %v", sf.Name, err))
		}
		return v.Elem().Float()
	}
	x, _ := strconv.ParseFloat(text, 64)
	return x
}

// number draws from the range. A calm draw stays near what the example holds.
func (d domain) number(c *trial, name string, now float64) float64 {
	if now == 0 {
		now = d.usual
	}
	switch how := rapid.IntRange(0, 9).Draw(c.T, name+" how"); {
	case how < 4:
		return now
	case how < 7 || !c.wild:
		return d.near(c, name, now)
	case how == 7:
		return d.end(c, name)
	default:
		return d.anywhere(c, name)
	}
}

// near is within a factor of ten.
func (d domain) near(c *trial, name string, now float64) float64 {
	if now == 0 {
		return d.inside(c.decades(name, 1e-3, 1e3))
	}
	return d.inside(now * c.decades(name, 0.1, 10))
}

// end is the lowest or highest value allowed.
func (d domain) end(c *trial, name string) float64 {
	if chance(c, name) {
		return d.inside(d.lo)
	}
	return d.inside(d.hi)
}

// anywhere is even on a logarithmic scale.
func (d domain) anywhere(c *trial, name string) float64 {
	x := c.decades(name, math.Max(d.lo, tiny), d.hi)
	if d.lo < 0 && chance(c, name+" sign") {
		x = -x
	}
	return d.inside(x)
}

// even is a number from 0 to 1, all alike: rapid itself prefers short numbers.
func (c *trial) even(name string) float64 {
	x := rapid.Uint64().Draw(c.T, name) * 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return float64(x>>11^x>>42) / (1 << 53)
}

// decades is a number between two positive ones, even on a logarithmic scale.
func (c *trial) decades(name string, lo, hi float64) float64 {
	return math.Exp(math.Log(lo) + (math.Log(hi)-math.Log(lo))*c.even(name))
}

// inside moves a number into the range, off an open end.
func (d domain) inside(x float64) float64 {
	if x != 0 && math.Abs(x) < tiny {
		x = math.Copysign(tiny, x)
	}
	x = math.Min(math.Max(x, d.lo), d.hi)
	if d.openLo && x <= d.lo {
		x = math.Max(d.lo*(1+1e-9), tiny)
	}
	if d.openHi && x >= d.hi {
		x = d.hi * (1 - 1e-9)
	}
	return x
}

// whole draws a whole number: small ones and powers of two more often.
func (d domain) whole(c *trial, name string, now float64) float64 {
	x := math.Round(d.number(c, name, now))
	if rapid.IntRange(0, 3).Draw(c.T, name+" small") == 0 {
		x = float64(rapid.SampledFrom([]int{1, 2, 3, 4, 8, 16, 64}).Draw(c.T, name+" of"))
	}
	return math.Min(math.Max(x, d.lo), d.hi)
}

// copied is a copy of some entry of a registry. A wild draw may change one of its
// numbers to anything: a what-if.
func copied[T any](c *trial, name string, entries []registry.Entry[T]) T {
	e := *entries[int(c.even(name)*float64(len(entries)))].Value
	if c.wild && rapid.IntRange(0, 2).Draw(c.T, "what if") == 0 {
		whatIf(c, reflect.ValueOf(&e).Elem())
	}
	return e
}

func whatIf(c *trial, v reflect.Value) {
	i := rapid.IntRange(0, v.NumField()-1).Draw(c.T, "of field")
	switch v.Field(i).Kind() {
	case reflect.Struct:
		whatIf(c, v.Field(i))
	case reflect.Float64, reflect.Int, reflect.Bool:
		fillPlain(c, v.Field(i), v.Type().Field(i))
	}
}

// model is an entry of the model registry that meets a condition.
func model(c *trial, ok func(*models.Model) bool) models.Model {
	for {
		m := copied(c, "model", models.Entries())
		if ok == nil || ok(&m) {
			return m
		}
	}
}

// device is an entry of the hardware registry that meets a condition.
func device(c *trial, ok func(*hardware.Device) bool) hardware.Device {
	for {
		h := copied(c, "hardware", hardware.Entries())
		if ok == nil || ok(&h) {
			return h
		}
	}
}
