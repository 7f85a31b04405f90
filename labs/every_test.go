package labs_test

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/kernelext/script"
	"github.com/mlsysim/golab/labs"
	"github.com/mlsysim/golab/labs/mutant"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// What every lab must keep. A new lab is held to it by being in labs.All.

// class is the students that a lab is tried on.
func class(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("s%03d", i+1))
	}
	return out
}

// each runs a test for every lab.
func each(t *testing.T, f func(t *testing.T, l labs.Lab)) {
	t.Helper()
	for _, l := range labs.All() {
		t.Run(l.ID, func(t *testing.T) { f(t, l) })
	}
}

func TestEveryLabIsComplete(t *testing.T) {
	each(t, func(t *testing.T, l labs.Lab) {
		require.Regexp(t, `^[TL][0-9]+$`, l.ID)
		require.Regexp(t, `^[a-z0-9_]+$`, l.Slug)
		require.NotEmpty(t, l.Title)
		require.NotEmpty(t, l.Objective)
		require.NotEmpty(t, l.Objectives)
		require.GreaterOrEqual(t, l.Version, 1)
		require.True(t, l.Minutes >= 15 && l.Minutes <= 45, "25 to 45 minutes")
		require.True(t, l.Week >= 1 && l.Week <= 14, "a week of the course")
		for _, id := range l.Prerequisites {
			_, err := labs.Find(id)
			require.NoError(t, err, "prerequisite %s", id)
		}
		for _, name := range []string{"intro", "scorecard", "end"} {
			require.NotEmpty(t, l.Block(name), "text.md has a block # %s", name)
		}
		seen := map[string]bool{}
		for _, q := range l.Questions {
			require.False(t, seen[q.ID], "question %s twice", q.ID)
			seen[q.ID] = true
			completeQuestion(t, l, q)
		}
	})
}

func completeQuestion(t *testing.T, l labs.Lab, q labs.Question) {
	t.Helper()
	require.NotEmpty(t, l.Block(q.ID), "text.md has a block # %s", q.ID)
	require.NotEmpty(t, q.Title, q.ID)
	require.NotEmpty(t, q.Kinds, "%s: the kinds of invariant", q.ID)
	require.Positive(t, q.Points, q.ID)
	require.True(t, q.Manual || len(q.Misconceptions) > 0 || q.Function != nil && len(q.Function.Wrong) > 0, "%s: what a wrong answer looks like", q.ID)
	require.Contains(t, q.Predict, fmt.Sprintf("Predict(%q", q.ID))
	require.NotContains(t, q.Explore, "Answer(", q.ID)
	shapes := 0
	for _, is := range []bool{q.Manual, q.Function != nil, q.Answer != nil && q.Right != nil} {
		if is {
			shapes++
		}
	}
	require.Equal(t, 1, shapes, "%s: Right and Answer, or Function, or Manual", q.ID)
	require.Equal(t, q.Because != "", q.Binds != nil, "%s: Because and Binds", q.ID)
	require.Equal(t, q.Because != "", q.Attribution != nil, "%s: Because and Attribution", q.ID)
	for _, id := range q.Claims {
		require.True(t, id == q.ID || strings.HasPrefix(id, q.ID+"."), "claim %s of %s", id, q.ID)
		verb := "Answer"
		if q.Function != nil {
			verb = "AnswerFunc"
		}
		require.Contains(t, q.Blank, fmt.Sprintf("%s(%q", verb, id), "the answer cell asks for %s", id)
	}
	for _, m := range q.Misconceptions {
		require.NotEmpty(t, m.Name, q.ID)
		require.NotEmpty(t, m.Says, "%s %s: feedback", q.ID, m.Name)
		require.True(t, m.Wrong != nil || m.Binds != walls.Nothing, "%s %s: what it answers", q.ID, m.Name)
	}
	if q.Right == nil {
		return
	}
	for id := range q.Right(l.Draw("ada")) {
		require.Contains(t, q.Claims, id, "%s: Right answers what is asked", q.ID)
	}
}

// The reference answers earn every point at the scenario of everybody.
func TestRightAnswersEarnFullMarks(t *testing.T) {
	each(t, func(t *testing.T, l labs.Lab) {
		for _, student := range class(200) {
			for _, v := range labs.Check(l, student, mutant.Right(l, student)) {
				require.True(t, v.OK(), "%s (%s) %s: %+v", student, l.Draw(student), v.ID, v.Parts)
				require.True(t, v.Manual || v.Points > v.Max-1e-9, "%s: %v of %v points", v.ID, v.Points, v.Max)
			}
		}
	})
}

// The worked code records what Right says, in the engine that students use.
func TestWorkedSaysWhatRightSays(t *testing.T) {
	each(t, func(t *testing.T, l labs.Lab) {
		for _, student := range append(class(2), "Zoë", "your-id") {
			cells := []script.Cell{{Name: "script", Src: labs.Worked(l, student)}}
			for _, c := range labs.Calls(l, student, labs.Practice()) {
				cells = append(cells, script.Cell{Name: c.Name, Src: c.Source})
			}
			o := execute(t, cells...)
			for _, v := range labs.Check(l, student, records(t, o)) {
				require.True(t, v.OK(), "%s (%s) %s: %+v", student, l.Draw(student), v.ID, v.Parts)
			}
			sameAnswers(t, l, student, mutant.Right(l, student), records(t, o))
		}
	})
}

