package vectors

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/internal/golden"
)

const pagePath = "../../../docs/content/reference/vectors.md"

// The page of the vectors is what the outcomes say; -update writes it anew.
func TestPage(t *testing.T) {
	all, err := golden.All()
	require.NoError(t, err)
	page := newPage(all)
	require.Empty(t, page.lacking, "ids without a reason")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(pagePath), 0o755))
		require.NoError(t, os.WriteFile(pagePath, []byte(page.String()), 0o644))
	}
	written, err := os.ReadFile(pagePath)
	require.NoError(t, err)
	require.True(t, string(written) == page.String(), "%s is stale: go test ./mlsysim/internal/vectors -update", pagePath)
}

// A page is the Markdown of all outcomes.
type page struct {
	strings.Builder
	solvers  []string
	outcomes map[string][]outcome
	used     map[string]bool // ids that the tables name
	lacking  []string
}

func newPage(all []golden.Case) *page {
	p := &page{outcomes: map[string][]outcome{}, used: map[string]bool{}}
	for _, c := range all {
		p.outcomes[c.Solver] = append(p.outcomes[c.Solver], solve(c, nil))
	}
	for _, a := range adapters() {
		p.solvers = append(p.solvers, a.upstream)
	}
	tables := p.tables() // fills in used
	p.head()
	p.summary()
	p.settings(all)
	p.explain()
	p.WriteString(tables)
	return p
}

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

func (p *page) head() {
	p.WriteString(`---
# Written by go test ./mlsysim/internal/vectors -update; edit the adapters there.
title: Reference vectors
weight: 60
---

mlsysim (Python) 0.3.0 was run as published, defects included, on 438 cases. This
page sets our figures beside its own, with ours at the *ideal* level and the
constants of 0.3.0 put into our input fields. "Same" means within 1e-9. Where a
figure differs, it differs on purpose, and the table says why; where the two
refuse an input, each does so in its own words. "Bound" outputs have to be equal:
all of a case that the vectors mark as a match, and what they keep of the others.

`)
}

// A tally counts cases, those refused by ours, and outputs; the bound ones have to
// be equal.
type tally struct{ cases, refused, bound, same, differs, missing int }

func count(outcomes []outcome) tally {
	var n tally
	for i := range outcomes {
		o := &outcomes[i]
		n.cases++
		if o.refusal != nil {
			n.refused++
		}
		for _, r := range o.rows {
			if r.bound && r.verdict != missing {
				n.bound++
			}
			switch r.verdict {
			case equal:
				n.same++
			case differs:
				n.differs++
			case missing:
				n.missing++
			}
		}
	}
	return n
}

func (n *tally) add(m tally) {
	n.cases += m.cases
	n.refused += m.refused
	n.bound += m.bound
	n.same += m.same
	n.differs += m.differs
	n.missing += m.missing
}

func (p *page) summary() {
	p.line("## Summary\n")
	p.line("| 0.3.0 | ours | cases | refused | outputs compared | of them bound | same | differ on purpose | not reported |")
	p.line("|---|---|--:|--:|--:|--:|--:|--:|--:|")
	var sum tally
	row := func(name, ours string, n tally) {
		p.line("| %s | %s | %d | %d | %d | %d | %d | %d | %d |", name, ours, n.cases, n.refused, n.same+n.differs, n.bound, n.same, n.differs, n.missing)
	}
	for _, name := range p.solvers {
		a, _ := adapterOf(name)
		n := count(p.outcomes[name])
		row(fmt.Sprintf("[%s](#%s)", name, anchor(name)), "`"+a.ours+"`", n)
		sum.add(n)
	}
	row("all", "", sum)
	p.line("")
}

// anchor is the id that Markdown gives a heading.
func anchor(heading string) string {
	keep := func(r rune) rune {
		if strings.ContainsRune(".,()", r) {
			return -1
		}
		return r
	}
	return strings.Map(keep, strings.ToLower(heading))
}

// settings explains the neutral settings, under which both answer one question.
func (p *page) settings(all []golden.Case) {
	p.line("## Settings\n\nA case can ask for a neutral setting, under which both answer the same question:\n")
	for _, s := range neutral() {
		if slices.ContainsFunc(all, func(c golden.Case) bool { return slices.Contains(c.With, s.id) }) {
			p.line("- `%s`: %s.", s.id, s.short)
		}
	}
	p.line("")
}

