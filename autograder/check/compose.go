package check

import "math"

// A Check judges claims.
type Check func(Claims) Verdict

// All passes when every check passes. The score is the mean, and the first
// check that fails speaks.
func All(checks ...Check) Check {
	parts := make([]Share, len(checks))
	for i, one := range checks {
		parts[i] = Share{Of: 1, Check: one}
	}
	return Shares(parts...)
}

// A Share is a check with its weight.
type Share struct {
	Of    float64
	Check Check
}

// Shares passes when every check passes. The score is the weighted mean, and the
// first check that fails speaks.
func Shares(parts ...Share) Check {
	return func(c Claims) Verdict {
		var out Verdict
		score, whole, failed := 0.0, 0.0, false
		for _, p := range parts {
			v := p.Check(c)
			score, whole = score+p.Of*v.Score, whole+p.Of
			if !failed {
				out, failed = v, !v.OK
			}
		}
		out.OK, out.Score = !failed, 0
		if whole > 0 {
			out.Score = math.Min(1, score/whole)
		}
		return out
	}
}

// Gate gives credit only where the gate passes: a wrong sign, a time faster
// than physics, a plan that does not fit earn nothing.
func Gate(gate, credit Check) Check {
	return func(c Claims) Verdict {
		if v := gate(c); !v.OK {
			v.Score = 0
			return v
		}
		return credit(c)
	}
}

// Any passes when one check does. Otherwise the one with the highest score
// speaks, the first of several.
func Any(checks ...Check) Check {
	return func(c Claims) Verdict {
		var best Verdict
		for i, one := range checks {
			v := one(c)
			if v.OK {
				return v
			}
			if i == 0 || v.Score > best.Score {
				best = v
			}
		}
		return best
	}
}

// Follow judges a question at the right value of an earlier one and, if that
// fails, at the value that the student found there: a slip costs once. Values
// outside Min to Max are not followed.
type Follow struct {
	ID       string  // of the earlier claim
	Right    float64 // its right value
	Min, Max float64
	At       func(earlier float64) Check
}

// Check tries the right value first.
func (f Follow) Check(c Claims) Verdict {
	v := f.At(f.Right)(c)
	claim, ok := c[f.ID]
	if v.OK || !ok || claim.Number == f.Right || !(claim.Number >= f.Min && claim.Number <= f.Max) {
		return v
	}
	own := f.At(claim.Number)(c)
	if !own.OK {
		return v
	}
	own.Message += "; it follows from your " + claim.String() + ", which is judged there"
	return own
}
