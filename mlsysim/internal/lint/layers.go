package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Module is the path of this module.
const Module = "github.com/mlsysim/golab"

// plainLayers is the last layer that does with the standard library and the
// open libraries.
const plainLayers = 4

// Layers reports, in order, every import inside the module that does not lead
// to a lower layer, and every package that has no room. It takes the imports
// of each package, test files left out; paths are relative to the module.
func Layers(imports map[string][]string) []string {
	var bad []string
	for _, pkg := range slices.Sorted(maps.Keys(imports)) {
		from, ok := roomOf(pkg)
		if !ok {
			bad = append(bad, fmt.Sprintf("%s has no layer: add it to rooms in mlsysim/internal/lint/rooms.go and to DESIGN.md", pkg))
			continue
		}
		for _, imp := range imports[pkg] {
			to, ok := roomOf(imp)
			if !ok || allowed(from, to) {
				continue // a package without a room is reported in its own turn
			}
			bad = append(bad, fmt.Sprintf("%s (layer %g) must not import %s (layer %g)", pkg, from.layer, imp, to.layer))
		}
	}
	return bad
}

func allowed(from, to room) bool {
	return from.path == to.path || to.layer < from.layer || slices.Contains(from.also, to.path)
}

// Libraries reports, in order, every import of a library by a package that is
// not its place. It takes the imports of each package as Layers does, here
// with full paths of other modules.
func Libraries(imports map[string][]string) []string {
	var bad []string
	for _, pkg := range slices.Sorted(maps.Keys(imports)) {
		for _, imp := range imports[pkg] {
			if why := misplaced(pkg, imp); why != "" {
				bad = append(bad, fmt.Sprintf("%s must not import %s: %s", pkg, imp, why))
			}
		}
	}
	return bad
}

// misplaced says why a package may not import a library; empty if it may.
func misplaced(pkg, imp string) string {
	if standard(imp) || under(imp, open...) {
		return ""
	}

	for _, lib := range reserved {
		if !under(imp, lib.module) {
			continue
		}
		if under(pkg, lib.only...) {
			return ""
		}
		return "only " + strings.Join(lib.only, ", ")
	}

	r, ok := roomOf(pkg)
	if ok && r.layer <= plainLayers {
		return fmt.Sprintf("layers up to %d need the standard library, gonum and the schema libraries only", plainLayers)
	}
	return ""
}

// Links reports, in order, the packages that a binary contains and must not.
// It takes all packages that each binary is built from.
func Links(deps map[string][]string) []string {
	var bad []string
	for _, l := range links {
		for _, dep := range slices.Sorted(slices.Values(deps[l.binary])) {
			if under(dep, l.never...) {
				bad = append(bad, fmt.Sprintf("%s must not link %s", l.binary, dep))
			}
		}
	}
	return bad
}

// under holds if path is one of roots or lies below one.
func under(path string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(root string) bool {
		return path == root || strings.HasPrefix(path, root+"/")
	})
}

// standard holds for a package of the standard library: its first path element
// has no dot.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}
