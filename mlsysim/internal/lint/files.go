package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	makeCall   = regexp.MustCompile(`\bmake ([a-z][a-z-]*)`)
	makeTarget = regexp.MustCompile(`(?m)^([a-z][a-z-]*):`)
	copyLine   = regexp.MustCompile(`(?m)^COPY +(.*)$`)
	ownPath    = regexp.MustCompile(`(?:^|[\s"'@])(\.?/?(?:\.ci|docker|cmd|mlsysim|kernelext|autograder|labs)/[\w./-]+)`)
)

// Dangling reports, in order, what a script names and the repository lacks: the
// targets of make, the sources of COPY and the paths of our own folders. It
// takes the text of the script, that of the Makefile, and what says whether a
// path exists.
func Dangling(script, makefile string, exists func(path string) bool) []string {
	var targets []string
	for _, m := range makeTarget.FindAllStringSubmatch(makefile, -1) {
		targets = append(targets, m[1])
	}

	var bad []string
	for _, m := range makeCall.FindAllStringSubmatch(script, -1) {
		if !slices.Contains(targets, m[1]) {
			bad = append(bad, fmt.Sprintf("make has no target %s", m[1]))
		}
	}
	for _, path := range append(copied(script), owned(script)...) {
		if !exists(path) {
			bad = append(bad, path+" does not exist")
		}
	}
	slices.Sort(bad)
	return slices.Compact(bad)
}

// copied lists the sources of each COPY that takes from the repository.
func copied(script string) []string {
	var paths []string
	for _, m := range copyLine.FindAllStringSubmatch(script, -1) {
		words := slices.DeleteFunc(strings.Fields(m[1]), func(w string) bool {
			return strings.HasPrefix(w, "--") && !strings.HasPrefix(w, "--from=")
		})
		if len(words) < 2 || strings.HasPrefix(words[0], "--from=") {
			continue
		}
		paths = append(paths, words[:len(words)-1]...)
	}
	return paths
}

func owned(script string) []string {
	var paths []string
	for _, m := range ownPath.FindAllStringSubmatch(script, -1) {
		paths = append(paths, strings.TrimRight(strings.TrimPrefix(m[1], "./"), "."))
	}
	return paths
}
