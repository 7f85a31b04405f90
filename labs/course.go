package labs

import (
	_ "embed"
	"fmt"
	"strings"
)

// weeks is the length of the course.
const weeks = 14

//go:embed course.md
var courseText string

//go:embed README.md
var readme string

// instructors is what a teacher should know of the course and of each lab,
// without answers.
func instructors() string {
	var b strings.Builder
	b.WriteString(front("For instructors", 90))
	b.WriteString(strings.Replace(courseText, "WEEKS\n", calendar()+"\n", 1))
	b.WriteString("## What each lab teaches\n")
	for _, l := range All() {
		fmt.Fprintf(&b, "\n### %s %s\n\n%s", l.ID, l.Title, aims(l))
		for _, q := range l.Questions {
			fmt.Fprintf(&b, "\n%s\n", judged(q))
		}
	}
	return b.String()
}

// calendar is the map of the course: for each week its labs, what they are for,
// and what they take and give.
func calendar() string {
	var b strings.Builder
	b.WriteString("| Week | Labs | Students learn to | Minutes | Points |\n|--:|---|---|--:|--:|\n")
	for w := 1; w <= weeks; w++ {
		var names, aims []string
		minutes, points := 0, 0.0
		for _, l := range All() {
			if l.Week != w {
				continue
			}
			names, aims = append(names, "["+l.ID+" "+l.Title+"](../"+strings.ToLower(Base(l))+"/)"), append(aims, piped(l.Objective))
			minutes += l.Minutes
			for _, q := range l.Questions {
				points += q.Points
			}
		}
		if len(names) == 0 {
			fmt.Fprintf(&b, "| %d | no lab | | | |\n", w)
			continue
		}
		fmt.Fprintf(&b, "| %d | %s | %s | %d | %g |\n", w, strings.Join(names, "<br>"), strings.Join(aims, "<br>"), minutes, points)
	}
	return b.String()
}

// writing is how a lab is written, as those read it who work in this repository.
func writing() string {
	_, text, _ := strings.Cut(readme, "\n")
	return front("How to write a lab", 91) + strings.TrimLeft(text, "\n")
}
