package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/mlsysim/golab/autograder/grade"
	"github.com/mlsysim/golab/autograder/ledger"
)

// A run is grading that this console started, the last one or the one going on.
type run struct {
	ledger *ledger.Ledger // open while it goes on; guarded by Console.writing

	mu      sync.Mutex
	cancel  context.CancelFunc // nil unless it goes on
	ended   sync.WaitGroup
	changes int // of what follows
	now     grade.Progress
	fresh   int // graded in this run
	began   time.Time
	took    time.Duration // 0 while it goes on
	err     error
	notes   []string
}

// mostNotes is how many remarks on a folder are kept.
const mostNotes = 200

// Start starts grading, unless it goes on.
func (c *Console) Start() error {
	c.writing.Lock()
	defer c.writing.Unlock()
	if c.run.ledger != nil {
		return errors.New("grading goes on already")
	}
	l, err := ledger.Open(c.options.Ledger)
	if err != nil {
		return busy(err)
	}
	c.run.ledger = l
	ctx := c.run.begin()
	go c.grade(ctx, l)
	return nil
}

func (c *Console) grade(ctx context.Context, l *ledger.Ledger) {
	o := c.options.Grade
	o.Ledger, o.Progress, o.Notice, o.Out = l, c.run.progress, c.run.note, ""
	_, err := grade.Run(ctx, o)
	c.writing.Lock()
	c.run.ledger = nil
	err = errors.Join(err, l.Close())
	c.writing.Unlock()
	c.run.finish(ctx, err)
}

func (r *run) begin() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended.Add(1)
	r.cancel, r.changes = cancel, r.changes+1
	r.now, r.fresh, r.began, r.took, r.err, r.notes = grade.Progress{}, 0, time.Now(), 0, nil, nil
	return ctx
}

func (r *run) progress(p grade.Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now, r.changes = p, r.changes+1
	if !p.Kept {
		r.fresh++
	}
}

func (r *run) note(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.notes) < mostNotes {
		r.notes = append(r.notes, text)
	}
}

func (r *run) finish(ctx context.Context, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ctx.Err() != nil {
		err = errors.New("grading was stopped; what is finished is kept")
	}
	r.cancel()
	r.cancel, r.err, r.took, r.changes = nil, err, time.Since(r.began), r.changes+1
	r.ended.Done()
}

func (r *run) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cancel != nil {
		r.cancel()
	}
}

func (r *run) wait() { r.ended.Wait() }

// A runView is what a page shows of a run.
type runView struct {
	Going  bool
	Phase  string // in words
	Detail string
	Wrong  string
	Notes  []string
}

func (r *run) view() (v runView, changes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v = runView{Going: r.cancel != nil, Notes: r.notes}
	switch {
	case v.Going && r.now.Total == 0:
		v.Phase = "Reading the submissions."
	case v.Going:
		v.Phase = "Grading."
		v.Detail = r.pace(time.Since(r.began))
	case r.took > 0:
		v.Phase = fmt.Sprintf("Finished %d submissions in %v.", r.fresh, r.took.Round(100*time.Millisecond))
		if before := r.now.Done - r.fresh; before > 0 {
			v.Phase += fmt.Sprintf(" %d were finished before.", before)
		}
	}
	if r.err != nil {
		v.Phase, v.Wrong = "", r.err.Error()
	}
	return v, r.changes
}

// pace says how fast a run goes and when it ends.
func (r *run) pace(since time.Duration) string {
	text := fmt.Sprintf("%d of %d", r.now.Done, r.now.Total)
	if r.fresh >= 3 {
		each := since / time.Duration(r.fresh)
		left := each * time.Duration(r.now.Total-r.now.Done)
		text += fmt.Sprintf(", %.1f a second, %v left", time.Second.Seconds()/each.Seconds(), left.Round(time.Second))
	}
	return text + "; last: " + r.now.Student
}

func (c *Console) startGrading(w http.ResponseWriter, r *http.Request) {
	if err := c.Start(); err != nil {
		c.trouble(w, r, http.StatusConflict, err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (c *Console) stopGrading(w http.ResponseWriter, r *http.Request) {
	c.run.stop()
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// requeue lets what a fault of the machine ended be tried again.
func (c *Console) requeue(w http.ResponseWriter, r *http.Request) {
	n := 0
	err := c.write(func(l *ledger.Ledger) (err error) {
		n, err = l.Requeue(c.assignment(), c.options.Who)
		return err
	})
	if err != nil {
		c.trouble(w, r, http.StatusConflict, err)
		return
	}
	sessionOf(r).say(fmt.Sprintf("%d submissions are graded at the next run.", n))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
