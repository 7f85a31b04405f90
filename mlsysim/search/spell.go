package search

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Axis reads an axis as people write it: a field, and its values.
//
//	batch=1,2,4..512       doubles: the values before the dots say how it goes on
//	batch=1..512x2         the same
//	efficiency=0.1..0.9/9  nine values, evenly spaced
//	prompt=512..4096+512   steps of 512
//	fabric=25,50,100 GB/s  a unit stands for all before it
//	hardware=H100,B200     names
//
// A whole range without a step counts by one. Whether the values are in range is
// for the solver to say, candidate by candidate.
func (p Program) Axis(text string) (Axis, error) {
	name, list, found := strings.Cut(text, "=")
	name = strings.ReplaceAll(strings.TrimSpace(name), "-", "_")
	if !found || name == "" || strings.TrimSpace(list) == "" {
		return Axis{}, fmt.Errorf("axis %q: want a field and its values, such as batch=1,2,4..512", text)
	}
	k, err := p.knob(name)
	if err != nil {
		return Axis{}, fmt.Errorf("axis %s: %w", name, err)
	}
	parts := strings.Split(list, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	out := Axis{Field: k.path}
	if !k.field.IsNumber() {
		out.Names = parts
	} else if err := out.numbers(parts, k); err != nil {
		return Axis{}, fmt.Errorf("axis %s: %w", k.path, err)
	}
	_, err = out.parse(p)
	return out, err
}

// measured is a number and what follows it.
var measured = regexp.MustCompile(`^([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(.*)$`)

// split takes a number and its unit apart.
func split(text string) (number float64, unit string, err error) {
	m := measured.FindStringSubmatch(strings.ReplaceAll(text, "_", ""))
	if m == nil {
		return 0, "", fmt.Errorf("%q: want a number", text)
	}
	number, err = strconv.ParseFloat(m[1], 64)
	if err != nil {
		return 0, "", fmt.Errorf("%q: want a finite number", text)
	}
	return number, m[2], nil
}

// numbers fills in the values of a numeric field; one with a unit has them as
// text, which keeps the unit that was written.
func (a *Axis) numbers(parts []string, k knob) error {
	var values []float64
	var units []string
	for _, part := range parts {
		r, err := readRange(part, values, k.whole())
		if err != nil {
			return err
		}
		for _, x := range r.values {
			values, units = append(values, x), append(units, r.unit)
		}
		if len(values) > mostSteps {
			return fmt.Errorf("want at most %d values", mostSteps)
		}
	}
	last := ""
	for i, u := range slices.Backward(units) {
		if u != "" {
			last = u
		}
		units[i] = last
	}
	if last == "" {
		if k.field.Unit == "" {
			a.Values = values
			return nil
		}
		if slices.Max(values) != 0 || slices.Min(values) != 0 {
			return fmt.Errorf("%v: want a unit, such as %s", values[0], k.field.Unit)
		}
		last = k.field.Unit
	}
	for i, x := range values {
		unit := units[i]
		if unit == "" {
			unit = last
		}
		a.Names = append(a.Names, strconv.FormatFloat(x, 'g', -1, 64)+" "+unit)
	}
	return nil
}

// A stretch is the values of one part of a list.
type stretch struct {
	values []float64
	unit   string
}

// readRange reads one number or lo..hi with a step; before are the values that
// come before it in the list.
func readRange(part string, before []float64, whole bool) (stretch, error) {
	lo, hi, ranged := strings.Cut(part, "..")
	if !ranged {
		x, unit, err := split(part)
		return stretch{[]float64{x}, unit}, err
	}
	hi, how, by, err := stepOf(hi)
	if err != nil {
		return stretch{}, fmt.Errorf("%s: %w", part, err)
	}
	from, unit, err := split(strings.TrimSpace(lo))
	if err != nil {
		return stretch{}, err
	}
	to, also, err := split(strings.TrimSpace(hi))
	switch {
	case err != nil:
		return stretch{}, err
	case unit != "" && also != "" && unit != also:
		return stretch{}, fmt.Errorf("%s: want one unit, have %s and %s", part, unit, also)
	case !(from <= to):
		return stretch{}, fmt.Errorf("%s: want the smaller end first", part)
	}
	if how == 0 {
		if how, by, err = goingOn(append(slices.Clone(before), from), whole); err != nil {
			return stretch{}, fmt.Errorf("%s: %w", part, err)
		}
	}
	values, err := filled(from, to, how, by)
	if err != nil {
		return stretch{}, fmt.Errorf("%s: %w", part, err)
	}
	if whole && how != '+' {
		for i := range values {
			values[i] = math.Round(values[i])
		}
		values = slices.Compact(values)
	}
	return stretch{values, max(unit, also)}, nil
}

// stepOf takes x2, /9 or +512 off the end of a range; a + may belong to an
// exponent, and a / to a unit.
func stepOf(text string) (rest string, how byte, by float64, err error) {
	at := strings.LastIndexAny(text, "x/+")
	if at <= 0 || text[at] == '+' && strings.ContainsRune("eE", rune(text[at-1])) {
		return text, 0, 0, nil
	}
	after := strings.TrimSpace(text[at+1:])
	if after == "" || !strings.ContainsRune("0123456789.", rune(after[0])) {
		return text, 0, 0, nil
	}
	by, unit, err := split(after)
	if err == nil && unit != "" {
		err = fmt.Errorf("%s: want a step without a unit", after)
	}
	return text[:at], text[at], by, err
}

// goingOn is the step that the last values suggest: three say whether they grow
// by a factor or a difference, two a difference, one counts.
func goingOn(seen []float64, whole bool) (how byte, by float64, err error) {
	n := len(seen)
	switch {
	case n == 1 && whole:
		return '+', 1, nil
	case n == 1:
		return 0, 0, fmt.Errorf("want a step: x2 for a factor, +0.1 for a difference, /9 for nine values")
	case n == 2:
		return '+', seen[1] - seen[0], nil
	}
	a, b, c := seen[n-3], seen[n-2], seen[n-1]
	switch {
	case a > 0 && math.Abs(c*a-b*b) <= 1e-9*b*b:
		return 'x', b / a, nil
	case math.Abs((c-b)-(b-a)) <= 1e-9*math.Abs(c):
		return '+', b - a, nil
	}
	return 0, 0, fmt.Errorf("%v, %v, %v grow neither by a factor nor by a difference: want a step, such as x2", a, b, c)
}

// filled lists the values from lo to hi.
func filled(lo, hi float64, how byte, by float64) ([]float64, error) {
	switch how {
	case '+':
		out, err := Steps(lo, hi, by)
		return tidy(out), err
	case '/':
		if !(by >= 2 && by <= mostSteps && by == math.Trunc(by)) {
			return nil, fmt.Errorf("/%v: want a whole number of values from 2 to %d", by, mostSteps)
		}
		out := make([]float64, int(by))
		for i := range out {
			out[i] = lo + (hi-lo)*float64(i)/(by-1)
		}
		return tidy(out), nil
	}
	if !(by > 1 && lo > 0) || math.Log(hi/lo)/math.Log(by) > mostSteps {
		return nil, fmt.Errorf("x%v: want a factor above 1, a range above 0 and at most %d values", by, mostSteps)
	}
	var out []float64
	for x := lo; x <= hi*(1+1e-9); x *= by {
		out = append(out, x)
	}
	return tidy(out), nil
}

// tidy takes the rounding errors off values, so that a table says 0.3.
func tidy(values []float64) []float64 {
	for i, x := range values {
		if y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 12, 64), 64); err == nil {
			values[i] = y
		}
	}
	return values
}
