// Package gonb shows results inside GoNB, the Jupyter kernel that compiles Go
// cells, by speaking its pipe protocol; anywhere else it prints the text form.
//
// GoNB starts a cell program with two named pipes. A display is a gob message
// on the first; the kernel drops whatever it has not read when the program
// ends, so every Show ends with a Sync that waits for the kernel's answer on
// the second. A kernel that is gone, silent or confused costs one bounded wait
// and one line on stderr; from then on the program prints text.
//
//	gonb.Show(map[string]any{
//		"text/plain": "decode 4.8 ms",
//		"text/html":  "<b>decode</b> 4.8 ms",
//	})
//
// Kernelspec writes the directory that makes GoNB start with our module
// already in its workspace, offline, with static files served beside it.
//
// It leaves out widgets, input requests and the metadata of a display. It does
// not import GoNB: a program that links GoNB's own gonbui as well has two gob
// streams for one pipe, so ours steps back and prints text.
package gonb
