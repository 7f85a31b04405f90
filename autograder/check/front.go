package check

import (
	"slices"
	"strings"
)

// Front (FEAS) wants the names of all designs of a list that no other beats, as
// one text: "8, 16, 32". One name alone is judged with Member.
type Front struct {
	ID     string
	What   string // batches
	Places []Place
	Member bool // one design that is not dominated; otherwise all of them
	Slack  float64
	Cites  string
}

// Right lists the designs that no other beats, in the order of the list.
func (f Front) Right() []string {
	var out []string
	for _, p := range f.Places {
		if f.beater(p) == "" {
			out = append(out, p.Name)
		}
	}
	return out
}

// beater names a design that is better in everything, or nothing.
func (f Front) beater(p Place) string {
	d := Design{Slack: f.Slack}
	for _, other := range f.Places {
		if d.beats(other.Costs, p.Costs) {
			return other.Name
		}
	}
	return ""
}

// Check looks for a named design that is beaten, then for one that is missing.
func (f Front) Check(c Claims) Verdict {
	law := "FEAS: no other of the " + f.What + " is better in everything (" + f.Cites + ")"
	claim, ok := c[f.ID]
	if !ok {
		return fail(law, "", "there is no answer %s", f.ID)
	}
	var named []string
	for _, word := range strings.Split(claim.Text, ",") {
		named = append(named, strings.ToLower(strings.TrimSpace(word)))
	}
	known := map[string]Place{}
	for _, p := range f.Places {
		known[strings.ToLower(p.Name)] = p
	}
	for _, name := range named {
		p, ok := known[name]
		if !ok {
			return fail(law, claim.String(), "%q is none of the %s", name, f.What)
		}
		if by := f.beater(p); by != "" {
			return fail(law, by+" is better in everything than "+p.Name, "%s does not belong to the front", p.Name)
		}
	}
	right := f.Right()
	slices.Sort(named)
	share := float64(len(slices.Compact(named))) / float64(len(right))
	if f.Member && len(named) == 1 || share == 1 {
		return pass(law, claim.String()+" is not beaten")
	}
	v := fail(law, claim.String(), "what you name is not beaten, but the front has other %s too", f.What)
	if f.Member {
		return fail(law, claim.String(), "want one of the %s", f.What)
	}
	v.Score = 0.5 * share
	return v
}
