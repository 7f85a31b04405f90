package datafile

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/mlsysim/golab/mlsysim/internal/nearest"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A Shape is what the values of one type look like.
type Shape uint8

// The shapes.
const (
	Quantity Shape = iota // a type of package units
	Whole
	Plain // float64 without a unit
	Boolean
	Text
	Enum
	Nested
)

// A Field is one field of a registry struct.
type Field struct {
	Name   string
	Shape  Shape
	Type   string   // name of the units, enum or struct type
	Names  []string // values of an enum as files write them, in their order
	Consts []string // the Go constants of those values, for the generator
	Fields []Field  // fields of a nested struct
	Bounds Bounds
}

// numeric reports whether the field holds a number, which needs a source.
func (f Field) numeric() bool { return f.Shape <= Plain }

// Bounds is the range that the tags of a field declare.
type Bounds struct{ Min, Max *float64 }

// ReadBounds reads the range from the tag of a field.
func ReadBounds(tag reflect.StructTag) Bounds {
	read := func(key string) *float64 {
		v, err := strconv.ParseFloat(tag.Get(key), 64)
		if err != nil {
			return nil
		}
		return &v
	}
	return Bounds{Min: read("min"), Max: read("max")}
}

// refuse returns the wanted range if v is outside it, else "".
func (b Bounds) refuse(v float64) string {
	switch {
	case b.Min != nil && v < *b.Min:
		return fmt.Sprintf("at least %g", *b.Min)
	case b.Max != nil && v > *b.Max:
		return fmt.Sprintf("at most %g", *b.Max)
	default:
		return ""
	}
}

// Basic returns the shape of a field of a basic Go type.
func Basic(name string) (Shape, bool) {
	s, ok := map[string]Shape{"int": Whole, "float64": Plain, "bool": Boolean, "string": Text}[name]
	return s, ok
}

// lookup finds the field that a lower-case key such as kv_heads names.
func lookup(fields []Field, key string) (Field, bool) {
	for _, f := range fields {
		if key == strings.ToLower(key) && nearest.Fold(f.Name) == nearest.Fold(key) {
			return f, true
		}
	}
	return Field{}, false
}

// keys lists what the fields are called in a file.
func keys(fields []Field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, strings.ToLower(f.Name))
	}
	return out
}

// number parses text as the field's type, which decides the units.
func (f Field) number(text string) (float64, string, error) {
	switch f.Shape {
	case Quantity:
		return quantities[f.Type](text)
	case Whole:
		n, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 10, 52)
		if err != nil {
			return 0, "", fmt.Errorf("%q: want a whole number", text)
		}
		return float64(n), strconv.FormatInt(n, 10), nil
	default:
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return 0, "", fmt.Errorf("%q: want a plain number", text)
		}
		return v, units.Number(v), nil
	}
}

// A setter is a type of package units behind a pointer.
type setter interface {
	Set(text string) error
	String() string
}

// parse reads text as one unit; it returns the SI value and the printed form.
type parse func(text string) (float64, string, error)

// reader makes the parse of a unit type.
func reader[T ~float64, P interface {
	*T
	setter
}](text string) (float64, string, error) {
	var v T
	if err := P(&v).Set(text); err != nil {
		return 0, "", err
	}
	return float64(v), P(&v).String(), nil
}

// quantities has the parse of each unit that a registry field can have.
var quantities = map[string]parse{
	"Bytes":           reader[units.Bytes],
	"ByteRate":        reader[units.ByteRate],
	"FLOP":            reader[units.FLOP],
	"FLOPRate":        reader[units.FLOPRate],
	"Seconds":         reader[units.Seconds],
	"Watts":           reader[units.Watts],
	"Joules":          reader[units.Joules],
	"USD":             reader[units.USD],
	"USDRate":         reader[units.USDRate],
	"EnergyPrice":     reader[units.EnergyPrice],
	"KgCO2e":          reader[units.KgCO2e],
	"CarbonIntensity": reader[units.CarbonIntensity],
	"WaterIntensity":  reader[units.WaterIntensity],
	"RequestRate":     reader[units.RequestRate],
	"Params":          reader[units.Params],
	"Tokens":          reader[units.Tokens],
}

// IsUnit reports whether registry fields can have that type of package units.
func IsUnit(name string) bool { return quantities[name] != nil }
