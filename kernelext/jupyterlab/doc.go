// Package jupyterlab is the stage of browser tests: a real JupyterLab on a free
// port of this machine with our kernel, in a real Chromium without a window.
//
//	lab := jupyterlab.Start(t)
//	n := lab.Notebook("first.ipynb", jupyterlab.Cells("Evaluate(Llama3_8B, H100)"))
//	n.RunAll()
//	require.Empty(t, n.Errors())
//	n.Shot("scorecard")
//
// A page fails its test if it asks anything of another machine, or if its
// console has an error that is not on the list of known ones. Every wait is for
// a condition. Pictures go to the directory that MLSYSIM_SHOTS names.
//
// It leaves out other browsers and other front ends. It needs `make venv` and a
// Chromium; a test skips without them, except in CI, where it fails. It imports
// nothing of this module, so that the tests of any package can import it.
package jupyterlab
