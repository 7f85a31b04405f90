package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMeterIsQuietAtFirst(t *testing.T) {
	var out bytes.Buffer
	clock := time.Unix(0, 0)
	m := newMeter(&out)
	m.now = func() time.Time { return clock }
	m.terminal = true
	m.start()
	m.report(1, 100)
	require.Empty(t, out.String())

	clock = clock.Add(2 * time.Second)
	m.report(25, 100)
	require.Contains(t, out.String(), "25 of 100, 25 %, 6s left")
	shown := out.Len()
	m.report(26, 100) // too soon
	require.Equal(t, shown, out.Len())
	m.end()
	require.Contains(t, out.String()[shown:], "\x1b[K")

	out.Reset()
	m.terminal, m.shown = false, false
	m.start()
	clock = clock.Add(11 * time.Second)
	m.report(50, 100)
	m.end()
	require.Equal(t, "50 of 100, 50 %, 11s left\n", out.String())
}