// sameAnswers compares the answers and attributions of two runs.
func sameAnswers(t *testing.T, l labs.Lab, student string, want, got []record.Record) {
	t.Helper()
	pick := func(list []record.Record) map[string]record.Record {
		out := map[string]record.Record{}
		for _, r := range list {
			if r.Kind == record.Answer || r.Kind == record.Because {
				out[string(r.Kind)+" "+r.ID] = r
			}
		}
		return out
	}
	w, g := pick(want), pick(got)
	for key, r := range w {
		have, ok := g[key]
		require.True(t, ok, "%s, %s: Worked does not record %s", l.ID, student, key)
		require.Equal(t, r.Unit, have.Unit, "%s %s", l.ID, key)
		require.InDelta(t, r.Number, have.Number, 1e-9*math.Abs(r.Number), "%s %s: %s (%s)", l.ID, key, student, l.Draw(student))
		if r.Unit == "" && r.Type != "number" && r.Text != "some text" {
			require.Equal(t, r.Text, have.Text, "%s %s: %s", l.ID, key, student)
		}
	}
	require.Len(t, g, len(w), "%s: Worked and Right answer the same", l.ID)
}

// Another student's numbers lose every question whose answer is not shared.
func TestCopiedAnswersFail(t *testing.T) {
	each(t, func(t *testing.T, l labs.Lab) {
		students := class(40)
		for i, student := range students {
			other := students[(i+1)%len(students)]
			verdicts := labs.Check(l, student, mutant.Right(l, other))
			for j, q := range l.Questions {
				_, listed := q.Survivors["another student's"]
				if q.Right == nil {
					continue
				}
				if !q.Shared && !listed && !mutant.Same(q.Right(l.Draw(student)), q.Right(l.Draw(other)), mutant.Visible) {
					require.False(t, verdicts[j].Parts[0].Verdict.OK, "%s of %s passes for %s", q.ID, l.Draw(other), l.Draw(student))
				}
			}
		}
		for _, q := range l.Questions {
			if q.Right == nil {
				continue
			}
			if answers, numbers := answersOf(l, q, students); numbers && !q.Shared {
				require.GreaterOrEqual(t, answers, 5, "%s: answers of 40 students, or Shared", q.ID)
			}
		}
	})
}

// answersOf counts the different right answers of a class, and says whether some
// are numbers.
func answersOf(l labs.Lab, q labs.Question, students []string) (n int, numbers bool) {
	seen := map[string]bool{}
	for _, student := range students {
		claims := q.Right(l.Draw(student)).Claims()
		for _, c := range claims {
			numbers = numbers || c.Type != "text" && c.Type != "bool"
		}
		seen[fmt.Sprint(claims)] = true
	}
	return len(seen), numbers
}

// At least 95 % of the mutants are killed, and each survivor has its reason.
func TestMutantsAreKilled(t *testing.T) {
	each(t, func(t *testing.T, l labs.Lab) {
		r := mutant.Run(l, class(25))
		t.Log(r)
		require.GreaterOrEqual(t, r.Rate(), 0.95, r)
		require.GreaterOrEqual(t, r.Tried/25, 10, "at least ten mutants")
		require.Empty(t, r.Silent, "a wrong idea gets its feedback")
		alive := map[string]bool{}
		var unlisted []string
		for _, s := range r.Survivors {
			q, _ := l.Find(s.Question)
			alive[s.Question+" "+s.Name] = true
			t.Logf("survivor %s %s (%d of 25): %s", s.Question, s.Name, len(s.Students), q.Survivors[s.Name])
			if q.Survivors[s.Name] == "" {
				unlisted = append(unlisted, fmt.Sprintf("%s: %q passes for %v", s.Question, s.Name, s.Students))
			}
		}
		require.Empty(t, unlisted, "list what passes in Survivors with a reason")
		for _, q := range l.Questions {
			for name := range q.Survivors {
				require.True(t, alive[q.ID+" "+name], "%s: %q does not survive: take it out of Survivors", q.ID, name)
			}
		}
	})
}

// hostile answers are of every wrong kind and size.
var hostile = []any{
	0, -1, 1e300, -1e300, 1e-300, 1 << 40, 0.5, true, "", check.None, "NaN", "1,5", strings.Repeat("9", 5000), walls.Compute, -5 * units.Second, 1e290 * units.GB,
	compute.SingleNode{},
	compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 1 << 60, Context: -1},
}

