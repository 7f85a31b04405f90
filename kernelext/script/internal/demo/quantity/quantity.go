// Package quantity holds the unit types of the demonstration prelude. It leaves
// out everything a test of the script engine does not need.
//
//	quantity.Bytes(8e10).Over(quantity.ByteRate(4e12)) // 0.02 s
package quantity

import "fmt"

// Bytes is an amount of data.
type Bytes float64

// ByteRate is data per time.
type ByteRate float64

// Seconds is a duration.
type Seconds float64

// String prints gigabytes.
func (b Bytes) String() string { return fmt.Sprintf("%g GB", float64(b)/1e9) }

// String prints seconds.
func (s Seconds) String() string { return fmt.Sprintf("%g s", float64(s)) }

// Over is the time to move b at rate r.
func (b Bytes) Over(r ByteRate) Seconds { return Seconds(float64(b) / float64(r)) }

// Device is a machine with a memory.
type Device struct {
	Name   string
	Memory Bytes    // capacity
	Rate   ByteRate // bandwidth
	Tags   []string
	hidden []int
}

// Hidden counts what a script cannot see.
func (d Device) Hidden() int { return len(d.hidden) }
