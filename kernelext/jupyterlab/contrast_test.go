package jupyterlab

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// The ratios are those that anybody computes for these colours.
func TestPale(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<link rel="icon" href="data:,"><body style="background:#fff">
<p style="color:#767676">passes</p><p style="color:#777777">fails by little</p>
<div style="background:#111"><p style="color:#222">dark on dark</p><p style="color:#eee">light on dark</p></div>
<p style="color:#000;opacity:0.2">faint</p><p style="display:none;color:#fff">hidden</p>
<div style="background:rgba(0,0,0,0.9)"><p style="color:#000">half seen</p></div>
<svg width="100" height="40"><rect width="100" height="40" fill="#000"/><text y="20" fill="#fff">white on black</text><text y="40" fill="#111">black on black</text></svg>`)
	}))
	defer server.Close()
	p := Browse(t).Open(server.URL)
	pale, texts := p.Pale("body", 4.5)
	require.Equal(t, 8, texts)
	var found []string
	for _, x := range pale {
		found = append(found, x.Text)
	}
	require.Equal(t, []string{"fails by little", "dark on dark", "faint", "half seen", "black on black"}, found)
	require.InDelta(t, 4.48, pale[0].Ratio, 0.01)
}

// Known faults are found, and a sound part has none.
func TestAxe(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<html lang="en"><title>x</title><link rel="icon" href="data:,"><main>
<div id="sound"><label>size <input type="range"></label><img alt="a drawing" src="data:,"></div>
<div id="faulty"><input type="range"><img src="data:,"></div></main>`)
	}))
	defer server.Close()
	p := Browse(t).Open(server.URL)
	p.Axe("#sound")
	faults := fmt.Sprint(p.axe("#faulty"))
	require.Contains(t, faults, "critical image-alt")
	require.Contains(t, faults, "critical label")
	require.Contains(t, fmt.Sprint(p.axe("#absent")), "nothing to look at")
}
