package cli

import (
	"fmt"
	"time"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A Size is a flag for a number of bytes: 512 MiB.
type Size uint64

const (
	leastBytes = units.KiB
	mostBytes  = units.TiB
)

// String prints the size, or nothing for zero.
func (s *Size) String() string {
	if *s == 0 {
		return ""
	}
	return units.Bytes(*s).String()
}

// Type names what the flag wants.
func (s *Size) Type() string { return "size" }

// Set reads a size with its unit.
func (s *Size) Set(text string) error {
	var b units.Bytes
	if err := b.Set(text); err != nil {
		return err
	}
	if !(b >= leastBytes && b <= mostBytes) {
		return describe.Refuse("limit", "size", b, "at least 1 KiB and at most 1 TiB")
	}
	*s = Size(b)
	return nil
}

// A Wait is a flag for a time that passes: 30s.
type Wait time.Duration

const mostWait = 24 * time.Hour

// String prints the time, or nothing for zero.
func (w *Wait) String() string {
	if *w == 0 {
		return ""
	}
	return time.Duration(*w).String()
}

// Type names what the flag wants.
func (w *Wait) Type() string { return "time" }

// Set reads a time with its unit.
func (w *Wait) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("%q: want a time with its unit, such as 30s", text)
	}
	if d <= 0 || d > mostWait {
		return describe.Refuse("limit", "time", d, "above 0 and at most 24h")
	}
	*w = Wait(d)
	return nil
}
