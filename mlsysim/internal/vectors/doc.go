// Package vectors holds every solver against the reference vectors: 438 cases of
// mlsysim (Python) 0.3.0 that package golden reads. It is all tests.
//
// One adapter per solver of theirs turns a case into an input of ours and names
// our figure for each of their outputs. The table test solves every case; the
// page docs/content/reference/vectors.md is written from the same outcomes:
//
//	go test ./mlsysim/internal/vectors -update        # write the page anew
//	go test ./mlsysim/internal/vectors -run Table -vectors more.json
//
// An input that an adapter does not know, or an output without a counterpart or
// a reason, fails the test. It leaves out the physics, which the solvers' own
// tests hold.
package vectors
