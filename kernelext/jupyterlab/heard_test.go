package jupyterlab

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// A page that asks another machine, or fails on its console, is found out.
func TestWrong(t *testing.T) {
	page := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<link rel="icon" href="data:,">`+page)
	}))
	defer server.Close()
	b := Browse(t)
	for content, want := range map[string]string{
		`<p>quiet</p><script>console.log("hello"); console.warn("careful")</script>`: "",
		`<img src="https://example.org/x.png">`:                                      "a request leaves the machine: https://example.org/x.png",
		`<script>fetch("http://cdn.example.org/lib.js").catch(() => 0)</script>`:     "a request leaves the machine: http://cdn.example.org/lib.js",
		`<script>new WebSocket("ws://example.org/")</script>`:                        "a request leaves the machine: ws://example.org/",
		`<iframe src="https://example.org/frame"></iframe>`:                          "a request leaves the machine: https://example.org/frame",
		`<script>console.error("no", 3)</script>`:                                    "an error of the page: console: no 3",
		`<script>setTimeout(() => { throw new Error("late") })</script>`:             "an error of the page: exception: Uncaught Error: late",
		`<script>Promise.reject(new Error("nobody listens"))</script>`:               "nobody listens",
		`<img src="/missing.png">`:                                                   "404 (Not Found)",
	} {
		page = content
		p := b.open(server.URL)
		if want == "" {
			p.Wait("the page", `document.querySelector("p")`)
			require.Empty(t, p.heard.wrong())
			continue
		}
		require.Eventually(t, func() bool { return len(p.heard.wrong()) > 0 }, patience, patience/10000, content)
		require.Contains(t, fmt.Sprint(p.heard.wrong()), want)
		p.Expect(`.`, "this test makes them")
	}
}

func TestStays(t *testing.T) {
	for _, address := range []string{"http://127.0.0.1:8888/lab", "ws://127.0.0.1:1/api", "data:image/png;base64,", "blob:http://127.0.0.1:1/x", "about:blank"} {
		require.True(t, stays(address), address)
	}
	for _, address := range []string{"https://cdn.jsdelivr.net/x.js", "http://127.0.0.1.example.org/", "//example.org", "ws://[::1]/"} {
		require.False(t, stays(address), address)
	}
}
