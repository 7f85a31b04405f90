package kernel

import (
	"errors"
	"runtime"
	"sync"
	"time"
)

// interpreter is the process that runs cells, replaced when it dies.
type interpreter struct {
	take func(event) // what the running order says, all but its end

	mu      sync.Mutex
	child   *child
	serial  int64
	running int64 // order that runs, or 0
	begun   bool  // the process said that it works on it
	over    chan event
	spawn   chan func()
	lost    bool   // variables went with an earlier process, and nobody was told
	told    *child // whose end its order reported
	closed  bool
}

// errCrash says that the process died under an order.
type errCrash struct{ name, reason string }

func (e *errCrash) Error() string { return e.reason }

func newInterpreter(take func(event)) *interpreter {
	i := &interpreter{take: take, spawn: make(chan func())}
	go i.starter()
	i.replace(nil)
	return i
}

// starter starts processes from one thread that lives as long as the front: the
// system ends a child with the thread that started it.
func (i *interpreter) starter() {
	runtime.LockOSThread()
	for start := range i.spawn {
		start()
	}
}

// replace starts a process in the place of old. It does nothing if that was
// replaced already.
func (i *interpreter) replace(old *child) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.child != old || i.closed {
		return
	}
	i.child = nil
	started := make(chan struct{})
	i.spawn <- func() {
		defer close(started)
		c, err := startChild(i.hear)
		if err != nil {
			return // the next order tries again, and reports it
		}
		i.child = c
	}
	<-started
	if c := i.child; c != nil {
		go i.mourn(c)
	}
}

// mourn replaces a process that ended.
func (i *interpreter) mourn(c *child) {
	<-c.gone
	i.mu.Lock()
	if i.child == c && i.running == 0 && i.told != c {
		i.lost = true // the next cell has to say so
	}
	i.mu.Unlock()
	i.replace(c)
}

func (i *interpreter) hear(e event) {
	i.mu.Lock()
	over, mine := i.over, e.ID == i.running && i.running != 0
	i.begun = i.begun || mine
	i.mu.Unlock()
	e.late = !mine
	switch {
	case e.Kind == evDone && mine:
		over <- e
	case e.Kind != evDone && e.Kind != evBegun:
		i.take(e)
	}
}

var (
	errNoInterpreter = errors.New("the interpreter does not start")
	errNeverBegan    = errors.New("the interpreter ended before the cell began")
)

// do runs one order to its end. The error is an *errCrash when the process died.
func (i *interpreter) do(o order) (event, error) {
	c, over, err := i.begin(&o)
	if err != nil {
		return event{}, err
	}
	defer i.finish()
	if err := c.send(o); err != nil {
		c.kill() // its pipe is broken, so it is ending
	}
	select {
	case e := <-over:
		return e, nil
	case <-c.gone:
	}
	select {
	case e := <-over: // its last word
		return e, nil
	default:
	}
	if !i.tells(c) {
		return event{}, errNeverBegan
	}
	name, reason := c.epitaph()
	return event{}, &errCrash{name, reason}
}

// tells makes the running order the one that reports the end of its process;
// false if that ended before it knew of the order, whose next attempt says so.
func (i *interpreter) tells(c *child) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.told = c
	i.lost = i.lost || !i.begun
	return i.begun
}

func (i *interpreter) begin(o *order) (*child, chan event, error) {
	for range 2 {
		i.mu.Lock()
		c := i.child
		if c != nil {
			select {
			case <-c.gone: // its replacement is on the way
			default:
				i.serial++
				o.ID = i.serial
				i.running, i.over, i.begun = o.ID, make(chan event, 1), false
				over := i.over
				i.mu.Unlock()
				return c, over, nil
			}
			i.lost = i.lost || i.told != c
		}
		i.mu.Unlock()
		i.replace(c)
	}
	return nil, nil, errNoInterpreter
}

func (i *interpreter) finish() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.running, i.over = 0, nil
}

// wasLost says once that variables went with an earlier process.
func (i *interpreter) wasLost() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	lost := i.lost
	i.lost = false
	return lost
}

// grace is how long an order may take to end after a stop. The engine gives up
// on a call that does not return after half of it.
const grace = time.Second

// stop ends the running order; a process that does not obey is killed. It
// reports false when nothing runs.
func (i *interpreter) stop() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	c, id := i.child, i.running
	if c == nil || id == 0 {
		return false
	}
	go func() { _ = c.send(order{ID: id, Op: opStop}) }() // a process that reads nothing is killed below
	time.AfterFunc(grace, func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		if i.child == c && i.running == id {
			c.kill()
		}
	})
	return true
}

// input passes on what the user typed.
func (i *interpreter) input(id int64, text, err string) {
	i.mu.Lock()
	c := i.child
	i.mu.Unlock()
	if c != nil {
		_ = c.send(order{ID: id, Op: opInput, Text: text, Err: err}) // a dead process waits for nothing
	}
}

// reset gives up the process and its variables.
func (i *interpreter) reset() {
	i.mu.Lock()
	c := i.child
	i.mu.Unlock()
	if c != nil {
		c.kill()
		<-c.gone
		i.replace(c)
		i.wasLost()
	}
}

// close ends the process for good.
func (i *interpreter) close() {
	i.mu.Lock()
	i.closed = true
	c := i.child
	i.mu.Unlock()
	if c != nil {
		c.kill()
		<-c.gone
	}
}
