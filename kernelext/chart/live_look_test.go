package chart_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/mlsysim/golab/kernelext/chart"
)

func TestLive(t *testing.T) {
	dir := os.Getenv("LOOK")
	if dir == "" {
		t.Skip()
	}
	os.MkdirAll(dir+"/kernelspecs/mlsysim", 0o755)
	os.WriteFile(dir+"/kernelspecs/mlsysim/echarts.min.js", chart.Script(), 0o644)
	var b strings.Builder
	b.WriteString(`<html><meta charset="utf-8"><body data-base-url="/" data-jp-theme-light="false" style="background:#111;color:#ddd;font:13px sans-serif"><div style='display:grid;grid-template-columns:660px 660px;gap:6px'>`)
	for _, s := range gallery() {
		switch s.name {
		case "roofline", "tail", "heat", "schedule", "memory-zero", "sweep":
			fmt.Fprintf(&b, "<div>%s</div>", chart.Interactive(s.chart))
		}
	}
	b.WriteString(`</div><script>window.onerror=function(m){document.body.append("ERR "+m)};
window.mlsysimECharts.then(function(e){setTimeout(function(){document.querySelectorAll("[_echarts_instance_]").forEach(function(n,i){
var c=e.getInstanceByDom(n);c.dispatchAction({type:"showTip",seriesIndex:i==0?4:0,dataIndex:1});c.dispatchAction({type:"highlight",seriesIndex:0,dataIndex:1})})
document.title="live "+document.querySelectorAll("[_echarts_instance_]").length},300)},function(x){document.body.append("ERR "+x)})</script></body></html>`)
	os.WriteFile(dir+"/live.html", []byte(b.String()), 0o644)
}
