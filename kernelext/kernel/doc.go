// Package kernel is the MLSysim kernel of Jupyter: it answers the messages of a
// front end (Jupyter messaging 5.4) and runs cells on kernelext/script. Values
// live on from cell to cell; nothing is compiled.
//
//	err := kernel.Install("/home/ada/.local/share/jupyter/kernels", "/usr/local/bin/mlsysim")
//	err = kernel.Run(ctx, connectionFile) // what the installed spec starts
//
// A cell prints with fmt, shows results and charts as MIME bundles, and says
// its claims as displays that carry a record. The value of a cell's last
// expression is its result. Errors name cell, line and column.
//
// Cells run in a child process, the interpreter: one that crashes or does not stop
// is replaced, and the front lives on. Names are completed and explained, widgets
// speak the protocol of ipywidgets, and the lines that GoNB knows are obeyed,
// passed over or answered (command.go).
//
// It leaves out a debugger, subshells and other languages. The interpreter's
// memory is limited, but it may do what its user may: untrusted notebooks belong
// in the grader.
package kernel
