// Package clitest runs the scripts of a command's tests, with the commands that
// they have beyond testscript's own. It is for tests only.
//
//	func TestScripts(t *testing.T) { clitest.Run(t) }
package clitest

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"
)

// Run runs testdata/script/*.txtar beside the test. $CLASS is the folder of
// sample submissions.
func Run(t *testing.T) {
	class, err := filepath.Abs("../../autograder/testdata/t0")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("CLASS", class)
			if cache, err := os.UserCacheDir(); err == nil {
				env.Setenv("XDG_CACHE_HOME", cache) // what is compiled once stays compiled
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "fits": fits, "equals": equals, "number": number,
		},
	})
}

// exits CODE COMMAND ARGS... runs a command that ends with exactly that code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ARGS...")
	}
	got := 0
	var exit *exec.ExitError
	err := ts.Exec(args[1], args[2:]...)
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, want %s\n%s%s", got, args[0], ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// fits N checks that no line of stdout is wider than N columns.
func fits(ts *testscript.TestScript, neg bool, args []string) {
	width, err := strconv.Atoi(args[0])
	ts.Check(err)
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); (n > width) != neg {
			ts.Fatalf("%d columns, want at most %d: %s", n, width, line)
		}
	}
}

// equals says checks stderr to be exactly one line.
func equals(ts *testscript.TestScript, neg bool, args []string) {
	got := ts.ReadFile("stderr")
	if want := strings.Join(args, " ") + "\n"; (got == want) == neg {
		ts.Fatalf("stderr is %q, want %q", got, want)
	}
}

// number KEY checks that stdout is one JSON document whose key is a number, as
// jq .KEY would print it.
func number(ts *testscript.TestScript, neg bool, args []string) {
	var doc map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &doc))
	value := doc[args[0]]
	if _, ok := value.(float64); ok == neg {
		ts.Fatalf("%s is %v, want a number", args[0], value)
	}
}
