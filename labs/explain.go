package labs

import (
	"math"
	"strings"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// elsewhere is what students are told who answer another scenario's question.
const elsewhere = "these are the numbers of another scenario: is your own id in Open?"

// explain puts the feedback of a misconception in place of the general message,
// where the answers are those that it leads to. It changes no points.
func (v *Verdict) explain(l Lab, q Question, d, opened spec.Draw, s said) {
	for i := range v.Parts {
		p := &v.Parts[i].Verdict
		if p.OK {
			continue
		}
		switch v.Parts[i].Name {
		case "answer":
			if says := believed(l, q, d, opened, s.answers); says != "" {
				p.Message = says
			}
		case "attribution":
			if says := blamed(q, s.because[q.ID]); says != "" {
				p.Message += "; " + says
			}
		}
	}
}

// believed is the feedback of the misconception that comes closest to the
// answers.
func believed(l Lab, q Question, d, opened spec.Draw, c check.Claims) string {
	if q.Right == nil {
		return ""
	}
	right := q.Right(d).Claims()
	says, nearest := "", math.Inf(1)
	consider := func(wrong spec.Values, feedback string) {
		if far, ok := shows(c, wrong.Claims(), right); ok && far < nearest {
			says, nearest = feedback, far
		}
	}
	for _, m := range q.Misconceptions {
		if m.Wrong != nil {
			consider(m.Wrong(d), m.Says)
		}
	}
	if opened.String() != d.String() {
		consider(q.Right(opened), elsewhere)
	}
	if says == "" && q.Quick {
		for _, o := range l.Draws() {
			consider(q.Right(o), elsewhere)
		}
	}
	return says
}

// shows reports whether claims that are not right are the wrong ones, and how far
// they are from them.
func shows(c, wrong, right check.Claims) (far float64, ok bool) {
	some := false
	for id, w := range wrong {
		claim, answered := c[id]
		if !answered {
			return 0, false
		}
		toWrong, toRight := distance(claim, w), distance(claim, right[id])
		if math.Min(toWrong, toRight) >= alike {
			return 0, false
		}
		some = some || toWrong < toRight
		far = math.Max(far, math.Min(toWrong, toRight))
	}
	return far, some
}

// alike is the distance of values copied with three digits.
const alike = 0.005

// distance compares two claims: relative for numbers, 0 or 1
// otherwise.
func distance(a, b check.Claim) float64 {
	switch {
	case a.Unit != b.Unit || a.Type != b.Type && a.Unit == "":
		return 1
	case a.Type == "text" || a.Type == "bool":
		if strings.EqualFold(a.Text, b.Text) {
			return 0
		}
		return 1
	case a.Type == "design":
		if a.Fields == b.Fields {
			return 0
		}
		return 1
	case a.Number == b.Number:
		return 0
	}
	return math.Abs(a.Number-b.Number) / math.Max(math.Abs(a.Number), math.Abs(b.Number))
}

// blamed is the feedback on a resource that does not bind.
func blamed(q Question, c check.Claim) string {
	for _, m := range q.Misconceptions {
		if m.Binds != walls.Nothing && strings.EqualFold(c.Text, m.Binds.String()) {
			return m.Says
		}
	}
	return ""
}