func (p *page) explain() {
	p.line("## Why figures differ\n")
	p.line("P is physics, D a defect of 0.3.0, V a value that has to be refused, N a decision.\n")
	for _, r := range reasons() {
		if p.used[r.id] {
			p.line("#### %s\n\n%s.\n\n%s\n", r.id, sentenceCase(r.short), r.sentence)
		}
	}
}

func sentenceCase(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// tables writes the tables into a text of their own.
func (p *page) tables() string {
	own := &page{outcomes: p.outcomes, used: p.used}
	own.line("## Solvers\n")
	for _, name := range p.solvers {
		own.solver(name)
	}
	p.lacking = own.lacking
	return own.String()
}

func (p *page) solver(name string) {
	a, _ := adapterOf(name)
	p.line("### %s\n", name)
	p.line("Ours is `%s`.\n", a.ours)
	outcomes := p.outcomes[name]
	p.notes(outcomes)
	p.line("| case | inputs | output | ours | 0.3.0 | verdict |")
	p.line("|---|---|---|---|---|---|")
	for i := range outcomes {
		p.outcome(&outcomes[i])
	}
	p.line("")
}

// notes lists what the tables leave out: outputs that no result of ours has, and
// inputs without a counterpart.
func (p *page) notes(outcomes []outcome) {
	outputs, inputs := map[string]string{}, map[string]string{}
	for i := range outcomes {
		for _, r := range outcomes[i].rows {
			if r.verdict == missing {
				outputs[strings.TrimLeft(r.path, ".0123456789")] = r.ours.word // of any point of a sweep
			}
		}
		for key, why := range outcomes[i].dropped {
			inputs[key] = why
		}
	}
	p.list("Outputs that ours does not report", outputs)
	p.list("Inputs that ours does not have", inputs)
}

func (p *page) list(title string, why map[string]string) {
	if len(why) == 0 {
		return
	}
	byReason := map[string][]string{}
	for name, reason := range why {
		byReason[reason] = append(byReason[reason], "`"+name+"`")
	}
	lines := []string{}
	for reason, names := range byReason {
		slices.Sort(names)
		lines = append(lines, fmt.Sprintf("- %s: %s.", strings.Join(names, ", "), reason))
	}
	slices.Sort(lines)
	p.line("%s:\n\n%s\n", title, strings.Join(lines, "\n"))
}

// outcome writes the rows of a case: what differs one by one, what is the same
// in one row.
func (p *page) outcome(o *outcome) {
	id := strings.TrimPrefix(o.ID, o.Solver+"-")
	inputs := inShort(o.Case)
	row := func(output, ours, theirs, verdict string) {
		p.line("| %s | %s | %s | %s | %s | %s |", id, escape(inputs), output, escape(ours), escape(theirs), verdict)
		id, inputs = "", ""
	}
	switch {
	case o.refusal != nil:
		row("", o.refusal.Error(), upstreamError(o), p.verdict(o, o.Error != nil, strings.Fields(o.Why)))
		return
	case o.Error != nil:
		row("", "a result that does not fit", upstreamError(o), p.verdict(o, false, strings.Fields(o.Why)))
		return
	}
	var equals []string
	for _, r := range o.rows {
		switch r.verdict {
		case differs:
			ours, theirs := beside(r.ours, r.theirs, r.unit)
			row("`"+named0(r.path)+"`", ours, theirs, p.verdict(o, false, o.because(r)))
		case equal:
			equals = append(equals, named0(r.path)+" "+shown(r.theirs, r.unit))
		}
	}
	if len(equals) > 0 {
		row(escape(strings.Join(equals, "; ")), "=", "=", "same")
	}
}

// named0 names the one figure of a law.
func named0(path string) string {
	if path == "" {
		return "time"
	}
	return path
}

func upstreamError(o *outcome) string {
	if o.Error != nil {
		return "refused: " + o.Error.Type
	}
	return "accepted"
}

// verdict words a row with links to its reasons.
func (p *page) verdict(o *outcome, agrees bool, ids []string) string {
	if agrees {
		return "same"
	}
	words := make([]string, len(ids))
	for i, id := range ids {
		p.used[id] = true
		r, ok := reasonOf(id)
		if !ok {
			p.lacking = append(p.lacking, id+" of "+o.ID)
		}
		words[i] = fmt.Sprintf("%s ([%s](#%s))", r.short, id, anchor(id))
	}
	return "differs: " + strings.Join(words, "; ")
}

func escape(s string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`, "$", `\$`).Replace(s)
}
