package check

import "fmt"

// Law (LAW) lets the student pick the parameters: the answer must obey the
// closed form at the student's own values, which the solver computes again.
type Law struct {
	ID        string // the claim that follows from the others
	Inputs    []Input
	What      string // requests in the system
	Law       string // L = λ·W, and its source
	Cites     string
	Want      func(inputs []float64) (Number, error)
	Tolerance float64
}

// An Input is a parameter that the student picks, within bounds that keep the
// trivial cases out.
type Input struct {
	ID       string
	As       Number // its unit
	Min, Max float64
}

// Check solves again at the student's own parameters.
func (l Law) Check(c Claims) Verdict {
	law := "LAW: " + l.Law + " holds for the values that you pick (" + l.Cites + ")"
	var inputs []float64
	picked := ""
	for _, in := range l.Inputs {
		claim, bad := has(c, in.ID, law, in.As)
		if bad != nil {
			return *bad
		}
		if claim.Number < in.Min || claim.Number > in.Max {
			return fail(law, claim.String(), "%s: want a value from %s to %s", claim, in.As.text(in.Min), in.As.text(in.Max))
		}
		inputs = append(inputs, claim.Number)
		picked += claim.String() + ", "
	}
	want, err := l.Want(inputs)
	if err != nil {
		return fail(law, picked, "the values that you pick cannot be solved: %v", err)
	}
	claim, bad := has(c, l.ID, law, want)
	if bad != nil {
		return *bad
	}
	if near(claim.Number, want.Value, l.Tolerance) {
		return pass(law, claim.String()+" obeys "+l.Law)
	}
	if says := slip(claim.Number, want.Value, l.Tolerance); says != "" {
		return fail(law, picked+claim.String(), "%s is %s", claim.ID, says)
	}
	than := "more"
	if want.Value < claim.Number {
		than = "less"
	}
	return fail(law, fmt.Sprintf("%s%s: the solver finds %s than that", picked, claim, than), "%s is not the %s of the values that you pick", claim, l.What)
}
