//go:build unix

package gonb_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/gonb/peer"
)

// numbered is the text of displays from to to-1, as showMany makes them.
func numbered(from, to int) []string {
	var all []string
	for i := from; i < to; i++ {
		all = append(all, fmt.Sprintf("display %d", i))
	}
	return all
}

func received(r peer.Report) []string {
	var all []string
	for _, d := range r.Displays {
		all = append(all, d.Data["text/plain"].(string))
	}
	return all
}

func requireRich(t *testing.T, r peer.Report) {
	t.Helper()
	require.NoError(t, r.Broken)
	require.Empty(t, r.Stderr)
	require.Empty(t, r.Stdout)
	require.Zero(t, r.Exit)
	require.Equal(t, len(r.Displays), r.Syncs, "one Sync a display")
}

// requireText holds that the displays from on were printed, with one report
// that contains why.
func requireText(t *testing.T, r peer.Report, from, to int, why string) {
	t.Helper()
	require.Equal(t, strings.Join(numbered(from, to), "\n")+"\n", r.Stdout)
	require.Equal(t, 1, strings.Count(r.Stderr, "\n"), "one report: %s", r.Stderr)
	require.Contains(t, r.Stderr, why)
	require.Zero(t, r.Exit)
}

func TestShowLosesNothing(t *testing.T) {
	for range 3 {
		r := run(t, peer.Kernel{}, "many")
		requireRich(t, r)
		require.Equal(t, numbered(0, 200), received(r))
	}
}

func TestShowFromManyGoroutines(t *testing.T) {
	r := run(t, peer.Kernel{}, "parallel")
	requireRich(t, r)
	got, want := received(r), numbered(0, 200)
	slices.Sort(got)
	slices.Sort(want)
	require.Equal(t, want, got)
}

func TestShowNestedValues(t *testing.T) {
	r := run(t, peer.Kernel{}, "nested")
	requireRich(t, r)
	require.Equal(t, []peer.Display{{Data: map[string]any{
		"text/plain": "a chart",
		"text/html":  "<b>a chart</b>",
		"image/png":  []byte{0x89, 'P', 'N', 'G'},
		"application/vnd.v+json": map[string]any{
			"data": []any{map[string]any{"X": 1, "Y": 2.5}}, "none": nil, "names": []any{"a"}, "wide": true,
		},
		"application/json": map[string]any{"n": 9007199254740993, "x": 1e-3},
	}}}, r.Displays)
}

func TestUpdateKeepsItsID(t *testing.T) {
	r := run(t, peer.Kernel{}, "update")
	requireRich(t, r)
	require.Equal(t, []peer.Display{
		{Data: map[string]any{"text/plain": "one"}, ID: "progress"},
		{Data: map[string]any{"text/plain": "two"}, ID: "progress"},
	}, r.Displays)
}

func TestShowSkipsOtherAddresses(t *testing.T) {
	r := run(t, peer.Kernel{Chatter: 50}, "patient")
	requireRich(t, r)
	require.Equal(t, numbered(0, 5), received(r))
}

// The message takes longer than the limit to read: progress is what counts.
func TestShowToSlowKernel(t *testing.T) {
	start := time.Now()
	r := run(t, peer.Kernel{Piece: 16 << 10, Pause: 20 * time.Millisecond}, "big")
	requireRich(t, r)
	require.Len(t, received(r)[0], big)
	require.Greater(t, time.Since(start), slow)
}

func TestShowAfterKernelQuits(t *testing.T) {
	r := run(t, peer.Kernel{Quit: 2}, "patient")
	requireText(t, r, 2, 5, "gonb: rich display is off")
	require.Equal(t, numbered(0, 2), received(r))
}

func TestShowToMuteKernel(t *testing.T) {
	start := time.Now()
	r := run(t, peer.Kernel{Mute: true}, "hasty")
	requireText(t, r, 0, 5, "did not acknowledge")
	require.Equal(t, numbered(0, 1), received(r), "nothing more is sent")
	require.Greater(t, time.Since(start), short)
}

// The right id at another address, or another id, acknowledges nothing.
func TestShowTakesOnlyItsOwnAnswer(t *testing.T) {
	r := run(t, peer.Kernel{Mute: true, Chatter: 3}, "hasty")
	requireText(t, r, 0, 5, "did not acknowledge")
}

func TestShowToKernelThatReadsNothing(t *testing.T) {
	r := run(t, peer.Kernel{Pause: time.Hour}, "big")
	require.Len(t, r.Stdout, big+1)
	require.Contains(t, r.Stderr, "stopped reading")
	require.Empty(t, r.Displays)
	require.Zero(t, r.Exit)
}

func TestShowToGarblingKernel(t *testing.T) {
	for name, bytes := range map[string]string{
		"text":      "HTTP/1.1 400 Bad Request\r\n\r\n",
		"zeros":     strings.Repeat("\x00", 4096),
		"long size": "\xf8\x7f\xff\xff\xff\xff\xff\xff\xff",
		"cut short": "\x20\xff\x81",
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, peer.Kernel{Garbage: []byte(bytes)}, "hasty")
			requireText(t, r, 0, 5, "gonb: rich display is off")
		})
	}
}

func TestShowToAbsentKernel(t *testing.T) {
	r := run(t, peer.Kernel{Absent: true}, "hasty")
	requireText(t, r, 0, 5, "opening GONB_PIPE: the kernel did not open its end")
}

func TestShowBesideGonbui(t *testing.T) {
	r := run(t, peer.Kernel{}, "gonbui")
	require.Equal(t, "both\n", r.Stdout)
	require.Contains(t, r.Stderr, "another GoNB client")
	require.Empty(t, r.Displays)
	require.NoError(t, r.Broken)
}

func TestShowAfterClose(t *testing.T) {
	r := run(t, peer.Kernel{}, "closed")
	require.Equal(t, []string{"before"}, received(r))
	require.Equal(t, "after\n", r.Stdout)
	require.Empty(t, r.Stderr)
	require.Zero(t, r.Exit)
}

func TestCellWithoutDisplays(t *testing.T) {
	r := run(t, peer.Kernel{}, "nothing")
	requireRich(t, r)
	require.Empty(t, r.Displays)
}

// A path that is no pipe is left alone.
func TestShowToOrdinaryFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for _, path := range []string{file, file + "-missing"} {
		r := runAlone(t, "hasty", "GONB_PIPE="+path)
		requireText(t, r, 0, 5, fmt.Sprintf("GONB_PIPE = %q: want a named pipe", path))
	}
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Empty(t, b)
}
