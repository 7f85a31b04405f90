// Package script runs lab scripts: plain Go without package, import or main
// lines, over the prelude of kernelext/lab.
//
//	e := script.New(script.Options{Stdout: os.Stdout})
//	err := e.Run(ctx, "lab", "for i := range 3 { fmt.Println(i * 80 * GB) }")
//
// A script is split into chunks, type-checked by go/types against a stub of the
// prelude, held to a language profile, desugared to what the interpreter gets
// right, and evaluated chunk by chunk. The value of an expression that stands
// alone is shown. Declarations and values persist over Run calls of one Engine.
//
// It leaves out goroutines, channels, goto, deferred calls outside functions,
// files and the network. An Engine is not a boundary against hostile code: Exec
// runs a script in a child process with limits.
package script
