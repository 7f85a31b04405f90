package ledger

import (
	"fmt"
	"iter"
)

// A State says how far the submission that counts has come.
type State string

// The states.
const (
	Waiting State = "waiting" // no result yet
	Stuck   State = "stuck"   // no result after MaxTries: see Job.Trouble, and Requeue
	Done    State = "done"
)

// MaxTries is how often a job may end without a result before it is stuck.
const MaxTries = 3

// A Grade is all that the ledger knows about one student's submission.
type Grade struct {
	Job       Job // its Submission is the one that counts
	State     State
	Result    Result              // without Body: see Get; zero unless Done
	Overrides map[string]Override // by question; "" is the whole submission
	Late      Lateness
}

// Grade returns one student's grade, or ErrMissing.
func (l *Ledger) Grade(assignment, student string) (Grade, error) {
	for g, err := range l.grades(assignment, student) {
		return g, err
	}
	return Grade{}, fmt.Errorf("%s has no submission for %s: %w", student, assignment, ErrMissing)
}

// Grades lists the grades of an assignment by student. One at a time is held in
// memory.
func (l *Ledger) Grades(assignment string) iter.Seq2[Grade, error] { return l.grades(assignment, "") }

// pageSize is how many students are listed at once. Listing in pages keeps no
// query open while the caller writes.
const pageSize = 200

type listed struct{ student, job string }

func (l *Ledger) grades(assignment, student string) iter.Seq2[Grade, error] {
	return func(yield func(Grade, error) bool) {
		policy, err := l.Policy(assignment)
		if err != nil {
			yield(Grade{}, err)
			return
		}
		after := ""
		for {
			page, err := l.page(assignment, student, after)
			if err != nil {
				yield(Grade{}, err)
				return
			}
			for _, p := range page {
				g, err := l.grade(assignment, p, policy)
				if !yield(g, err) || err != nil {
					return
				}
				after = p.student
			}
			if len(page) < pageSize || student != "" {
				return
			}
		}
	}
}

func (l *Ledger) page(assignment, student, after string) ([]listed, error) {
	rows, err := l.read.Query(`SELECT student, job FROM current WHERE assignment = ?1 AND student > ?2
		AND (?3 = '' OR student = ?3) ORDER BY student LIMIT ?4`, assignment, after, student, pageSize)
	if err != nil {
		return nil, l.reading("listing grades", err)
	}
	defer rows.Close()
	var out []listed
	for rows.Next() {
		var p listed
		if err := rows.Scan(&p.student, &p.job); err != nil {
			return nil, l.reading("listing grades", err)
		}
		out = append(out, p)
	}
	return out, l.reading("listing grades", rows.Err())
}

func (l *Ledger) grade(assignment string, p listed, policy Policy) (Grade, error) {
	g := Grade{State: Waiting}
	var err error
	if p.job == "" { // recorded, but the program ended before it was planned
		g.Job.Submission, err = l.counting(assignment, p.student)
	} else {
		g.Job, err = l.Job(p.job)
	}
	if err != nil {
		return g, err
	}
	switch {
	case g.Job.Done:
		g.State = Done
		if g.Result, err = scanResult(l.read.QueryRow(resultQuery, p.job)); err != nil {
			return g, l.reading("reading a result", err)
		}
	case g.Job.Tries >= MaxTries:
		g.State = Stuck
	}
	if g.Overrides, err = l.overrides(assignment, p.student); err != nil {
		return g, err
	}
	extension, err := l.Extension(assignment, p.student)
	g.Late = policy.Judge(g.Job.Submission.Submitted, extension)
	return g, err
}

// counting returns the submission that counts for a student.
func (l *Ledger) counting(assignment, student string) (Submission, error) {
	s := Submission{Assignment: assignment, Student: student}
	var submitted string
	err := l.read.QueryRow(`SELECT s.id, s.file, s.blob, s.problem, c.submitted FROM current c JOIN submission s ON s.id = c.submission
		WHERE c.assignment = ? AND c.student = ?`, assignment, student).Scan(&s.ID, &s.File, &s.Blob, &s.Problem, &submitted)
	s.Submitted = unstamp(submitted)
	return s, l.reading("reading a submission", err)
}

// Assignments lists the assignments that have submissions.
func (l *Ledger) Assignments() ([]string, error) {
	rows, err := l.read.Query("SELECT DISTINCT assignment FROM current ORDER BY assignment")
	if err != nil {
		return nil, l.reading("listing assignments", err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var a string
		if err := rows.Scan(&a); err != nil {
			return nil, l.reading("listing assignments", err)
		}
		out = append(out, a)
	}
	return out, l.reading("listing assignments", rows.Err())
}
