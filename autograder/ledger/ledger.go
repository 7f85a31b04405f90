// Package ledger is the memory of grading: what was handed in, what became of
// it, and every change by hand since. It is one SQLite database with the
// content of submissions and results in files beside it, each named by its
// sha256.
//
//	l, err := ledger.Open("class.db")
//	s, err := l.Submit(ledger.Submission{Assignment: "T0", Student: "ada", File: "ada.lab", Blob: digest})
//	j, err := l.Plan(s, 1, environment)
//	if !j.Done { err = l.Finish(j.Key, ledger.Result{Outcome: "graded", Points: 30, Max: 30, Body: body}, ledger.Timing{}) }
//
// A ledger has one writer at a time and any number of readers. Every step is
// one transaction, so that a process may be killed at any moment: what is
// written is whole, and what is missing is done again. The history only grows;
// the database itself refuses to change it. How work is graded is not known
// here: a result is a text with an outcome and points.
package ledger

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite" // registers the driver
	sqlite3 "modernc.org/sqlite/lib"
)

// A Ledger is an open database. Its methods may be called from many goroutines.
type Ledger struct {
	Now func() time.Time // the clock of the history; default time.Now

	path   string
	blobs  string
	lock   *sql.DB
	held   *sql.Tx // on lock, until Close
	write  *sql.DB // one connection; nil for a reader
	read   *sql.DB
	secret []byte
}

// ErrBusy says that another process writes to the ledger.
var ErrBusy = errors.New("another process is writing to this ledger")

// ErrMissing says that the ledger has no such entry.
var ErrMissing = errors.New("not in the ledger")

// Open opens or makes a ledger for writing. It fails with ErrBusy while another
// process has it open for writing; the lock of a killed process is gone with it.
func Open(path string) (*Ledger, error) {
	l := &Ledger{Now: time.Now, path: path, blobs: path + ".blobs"}
	if err := os.MkdirAll(l.blobs, 0o700); err != nil {
		return nil, fmt.Errorf("opening the ledger: %w", err)
	}
	err := l.start()
	if err != nil {
		l.Close()
		return nil, fmt.Errorf("opening the ledger %s: %w", filepath.Base(path), err)
	}
	return l, nil
}

// OpenReader opens a ledger that exists for reading, also while another process
// writes to it.
func OpenReader(path string) (*Ledger, error) {
	l := &Ledger{Now: time.Now, path: path, blobs: path + ".blobs"}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("opening the ledger: %w", err)
	}
	var err error
	if l.read, err = connect(path, "_pragma=query_only(1)&_pragma=busy_timeout(10000)"); err == nil {
		err = l.checkVersion(l.read)
	}
	if err != nil {
		l.Close()
		return nil, fmt.Errorf("opening the ledger %s: %w", filepath.Base(path), err)
	}
	return l, nil
}

// start takes the lock, opens both sides and brings the tables up to date.
func (l *Ledger) start() error {
	if err := l.takeLock(); err != nil {
		return err
	}
	var err error
	l.write, err = connect(l.path, "_txlock=immediate&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=foreign_keys(1)&_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	l.write.SetMaxOpenConns(1)
	if err := os.Chmod(l.path, 0o600); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := l.migrate(); err != nil {
		return err
	}
	l.read, err = connect(l.path, "_pragma=query_only(1)&_pragma=busy_timeout(10000)")
	return err
}

// takeLock holds an exclusive transaction on a database of its own, which the
// operating system ends with the process, on every platform.
func (l *Ledger) takeLock() error {
	lock, err := connect(l.path+".lock", "_txlock=exclusive&_pragma=busy_timeout(0)")
	if err != nil {
		return err
	}
	l.lock = lock
	lock.SetMaxOpenConns(1)
	l.held, err = lock.Begin()
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_BUSY {
		return ErrBusy
	}
	return err
}

func connect(path, options string) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	name := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: options}
	return sql.Open("sqlite", name.String())
}

// Close ends the use of a ledger.
func (l *Ledger) Close() error {
	var errs []error
	if l.held != nil {
		errs = append(errs, l.held.Rollback()) // a database does not close what a transaction uses
	}
	for _, db := range []*sql.DB{l.read, l.write, l.lock} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// Path is where the database lies.
func (l *Ledger) Path() string { return l.path }

// change runs one transaction.
func (l *Ledger) change(what string, do func(tx *sql.Tx) error) error {
	if l.write == nil {
		return fmt.Errorf("%s: the ledger is open for reading only", what)
	}
	tx, err := l.write.Begin()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	defer tx.Rollback() // does nothing after Commit
	if err := do(tx); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// migrate makes the tables of a new ledger, with the secret of the course.
func (l *Ledger) migrate() error {
	var version int
	if err := l.write.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version != 0 {
		return l.checkVersion(l.write)
	}
	return l.change("making the tables", func(tx *sql.Tx) error {
		secret := make([]byte, 32)
		if _, err := rand.Read(secret); err != nil {
			return err
		}
		if _, err := tx.Exec(schema); err != nil {
			return err
		}
		_, err := tx.Exec("INSERT INTO secret (value) VALUES (?)", secret)
		l.secret = secret
		return err
	})
}

func (l *Ledger) checkVersion(db *sql.DB) error {
	var version int
	if err := db.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version != schemaVersion {
		return fmt.Errorf("its format is %d: this program reads format %d", version, schemaVersion)
	}
	return db.QueryRow("SELECT value FROM secret").Scan(&l.secret)
}

// stamp prints a time as the ledger stores it; the zero time is unknown.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func unstamp(text string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, text) // unknown is the zero time
	return t
}
