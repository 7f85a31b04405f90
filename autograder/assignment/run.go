package assignment

import (
	"bufio"
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/mlsysim/golab/autograder/sandbox"
)

// Limits bound the processes of one test cell.
type Limits struct {
	Wall   time.Duration // for one test cell, with all cells before it; default 30 s
	Memory uint64        // bytes of each process; default 1 GiB
	Python string        // interpreter; default python3
}

// sandbox are the limits of one process.
func (l Limits) sandbox() sandbox.Limits {
	return sandbox.Limits{Wall: l.Wall, CPU: l.Wall, Memory: l.Memory, Disk: 64 << 20, Processes: 64, Tier: sandbox.Native}
}

// Isolation says what holds a student's cells.
func Isolation() string {
	return "own processes for each test cell; " + Limits{}.sandbox().Isolation()
}

//go:embed python/common.py
var common string

//go:embed python/student.py
var studentSide string

//go:embed python/tester.py
var testerSide string

//go:embed python/shared.py
var sharedSide string

// A runner starts Python processes.
type runner struct {
	Limits
	python sandbox.Interpreter
}

func newRunner(ctx context.Context, l Limits) (*runner, error) {
	if l.Wall <= 0 {
		l.Wall = 30 * time.Second
	}
	if l.Memory == 0 {
		l.Memory = 1 << 30
	}
	if l.Python == "" {
		l.Python = "python3"
	}
	python, err := sandbox.FindInterpreter(ctx, l.Python)
	return &runner{Limits: l, python: python}, err
}

// A process is one Python process in the sandbox.
type process struct {
	held *sandbox.Process
	port *os.File // lines of JSON
	in   *bufio.Reader
	most int // bytes that it may still say
}

// start starts Python with a driver, which gets file 3 for us and file 4, if any,
// for another process.
func (r *runner) start(ctx context.Context, driver string, other *os.File) (*process, error) {
	ours, theirs, err := wire()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	files := []*os.File{theirs}
	if other != nil {
		files = append(files, other)
	}
	held, err := r.python.Start(ctx, r.sandbox(), driver, files...)
	if err != nil {
		ours.Close()
		return nil, fmt.Errorf("nothing on this machine can hold Python cells, so none are run: %w", err)
	}
	return &process{held: held, port: ours, in: bufio.NewReader(ours), most: maxSaid}, nil
}

// maxSaid caps what one process says to us.
const maxSaid = 4 << 20

// end kills a process with all it started.
func (p *process) end() {
	p.port.Close()
	p.held.End()
}

func (p *process) send(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = p.port.Write(append(data, '\n'))
	return err
}

// said is a line of a process; all of it is untrusted.
type said struct {
	Begin string   `json:"begin"` // the cell that runs from now on
	Cell  string   `json:"cell"`
	Error string   `json:"error"`
	Line  int      `json:"line"`
	Ready bool     `json:"ready"`
	Token string   `json:"token"`
	Score *float64 `json:"score"`
}

var errSilent = errors.New("it ended without a word")

func (p *process) receive() (said, error) {
	var line []byte
	for {
		part, more, err := p.in.ReadLine()
		if p.most -= len(part); err != nil || p.most < 0 {
			return said{}, errSilent
		}
		if line = append(line, part...); !more {
			break
		}
	}
	var s said
	if json.Unmarshal(line, &s) != nil {
		return said{}, errSilent
	}
	return s, nil
}

// untilReady reads what became of the cells. If the process ends before, running
// is the cell that did it.
func (p *process) untilReady() (errs []said, running string, err error) {
	for {
		s, err := p.receive()
		switch {
		case err != nil || s.Ready:
			return errs, running, err
		case s.Begin != "":
			running = s.Begin
		case s.Error != "" && len(errs) < maxErrors:
			errs = append(errs, s)
		}
	}
}

const maxErrors = 100

// A Verdict is how a test cell ended.
type Verdict struct {
	Passed bool
	Score  *float64 // the value of the last expression, if that is a number
	Error  string   // of the test, or of the student's code in it
	Line   int      // of the test cell
	Cells  []string // cells of the notebook that ended badly before
}

type cellJob struct {
	Name   string `json:"name"`
	Source string `json:"source"`
	Answer bool   `json:"answer"`
}

