package ledger

import "fmt"

// A Stamp is what a student's grade was made of: as long as it is the same, so is
// the grade.
type Stamp struct {
	Student string
	Value   string
}

// Stamps lists the students of an assignment with what their grades were made of,
// by student. It reads no result, so that a page may ask every second.
func (l *Ledger) Stamps(assignment string) ([]Stamp, error) {
	rows, err := l.read.Query(`SELECT c.student, c.submission, c.job, c.submitted, coalesce(j.tries, 0),
			coalesce((SELECT max(revision) FROM result WHERE key = c.job), 0),
			coalesce((SELECT max(seq) FROM event e WHERE e.assignment = c.assignment AND e.student = c.student), 0),
			coalesce((SELECT max(seq) FROM event e WHERE e.assignment = c.assignment AND e.student = ''), 0)
		FROM current c LEFT JOIN job j ON j.key = c.job WHERE c.assignment = ? ORDER BY c.student`, assignment)
	if err != nil {
		return nil, l.reading("listing what changed", err)
	}
	defer rows.Close()
	var out []Stamp
	for rows.Next() {
		var s Stamp
		var job, submitted string
		var submission, tries, revision, own, all int64
		if err := rows.Scan(&s.Student, &submission, &job, &submitted, &tries, &revision, &own, &all); err != nil {
			return nil, l.reading("listing what changed", err)
		}
		s.Value = fmt.Sprint(submission, " ", job, " ", submitted, " ", tries, " ", revision, " ", own, " ", all)
		out = append(out, s)
	}
	return out, l.reading("listing what changed", rows.Err())
}
