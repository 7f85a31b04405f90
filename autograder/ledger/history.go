package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"
)

// A Kind says what an event was.
type Kind string

// The kinds of events.
const (
	Submitted Kind = "submitted"    // another submission counts from now on
	Graded    Kind = "graded"       // the first result of a job
	Regraded  Kind = "graded again" // another result of a job, or the same once more
	Retried   Kind = "no result"    // a fault of the machine
	Requeued  Kind = "queued again" // after too many of those
	Overrode  Kind = "override"     // points by hand
	Withdrew  Kind = "override withdrawn"
	Requested Kind = "regrade request"
	Decided   Kind = "request decided"
	Policied  Kind = "late policy"
	Extended  Kind = "extension"
)

// An Event is one line of the history.
type Event struct {
	Seq        int64     `json:"seq"`
	At         time.Time `json:"at"`
	Who        string    `json:"who"` // a person, or mlgrade
	Kind       Kind      `json:"kind"`
	Assignment string    `json:"assignment"`
	Student    string    `json:"student,omitempty"`
	Question   string    `json:"question,omitempty"`
	Key        string    `json:"key,omitempty"` // of the job
	Points     *float64  `json:"points,omitempty"`
	Text       string    `json:"text,omitempty"`
}

// program stands for who where no person is to name.
const program = "mlgrade"

