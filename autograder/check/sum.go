package check

import (
	"fmt"
	"strings"
)

// Sum (SUM) wants parts that are at least zero and add up to a whole: to another
// claim of the student's or, without Whole, to a value of the solver. It says
// nothing about each part: put an Equal beside it.
type Sum struct {
	Parts     []string // ids of claims
	Whole     string   // id of the claim of the whole
	Total     Number   // the whole, and the unit of every part
	What      string   // energy of an inference: the whole in words
	Tolerance float64
	Cites     string
}

// Check works on the student's own values.
func (s Sum) Check(c Claims) Verdict {
	law := "SUM: the parts of the " + s.What + " are at least 0 and add up to it (" + s.Cites + ")"
	sum := 0.0
	var terms []string
	for _, id := range s.Parts {
		claim, bad := has(c, id, law, s.Total)
		if bad != nil {
			return *bad
		}
		if claim.Number < 0 {
			return fail(law, claim.String(), "a part is below zero")
		}
		sum += claim.Number
		terms = append(terms, claim.Text)
	}
	whole, name := s.Total.Value, "the whole"
	if s.Whole != "" {
		claim, bad := has(c, s.Whole, law, s.Total)
		if bad != nil {
			return *bad
		}
		whole, name = claim.Number, claim.Text
	}
	if near(sum, whole, s.Tolerance) {
		return pass(law, "the parts add up")
	}
	counter := fmt.Sprintf("%s = %s", strings.Join(terms, " + "), s.Total.text(sum))
	if s.Whole != "" {
		counter += ", but you say " + name
	}
	how := "less than it: something is missing"
	if sum > whole {
		how = "more than it: something is counted twice"
	}
	return fail(law, counter, "the parts of the %s add up to %s", s.What, how)
}
