package check

import "github.com/mlsysim/golab/mlsysim/units"

// Unit (UNIT) wants an amount of data as a plain number of a given unit, and
// recognises the number of another one. It cites the solver field that the
// amount comes from.
type Unit struct {
	ID        string
	What      string // the quantity in words
	Want      units.Bytes
	Name      string // GiB
	Size      units.Bytes
	Tolerance float64 // relative; at most 1 %, so that GB and GiB differ
	Cites     string
	Mistakes  []UnitMistake
}

// A UnitMistake is another amount that many take for the wanted one.
type UnitMistake struct {
	Amount units.Bytes
	Says   string
}

// measures are the units that a number may be in by mistake.
var measures = []struct {
	name, is string
	size     units.Bytes
}{
	{"GB", "1 GB is 10^9 bytes", units.GB},
	{"GiB", "1 GiB is 2^30 bytes", units.GiB},
	{"MB", "1 MB is 10^6 bytes", units.MB},
	{"MiB", "1 MiB is 2^20 bytes", units.MiB},
	{"KB", "1 KB is 10^3 bytes", units.KB},
	{"KiB", "1 KiB is 2^10 bytes", units.KiB},
	{"TB", "1 TB is 10^12 bytes", units.TB},
	{"TiB", "1 TiB is 2^40 bytes", units.TiB},
	{"bytes", "", 1},
	{"gigabits", "8 bits are a byte", units.GB / 8},
	{"gibibits", "8 bits are a byte", units.GiB / 8},
	{"bits", "8 bits are a byte", 1.0 / 8},
}

// Check names the unit that was given instead, or the conversion that went
// wrong.
func (u Unit) Check(c Claims) Verdict {
	invariant := "UNIT: " + u.ID + " is the " + u.What + " of " + u.Cites + " as a number of " + u.Name
	claim, bad := has(c, u.ID, invariant, Plain(0))
	if bad != nil {
		if claim.Unit == u.Want.Symbol() && claim.Unit != "" {
			bad.Message = u.ID + " is a quantity: want a plain number of " + u.Name + ", such as x.Ratio(" + u.Name + ")"
		}
		return *bad
	}
	is := func(want float64) bool { return near(claim.Number, want, u.Tolerance) }
	if is(u.Want.Ratio(u.Size)) {
		return pass(invariant, claim.String()+" is right")
	}
	counter := u.counter(claim)
	for _, m := range measures {
		if m.size != u.Size && is(u.Want.Ratio(m.size)) {
			return fail(invariant, counter, "%s", u.named(m.name, m.is))
		}
	}
	if says := u.slip(is); says != "" {
		return fail(invariant, counter, "%s", says)
	}
	return fail(invariant, counter, "%s is not the %s of your scenario in %s, nor in another unit we know", claim, u.What, u.Name)
}

// counter says the claimed amount in the other unit.
func (u Unit) counter(claim Claim) string {
	amount, other, size := u.Size.Times(claim.Number), "GB", units.GB
	if u.Size == units.GB {
		other, size = "GiB", units.GiB
	}
	return claim.ID + ": " + claim.Text + " " + u.Name + " would be " + units.Number(amount.Ratio(size)) + " " + other
}

// named is the message for the number of another unit.
func (u Unit) named(got, is string) string {
	msg := "this is the number in " + got + ", not in " + u.Name
	if is != "" {
		msg += ": " + is
	}
	for _, m := range measures {
		if m.name == u.Name && is != "" {
			msg += ", " + m.is
		}
	}
	return msg
}

// slip recognises conversions that went wrong and other amounts.
func (u Unit) slip(is func(float64) bool) string {
	right := u.Want.Ratio(u.Size)
	between := units.GiB.Ratio(units.GB)
	switch {
	case is(right * between), is(right / between), is(right * between * between), is(right / between / between):
		return "you converted between GB and GiB the wrong way or once too often: the number in GiB is the smaller one"
	case is(right / 8):
		return "the number is 8 times too small: these are bytes already, nothing needs dividing by 8"
	}
	for _, m := range u.Mistakes {
		for _, size := range [...]units.Bytes{u.Size, units.GB, units.GiB} {
			if is(m.Amount.Ratio(size)) {
				return m.Says
			}
		}
	}
	return ""
}
