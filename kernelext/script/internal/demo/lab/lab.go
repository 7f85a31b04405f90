// Package lab is a small prelude for the tests of the script engine. It leaves
// out every real model.
//
//	Stream{Data: 80 * GB, Device: H100}.Run() // 23.9 ms
package lab

import (
	"fmt"

	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/kernelext/script/internal/demo/quantity"
)

// Bytes is an amount of data.
type Bytes = quantity.Bytes

// ByteRate is data per time.
type ByteRate = quantity.ByteRate

// Seconds is a duration.
type Seconds = quantity.Seconds

// Device is a machine with a memory.
type Device = quantity.Device

// Units of the demonstration.
const (
	GB     Bytes    = 1e9
	TBps   ByteRate = 1e12
	Second Seconds  = 1
)

// Third is an untyped constant with more precision than a float64.
const Third = 1.0 / 3

// H100 is a device that scripts may read.
var H100 = Device{Name: "H100", Memory: 80 * GB, Rate: 3.35 * TBps, Tags: []string{"hopper"}}

// Stream reads data once.
type Stream struct {
	Data   Bytes // amount to read
	Device Device
}

// StreamResult is the cost of a Stream.
type StreamResult struct {
	Time Seconds
	Fits bool
}

// Run panics with an error when Data is negative.
func (s Stream) Run() StreamResult {
	if s.Data < 0 {
		panic(fmt.Errorf("lab.Stream: Data = %g: want at least 0", float64(s.Data)))
	}
	return StreamResult{Time: s.Data.Over(s.Device.Rate), Fits: s.Data <= s.Device.Memory}
}

// Sweep calls f for every x.
func Sweep(xs []int, f func(int) float64) []float64 {
	ys := make([]float64, len(xs))
	for i, x := range xs {
		ys[i] = f(x)
	}
	return ys
}

// Forever calls f until it panics.
func Forever(f func()) {
	for {
		f()
	}
}

// Go runs f in a goroutine of the host and waits for it.
func Go(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}

// Block never returns.
func Block() { select {} }

// Answer claims a value.
func Answer(id string, v any) {
	r, err := record.Of(record.Answer, id, v)
	if err != nil {
		panic(err)
	}
	if sink := record.Current(); sink != nil {
		sink.Record(r.JSON())
	}
}