// log adds an event.
func (l *Ledger) log(tx *sql.Tx, e Event) error {
	if e.Who == "" {
		e.Who = program
	}
	_, err := tx.Exec(`INSERT INTO event (at, who, kind, assignment, student, question, key, points, text)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		stamp(l.Now()), e.Who, string(e.Kind), e.Assignment, e.Student, e.Question, e.Key, e.Points, e.Text)
	return err
}

const eventQuery = "SELECT seq, at, who, kind, assignment, student, question, key, points, text FROM event "

// History lists the events of an assignment, oldest first; of one student if
// the student is not empty.
func (l *Ledger) History(assignment, student string) iter.Seq2[Event, error] {
	return l.events("WHERE assignment = ?1 AND (?2 = '' OR student = ?2) ORDER BY seq", assignment, student)
}

func (l *Ledger) events(where string, args ...any) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		rows, err := l.read.Query(eventQuery+where, args...)
		if err != nil {
			yield(Event{}, l.reading("reading the history", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var e Event
			var at string
			err := rows.Scan(&e.Seq, &at, &e.Who, &e.Kind, &e.Assignment, &e.Student, &e.Question, &e.Key, &e.Points, &e.Text)
			e.At = unstamp(at)
			if !yield(e, l.reading("reading the history", err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Event{}, l.reading("reading the history", err))
		}
	}
}

// An Override is a number of points that a person gave instead of the checks.
type Override struct {
	Assignment string
	Student    string
	Question   string // empty: the whole submission
	Points     float64
	Who        string
	Reason     string
	At         time.Time // set by the ledger
}

// maxText caps what people write.
const maxText = 4000

// Override records points by hand. Who and why are required.
func (l *Ledger) Override(o Override) error {
	if err := said(o.Who, o.Reason); err != nil {
		return fmt.Errorf("overriding points of %s: %w", o.Student, err)
	}
	return l.change("overriding points", func(tx *sql.Tx) error {
		if err := known(tx, o.Assignment, o.Student); err != nil {
			return err
		}
		return l.log(tx, Event{
			Kind: Overrode, Who: o.Who, Assignment: o.Assignment, Student: o.Student,
			Question: o.Question, Points: &o.Points, Text: o.Reason,
		})
	})
}

// Withdraw takes an override back; its Points do not matter.
func (l *Ledger) Withdraw(o Override) error {
	if err := said(o.Who, o.Reason); err != nil {
		return fmt.Errorf("withdrawing an override of %s: %w", o.Student, err)
	}
	return l.change("withdrawing an override", func(tx *sql.Tx) error {
		var last string
		err := tx.QueryRow(`SELECT kind FROM event WHERE assignment = ? AND student = ? AND question = ?
			AND kind IN (?, ?) ORDER BY seq DESC LIMIT 1`, o.Assignment, o.Student, o.Question, Overrode, Withdrew).Scan(&last)
		if errors.Is(err, sql.ErrNoRows) || Kind(last) == Withdrew {
			return fmt.Errorf("%s %s: no override: %w", o.Student, o.Question, ErrMissing)
		}
		if err != nil {
			return err
		}
		return l.log(tx, Event{Kind: Withdrew, Who: o.Who, Assignment: o.Assignment, Student: o.Student, Question: o.Question, Text: o.Reason})
	})
}

// overrides are those that hold for a student, by question.
func (l *Ledger) overrides(assignment, student string) (map[string]Override, error) {
	var out map[string]Override
	for e, err := range l.events("WHERE assignment = ? AND student = ? AND kind IN (?, ?) ORDER BY seq", assignment, student, Overrode, Withdrew) {
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = map[string]Override{}
		}
		if e.Kind == Withdrew {
			delete(out, e.Question)
			continue
		}
		out[e.Question] = Override{
			Assignment: assignment, Student: student, Question: e.Question,
			Points: *e.Points, Who: e.Who, Reason: e.Text, At: e.At,
		}
	}
	return out, nil
}

// A Request asks for a second look at a question.
type Request struct {
	ID         int64 // set by the ledger
	Assignment string
	Student    string
	Question   string
	Text       string
	Who        string // who entered it
	At         time.Time
	Decision   string // empty while it is open
	DecidedBy  string
}

// Request records a regrade request and returns its number.
func (l *Ledger) Request(r Request) (int64, error) {
	if err := said(r.Who, r.Text); err != nil {
		return 0, fmt.Errorf("recording a regrade request of %s: %w", r.Student, err)
	}
	var id int64
	err := l.change("recording a regrade request", func(tx *sql.Tx) error {
		if err := known(tx, r.Assignment, r.Student); err != nil {
			return err
		}
		err := l.log(tx, Event{Kind: Requested, Who: r.Who, Assignment: r.Assignment, Student: r.Student, Question: r.Question, Text: r.Text})
		if err != nil {
			return err
		}
		return tx.QueryRow("SELECT last_insert_rowid()").Scan(&id)
	})
	return id, err
}

// Decide closes a request. Points, if they change, are an Override of their own.
func (l *Ledger) Decide(id int64, who, decision string) error {
	if err := said(who, decision); err != nil {
		return fmt.Errorf("deciding request %d: %w", id, err)
	}
	return l.change("deciding a request", func(tx *sql.Tx) error {
		var r Event
		err := tx.QueryRow("SELECT assignment, student, question FROM event WHERE seq = ? AND kind = ?", id, Requested).
			Scan(&r.Assignment, &r.Student, &r.Question)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("request %d: %w", id, ErrMissing)
		}
		if err != nil {
			return err
		}
		r.Kind, r.Who, r.Key, r.Text = Decided, who, fmt.Sprint(id), decision
		return l.log(tx, r)
	})
}

// Requests lists the regrade requests of an assignment, oldest first.
func (l *Ledger) Requests(assignment string) ([]Request, error) {
	var out []Request
	at := map[string]int{}
	for e, err := range l.events("WHERE assignment = ? AND kind IN (?, ?) ORDER BY seq", assignment, Requested, Decided) {
		if err != nil {
			return nil, err
		}
		if e.Kind == Requested {
			at[fmt.Sprint(e.Seq)] = len(out)
			out = append(out, Request{ID: e.Seq, Assignment: assignment, Student: e.Student, Question: e.Question, Text: e.Text, Who: e.Who, At: e.At})
			continue
		}
		if i, ok := at[e.Key]; ok {
			out[i].Decision, out[i].DecidedBy = e.Text, e.Who
		}
	}
	return out, nil
}

// said wants a person and a reason.
func said(who, text string) error {
	switch {
	case strings.TrimSpace(who) == "":
		return errors.New("who: want the name of a person")
	case strings.TrimSpace(text) == "":
		return errors.New("reason: want some words")
	case len(text) > maxText:
		return fmt.Errorf("reason: %d bytes: want at most %d", len(text), maxText)
	}
	return nil
}

// known wants a student who handed something in.
func known(tx *sql.Tx, assignment, student string) error {
	var there bool
	err := tx.QueryRow("SELECT EXISTS (SELECT 1 FROM current WHERE assignment = ? AND student = ?)", assignment, student).Scan(&there)
	if err == nil && !there {
		return fmt.Errorf("%s has no submission for %s: %w", student, assignment, ErrMissing)
	}
	return err
}
