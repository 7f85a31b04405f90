package units

// A unit is one spelling that Parse accepts and, if first in its table, that
// String prints.
type unit struct {
	text     string
	factor   float64
	prefixes string // decimal prefix letters allowed before text; "i" adds the binary ones, "#" the counting ones
}

// prefix is a multiplier and its letter.
type prefix struct {
	letter string
	factor float64
}

var decimal = [...]prefix{
	{"Y", 1e24}, {"Z", 1e21}, {"E", 1e18}, {"P", 1e15}, {"T", 1e12}, {"G", 1e9}, {"M", 1e6}, {"k", 1e3}, {"", 1}, {"m", 1e-3}, {"µ", 1e-6}, {"n", 1e-9},
}

// counting are the letters that papers put behind a count: 70B params, 15T tokens.
var counting = [...]prefix{{"T", 1e12}, {"B", 1e9}, {"M", 1e6}, {"K", 1e3}}

var binary = [...]prefix{
	{"Pi", 1 << 50}, {"Ti", 1 << 40}, {"Gi", 1 << 30}, {"Mi", 1 << 20}, {"Ki", 1 << 10},
}

const kwh = 3.6e6 // joules

var (
	byteUnits     = []unit{{"B", 1, "EPTGMki"}, {"byte", 1, ""}, {"bytes", 1, ""}, {"bit", 1. / 8, "EPTGMk"}}
	byteRateUnits = []unit{
		{"B/s", 1, "EPTGMki"},
		{"Bps", 1, "EPTGMk"},
		{"bit/s", 1. / 8, "EPTGMk"},
		{"bps", 1. / 8, "EPTGMk"},
		{"B/h", 1. / 3600, "EPTGMki"},
	}
	flopUnits            = []unit{{"FLOP", 1, "YZEPTGMk"}, {"OP", 1, "YZEPTGMk"}}
	flopRateUnits        = []unit{{"FLOP/s", 1, "ZEPTGMk"}, {"FLOPS", 1, "ZEPTGMk"}, {"OP/s", 1, "ZEPTGMk"}, {"OPS", 1, "ZEPTGMk"}}
	intensityUnits       = []unit{{"FLOP/B", 1, ""}}
	timeUnits            = []unit{{"s", 1, "mµn"}, {"us", 1e-6, ""}, {"min", 60, ""}, {"h", 3600, ""}, {"d", 86400, ""}, {"days", 86400, ""}, {"years", 365 * 86400, ""}}
	hertzUnits           = []unit{{"Hz", 1, "GMk"}}
	wattUnits            = []unit{{"W", 1, "GMkmµ"}}
	jouleUnits           = []unit{{"J", 1, "GMkmµn"}, {"Wh", 3600, "TGMk"}}
	moneyUnits           = []unit{{"USD", 1, ""}, {"$", 1, ""}}
	moneyRateUnits       = []unit{{"USD/h", 1. / 3600, ""}, {"USD/s", 1, ""}}
	energyPriceUnits     = []unit{{"USD/kWh", 1 / kwh, ""}, {"USD/MWh", 1e-3 / kwh, ""}, {"USD/J", 1, ""}}
	carbonUnits          = []unit{{"kg", 1, ""}, {"kgCO2e", 1, ""}, {"g", 1e-3, ""}, {"t", 1e3, ""}, {"gCO2e", 1e-3, ""}, {"tCO2e", 1e3, ""}}
	carbonIntensityUnits = []unit{{"g/kWh", 1e-3 / kwh, ""}, {"kg/kWh", 1 / kwh, ""}, {"gCO2e/kWh", 1e-3 / kwh, ""}, {"kg/J", 1, ""}}
	carbonPriceUnits     = []unit{{"USD/t", 1e-3, ""}, {"USD/tCO2e", 1e-3, ""}, {"USD/kg", 1, ""}}
	litreUnits           = []unit{{"L", 1, ""}, {"litres", 1, ""}}
	waterIntensityUnits  = []unit{{"L/kWh", 1 / kwh, ""}, {"L/J", 1, ""}}
	tokenUnits           = []unit{{"tokens", 1, "#"}, {"token", 1, "#"}}
	tokenRateUnits       = []unit{{"tokens/s", 1, "#"}, {"token/s", 1, "#"}}
	sampleUnits          = []unit{{"samples", 1, "#"}, {"sample", 1, "#"}}
	sampleRateUnits      = []unit{{"samples/s", 1, "#"}, {"images/s", 1, ""}, {"/s", 1, ""}}
	requestUnits         = []unit{{"requests", 1, "#"}, {"request", 1, "#"}}
	requestRateUnits     = []unit{{"requests/s", 1, "#"}, {"request/s", 1, "#"}, {"qps", 1, ""}}
	paramUnits           = []unit{{"params", 1, "#"}, {"B", 1e9, ""}, {"M", 1e6, ""}, {"K", 1e3, ""}, {"T", 1e12, ""}}
)

// spelled returns what one text unit is worth in SI, and whether u spells it.
func (u unit) spelled(text string) (float64, bool) {
	if text == u.text {
		return u.factor, true
	}
	for _, p := range decimal {
		if p.letter != "" && allows(u.prefixes, p.letter) && (text == p.letter+u.text || p.letter == "k" && text == "K"+u.text || p.letter == "µ" && text == "u"+u.text) {
			return p.factor * u.factor, true
		}
	}
	for _, p := range counting {
		if allows(u.prefixes, "#") && text == p.letter+" "+u.text {
			return p.factor * u.factor, true
		}
	}
	if !allows(u.prefixes, "i") {
		return 0, false
	}
	for _, p := range binary {
		if text == p.letter+u.text {
			return p.factor * u.factor, true
		}
	}
	return 0, false
}

// spellings lists every text that u accepts, the bare one first.
func (u unit) spellings() []string {
	out := []string{u.text}
	for i := len(decimal) - 1; i >= 0; i-- {
		if p := decimal[i]; p.letter != "" && allows(u.prefixes, p.letter) {
			out = append(out, p.letter+u.text)
		}
	}
	for i := len(counting) - 1; i >= 0 && allows(u.prefixes, "#"); i-- {
		out = append(out, counting[i].letter+" "+u.text)
	}
	if allows(u.prefixes, "i") {
		for i := len(binary) - 1; i >= 0; i-- {
			out = append(out, binary[i].letter+u.text)
		}
	}
	return out
}

func allows(prefixes, letter string) bool {
	for _, r := range prefixes {
		if string(r) == letter {
			return true
		}
	}
	return false
}
