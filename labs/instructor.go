package labs

import (
	"fmt"
	"strings"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Instructor prints the notebook of a lab with its solutions: what it teaches,
// what each question is judged by, a right answer, and what wrong ones look like.
func Instructor(l Lab) []byte {
	out := []cell{{role: "instructor", markdown: true, source: "# " + l.ID + " " + l.Title + ": for instructors\n\n" + aims(l)}}
	for _, c := range cells(l) {
		q, _ := l.Find(c.question)
		switch c.role {
		case "predict", "because":
			continue
		case "answer":
			c.source = statements(q.Worked)
		}
		out = append(out, c)
		if c.role == "answer" {
			out = append(out, cell{q.ID, "instructor", true, judged(q)})
		}
	}
	return notebook(l, solved(out))
}

// solved puts each solution before what is explored, because it predicts.
func solved(list []cell) []cell {
	for i := 1; i < len(list); i++ {
		if list[i].role == "answer" && list[i-1].role == "explore" {
			list[i-1], list[i] = list[i], list[i-1]
		}
	}
	return list
}

// aims lists what a lab teaches and needs.
func aims(l Lab) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Week %d, about %d minutes", l.Week, l.Minutes)
	if len(l.Prerequisites) > 0 {
		fmt.Fprintf(&b, ", after %s", strings.Join(l.Prerequisites, ", "))
	}
	fmt.Fprintf(&b, "; %d scenarios. Afterwards students can\n\n", len(l.Draws()))
	for _, o := range l.Objectives {
		fmt.Fprintf(&b, "- %s\n", o)
	}
	return b.String()
}

// judged says what a question is judged by, and lists the wrong ideas with what
// students are told.
func judged(q Question) string {
	var kinds []string
	for _, k := range q.Kinds {
		kinds = append(kinds, k.String())
	}
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** %s: %g points, judged by %s.", q.ID, q.Title, q.Points, strings.Join(kinds, ", "))
	if q.Manual {
		b.WriteString(" A person grades the answer.")
	}
	ideas := q.Misconceptions
	if q.Function != nil {
		for _, w := range q.Function.Wrong {
			ideas = append(ideas, spec.Misconception{Name: w.Name, Says: w.Says})
		}
	}
	if len(ideas) > 0 {
		b.WriteString("\n\n| What people believe | What they are told |\n|---|---|\n")
	}
	for _, m := range ideas {
		name := m.Name
		if m.Binds != walls.Nothing {
			name += " (because " + m.Binds.String() + ")"
		}
		fmt.Fprintf(&b, "| %s | %s |\n", piped(name), piped(m.Says))
	}
	return strings.TrimRight(b.String(), "\n")
}

func piped(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
