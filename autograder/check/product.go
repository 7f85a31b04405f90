package check

import "strings"

// Product (LAW) wants a value that is the product of the student's own factors:
// Little's law, energy = power × time, carbon = energy × PUE × intensity, cost =
// rate × hours. All are in SI. It says nothing about each factor.
type Product struct {
	ID        string
	As        Number   // unit of the value
	Factors   []string // ids of claims
	Units     []Number // of the factors; nil: all plain numbers
	Times     float64  // a constant factor; zero means 1
	Law       string   // E = P·t
	Tolerance float64
	Cites     string
}

// Check multiplies the student's own values.
func (p Product) Check(c Claims) Verdict {
	if p.As.Noun == "" {
		p.As.Noun = Plain(0).Noun
	}
	law := "LAW: " + p.Law + " holds for your own values (" + p.Cites + ")"
	want := 1.0
	if p.Times != 0 {
		want = p.Times
	}
	var terms []string
	for i, id := range p.Factors {
		as := Plain(0)
		if p.Units != nil {
			as = p.Units[i]
		}
		claim, bad := has(c, id, law, as)
		if bad != nil {
			return *bad
		}
		want *= claim.Number
		terms = append(terms, claim.String())
	}
	claim, bad := has(c, p.ID, law, p.As)
	if bad != nil {
		return *bad
	}
	if near(claim.Number, want, p.Tolerance) {
		return pass(law, "your values obey "+p.Law)
	}
	if says := slip(claim.Number, want, p.Tolerance); says != "" {
		return fail(law, strings.Join(terms, ", ")+", "+claim.String(), "%s is %s", claim.ID, says)
	}
	return fail(law, strings.Join(terms, ", ")+", "+claim.String(), "your values do not obey %s", p.Law)
}

// Little is L = λ·W: what is in a system, from the rate and the time in it.
func Little(inside, rate, time string, as []Number, tolerance float64) Product {
	return Product{ID: inside, Factors: []string{rate, time}, Units: as, Law: "L = λ·W (Little 1961)", Tolerance: tolerance, Cites: "serving.Tail"}
}
