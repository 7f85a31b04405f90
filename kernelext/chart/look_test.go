package chart_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/mlsysim/golab/kernelext/chart"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/stretchr/testify/require"
)

func TestLook(t *testing.T) {
	dir := os.Getenv("LOOK")
	if dir == "" {
		t.Skip()
	}
	for _, mode := range []string{"light", "dark"} {
		css := "background:#fff;color:#222;color-scheme:light"
		if mode == "dark" {
			css = "background:#111;color:#ddd;color-scheme:dark"
		}
		all := gallery()
		for page := 0; page*6 < len(all); page++ {
			var b strings.Builder
			b.WriteString("<html><body style='font:13px sans-serif;margin:8px;" + css + "'><div style='display:grid;grid-template-columns:660px 660px;gap:6px'>")
			for _, s := range all[page*6 : min(page*6+6, len(all))] {
				b.WriteString("<div>" + chart.Still(s.chart) + "</div>")
				if mode == "light" {
					file, _ := json.Marshal(chart.Bundle(s.chart))
					n := len(strings.ReplaceAll(string(file), "\\u003c", "<")) - 5*strings.Count(string(file), "\\u003e")
					t.Logf("%-20s svg %5d html %5d file %5d  %s", s.name, len(draw(t, s.chart)), len(chart.Interactive(s.chart)), n, s.chart.Alt())
					require.NoError(t, os.WriteFile(dir+"/"+s.name+".txt", []byte(show.Text(show.Of(s.chart), show.Options{})), 0o644))
				}
			}
			b.WriteString("</div></body></html>")
			require.NoError(t, os.WriteFile(fmt.Sprintf("%s/%s%d.html", dir, mode, page), []byte(b.String()), 0o644))
		}
	}
}
