//go:build wasip1

// Command guest is the interpreter of the lab language as a WebAssembly module
// for the sandbox: ready starts it, and serve runs the job on the standard
// input and writes records to the standard output. Between the two the host
// keeps a copy of the memory, from which every submission starts.
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o guest.wasm ./autograder/sandbox/guest
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/mlsysim/golab/kernelext/script"
)

// worker waits for its one job; the host copies this state, so it is the same
// for every submission.
var worker *script.Ready

// usual is what nearly every lab uses: running it once fills the caches that
// the library keeps.
const usual = `l := Open("T0", "warm")
r := SingleNode{Model: Llama3_8B, Hardware: H100, Batch: l.Int("batch", 4, 8), Context: 1024}.Run()
func twice(x Bytes) Bytes { return 2 * x }
for i := range 3 {
	fmt.Println(i, twice(r.Footprint))
}
Show(Evaluate(Llama3_8B, H100))
Show(r.Explain())
Answer("q1", r.Latency)
Because("q1", MemoryBandwidth)
Sweep(Serving{Model: Llama3_8B, Hardware: H100, Prompt: 512, Output: 64}, "Batch", Pow2(1, 4))`

//go:wasmexport ready
func ready() {
	w := script.Worker{Quiet: true}
	_ = w.Ready(nil, io.Discard).Serve(script.Job{Limits: script.Limits{Memory: 1 << 30}, Cells: []script.Cell{{Name: "warm", Src: usual}}})
	worker = w.Ready(nil, os.Stdout)
	runtime.GC()
	debug.SetGCPercent(-1) // a submission is over before it is worth while; the memory limit still collects
}

//go:wasmexport serve
func serve() int32 {
	var j script.Job
	err := json.NewDecoder(os.Stdin).Decode(&j)
	if err == nil {
		err = worker.Serve(j)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func main() {}
