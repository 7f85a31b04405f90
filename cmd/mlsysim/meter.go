package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// A meter reports on stderr how far a long search is: on a terminal as a line that
// changes, elsewhere as one line now and then. A short one says nothing.
type meter struct {
	to       io.Writer
	terminal bool
	now      func() time.Time
	began    time.Time
	next     time.Time
	shown    bool
}

// What is long enough to be told, and how often.
const (
	patience = time.Second
	often    = 200 * time.Millisecond
	seldom   = 10 * time.Second
)

func newMeter(to io.Writer) *meter {
	file, isFile := to.(*os.File)
	m := &meter{to: to, terminal: isFile && term.IsTerminal(int(file.Fd())), now: time.Now}
	m.start()
	return m
}

func (m *meter) start() {
	m.began = m.now()
	m.next = m.began.Add(patience)
	if !m.terminal {
		m.next = m.began.Add(seldom)
	}
}

// report is told of every step; it is called by one goroutine at a time.
func (m *meter) report(done, total int) {
	now := m.now()
	if now.Before(m.next) || done == total {
		return
	}
	m.shown = true
	left := time.Duration(float64(now.Sub(m.began)) * float64(total-done) / float64(done)).Round(time.Second)
	text := fmt.Sprintf("%d of %d, %d %%, %s left", done, total, 100*done/total, left)
	if m.terminal {
		fmt.Fprintf(m.to, "\r\x1b[K%s", text)
		m.next = now.Add(often)
		return
	}
	fmt.Fprintln(m.to, text)
	m.next = now.Add(seldom)
}

// end takes the line of a terminal away.
func (m *meter) end() {
	if m.shown && m.terminal {
		fmt.Fprint(m.to, "\r\x1b[K")
	}
}