// No answer breaks a check, and none of these is right.
func TestHostileAnswersBreakNoCheck(t *testing.T) {
	each(t, func(t *testing.T, l labs.Lab) {
		for _, q := range l.Questions {
			for _, id := range q.Claims {
				for _, x := range hostile {
					records := append(mutant.Right(l, "ada"), said(t, record.Answer, id, x))
					for _, v := range labs.Check(l, "ada", records) {
						require.Empty(t, v.Fault, "%s = %v", id, x)
						require.False(t, math.IsNaN(v.Points) || v.Points < 0 || v.Points > v.Max, "%s = %v: %v points", id, x, v.Points)
					}
				}
			}
		}
	})
}

func TestABrokenCheckCostsNobody(t *testing.T) {
	l := shapes()
	l.Questions[1].Answer = func(spec.Draw, check.Claims) check.Verdict { panic("out of range") }
	vs := labs.Check(l, "ada", mutant.Right(l, "ada"))
	require.True(t, vs[0].OK())
	require.Contains(t, vs[1].Fault, "out of range")
	require.Zero(t, vs[1].Points)
	require.True(t, vs[2].OK())
}

var number = regexp.MustCompile(`[0-9]+(?:\.[0-9]+)?`)

// What a student reads before the prediction of a question holds none of its
// answers.
func TestTextTellsNoAnswer(t *testing.T) {
	each(t, func(t *testing.T, l labs.Lab) {
		before := l.Block("intro") + l.Block("scorecard") + l.Setup + l.First
		for _, q := range l.Questions {
			before += "\n" + l.Block(q.ID) + "\n" + q.Predict
			shown := number.FindAllString(before, -1)
			counts := map[string]int{}
			students := class(200)
			for _, student := range students {
				if q.Right == nil {
					continue
				}
				for _, c := range q.Right(l.Draw(student)).Claims() {
					value, _, _ := strings.Cut(c.Text, " ")
					if len(strings.Trim(value, "0.-")) >= 3 && slices.Contains(shown, value) {
						counts[value]++
					}
				}
			}
			for value, n := range counts {
				_, whole := strconv.Atoi(value)
				require.False(t, whole != nil || n > len(students)/20, "%s: the text before the prediction holds %s, the answer of %d of %d", q.ID, value, n, len(students))
			}
			before += "\n" + q.Explore + q.Blank + q.Because
		}
	})
}

var (
	fenced = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	price  = regexp.MustCompile(`(^|[^\\$])\$[0-9][0-9.,]*([^0-9.,$\\^_{}=+*/]|$)`)
)

// A dollar sign starts TeX in Jupyter: a price needs \$ or USD, and every
// formula its end in the same paragraph.
func TestDollarsAreFormulas(t *testing.T) {
	each(t, func(t *testing.T, l labs.Lab) {
		for _, p := range strings.Split(fenced.ReplaceAllString(l.Text, ""), "\n\n") {
			require.NoError(t, dollars(p), "%s", l.ID)
		}
	})
	require.Error(t, dollars("It costs $5 a month and $10 a year."))
	require.Error(t, dollars("half a formula $T = 3"))
	require.NoError(t, dollars(`It costs \$5, and $T = 3$ follows: $$T = \max(a, b)$$`))
}

func dollars(paragraph string) error {
	plain := strings.ReplaceAll(paragraph, `\$`, "")
	if price.MatchString(plain) {
		return fmt.Errorf("a price breaks formulas: write \\$ or USD: %s", paragraph)
	}
	if strings.Count(plain, "$")%2 != 0 {
		return fmt.Errorf("a $ without its end: %s", paragraph)
	}
	return nil
}

// Labs name each kind of invariant that they use; together they use them all
// once the course is complete.
func TestKindsInUse(t *testing.T) {
	used := map[check.Kind][]string{}
	for _, l := range labs.All() {
		for _, q := range l.Questions {
			for _, k := range q.Kinds {
				used[k] = append(used[k], l.ID+" "+q.ID)
			}
		}
	}
	for _, k := range check.Kinds() {
		t.Logf("%s: %s", k, strings.Join(used[k], ", "))
	}
	if len(labs.All()) >= 20 {
		require.Len(t, used, len(check.Kinds()))
	}
}

// A check is judged in less than 50 ms, also for a wrong answer.
func TestChecksAreFast(t *testing.T) {
	each(t, func(t *testing.T, l labs.Lab) {
		wrong := []record.Record{}
		for _, r := range mutant.Right(l, "s001") {
			if r.Kind == record.Answer {
				r.Number *= 3
			}
			wrong = append(wrong, r)
		}
		for _, list := range [][]record.Record{mutant.Right(l, "s001"), wrong} {
			const rounds = 10
			start := time.Now()
			for range rounds {
				labs.Check(l, "s001", list)
			}
			per := float64(time.Since(start).Microseconds()) / 1000 / rounds / float64(len(l.Questions))
			t.Logf("%.3f ms a question", per)
			require.Less(t, per, 50.0)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	for _, l := range labs.All() {
		list := mutant.Right(l, "s001")
		b.Run(l.ID, func(b *testing.B) {
			for b.Loop() {
				labs.Check(l, "s001", list)
			}
		})
	}
}
