//go:build unix

package gonb_test

import (
	"context"
	"encoding/gob"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/gonb"
	"github.com/mlsysim/golab/kernelext/gonb/peer"
)

const cellVar = "GONB_TEST_CELL"

// short is the limit of cells whose kernel misbehaves, slow of those whose
// kernel takes its time, long of the others.
const (
	short = 300 * time.Millisecond
	slow  = time.Second
	long  = 30 * time.Second
)

// cells are the programs a test can start: the test binary runs itself with
// cellVar set. A cell shows what it does by its output and exit code.
var cells = map[string]func() error{
	"many":     func() error { return showMany(gonb.Show, 200) },
	"patient":  func() error { return showMany(display(long).Show, 5) },
	"hasty":    func() error { return showMany(display(short).Show, 5) },
	"big":      func() error { return display(slow).Show(text(strings.Repeat("x", big))) },
	"parallel": showParallel,
	"nested":   func() error { return gonb.Show(nested()) },
	"update":   showUpdates,
	"gonbui":   showBesideGonbui,
	"closed":   showClosed,
	"nothing":  func() error { return nil },
}

const big = 1 << 20

func TestMain(m *testing.M) {
	if name := os.Getenv(cellVar); name != "" {
		if err := cells[name](); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// command is the named cell, ended by force if it does not end by itself.
func command(t *testing.T, cell string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(stop)
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), cellVar+"="+cell)
	return cmd
}

func run(t *testing.T, k peer.Kernel, cell string) peer.Report {
	t.Helper()
	r, err := k.Run(command(t, cell))
	require.NoError(t, err)
	return r
}

// runAlone runs the cell without a peer.
func runAlone(t *testing.T, cell string, env ...string) peer.Report {
	t.Helper()
	var out, report strings.Builder
	cmd := command(t, cell)
	cmd.Env = append(cmd.Env, env...)
	cmd.Stdout, cmd.Stderr = &out, &report
	require.NoError(t, cmd.Run())
	return peer.Report{Stdout: out.String(), Stderr: report.String()}
}

func display(limit time.Duration) *gonb.Display {
	return gonb.New(gonb.Options{Pipe: os.Getenv("GONB_PIPE"), Back: os.Getenv("GONB_PIPE_BACK"), Limit: limit})
}

func text(s string) map[string]any { return map[string]any{"text/plain": s} }

func showMany(show func(map[string]any) error, n int) error {
	for i := range n {
		if err := show(text(fmt.Sprintf("display %d", i))); err != nil {
			return err
		}
	}
	return nil
}

func showParallel() error {
	var all sync.WaitGroup
	errs := make(chan error, 200)
	for g := range 8 {
		all.Go(func() {
			for i := range 25 {
				errs <- gonb.Show(text(fmt.Sprintf("display %d", g*25+i)))
			}
		})
	}
	all.Wait()
	for range 200 {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

func nested() map[string]any {
	type point struct{ X, Y float64 }
	return map[string]any{
		"text/plain":             "a chart",
		"text/html":              []byte("<b>a chart</b>"),
		"image/png":              []byte{0x89, 'P', 'N', 'G'},
		"application/vnd.v+json": map[string]any{"data": []point{{1, 2.5}}, "none": nil, "names": []string{"a"}, "wide": true},
		"application/json":       []byte(`{"n": 9007199254740993, "x": 1e-3}`),
	}
}

func showUpdates() error {
	for _, s := range []string{"one", "two"} {
		if err := gonb.Update("progress", text(s)); err != nil {
			return err
		}
	}
	return nil
}

// commValue stands for the type that GoNB's own client registers.
type commValue struct{ Address string }

func showBesideGonbui() error {
	gob.RegisterName("github.com/janpfeifer/gonb/gonbui/protocol.CommValue", commValue{})
	return gonb.Show(text("both"))
}

func showClosed() error {
	d := display(long)
	if err := d.Show(text("before")); err != nil {
		return err
	}
	if err := d.Close(); err != nil {
		return err
	}
	if d.Err() == nil {
		return fmt.Errorf("closed display reports no error")
	}
	return d.Show(text("after"))
}
