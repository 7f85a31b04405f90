package units

import (
	"math"
	"strconv"
	"strings"
)

const digits = 4 // significant digits that String prints

// Number prints v with four significant digits, thousands separated, no
// trailing zeros: 80, 85.9, 12,345, 0.003169, 1.2e-09.
func Number(v float64) string {
	a := math.Abs(v)
	switch {
	case v == 0 || math.IsNaN(v) || math.IsInf(v, 0):
		return strconv.FormatFloat(v, 'g', -1, 64)
	case a >= 1e15 || a < 1e-4:
		return strconv.FormatFloat(v, 'g', digits, 64)
	}
	places := max(digits-1-int(math.Floor(math.Log10(a))), 0)
	text := strconv.FormatFloat(v, 'f', places, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return thousands(text, 5)
}

// thousands puts commas into the integer part of a decimal text if it has enough
// digits.
func thousands(text string, enough int) string {
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	whole, rest, _ := strings.Cut(text, ".")
	if rest != "" {
		rest = "." + rest
	}
	if len(whole) < enough {
		return sign + whole + rest
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + whole + rest
}

// formatSI prints with the decimal prefix that leaves one to three digits
// before the point.
func formatSI(v float64, us []unit) string {
	u := us[0]
	a := math.Abs(v) * (1 + 0.5e-4) // so that 999.96 takes the next prefix
	best := prefix{"", 1}
	for _, p := range decimal {
		if p.letter != "" && !allows(u.prefixes, p.letter) {
			continue
		}
		best = p
		if a >= p.factor {
			break
		}
	}
	if v == 0 || v-v != 0 {
		best = prefix{"", 1}
	}
	return Number(v/best.factor) + " " + best.letter + u.text
}

// formatTime prints short durations in SI and long ones as a person says them.
func formatTime(v float64, us []unit) string {
	switch a := math.Abs(v); {
	case a < 120:
		return formatSI(v, us)
	case a < 2*3600:
		return Number(v/60) + " min"
	case a < 2*86400:
		return Number(v/3600) + " h"
	case a < 2*365*86400:
		return Number(v/86400) + " days"
	default:
		return Number(v/(365*86400)) + " years"
	}
}

// formatEnergy prints joules, and kilowatt-hours from one on.
func formatEnergy(v float64, us []unit) string {
	if math.Abs(v) < kwh {
		return formatSI(v, us)
	}
	return formatSI(v/3600, []unit{{"Wh", 1, "TGMk"}})
}

func formatPlain(v float64, us []unit) string { return Number(v) + " " + us[0].text }

// formatCount prints 12,345 tokens and 1.386T tokens, the way papers count.
func formatCount(v float64, us []unit) string { return counted(v, 1e6) + us[0].text }

// formatFirst prints with the first spelling: per kilowatt-hour, per tonne.
func formatFirst(v float64, us []unit) string { return Number(v/us[0].factor) + " " + us[0].text }

// formatMoney prints cents below 1000 dollars and whole dollars above.
func formatMoney(v float64, _ []unit) string {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	switch {
	case v >= 999.995:
		return sign + "$" + thousands(strconv.FormatFloat(v, 'f', 0, 64), 4)
	case v >= 1:
		return sign + "$" + strings.TrimSuffix(strconv.FormatFloat(v, 'f', 2, 64), ".00")
	default:
		return sign + "$" + Number(v)
	}
}

func formatMoneyRate(v float64, us []unit) string { return formatMoney(v*3600, us) + "/h" }

func formatCarbon(v float64, _ []unit) string {
	switch a := math.Abs(v); {
	case a >= 1e3:
		return Number(v/1e3) + " tCO2e"
	case a >= 1 || v == 0:
		return Number(v) + " kgCO2e"
	default:
		return Number(v*1e3) + " gCO2e"
	}
}

// formatParams prints 8.03B params.
func formatParams(v float64, us []unit) string { return counted(v, 1e3) + us[0].text }

// counted prints a number with a letter from least on.
func counted(v, least float64) string {
	a := math.Abs(v) * (1 + 0.5e-4) // so that 999.96B is 1T
	for _, p := range counting {
		if a >= p.factor && p.factor >= least {
			return Number(v/p.factor) + p.letter + " "
		}
	}
	return Number(v) + " "
}

// exact prints the shortest text that parses back to exactly v.
func exact(v float64, us []unit) string {
	best := ""
	try := func(text string, factor float64) {
		candidate := strconv.FormatFloat(v/factor, 'g', -1, 64) + " " + text
		number, _ := cut(candidate)
		back, err := strconv.ParseFloat(number, 64)
		if err == nil && scaled(back, factor) == v && (best == "" || len(candidate) < len(best)) {
			best = candidate
		}
	}
	for _, u := range us {
		for _, p := range decimal {
			if p.letter == "" || allows(u.prefixes, p.letter) {
				try(p.letter+u.text, p.factor*u.factor)
			}
		}
		if allows(u.prefixes, "i") {
			for _, p := range binary {
				try(p.letter+u.text, p.factor*u.factor)
			}
		}
	}
	return best
}