// probe runs all cells of a student once and returns those that end the process or
// take too long, each found by leaving out those before it.
func (r *runner) probe(ctx context.Context, cells []cellJob) (bad map[string]string, errs []string, err error) {
	bad = map[string]string{}
	for range maxBad {
		left := slices.DeleteFunc(slices.Clone(cells), func(c cellJob) bool { return bad[c.Name] != "" })
		found, running, why, err := r.once(ctx, left)
		if err != nil || why == "" || running == "" {
			return bad, texts(found), err
		}
		bad[running] = why
	}
	return bad, nil, nil
}

// maxBad is how many cells of a student may end the process before the rest is
// left.
const maxBad = 5

// once runs cells and says which one ended the process, and why.
func (r *runner) once(ctx context.Context, cells []cellJob) (errs []said, running, why string, err error) {
	ctx, cancel := context.WithTimeout(ctx, r.Wall)
	defer cancel()
	a, b, err := wire()
	if err != nil {
		return nil, "", "", err
	}
	defer b.Close()
	p, err := r.start(ctx, common+studentSide, a)
	a.Close()
	if err != nil {
		return nil, "", "", err
	}
	defer p.end()
	if err := p.send(map[string]any{"cells": cells}); err != nil {
		return nil, "", "", fmt.Errorf("starting the cells: %w", err)
	}
	errs, running, silent := p.untilReady()
	if silent != nil {
		why = ended(ctx, r.Wall)
	}
	return errs, running, why, nil
}

// apart runs the cells before a test in one process and the test in another.
func (r *runner) apart(ctx context.Context, before []cellJob, given []cellJob, test string) (Verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, r.Wall)
	defer cancel()
	a, b, err := wire()
	if err != nil {
		return Verdict{}, err
	}
	student, err := r.start(ctx, common+studentSide, a)
	a.Close()
	if err != nil {
		b.Close()
		return Verdict{}, err
	}
	defer student.end()
	if err := student.send(map[string]any{"cells": before}); err != nil {
		b.Close()
		return Verdict{Error: "your code ended its process"}, nil
	}
	errs, _, err := student.untilReady()
	v := Verdict{Cells: texts(errs)}
	if err != nil {
		b.Close()
		v.Error = ended(ctx, r.Wall)
		return v, nil
	}
	return r.test(ctx, v, given, test, b)
}

// test runs a test cell in a process that asks a student's by way of a socket.
func (r *runner) test(ctx context.Context, v Verdict, given []cellJob, test string, student *os.File) (Verdict, error) {
	p, err := r.start(ctx, common+testerSide, student)
	student.Close()
	if err != nil {
		return v, err
	}
	defer p.end()
	token := rand.Text()
	if err := p.send(map[string]any{"given": given, "test": test, "token": token}); err != nil {
		return v, fmt.Errorf("starting the test: %w", err)
	}
	return verdict(ctx, v, p, token, r.Wall), nil
}

// shared runs everything in one process.
func (r *runner) shared(ctx context.Context, before []cellJob, test string) (Verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, r.Wall)
	defer cancel()
	helpers := testerSide[:strings.Index(testerSide, "def main():")]
	p, err := r.start(ctx, common+helpers+sharedSide, nil)
	if err != nil {
		return Verdict{}, err
	}
	defer p.end()
	if err := p.send(map[string]any{"cells": before}); err != nil {
		return Verdict{Error: "your code ended its process"}, nil
	}
	errs, _, err := p.untilReady()
	v := Verdict{Cells: texts(errs)}
	if err != nil {
		v.Error = ended(ctx, r.Wall)
		return v, nil
	}
	token := rand.Text()
	if err := p.send(map[string]any{"test": test, "token": token}); err != nil {
		v.Error = "your code ended its process"
		return v, nil
	}
	return verdict(ctx, v, p, token, r.Wall), nil
}

// verdict passes on positive evidence only: the token, which is given out after
// the student's code has run.
func verdict(ctx context.Context, v Verdict, p *process, token string, wall time.Duration) Verdict {
	s, err := p.receive()
	switch {
	case err != nil:
		v.Error = ended(ctx, wall)
	case s.Token == token && s.Error == "":
		v.Passed, v.Score = true, s.Score
	default:
		v.Error, v.Line = strings.TrimPrefix(s.Error, "StudentError: "), s.Line
		if v.Error == "" {
			v.Error = "the test did not come to its end"
		}
	}
	return v
}

func ended(ctx context.Context, wall time.Duration) string {
	if ctx.Err() != nil {
		return fmt.Sprintf("your code takes too long: it was stopped after %v", wall)
	}
	return "your code ended its process"
}

func texts(list []said) []string {
	var out []string
	for _, s := range list {
		out = append(out, s.Cell+": "+s.Error)
	}
	return slices.Clip(out)
}
