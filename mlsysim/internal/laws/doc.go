// Package laws is the proof room of the physics: it has no code, only tests that
// look at all solvers together.
//
//	invariants   every law of the specification, as a property over the whole range
//	             of every input, with wrong solvers ("mutants") that the law catches
//	defects      what mlsysim (Python) 0.3.0 gets wrong: the right value, or a refusal
//	corrections  the 35 major errors of its registries, each with the test that would have
//	             caught it there
//	bad input    what has to be refused, with field, value and wanted range
//	fuzz         Check and Solve of every solver of the catalog on hostile fields
//
// The tests of a solver's own package stay where they are; what is here is stated
// once for all solvers. Ids (I-16, D-09, V-27) are those of the specification, and
// a test holds that none is missing.
package laws
