package script_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/mlsysim/golab/kernelext/script"
)

var update = flag.Bool("update", false, "compile the conformance programs again with the local Go toolchain")

const (
	programsFile = "testdata/conformance.txt" // the table of reference/yaegi.md
	ownFile      = "testdata/own.txt"
	studentFile  = "testdata/student.txt" // what students of a lab write
	goldenFile   = "testdata/conformance.golden"
	refused      = "does not compile\n" // never what a script prints
	onPurpose    = "err_unused_var"     // a variable outside functions may wait for a later cell
)

// program is one entry of the conformance file: statements, or declarations
// with their own func main.
type program struct{ name, src string }

func readPrograms(t *testing.T, file string) []program {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var ps []program
	for part := range strings.SplitSeq("\n"+string(text), "\n=== ") {
		if name, src, ok := strings.Cut(part, "\n"); ok && !strings.Contains(name, " ") && name != "" {
			ps = append(ps, program{name, src})
		}
	}
	return ps
}

func (p program) declares() bool { return strings.Contains(p.src, "func main()") }

// compiled is the program as Go compiles it.
func (p program) compiled() string {
	src := p.src
	if !p.declares() {
		src = "func main() {\n" + src + "\n}\n"
	}
	head := "package main\n"
	for _, path := range []string{
		"cmp", "encoding/json", "errors", "fmt", "io", "iter", "maps", "math", "math/rand/v2", "os", "slices", "sort", "strconv", "strings", "sync", "text/tabwriter", "time",
	} {
		name := strings.TrimSuffix(path, "/v2")
		name = name[strings.LastIndexByte(name, '/')+1:]
		if regexp.MustCompile(`\b` + name + `\.[A-Z]`).MatchString(src) {
			head += fmt.Sprintf("import %q\n", path)
		}
	}
	return head + src
}

// open is the program as a lab script without a function around it.
func (p program) open() string {
	if !p.declares() {
		return p.src
	}
	head, body, _ := strings.Cut(p.src, "func main() {")
	body = strings.TrimSpace(body)
	return head + strings.TrimSuffix(body, "}")
}

// closed is the program as a lab script that calls one function.
func (p program) closed() string {
	if p.declares() {
		return strings.Replace(p.src, "func main()", "func program()", 1) + "\nprogram()\n"
	}
	return "func program() {\n" + p.src + "\n}\nprogram()\n"
}

func TestConformance(t *testing.T) {
	programs, own, students := readPrograms(t, programsFile), readPrograms(t, ownFile), readPrograms(t, studentFile)
	require.Len(t, programs, 91)
	if *update {
		compileAll(t, slices.Concat(programs, own, students))
	}
	golden := map[string]string{}
	archive, err := txtar.ParseFile(goldenFile)
	require.NoError(t, err)
	for _, f := range archive.Files {
		golden[f.Name] = string(f.Data)
	}

	equal, reasons := compare(t, programs, golden)
	t.Logf("%d of 80 valid programs print what compiled Go prints; the others are refused:\n%s", equal, strings.Join(reasons, "\n"))
	require.GreaterOrEqual(t, equal, 74)

	equal, reasons = compare(t, own, golden)
	t.Logf("%d of %d programs of our own:\n%s", equal, len(own), strings.Join(reasons, "\n"))
	require.GreaterOrEqual(t, equal, len(own))

	equal, reasons = compare(t, students, golden)
	t.Logf("%d of %d programs of students:\n%s", equal, len(students), strings.Join(reasons, "\n"))
	require.GreaterOrEqual(t, equal, len(students)-3) // own error types, and nil pointers that are recovered
}

// compare runs every program with and without a function around it. It must
// print what compiled Go prints, or be refused.
func compare(t *testing.T, programs []program, golden map[string]string) (equal int, reasons []string) {
	for _, p := range programs {
		want, ok := golden[p.name]
		require.True(t, ok, "%s: no golden output, run with -update", p.name)
		same := false
		for _, form := range []struct{ name, src string }{{"open", p.open()}, {"closed", p.closed()}} {
			out, reason := runProgram(form.src)
			if reason != "" {
				reasons = append(reasons, fmt.Sprintf("%s, %s: %s", p.name, form.name, reason))
				continue
			}
			if p.name == onPurpose {
				continue
			}
			if strings.TrimRight(want, "\n") != strings.TrimRight(out, "\n") {
				t.Errorf("%s, %s: a silent wrong answer\nwant %s\ngot  %s", p.name, form.name, want, out)
			}
			same = true
		}
		if same {
			equal++
		}
	}
	return equal, reasons
}

// runProgram gives the output, or why the script was refused. Warnings count:
// Go refuses what is only a warning in a lab.
func runProgram(src string) (out, reason string) {
	s := newSession(script.Options{Steps: 100_000})
	err := s.Run(context.Background(), "lab", src)
	if w := s.Warnings(); err == nil && len(w) > 0 {
		return "", "warning: " + w[0].Error()
	}
	if err != nil {
		var e *script.Error
		if errors.As(err, &e) {
			return "", fmt.Sprintf("%s: %s", e.Kind, e.Error())
		}
		return "", err.Error()
	}
	return s.out.String(), ""
}

// compileAll writes down what the compiler's programs print. Those that compile
// are built in one go.
func compileAll(t *testing.T, programs []program) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module conformance\n\ngo 1.26\n"), 0o600))
	for _, p := range programs {
		require.NoError(t, os.Mkdir(filepath.Join(dir, p.name), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, p.name, "main.go"), []byte(p.compiled()), 0o600))
	}
	goIn := func(args ...string) ([]byte, error) {
		cmd := exec.Command("go", args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
		return cmd.CombinedOutput()
	}
	a := &txtar.Archive{Comment: []byte("What the Go compiler's programs print; go test -run Conformance -update writes it.\n")}
	bin := filepath.Join(dir, "bin") + string(filepath.Separator)
	require.NoError(t, os.Mkdir(bin, 0o755))
	args := []string{"build", "-o", bin}
	for _, p := range programs {
		if !strings.HasPrefix(p.name, "err_") {
			args = append(args, "./"+p.name)
		}
	}
	out, err := goIn(args...)
	require.NoError(t, err, "%s", out)
	for _, p := range programs {
		out := []byte(refused)
		if !strings.HasPrefix(p.name, "err_") {
			out, err = exec.Command(bin + p.name).Output()
			require.NoError(t, err, p.name)
		} else if _, err := goIn("vet", "./"+p.name); err == nil {
			t.Errorf("%s compiles", p.name)
		}
		if !strings.HasSuffix(string(out), "\n") {
			out = append(out, '\n')
		}
		a.Files = append(a.Files, txtar.File{Name: p.name, Data: out})
	}
	require.NoError(t, os.WriteFile(goldenFile, txtar.Format(a), 0o600))
}
