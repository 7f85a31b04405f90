package check

// A Mistake is a wrong value that many arrive at, and what it tells.
type Mistake struct {
	Value float64
	Says  string
}

// Equal (ID) wants the value that the solver gives at the student's scenario.
type Equal struct {
	ID        string
	What      string // the quantity in words
	Want      Number
	Tolerance float64 // relative
	Cites     string  // the solver and the field
	Mistakes  []Mistake
}

// Check names a known mistake, otherwise only that the value differs.
func (e Equal) Check(c Claims) Verdict {
	invariant := "ID: " + e.ID + " is the " + e.What + " that " + e.Cites + " gives for your scenario"
	claim, bad := has(c, e.ID, invariant, e.Want)
	if bad != nil {
		return *bad
	}
	if near(claim.Number, e.Want.Value, e.Tolerance) {
		return pass(invariant, claim.String()+" is right")
	}
	for _, m := range e.Mistakes {
		if near(claim.Number, m.Value, e.Tolerance) {
			return fail(invariant, claim.String(), "%s", m.Says)
		}
	}
	if says := slip(claim.Number, e.Want.Value, e.Tolerance); says != "" {
		return fail(invariant, claim.String(), "%s is %s", claim.ID, says)
	}
	return fail(invariant, claim.String(), "%s is not the %s of your scenario", claim, e.What)
}
