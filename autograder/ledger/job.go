package ledger

import (
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// A Submission is what one student handed in for one assignment.
type Submission struct {
	ID         int64
	Assignment string
	Student    string
	File       string    // its name, as it was handed in
	Blob       string    // digest of its content; empty if there is nothing to read
	Problem    string    // why there is nothing to read
	Submitted  time.Time // zero if unknown
}

// Submit records a submission and makes it the one that counts. Recording the
// same again changes nothing.
func (l *Ledger) Submit(s Submission) (Submission, error) {
	err := l.change("recording a submission", func(tx *sql.Tx) error {
		var err error
		s.ID, err = l.submit(tx, s)
		return err
	})
	return s, err
}

func (l *Ledger) submit(tx *sql.Tx, s Submission) (int64, error) {
	digest := key("mlgrade submission 1", s.File, s.Blob, s.Problem)
	_, err := tx.Exec(`INSERT INTO submission (assignment, student, digest, file, blob, problem, received)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		s.Assignment, s.Student, digest, s.File, s.Blob, s.Problem, stamp(l.Now()))
	if err != nil {
		return 0, err
	}
	var id int64
	err = tx.QueryRow("SELECT id FROM submission WHERE assignment = ? AND student = ? AND digest = ?",
		s.Assignment, s.Student, digest).Scan(&id)
	if err != nil {
		return 0, err
	}
	done, err := tx.Exec(`INSERT INTO current (assignment, student, submission, submitted, job) VALUES (?, ?, ?, ?, '')
		ON CONFLICT DO UPDATE SET submission = excluded.submission, submitted = excluded.submitted,
			job = iif(submission = excluded.submission, job, '')
		WHERE submission <> excluded.submission OR submitted <> excluded.submitted`,
		s.Assignment, s.Student, id, stamp(s.Submitted))
	if err != nil {
		return 0, err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return id, err
	}
	text := s.File
	if !s.Submitted.IsZero() {
		text += ", handed in " + stamp(s.Submitted)
	}
	return id, l.log(tx, Event{Kind: Submitted, Assignment: s.Assignment, Student: s.Student, Text: text})
}

// A Job is one submission to be graded by one version of an assignment in one
// environment. The three are its key: the same key never needs grading twice.
type Job struct {
	Key         string
	Version     int
	Environment string
	Tries       int    // that ended without a result
	Trouble     string // of the last such try
	Done        bool   // it has a result
	Submission  Submission
}

// Plan enters the job that grades a submission.
func (l *Ledger) Plan(s Submission, version int, environment string) (Job, error) {
	j := Job{Version: version, Environment: environment, Submission: s}
	j.Key = key("mlgrade job 1", s.Assignment, strconv.Itoa(version), environment, s.Student, s.File, s.Blob, s.Problem)
	err := l.change("planning a job", func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO job (key, submission, version, environment, tries, trouble)
			VALUES (?, ?, ?, ?, 0, '') ON CONFLICT DO NOTHING`, j.Key, s.ID, version, environment)
		if err != nil {
			return err
		}
		_, err = tx.Exec("UPDATE current SET job = ? WHERE assignment = ? AND student = ? AND submission = ? AND job <> ?",
			j.Key, s.Assignment, s.Student, s.ID, j.Key)
		if err != nil {
			return err
		}
		return tx.QueryRow("SELECT tries, trouble, EXISTS (SELECT 1 FROM result WHERE key = job.key) FROM job WHERE key = ?", j.Key).
			Scan(&j.Tries, &j.Trouble, &j.Done)
	})
	return j, err
}

// Job returns a job with its submission.
func (l *Ledger) Job(key string) (Job, error) {
	j := Job{Key: key}
	s, submitted := &j.Submission, ""
	err := l.read.QueryRow(`SELECT job.version, job.environment, job.tries, job.trouble,
			EXISTS (SELECT 1 FROM result WHERE key = job.key),
			s.id, s.assignment, s.student, s.file, s.blob, s.problem, coalesce(c.submitted, '')
		FROM job JOIN submission s ON s.id = job.submission
		LEFT JOIN current c ON c.assignment = s.assignment AND c.student = s.student AND c.submission = s.id
		WHERE job.key = ?`, key).
		Scan(&j.Version, &j.Environment, &j.Tries, &j.Trouble, &j.Done,
			&s.ID, &s.Assignment, &s.Student, &s.File, &s.Blob, &s.Problem, &submitted)
	s.Submitted = unstamp(submitted)
	return j, l.reading("reading a job", err)
}

func (l *Ledger) reading(what string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrMissing
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Tried records that a try of a job ended without a result, by no fault of the
// student.
func (l *Ledger) Tried(j Job, why string) error {
	return l.change("recording a try", func(tx *sql.Tx) error {
		if _, err := tx.Exec("UPDATE job SET tries = tries + 1, trouble = ? WHERE key = ?", why, j.Key); err != nil {
			return err
		}
		return l.log(tx, Event{Kind: Retried, Assignment: j.Submission.Assignment, Student: j.Submission.Student, Key: j.Key, Text: why})
	})
}

// Requeue forgets the failed tries of the jobs that an assignment is waiting
// for, and returns how many there were.
func (l *Ledger) Requeue(assignment, who string) (int, error) {
	n := 0
	err := l.change("queueing again", func(tx *sql.Tx) error {
		done, err := tx.Exec(`UPDATE job SET tries = 0, trouble = '' WHERE tries > 0
			AND NOT EXISTS (SELECT 1 FROM result WHERE key = job.key)
			AND key IN (SELECT job FROM current WHERE assignment = ?)`, assignment)
		if err != nil {
			return err
		}
		rows, err := done.RowsAffected()
		if n = int(rows); err != nil || n == 0 {
			return err
		}
		return l.log(tx, Event{Kind: Requeued, Who: who, Assignment: assignment, Text: fmt.Sprintf("%d jobs", n)})
	})
	return n, err
}

// Secret is the secret of the course, from which hidden inputs are drawn. It is
// made with the ledger and is the same for ever.
func (l *Ledger) Secret() []byte { return slices.Clone(l.secret) }

// Seed identifies the hidden inputs of a student: a digest of the secret and all
// that they depend on. The inputs cannot be had from it.
func (l *Ledger) Seed(assignment string, version int, student string) string {
	mac := hmac.New(sha256.New, l.secret)
	writeFields(mac.Write, "mlgrade seed 1", assignment, strconv.Itoa(version), student)
	return hex.EncodeToString(mac.Sum(nil))
}

// key is the sha256 of some texts, each with its length before it.
func key(fields ...string) string {
	h := sha256.New()
	writeFields(h.Write, fields...)
	return hex.EncodeToString(h.Sum(nil))
}

func writeFields(write func([]byte) (int, error), fields ...string) {
	for _, f := range fields {
		write(binary.BigEndian.AppendUint64(nil, uint64(len(f)))) // hashes never fail
		write([]byte(f))
	}
}
