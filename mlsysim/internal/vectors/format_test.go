package vectors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/mlsysim/golab/mlsysim/internal/golden"
)

// digits is what the page prints of a number.
const digits = 7

// shown prints a value with its unit.
func shown(v value, unit string) string { return printed(v, unit, digits) }

// beside prints two values that differ with as many digits as it takes to see it.
func beside(a, b value, unit string) (string, string) {
	for n := digits; n < 17; n++ {
		if x, y := printed(a, unit, n), printed(b, unit, n); x != y {
			return x, y
		}
	}
	return printed(a, unit, 17), printed(b, unit, 17)
}

func printed(v value, unit string, n int) string {
	switch v.kind {
	case number:
		return quantity(v.number, unit, n)
	case truth:
		return map[bool]string{true: "yes", false: "no"}[v.truth]
	case word:
		return v.word
	case unknown:
		if v == none {
			return v.word
		}
		return "left out: " + v.word
	case absent:
		return "not reported: " + v.word
	}
	return "no counterpart"
}

// A scale is a unit and the prefixes that it takes; the point is none.
type scale struct{ symbol, prefixes string }

var scales = map[string]scale{
	"s": {"s", "nµm."}, "byte": {"B", ".kMGTP"}, "byte/s": {"B/s", ".kMGTP"},
	"flop": {"FLOP", ".MGTPEZ"}, "flop/s": {"FLOP/s", ".MGTPE"}, "flop/byte": {"FLOP/B", "."},
	"J": {"J", "µm.kMGT"}, "W": {"W", "µm.kM"}, "kg": {"kg", "."}, "1/s": {"/s", "."}, "USD": {"USD", "."},
}

// quantity prints a number with the largest prefix that leaves it above one.
func quantity(x float64, unit string, n int) string {
	s, ok := scales[unit]
	if !ok || math.IsInf(x, 0) || math.IsNaN(x) {
		return plain(x, n)
	}
	best, letter := 0.0, ""
	for i, p := range []rune("nµm.kMGTPEZ") {
		factor := math.Pow(1000, float64(i-3))
		first := best == 0 || x == 0 && p == '.'
		if strings.ContainsRune(s.prefixes, p) && (first || math.Abs(x) >= factor*(1-1e-12)) {
			best, letter = factor, strings.Trim(string(p), ".")
		}
	}
	return plain(x/best, n) + " " + letter + s.symbol
}

// plain prints significant digits, as a decimal where that stays short.
func plain(x float64, n int) string {
	a := math.Abs(x)
	switch {
	case math.IsInf(x, 1):
		return "∞"
	case math.IsInf(x, -1):
		return "-∞"
	case x != 0 && (a < 1e-4 || a >= 1e7):
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(x, 'e', n-1, 64), "e")
		power, _ := strconv.Atoi(exponent)
		return trimmed(mantissa) + "e" + strconv.Itoa(power)
	}
	text := strconv.FormatFloat(x, 'g', n, 64)
	if strings.Contains(text, "e") { // rounded up to the next power
		return trimmed(strconv.FormatFloat(x, 'f', 0, 64))
	}
	return trimmed(text)
}

func trimmed(text string) string {
	if !strings.Contains(text, ".") {
		return text
	}
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

// inShort prints the inputs of a case: the things it is about, then the rest.
func inShort(c golden.Case) string {
	var things, rest []string
	keys := make([]string, 0, len(c.Inputs))
	for key := range c.Inputs {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		raw := bytes.TrimSpace(c.Inputs[key])
		name, thing := named(raw)
		switch {
		case thing && (key == "model" || key == "hardware" || key == "fleet"):
			things = append(things, name)
		case string(raw) != "null":
			rest = append(rest, key+"="+name)
		}
	}
	slices.Reverse(things) // model, hardware, fleet
	for _, s := range c.With {
		rest = append(rest, "with "+s)
	}
	return strings.Join(append(things, rest...), ", ")
}

// named prints one input; a thing is an object with a name.
func named(raw json.RawMessage) (text string, thing bool) {
	var object map[string]json.RawMessage
	if raw[0] == '{' && json.Unmarshal(raw, &object) == nil && !isQuantity(object) {
		return objectName(object), true
	}
	var list []json.RawMessage
	if raw[0] == '[' && json.Unmarshal(raw, &list) == nil {
		names := make([]string, len(list))
		for i, part := range list {
			names[i], _ = named(part)
		}
		return "[" + strings.Join(names, ", ") + "]", false
	}
	v, unit := leaf{raw: raw}.theirs()
	if v.kind == truth {
		return strconv.FormatBool(v.truth), false
	}
	return shown(v, unit), false
}

func objectName(object map[string]json.RawMessage) string {
	var o struct {
		Name        string
		Count       int
		PerNode     int     `json:"accelerators_per_node"`
		Intra       float64 `json:"intra_node_bw_bytes_s"`
		NICs        int     `json:"nics_per_node"`
		Bandwidth   float64 `json:"bandwidth_bytes_s"`
		Over        float64 `json:"oversubscription_ratio"`
		Accelerator struct{ Name string }
		Fabric      struct {
			Bandwidth float64 `json:"bandwidth_bytes_s"`
			Over      float64 `json:"oversubscription_ratio"`
		}
		Region *struct{ Name string }
	}
	_ = json.Unmarshal(marshal(object), &o) // what has no such part keeps its name
	switch {
	case o.Count > 0:
		text := fmt.Sprintf("%d×%d %s, %g/%g GB/s over %g, %d ports", o.Count, o.PerNode, o.Accelerator.Name, o.Intra/1e9, o.Fabric.Bandwidth/1e9, o.Fabric.Over, o.NICs)
		if o.Region != nil {
			text += ", " + o.Region.Name
		}
		return text
	case o.Bandwidth > 0:
		return fmt.Sprintf("%g GB/s over %g", o.Bandwidth/1e9, o.Over)
	case o.Name == "":
		return string(marshal(object))
	}
	return o.Name
}
