package jupyterlab

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
)

// Known is a fault of accessibility that is not ours to mend, by the name of its
// rule.
type Known struct{ Rule, Reason string }

// Axe fails the test if axe-core finds a serious or critical fault of
// accessibility in the elements of a CSS selector, or if there are none. It
// needs .ci/axe; the test skips without it, except in CI, where it fails.
func (p *Page) Axe(css string, known ...Known) {
	p.t.Helper()
	faults := p.axe(css)
	for _, k := range known {
		require.NotEmpty(p.t, k.Reason, k.Rule)
		faults = slices.DeleteFunc(faults, func(f string) bool { return strings.Contains(f, " "+k.Rule+": ") })
	}
	require.Empty(p.t, faults, "accessibility of %s", css)
}

func (p *Page) axe(css string) []string {
	p.t.Helper()
	if !p.True(`window.axe`) {
		source, err := os.ReadFile(filepath.Join(root(p.t), ".cache", "axe", "axe.min.js"))
		if err != nil {
			missing(p.t, "no .cache/axe: run .ci/axe .cache/axe")
		}
		p.Do(string(source) + "\n;0")
	}
	type fault struct {
		ID, Impact, Help string
		Where            []string
	}
	js := strings.ReplaceAll(`(async () => { const all = document.querySelectorAll($CSS);
		if (!all.length) return [{ID: "none", Impact: "critical", Help: "nothing to look at", Where: [$CSS]}];
		const found = await axe.run([...all], {resultTypes: ["violations"]});
		return found.violations.map(v => ({ID: v.id, Impact: v.impact, Help: v.help, Where: v.nodes.map(n => n.html + " | " + n.failureSummary)})) })()`, "$CSS", quoted(css))
	var out []string
	for _, f := range Value[[]fault](p, js) {
		line := fmt.Sprintf("%s %s: %s\n  %s", f.Impact, f.ID, f.Help, strings.Join(f.Where, "\n  "))
		if f.Impact == "serious" || f.Impact == "critical" {
			out = append(out, line)
		} else {
			p.t.Log(line)
		}
	}
	return out
}
