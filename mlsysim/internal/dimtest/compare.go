package dimtest

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
)

// compare returns the first difference between an output and what the change
// of units makes of the original; path names the place.
func compare(path string, got, want reflect.Value) string {
	switch want.Kind() {
	case reflect.Float64, reflect.Float32:
		if near(got.Float(), want.Float()) {
			return ""
		}
		return fmt.Sprintf("%s = %g after rescaling, want %g", path, got.Float(), want.Float())
	case reflect.String:
		if prose(got.String()) == prose(want.String()) {
			return ""
		}
		return fmt.Sprintf("%s = %q after rescaling, want %q", path, got, want)
	case reflect.Struct, reflect.Array:
		return compareParts(path, got, want)
	case reflect.Slice, reflect.Map:
		if got.Len() != want.Len() {
			return fmt.Sprintf("%s has %d entries after rescaling, want %d", path, got.Len(), want.Len())
		}
		return compareParts(path, got, want)
	case reflect.Pointer, reflect.Interface:
		if got.IsNil() != want.IsNil() {
			return fmt.Sprintf("%s is nil: %t after rescaling, want %t", path, got.IsNil(), want.IsNil())
		}
		if want.IsNil() {
			return ""
		}
		if got.Elem().Type() != want.Elem().Type() {
			return fmt.Sprintf("%s is a %s after rescaling, want a %s", path, got.Elem().Type(), want.Elem().Type())
		}
		return compare(path, got.Elem(), want.Elem())
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		return ""
	}
	if got.Equal(want) {
		return ""
	}
	return fmt.Sprintf("%s = %v after rescaling, want %v", path, got, want)
}

// compareParts compares two structs, arrays, slices or maps of one size.
func compareParts(path string, got, want reflect.Value) string {
	diff := ""
	switch want.Kind() {
	case reflect.Map:
		return compareMaps(path, got, want)
	case reflect.Struct:
		for i := 0; diff == "" && i < want.NumField(); i++ {
			if sf := want.Type().Field(i); sf.IsExported() {
				diff = compare(path+"."+sf.Name, got.Field(i), want.Field(i))
			}
		}
	default:
		for i := 0; diff == "" && i < want.Len(); i++ {
			diff = compare(fmt.Sprintf("%s[%d]", path, i), got.Index(i), want.Index(i))
		}
	}
	return diff
}

func compareMaps(path string, got, want reflect.Value) string {
	diff := ""
	for k, w := range want.Seq2() {
		name := fmt.Sprintf("%s[%v]", path, k)
		g := got.MapIndex(k)
		d := name + " is missing after rescaling"
		if g.IsValid() {
			d = compare(name, g, w)
		}
		if d != "" && (diff == "" || d < diff) {
			diff = d // the order of a map must not choose the message
		}
	}
	return diff
}

const tolerance = 1e-9

func near(a, b float64) bool {
	if a == b || math.IsNaN(a) && math.IsNaN(b) {
		return true
	}
	return math.Abs(a-b) <= tolerance*max(math.Abs(a), math.Abs(b))
}

// amount is a number in a sentence with the unit that follows it.
var amount = regexp.MustCompile(`\b\d[\d.,]*(e[+-]?\d+)?( ?[A-Za-zµ]+(/[A-Za-z]+)?)?`)

// prose is a text with its amounts taken out: "12 GB short" and "36 GB short"
// say the same.
func prose(s string) string { return amount.ReplaceAllString(s, "#") }
