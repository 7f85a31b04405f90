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
// It leaves out completion, inspection, history and widgets: a front end that
// asks gets a valid answer with nothing in it. Cells run inside the kernel's
// process, without limits on memory; untrusted notebooks belong in the grader.
package kernel
