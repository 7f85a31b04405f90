// Package repl is a conversation with the script engine: a line is run when it
// is whole, and what it is worth is shown.
//
//	err := repl.Run(ctx, repl.Options{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
//
// On a terminal it edits lines, keeps a history and completes names with Tab;
// anywhere else it reads lines. It leaves out rich output: charts are text.
package repl

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/mlsysim/golab/kernelext/chart"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/kernelext/script"
)

// Options says where the conversation takes place.
type Options struct {
	In      io.Reader
	Out     io.Writer
	Err     io.Writer
	History string // file of earlier lines; none if empty
}

// ErrFailed says that some input went wrong; the messages were printed.
var ErrFailed = errors.New("some lines failed")

// prompts before a new and a continued statement.
const (
	prompt = "lab> "
	more   = "...> "
)

const help = `Type Go: x := 80 * GB, Evaluate(Llama3_8B, H100). A value that stands alone is shown.
?name    what a name means        Tab      completes names, fields and registries
:help    this text                :quit    ends the session, as Ctrl-D does
Ctrl-C   stops what is running, or drops the line
`

// talk is one conversation.
type talk struct {
	opt    Options
	engine *script.Engine
	read   func(prompt string) (string, error) // one line without its end
	run    func(f func())                      // around what may print
	source strings.Builder                     // of the statement so far
	count  int
	failed bool
}

// Run talks until the input ends.
func Run(ctx context.Context, opt Options) error {
	t := &talk{opt: opt, run: func(f func()) { f() }}
	t.engine = script.New(script.Options{Stdout: opt.Out, Stderr: opt.Err, Show: func(v any) { t.show(v) }})
	record.Use(t)
	defer record.Use(nil)

	if in, ok := opt.In.(*os.File); ok && isTerminal(in, opt.Out) {
		end, err := t.terminal(in)
		if err != nil {
			return err
		}
		defer end()
		fmt.Fprint(opt.Out, "mlsysim: :help says how\r\n")
	} else {
		lines := bufio.NewScanner(opt.In)
		lines.Buffer(nil, 1<<20)
		t.read = func(string) (string, error) {
			if lines.Scan() {
				return lines.Text(), nil
			}
			return "", errors.Join(lines.Err(), io.EOF)
		}
	}
	return t.loop(ctx)
}

func (t *talk) loop(ctx context.Context) error {
	for {
		p := prompt
		if t.source.Len() > 0 {
			p = more
		}
		line, err := t.read(p)
		switch {
		case errors.Is(err, errDropped):
			t.source.Reset()
			continue
		case errors.Is(err, io.EOF):
			t.flush(ctx)
			if t.failed {
				return ErrFailed
			}
			return nil
		case err != nil:
			return fmt.Errorf("reading a line: %w", err)
		}
		if t.source.Len() == 0 && t.command(strings.TrimSpace(line)) {
			continue
		}
		if strings.TrimSpace(line) == ":quit" {
			return nil
		}
		t.source.WriteString(line + "\n")
		if !script.Unfinished(t.source.String()) {
			t.flush(ctx)
		}
	}
}

// command answers what is not Go; false if it is.
func (t *talk) command(line string) bool {
	name, asks := strings.CutPrefix(line, "?")
	switch {
	case line == ":help":
		t.run(func() { fmt.Fprint(t.opt.Out, help) })
	case asks:
		t.run(func() { t.explain(strings.TrimSpace(name)) })
	default:
		return false
	}
	return true
}

// flush runs the statement so far.
func (t *talk) flush(ctx context.Context) {
	src := t.source.String()
	t.source.Reset()
	if strings.TrimSpace(src) == "" {
		return
	}
	t.count++
	t.run(func() {
		ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
		defer stop()
		if err := t.engine.Run(ctx, fmt.Sprintf("line %d", t.count), src); err != nil {
			t.failed = true
			t.complain(err, src)
		}
	})
}

// complain prints errors with the line they are about.
func (t *talk) complain(err error, src string) {
	var list script.Errors
	var one *script.Error
	switch {
	case errors.As(err, &list):
	case errors.As(err, &one):
		list = script.Errors{*one}
	default:
		fmt.Fprintln(t.opt.Err, err)
		return
	}
	lines := strings.Split(src, "\n")
	here := fmt.Sprintf("line %d", t.count)
	for _, e := range list {
		if e.Name == here && e.Line >= 1 && e.Line <= len(lines) && e.Col >= 1 && e.Col <= len(lines[e.Line-1])+1 {
			fmt.Fprintf(t.opt.Err, "  %s\n  %s^\n", lines[e.Line-1], indent(lines[e.Line-1][:e.Col-1]))
		}
		fmt.Fprintln(t.opt.Err, e.Msg)
		if e.Hint != "" {
			fmt.Fprintf(t.opt.Err, "hint: %s\n", e.Hint)
		}
	}
}

// indent is as wide as text.
func indent(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, text)
}

// explain prints what is known about a name.
func (t *talk) explain(name string) {
	d, ok := t.engine.Inspect(name, len(name))
	if !ok {
		fmt.Fprintf(t.opt.Err, "nothing is known about %q\n", name)
		return
	}
	fmt.Fprintln(t.opt.Out, d.Signature)
	if d.Text != "" {
		fmt.Fprintln(t.opt.Out, strings.TrimRight(d.Text, "\n"))
	}
	for _, m := range append(d.Fields, d.Methods...) {
		fmt.Fprintf(t.opt.Out, "  %s %s", m.Name, m.Type)
		if m.Help != "" {
			fmt.Fprintf(t.opt.Out, "  %s", m.Help)
		}
		fmt.Fprintln(t.opt.Out)
	}
	if d.HasValue {
		t.show(d.Value)
	}
}

func (t *talk) show(v any) {
	if own, ok := v.(script.Value); ok {
		fmt.Fprintln(t.opt.Out, own)
		return
	}
	t.Show(chart.Bundle(v))
}

// Show prints what the prelude shows.
func (t *talk) Show(bundle map[string]any) {
	text, _ := bundle["text/plain"].(string)
	fmt.Fprintln(t.opt.Out, strings.TrimRight(text, "\n"))
}

// Record drops claims: a conversation is not graded.
func (t *talk) Record([]byte) {}
