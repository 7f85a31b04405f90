package gonb

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// DefaultLimit is the longest wait for the kernel unless Options says otherwise.
const DefaultLimit = 5 * time.Second

// Options says where a Display sends and how long it waits.
type Options struct {
	Pipe  string        // named pipe to the kernel; empty means there is none, so text is printed
	Back  string        // named pipe from the kernel
	Out   io.Writer     // takes the text form; nil means os.Stdout at the time of printing
	Err   io.Writer     // takes the one report of a broken pipe; nil means os.Stderr
	Limit time.Duration // longest wait for the kernel to open its ends, take the next 4 KiB or answer a Sync; 0 means DefaultLimit
}

// Display shows bundles to one kernel; it is safe for concurrent use.
type Display struct {
	opt Options

	mu   sync.Mutex
	link *link // nil until the first Show
	err  error // why the pipes are out of use; sticky
}

var errClosed = errors.New("the display is closed")

// New returns a Display that opens its pipes at the first Show.
func New(opt Options) *Display {
	if opt.Limit <= 0 {
		opt.Limit = DefaultLimit
	}
	return &Display{opt: opt}
}

// Show sends the bundle and waits until the kernel has it, or prints its
// text/plain. The error is about the bundle or the printing: a broken pipe is
// reported once and is not an error, because the text was shown. A kernel that
// took the bundle but never said so may show it beside the text.
func (d *Display) Show(bundle map[string]any) error {
	return d.send("", bundle)
}

// Update shows the bundle in place of the one shown before under the same id,
// or as a new one if there is none.
func (d *Display) Update(id string, bundle map[string]any) error {
	if id == "" {
		return errors.New("gonb.Update: id is empty: want the name of a display")
	}
	return d.send(id, bundle)
}

// Err returns why the pipes are out of use, or nil.
func (d *Display) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()

	return d.err
}

// Close gives the pipes back; a later Show prints text.
func (d *Display) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()

	if d.err == nil {
		d.err = errClosed
	}
	if d.link == nil {
		return nil
	}
	err := d.link.close()
	d.link = nil
	return err
}

func (d *Display) send(id string, bundle map[string]any) error {
	data, text, err := prepare(bundle)
	if err != nil {
		return fmt.Errorf("gonb.Show: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()

	if d.opt.Pipe == "" || d.err != nil {
		return d.print(text)
	}
	if err := d.deliver(displayData{Data: data, DisplayID: id}); err != nil {
		d.fail(err)
		return d.print(text)
	}
	return nil
}

func (d *Display) deliver(m displayData) error {
	if d.link == nil {
		if err := register(); err != nil {
			return err
		}
		w, r, err := openPipes(d.opt.Pipe, d.opt.Back, d.opt.Limit)
		if err != nil {
			return err
		}
		d.link = newLink(w, r)
	}
	return d.link.exchange(m, d.opt.Limit)
}

// fail takes the pipes out of use and says so, once.
func (d *Display) fail(err error) {
	d.err = err
	if d.link != nil {
		d.link.close() // already broken: nothing to learn from a second error
		d.link = nil
	}
	var to io.Writer = os.Stderr
	if d.opt.Err != nil {
		to = d.opt.Err
	}
	fmt.Fprintf(to, "gonb: rich display is off, showing text: %v\n", err)
}

func (d *Display) print(text string) error {
	var to io.Writer = os.Stdout
	if d.opt.Out != nil {
		to = d.opt.Out
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	if _, err := io.WriteString(to, text); err != nil {
		return fmt.Errorf("gonb.Show: printing text/plain: %w", err)
	}
	return nil
}

// process is the one Display of the package functions. It is shared because
// GoNB decodes one gob stream per program: a second one would break the first.
var process = sync.OnceValue(func() *Display {
	return New(Options{Pipe: os.Getenv(pipeVar), Back: os.Getenv(backVar)})
})

// Active reports whether the program runs in a GoNB cell.
func Active() bool { return os.Getenv(pipeVar) != "" }

// Show shows the bundle, a value per MIME type with text/plain always among
// them, in the GoNB cell that runs the program, and prints its text elsewhere.
func Show(bundle map[string]any) error { return process().Show(bundle) }

// Update shows the bundle in place of the one shown before under the same id.
func Update(id string, bundle map[string]any) error { return process().Update(id, bundle) }
