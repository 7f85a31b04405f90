package assignment

import (
	"fmt"
	"strings"
)

// stubs stand where a solution was, by language.
var stubs = map[string]string{
	"go":     "// YOUR CODE HERE\npanic(\"answer here\")",
	"python": "# YOUR CODE HERE\nraise NotImplementedError()",
	"r":      "# YOUR CODE HERE\nstop('No Answer Given!')",
	"julia":  "# YOUR CODE HERE\nerror(\"No Answer Given!\")",
	"matlab": "% YOUR CODE HERE\nerror('No Answer Given!')",
	"octave": "% YOUR CODE HERE\nerror('No Answer Given!')",
	"java":   "// YOUR CODE HERE",
	"sas":    "/* YOUR CODE HERE */\n %notImplemented;",
}

const textStub = "YOUR ANSWER HERE"

// A region is the lines between two markers.
type region struct{ begin, end string }

var (
	solutions   = region{"BEGIN SOLUTION", "END SOLUTION"}
	hiddenTests = region{"BEGIN HIDDEN TESTS", "END HIDDEN TESTS"}
	markScheme  = region{"BEGIN MARK SCHEME", "END MARK SCHEME"}
)

// Release makes the student version: a stub for each solution, no hidden tests
// and mark schemes, no outputs, given cells locked, and checksums.
func (n *Notebook) Release() ([]byte, error) {
	var cells []map[string]any
	for i, c := range n.Cells {
		source, err := n.released(c)
		if err != nil {
			return nil, fmt.Errorf("releasing cell %d: %w", i+1, err)
		}
		m := c.Meta
		if m != nil {
			one := *m
			one.Locked = one.Kind() != Answer && one.Kind() != Manual
			one.CellType = c.Type
			one.Checksum = checksum(one, c.Type, source)
			m = &one
		}
		out := c.with(source, m)
		meta := out["metadata"].(map[string]any)
		if m != nil && m.Locked {
			meta["deletable"], meta["editable"] = false, false
		}
		cells = append(cells, out)
	}
	return encode(n.root, cells)
}

// released is the source of a cell as students get it.
func (n *Notebook) released(c Cell) (string, error) {
	kind := c.Meta.Kind()
	stub := textStub
	if c.Type == code {
		var ok bool
		if stub, ok = stubs[n.Language]; !ok {
			stub = "YOUR CODE HERE"
		}
	}
	out, found, err := solutions.replace(c.Source, stub)
	switch {
	case err != nil:
		return "", err
	case found && kind != Answer && kind != Manual:
		return "", fmt.Errorf("%s in a cell that is no solution: students would see the rest of it", solutions.begin)
	case !found && (kind == Answer || kind == Manual):
		out = stub
	}
	for _, r := range []struct {
		region
		kinds []Kind
	}{{hiddenTests, []Kind{Tests}}, {markScheme, []Kind{Task, Manual}}} {
		cut, found, err := r.replace(out, "")
		if err != nil {
			return "", err
		}
		if found && !contains(r.kinds, kind) {
			return "", fmt.Errorf("%s in a cell that has no such part", r.begin)
		}
		out = cut
	}
	return out, nil
}

func contains(kinds []Kind, k Kind) bool {
	for _, one := range kinds {
		if one == k {
			return true
		}
	}
	return false
}

// replace puts a stub, indented as the marker is, in the place of every region. A
// marker is anywhere in its line, so that each language has its own comments.
func (r region) replace(source, stub string) (out string, found bool, err error) {
	var lines []string
	inside := false
	for _, line := range strings.Split(source, "\n") {
		begins, ends := strings.Contains(line, r.begin), strings.Contains(line, r.end)
		switch {
		case begins && inside:
			return "", false, fmt.Errorf("%w: %s inside another", errMarkers, r.begin)
		case ends && !inside:
			return "", false, fmt.Errorf("%w: %s without %s", errMarkers, r.end, r.begin)
		case begins:
			inside, found = true, true
			lines = append(lines, indented(line, stub)...)
		case ends:
			inside = false
		case !inside:
			lines = append(lines, line)
		}
	}
	if inside {
		return "", false, fmt.Errorf("%w: %s without %s", errMarkers, r.begin, r.end)
	}
	return strings.Join(lines, "\n"), found, nil
}

func indented(line, stub string) []string {
	if stub == "" {
		return nil
	}
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	var out []string
	for _, l := range strings.Split(stub, "\n") {
		out = append(out, indent+l)
	}
	return out
}
