package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/mlsysim/golab/autograder/sandbox/rerun"
	"github.com/mlsysim/golab/kernelext/script"
)

// buildAndRun compiles the cells of a Go notebook inside the sandbox, without
// the network, and becomes the program.
func buildAndRun(p plan) error {
	var j script.Job
	if err := json.NewDecoder(os.Stdin).Decode(&j); err != nil {
		return fmt.Errorf("reading the job: %w", err)
	}
	prog, err := readGo(j.Cells)
	if err != nil {
		name, _, _ := strings.Cut(err.Error(), ": ")
		return say(&script.Error{Name: name, Kind: script.Syntax, Msg: strings.TrimPrefix(err.Error(), name+": ")})
	}
	if err := os.Mkdir(filepath.Join(work, "tmp"), 0o700); err != nil {
		return err
	}
	for name, text := range prog.files() {
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := copyFile(filepath.Join("/mod", name), filepath.Join(work, name)); err != nil {
			return err
		}
	}
	exe := filepath.Join(work, "submission")
	cmd := exec.Command(p.Argv[0], append(p.Argv[1:], "-o", exe, ".")...)
	cmd.Env = p.Env
	cmd.Dir = work
	var trouble bytes.Buffer
	cmd.Stderr = &trouble
	err = cmd.Run()
	if text := trouble.String(); err != nil && strings.HasPrefix(text, "go: ") {
		return fmt.Errorf("the Go toolchain cannot build here: %s", text) // no fault of the submission
	}
	if err != nil {
		return say(compileError(prog, trouble.String(), err))
	}
	if err := began(""); err != nil {
		return err
	}
	return fmt.Errorf("starting the program: %w", unix.Exec(exe, []string{"submission"}, []string{"GOTRACEBACK=none", "HOME=" + work}))
}

func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o600)
}

var compilerLine = regexp.MustCompile(`(?m)^(?:\./|/submission/)?cell(\d+)(?:\.go)?:(\d+)(?::(\d+))?: (.*)$`)

// compileError is the compiler's first complaint, at its place in the notebook.
func compileError(p *goProgram, text string, err error) *script.Error {
	m := compilerLine.FindStringSubmatch(text)
	if m == nil {
		last := strings.TrimSpace(text)
		return &script.Error{Name: p.cells[0].name, Kind: script.Type, Msg: fmt.Sprintf("the notebook does not compile: %v: %s", err, last[:min(len(last), 2000)])}
	}
	i, _ := strconv.Atoi(m[1])
	line, _ := strconv.Atoi(m[2])
	col, _ := strconv.Atoi(m[3])
	if i >= len(p.cells) {
		i = 0
	}
	if strings.Contains(m[0], ".go:") { // about an import, which stands elsewhere in the cell
		line, col = 0, 0
	}
	return &script.Error{Name: p.cells[i].name, Line: line, Col: col, Kind: script.Type, Msg: m[4]}
}

// say ends the run at a cell, in the protocol of a worker.
func say(e *script.Error) error {
	if err := began(e.Name); err != nil {
		return err
	}
	return script.WriteEnd(records(), e)
}

// began shows the mark of a cell. That of no cell says that the program itself
// starts, which may end before its first cell.
func began(cell string) error {
	return script.WriteItem(records(), script.Item{Cell: rerun.Mark + cell, Bundle: map[string]string{"text/plain": "0"}})
}

func records() io.Writer { return os.NewFile(3, "records") }
