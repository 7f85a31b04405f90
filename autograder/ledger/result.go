package ledger

import (
	"database/sql"
	"time"
)

// A Result is what became of a job.
type Result struct {
	Revision int    // 1 is the first; a forced second grading that differs adds one
	Outcome  string // graded, failed, not graded
	Points   float64
	Max      float64
	Engine   string // program and version
	Registry string // version and hash of the data
	Seed     string // of the hidden inputs
	Tier     string // what held the submission
	Blob     string // digest of Body
	Body     []byte // the verdicts; the same work gives the same bytes
}

// A Timing is how long a job took. It is no part of the result.
type Timing struct {
	Started          time.Time
	Read, Run, Check time.Duration
}

// Finish records the result of a job, once: a second one with the same bytes
// adds a line to the history and nothing else, one with other bytes adds a
// revision, which then counts.
func (l *Ledger) Finish(j Job, r Result, t Timing) error {
	var err error
	if r.Blob, err = l.Put(r.Body); err != nil {
		return err
	}
	return l.change("recording a result", func(tx *sql.Tx) error {
		kind, last, err := Graded, Result{}, error(nil)
		if last, err = scanResult(tx.QueryRow(resultQuery, j.Key)); err == nil {
			kind = Regraded
		} else if err != sql.ErrNoRows {
			return err
		}
		text := r.Outcome
		if kind == Regraded && last.Blob == r.Blob {
			text += ": the same as before"
		} else if err := addResult(tx, j.Key, last.Revision+1, r); err != nil {
			return err
		}
		_, err = tx.Exec("INSERT INTO timing (key, started, read_ns, run_ns, check_ns) VALUES (?, ?, ?, ?, ?)",
			j.Key, stamp(t.Started), int64(t.Read), int64(t.Run), int64(t.Check))
		if err != nil {
			return err
		}
		e := Event{Kind: kind, Assignment: j.Submission.Assignment, Student: j.Submission.Student, Key: j.Key, Text: text}
		if r.Outcome != notGraded {
			e.Points = &r.Points
		}
		return l.log(tx, e)
	})
}

// notGraded is the outcome that stands for no points, not even 0.
const notGraded = "not graded"

func addResult(tx *sql.Tx, key string, revision int, r Result) error {
	_, err := tx.Exec(`INSERT INTO result (key, revision, blob, outcome, points, max, engine, registry, seed, tier)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		key, revision, r.Blob, r.Outcome, r.Points, r.Max, r.Engine, r.Registry, r.Seed, r.Tier)
	return err
}

const resultQuery = `SELECT revision, blob, outcome, points, max, engine, registry, seed, tier
	FROM result WHERE key = ? ORDER BY revision DESC LIMIT 1`

func scanResult(row *sql.Row) (Result, error) {
	var r Result
	err := row.Scan(&r.Revision, &r.Blob, &r.Outcome, &r.Points, &r.Max, &r.Engine, &r.Registry, &r.Seed, &r.Tier)
	return r, err
}

// Result returns the result of a job that counts, with its body, or ErrMissing.
func (l *Ledger) Result(key string) (Result, error) {
	r, err := scanResult(l.read.QueryRow(resultQuery, key))
	if err != nil {
		return r, l.reading("reading a result", err)
	}
	r.Body, err = l.Get(r.Blob)
	return r, err
}

// Timings returns how long the tries of a job took, oldest first.
func (l *Ledger) Timings(key string) ([]Timing, error) {
	rows, err := l.read.Query("SELECT started, read_ns, run_ns, check_ns FROM timing WHERE key = ? ORDER BY rowid", key)
	if err != nil {
		return nil, l.reading("reading durations", err)
	}
	defer rows.Close()
	var out []Timing
	for rows.Next() {
		var t Timing
		var started string
		if err := rows.Scan(&started, &t.Read, &t.Run, &t.Check); err != nil {
			return nil, l.reading("reading durations", err)
		}
		t.Started = unstamp(started)
		out = append(out, t)
	}
	return out, l.reading("reading durations", rows.Err())
}
