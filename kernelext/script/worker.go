package script

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync"

	"github.com/mlsysim/golab/kernelext/chart"
	lab "github.com/mlsysim/golab/kernelext/lab/record"
)

// Worker is the child's side of Exec.
type Worker struct {
	Prelude *Prelude                   // default kernelext/lab
	Show    func(v any) map[string]any // MIME bundle of a value; default kernelext/chart
	Quiet   bool                       // nobody looks: only claims, and that something was shown
}

// MaybeWorker ends the process after the script's work when it was started by
// Exec, and does nothing otherwise. Binaries call it first thing in main.
func MaybeWorker() { Worker{}.Maybe() }

// Maybe is MaybeWorker with a prelude or printer of the caller's choice.
func (w Worker) Maybe() {
	if len(os.Args) != 2 || os.Args[1] != workerArg {
		return
	}
	records := os.NewFile(3, "records")
	if err := w.run(os.Stdin, os.Stdout, records); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// run reads a job, confines the process and runs the cells.
func (w Worker) run(stdin io.Reader, stdout, records io.Writer) error {
	var j Job
	dec := json.NewDecoder(stdin)
	if err := dec.Decode(&j); err != nil {
		return fmt.Errorf("reading the job: %w", err)
	}
	if err := confine(j.Limits); err != nil {
		return fmt.Errorf("confining the script: %w", err)
	}
	return w.Serve(j, stdout, records)
}

// Serve runs the cells of a job in this process, which the caller has confined,
// and writes records of what they say.
func (w Worker) Serve(j Job, stdout, records io.Writer) error {
	return w.Ready(stdout, records).Serve(j)
}

// A Ready worker has started its interpreter and waits for its one job.
type Ready struct {
	port   *port
	engine *Engine
}

// Ready starts an interpreter ahead of its job. A nil stdout makes records of
// what is printed, too.
func (w Worker) Ready(stdout, records io.Writer) *Ready {
	p := &port{w: records}
	if stdout == nil {
		stdout = printPort{p}
	}
	lab.Use(p)
	show := func(v any) { p.Show(w.bundle(v)) }
	if w.Quiet {
		lab.Use(quietPort{p})
		show = func(any) { p.Show(nil) }
	}
	return &Ready{port: p, engine: New(Options{Stdout: stdout, Prelude: w.Prelude, Show: show})}
}

// Serve runs the job.
func (r *Ready) Serve(j Job) error {
	debug.SetTraceback("none")
	debug.SetMemoryLimit(int64(j.Limits.Memory / 4 * 3))
	if j.Limits.Steps > 0 {
		r.engine.host.maxStep = int64(j.Limits.Steps)
	}
	end := record{Kind: endKind}
	for _, c := range j.Cells {
		if j.Mark != "" {
			r.port.cell = j.Mark + c.Name
			r.port.Show(nil)
		}
		r.port.cell = c.Name
		if err := r.engine.Run(context.Background(), c.Name, c.Src); err != nil {
			end.Err = first(c.Name, err)
			break
		}
	}
	r.port.send(end)
	return r.port.err
}

// A quietPort tells the prelude that nobody looks at what is shown.
type quietPort struct{ *port }

// Mute marks the sink.
func (quietPort) Mute() {}

// A printPort makes records of what is printed.
type printPort struct{ *port }

// Write sends a part of the text.
func (p printPort) Write(b []byte) (int, error) {
	p.send(record{Kind: printKind, Claim: b})
	return len(b), nil
}

// first is the error of a script that the parent reports.
func first(name string, err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Name: name, Kind: Runtime, Msg: err.Error()}
}

// bundle is a value in every form that the front ends know.
func (w Worker) bundle(v any) map[string]any {
	if _, own := v.(Value); own {
		return map[string]any{plainText: fmt.Sprint(v)}
	}
	if w.Show == nil {
		return chart.Bundle(v)
	}
	return w.Show(v)
}

const plainText = "text/plain"

// port sends records to the parent; it is the sink of the prelude.
type port struct {
	mu   sync.Mutex
	w    io.Writer
	cell string
	err  error
}

// Record passes a claim on.
func (p *port) Record(claim []byte) { p.send(record{Kind: claimKind, Claim: claim}) }

// Show passes a MIME bundle on; what is not text becomes JSON.
func (p *port) Show(bundle map[string]any) {
	item := &Item{Cell: p.cell, Bundle: map[string]string{plainText: ""}}
	for mime, v := range bundle {
		if s, ok := v.(string); ok {
			item.Bundle[mime] = s
			continue
		}
		if b, err := json.Marshal(v); err == nil {
			item.Bundle[mime] = string(b)
		}
	}
	p.send(record{Kind: showKind, Item: item})
}

func (p *port) send(r record) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := writeRecord(p.w, r); err != nil && p.err == nil {
		p.err = err
	}
}
