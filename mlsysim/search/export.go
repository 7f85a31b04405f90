package search

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/mlsysim/golab/mlsysim/describe"
)

// CSV solves the space and writes one line per combination while it does: the
// axes, the verdict and the metrics in SI units; an unknown metric is empty. The
// memory it takes does not grow with the space.
func (s Space) CSV(ctx context.Context, w io.Writer) error {
	p, err := s.plan()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, p.head()); err != nil {
		return fmt.Errorf("search of %s: writing: %w", p.name, err)
	}
	out := newSequence(w)
	defer context.AfterFunc(ctx, out.wake)()
	return p.walk(ctx, func(t *trial) visitor { return &sheet{trial: t, out: out, ctx: ctx} })
}

// CSV writes the cloud as Space.CSV does.
func (c Cloud) CSV(w io.Writer) error {
	if c.plan == nil {
		return fmt.Errorf("csv: an empty cloud")
	}
	return c.plan.space.CSV(context.Background(), w)
}

func (p *plan) head() string {
	var line []byte
	for _, a := range p.axes {
		line = append(quoted(line, a.path), ',')
	}
	line = append(line, "fits,why"...)
	for _, m := range p.metrics {
		line = quoted(append(line, ','), m.path)
	}
	return string(append(line, '\n'))
}

// quoted appends one field of a CSV line (RFC 4180).
func quoted(line []byte, text string) []byte {
	if !strings.ContainsAny(text, ",\"\r\n") && !strings.HasPrefix(text, " ") {
		return append(line, text...)
	}
	line = append(line, '"')
	line = append(line, strings.ReplaceAll(text, `"`, `""`)...)
	return append(line, '"')
}

// A sheet writes the lines of one block at a time.
type sheet struct {
	*trial
	out   *sequence
	ctx   context.Context
	lines []byte
	count int
}

func (s *sheet) point(int) {
	line := s.lines
	for i := range s.wheels {
		w := &s.wheels[i]
		if w.texts != nil {
			line = quoted(line, w.texts[w.at])
		} else {
			line = strconv.AppendFloat(line, w.numbers[w.at], 'g', -1, 64)
		}
		line = append(line, ',')
	}
	line = strconv.AppendBool(line, s.verdict == fitting)
	line = quoted(append(line, ','), s.why())
	for i, v := range s.values {
		line = append(line, ',')
		if s.known[i] {
			line = strconv.AppendFloat(line, v, 'g', -1, 64)
		}
	}
	s.lines = append(line, '\n')
	s.count++
}

func (s *sheet) block(first int) error {
	err := s.out.write(s.ctx, first, first+s.count, s.lines)
	s.lines, s.count = s.lines[:0], 0
	return err
}

// A sequence writes blocks in their order, whichever worker has them: each waits
// for its turn with one block in hand.
type sequence struct {
	sync.Mutex
	turn *sync.Cond
	to   io.Writer
	next int
	err  error
}

func newSequence(to io.Writer) *sequence {
	s := &sequence{to: to}
	s.turn = sync.NewCond(&s.Mutex)
	return s
}

// wake lets those who wait see that the context has ended.
func (s *sequence) wake() {
	s.Lock()
	defer s.Unlock()
	s.turn.Broadcast()
}

func (s *sequence) write(ctx context.Context, first, next int, lines []byte) error {
	s.Lock()
	defer s.Unlock()
	for s.next != first && s.err == nil && ctx.Err() == nil {
		s.turn.Wait()
	}
	if s.err == nil && ctx.Err() == nil {
		_, s.err = s.to.Write(lines)
		s.next = next
	}
	s.turn.Broadcast()
	if s.err != nil {
		return fmt.Errorf("writing: %w", s.err)
	}
	return ctx.Err()
}

// JSON writes every combination with its whole result, each solved again, as
// one list.
func (c Cloud) JSON(w io.Writer) error {
	if c.plan == nil {
		return fmt.Errorf("json: an empty cloud")
	}
	t := c.plan.trial()
	return jsonList(w, c.Total, func(i int) any { return t.candidate(i).record(c.Axes) })
}

// record is what JSON says of a candidate.
func (c Candidate) record(axes []string) any {
	type record struct {
		At     map[string]string `help:"value of each axis"`
		Fits   bool              `help:"the combination fits"`
		Why    string            `help:"why it does not"`
		Result any               `help:"the solver's result"`
	}
	at := map[string]string{}
	for i, name := range axes {
		at[name] = c.At[i]
	}
	return record{at, c.Fits, c.Why, c.Result}
}

// jsonList writes a list element by element.
func jsonList(w io.Writer, n int, element func(i int) any) error {
	out := bufio.NewWriter(w)
	out.WriteString("[")
	for i := range n {
		text, err := describe.Encode(element(i))
		if err != nil {
			return fmt.Errorf("writing JSON: element %d: %w", i, err)
		}
		if i > 0 {
			out.WriteString(",\n")
		}
		out.Write(text)
	}
	out.WriteString("]\n")
	if err := out.Flush(); err != nil { // the writer keeps its first error
		return fmt.Errorf("writing JSON: %w", err)
	}
	return nil
}
