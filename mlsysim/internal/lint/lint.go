// Package lint holds the rules of this repository that the compiler does not:
// dimensionally sound arithmetic (Dim) and who may import whom (Layers,
// Libraries, Links). Its tests apply them to the whole module, together with
// gofumpt, go vet, staticcheck, the length of files, and whether generated
// files are current; so `go test ./mlsysim/internal/lint` is the gate that a
// change must pass.
//
// It leaves out what only a run can show: a constant hidden behind a unit, or a
// product taken on plain floats. Package dimtest finds those.
//
//	bad := lint.Layers(map[string][]string{
//		"mlsysim/units": {"mlsysim/serving"},
//	})
//	// bad[0]: "mlsysim/units (layer 0) must not import mlsysim/serving (layer 3)"
package lint
