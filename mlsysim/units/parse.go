package units

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// parse reads a number followed by a unit. A missing unit is an error, so that
// 80 never silently means 80 bytes.
func parse(text, kind string, us []unit) (float64, error) {
	number, name := cut(text)
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("%q: want %s: a number with a unit, such as %q", text, kind, "1 "+us[0].text)
	}
	if name == "" && v == 0 {
		return 0, nil
	}
	for _, u := range us {
		if f, ok := u.spelled(name); ok {
			return scaled(v, f), nil
		}
	}
	return 0, unknown(text, name, kind, us)
}

// scaled returns v·f; a factor such as 1e-6 divides by its exact inverse, so that
// 10 us is 1e-05 and not the nearest float below.
func scaled(v, f float64) float64 {
	if inverse := math.Round(1 / f); f < 1 && math.Abs(inverse*f-1) < 1e-12 {
		return v / inverse
	}
	return v * f
}

// cut splits "80 GB" into "80" and "GB", and "$1,200" into "1200" and "$".
func cut(text string) (number, name string) {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "$"); ok {
		n, per := cut(rest)
		if per == "" {
			return n, "$"
		}
		return n, "USD" + per
	}
	end := 0
	for end < len(text) {
		c := text[end]
		exponent := (c == 'e' || c == 'E') && end+1 < len(text) && strings.IndexByte("+-0123456789", text[end+1]) >= 0
		sign := (c == '+' || c == '-') && (end == 0 || text[end-1] == 'e' || text[end-1] == 'E')
		if c != '.' && c != ',' && c != '_' && (c < '0' || c > '9') && !exponent && !sign {
			break
		}
		end++
	}
	number = strings.NewReplacer(",", "", "_", "").Replace(text[:end])
	return number, strings.TrimSpace(text[end:])
}

// unknown explains a unit that us does not have: another case, another
// dimension, or simply the list of what would do.
func unknown(text, name, kind string, us []unit) error {
	var all []string
	for _, u := range us {
		all = append(all, u.spellings()...)
	}
	for _, s := range all {
		if strings.EqualFold(s, name) {
			return fmt.Errorf("%q: unknown unit %q: did you mean %q?", text, name, s)
		}
	}
	for _, k := range catalogue {
		for _, u := range k.units {
			if _, ok := u.spelled(name); ok && name != "" {
				return fmt.Errorf("%q is %s, want %s, such as %q", text, k.name, kind, "1 "+us[0].text)
			}
		}
	}
	if name == "" {
		return fmt.Errorf("%q has no unit: want one of %s", text, strings.Join(all, ", "))
	}
	return fmt.Errorf("%q: unknown unit %q: want one of %s", text, name, strings.Join(all, ", "))
}

// parseJSON reads a plain SI number, or text with a unit.
func parseJSON(data []byte, kind string, us []unit) (float64, error) {
	if len(data) > 0 && data[0] == '"' {
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return 0, err
		}
		return parse(text, kind, us)
	}
	var v float64
	if err := json.Unmarshal(data, &v); err != nil {
		return 0, fmt.Errorf("%s: want a number in %s or text such as %q", data, us[0].text, "1 "+us[0].text)
	}
	return v, nil
}
