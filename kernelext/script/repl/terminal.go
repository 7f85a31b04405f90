package repl

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"github.com/mlsysim/golab/kernelext/script"
)

// errDropped says that the person took the input back.
var errDropped = errors.New("input dropped")

func isTerminal(in *os.File, out io.Writer) bool {
	o, ok := out.(*os.File)
	return ok && term.IsTerminal(int(in.Fd())) && term.IsTerminal(int(o.Fd()))
}

// terminal makes the conversation use the terminal's keys, until end.
func (t *talk) terminal(in *os.File) (end func(), err error) {
	fd := int(in.Fd())
	cooked, err := term.MakeRaw(fd)
	if err != nil {
		return nil, fmt.Errorf("reading keys: %w", err)
	}
	keys := &keyboard{in: in}
	tt := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{keys, t.opt.Out}, prompt)
	if w, h, err := term.GetSize(fd); err == nil && w > 0 {
		_ = tt.SetSize(w, h)
	}
	tt.History = openHistory(t.opt.History)
	tt.AutoCompleteCallback = func(line string, pos int, key rune) (string, int, bool) {
		if key != '\t' {
			return "", 0, false
		}
		return t.complete(tt, line, pos)
	}
	t.read = func(p string) (string, error) {
		tt.SetPrompt(p)
		line, err := tt.ReadLine()
		if keys.dropped {
			keys.dropped = false
			return "", errDropped
		}
		return line, err
	}
	t.run = func(f func()) { // a script runs on the ordinary terminal, where Ctrl-C is a signal
		_ = term.Restore(fd, cooked)
		f()
		_, _ = term.MakeRaw(fd)
	}
	return func() { _ = term.Restore(fd, cooked) }, nil
}

// keyboard turns Ctrl-C into an empty line.
type keyboard struct {
	in      io.Reader
	rest    []byte
	dropped bool
}

const (
	ctrlC = 0x03
	ctrlU = 0x15 // drops the line before the cursor
	ctrlE = 0x05 // goes to its end
)

// Read reads keys.
func (k *keyboard) Read(p []byte) (int, error) {
	if len(k.rest) == 0 {
		buf := make([]byte, 256)
		n, err := k.in.Read(buf)
		if n == 0 {
			return 0, err
		}
		k.rest = buf[:n]
		if bytes.IndexByte(k.rest, ctrlC) >= 0 {
			k.dropped = true
			k.rest = bytes.ReplaceAll(k.rest, []byte{ctrlC}, []byte{ctrlE, ctrlU, '\r'})
		}
	}
	n := copy(p, k.rest)
	k.rest = k.rest[n:]
	return n, nil
}

// complete finishes the word before the cursor as far as there is no choice, and
// lists the choices otherwise.
func (t *talk) complete(out io.Writer, line string, pos int) (string, int, bool) {
	if strings.TrimSpace(line[:pos]) == "" {
		return line[:pos] + "\t" + line[pos:], pos + 1, true
	}
	before := t.source.String()
	src, at := before+line, len(before)+pos
	list := t.engine.Complete(src, at)
	start, end := script.Word(src, at)
	start, end = start-len(before), min(end-len(before), len(line))
	if len(list) == 0 || start < 0 {
		return line, pos, true
	}
	word := common(list, line[start:pos])
	if typed := line[start:pos]; len(list) > 1 && (len(word) < len(typed) || word == typed) {
		const most = 30
		var b strings.Builder
		for _, c := range list[:min(most, len(list))] {
			fmt.Fprintf(&b, "  %-28s %s\n", c.Text, c.Type)
		}
		if len(list) > most {
			fmt.Fprintf(&b, "  and %d more\n", len(list)-most)
		}
		_, _ = io.WriteString(out, b.String()) // once: the terminal draws the line again
		return line, pos, true
	}
	return line[:start] + word + line[end:], start + len(word), true
}

// common is the longest start of the candidates that begin as typed, in any case
// if need be, or else of all.
func common(list []script.Completion, typed string) string {
	var texts []string
	for _, begins := range []func(text string) bool{
		func(text string) bool { return strings.HasPrefix(text, typed) },
		func(text string) bool { return strings.HasPrefix(strings.ToLower(text), strings.ToLower(typed)) },
		func(string) bool { return true },
	} {
		for _, c := range list {
			if begins(c.Text) {
				texts = append(texts, c.Text)
			}
		}
		if texts != nil {
			break
		}
	}
	word := texts[0]
	for _, s := range texts {
		for !strings.HasPrefix(s, word) {
			word = word[:len(word)-1]
		}
	}
	return word
}

// history keeps lines in memory, and in a file where there is one.
type history struct {
	path  string
	lines []string
}

const longest = 1000 // lines of history

func openHistory(path string) *history {
	h := &history{path: path}
	f, err := os.Open(path)
	if err != nil {
		return h
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	for s.Scan() {
		h.lines = append(h.lines, s.Text())
	}
	h.lines = h.lines[max(0, len(h.lines)-longest):]
	return h
}

// Add keeps a line that differs from the one before.
func (h *history) Add(line string) {
	if strings.TrimSpace(line) == "" || len(h.lines) > 0 && h.lines[len(h.lines)-1] == line {
		return
	}
	h.lines = append(h.lines, line)
	if h.path == "" {
		return
	}
	// A history that cannot be kept is no reason to stop.
	_ = os.MkdirAll(filepath.Dir(h.path), 0o700)
	text := strings.Join(h.lines[max(0, len(h.lines)-longest):], "\n") + "\n"
	_ = os.WriteFile(h.path, []byte(text), 0o600)
}

// Len counts the lines.
func (h *history) Len() int { return len(h.lines) }

// At is a line, the last one first.
func (h *history) At(i int) string { return h.lines[len(h.lines)-1-i] }
