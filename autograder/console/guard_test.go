package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/grade"
	"github.com/mlsysim/golab/autograder/ledger"
)

func one(t *testing.T) *stage {
	return set(t, grade.Options{}, func(l *ledger.Ledger) { graded(t, l, answered("ada", 4, "plain"), notebookOf("x := 1")) })
}

// inside are pages that nobody sees without a session.
var inside = []string{
	"/", "/live", "/submission?student=ada", "/feedback?student=ada", "/requests", "/history", "/export", "/report/",
	"/report/feedback/ada.html", "/files/grades.csv", "/files/results.jsonl", "/files/results.json", "/files/feedback.zip", "/files/submission?student=ada",
}

func TestALinkWorksOnce(t *testing.T) {
	s := one(t)
	for _, path := range append(inside, "/open", "/open?token=", "/open?token=x", "/nowhere") {
		status, body, _ := s.get(path)
		require.Equal(t, http.StatusForbidden, status, path)
		require.NotContains(t, body, "ada", path)
	}
	old := s.c.Link()
	link := s.c.Link()
	status, _, _ := s.get(old)
	require.Equal(t, http.StatusForbidden, status, "a newer link replaces it")
	status, _, head := s.get(link)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, head.Get("Set-Cookie"), "; Path=/; HttpOnly; SameSite=Strict")
	for _, path := range inside {
		status, _, _ := s.get(path)
		require.Equal(t, http.StatusOK, status, path)
	}

	other := *s
	other.client = fresh(t)
	status, _, _ = other.get(link)
	require.Equal(t, http.StatusForbidden, status, "it was used")
	other.enter()
	other.page("/")
	s.page("/")

	token := found(t, tokens, s.page("/"))
	status, _ = s.post("/leave", url.Values{"token": {token}})
	require.Equal(t, http.StatusForbidden, status)
	status, _, _ = s.get("/")
	require.Equal(t, http.StatusForbidden, status, "it left")
	other.page("/")
}

// A name that another site can point at this machine gets nothing.
func TestHost(t *testing.T) {
	s := one(t).enter()
	port := s.server.URL[strings.LastIndexByte(s.server.URL, ':'):]
	for host, want := range map[string]int{
		"127.0.0.1" + port: 200, "localhost" + port: 403, "127.0.0.1:9": 200, "localhost": 403, "[::1]" + port: 403, // others know no cookie
		"evil.example" + port: 421, "127.0.0.1.evil.example": 421, "evil.example": 421, "localhost.evil.example:80": 421, "0.0.0.0" + port: 421, "127.0.0.1@evil.example": 421, "": 421,
	} {
		r, err := http.NewRequest(http.MethodGet, s.server.URL+"/", nil)
		require.NoError(t, err)
		for _, c := range s.client.Jar.Cookies(r.URL) {
			if !strings.HasPrefix(host, "localhost") && !strings.HasPrefix(host, "[") {
				r.AddCookie(c)
			}
		}
		r.Host = host
		if host == "" {
			r.Host = "x" // an empty one cannot be sent
		}
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		answer.Body.Close()
		require.Equal(t, want, answer.StatusCode, host)
	}
}

// posts are all forms.
var posts = []string{"/points", "/withdraw", "/request", "/decide", "/grade", "/stop", "/requeue", "/canvas", "/canvas/fill", "/leave"}

// Nothing changes without the session's own token from a page of ours.
func TestForms(t *testing.T) {
	s := one(t).enter()
	good := s.form("ada", "question", "q1", "points", "7", "reason", "seen it")
	other := *s
	other.client = fresh(t)
	other.enter()
	foreign := good
	foreign = url.Values{}
	for k, v := range good {
		foreign[k] = v
	}
	foreign.Set("token", found(t, tokens, other.page("/")))
	without := url.Values{"student": {"ada"}, "question": {"q1"}, "points": {"7"}, "reason": {"r"}, "stamp": good["stamp"]}
	header := func(key, value string) func(r *http.Request) {
		return func(r *http.Request) { r.Header.Set(key, value) }
	}
	for _, path := range posts {
		for name, bad := range map[string]func() (int, string){
			"no token":      func() (int, string) { return s.post(path, without) },
			"other session": func() (int, string) { return s.post(path, foreign) },
			"other origin":  func() (int, string) { return s.post(path, good, header("Origin", "http://evil.example")) },
			"null origin":   func() (int, string) { return s.post(path, good, header("Origin", "null")) },
			"no origin":     func() (int, string) { return s.post(path, good, func(r *http.Request) { r.Header.Del("Origin") }) },
			"other port":    func() (int, string) { return s.post(path, good, header("Origin", "http://127.0.0.1:1")) },
			"cross-site":    func() (int, string) { return s.post(path, good, header("Sec-Fetch-Site", "cross-site")) },
			"same-site":     func() (int, string) { return s.post(path, good, header("Sec-Fetch-Site", "same-site")) },
			"no session":    func() (int, string) { return (&stage{t: t, server: s.server, client: fresh(t)}).post(path, good) },
			"too large": func() (int, string) {
				large := url.Values{"reason": {strings.Repeat("x", 1<<20)}, "token": good["token"]}
				return s.post(path, large)
			},
		} {
			status, _ := bad()
			require.Equal(t, http.StatusForbidden, status, "%s, %s", path, name)
		}
		status, _, _ := s.get(path)
		require.Contains(t, []int{http.StatusNotFound, http.StatusMethodNotAllowed}, status, "no change by an address: %s", path)
	}
	g, err := s.reader().Grade("T0", "ada")
	require.NoError(t, err)
	require.Empty(t, g.Overrides)
	status, body := s.post("/points", good)
	require.Equal(t, http.StatusOK, status, body)
	require.Contains(t, body, "Points by hand are recorded: 7.")
}

// Every answer has the headers; only what package export made may have a style
// inside, and nothing may have a script.
func TestHeaders(t *testing.T) {
	s := one(t)
	locked := append([]string{"/", "/assets/style.css", "/nowhere"}, s.c.Link())
	for _, path := range append(locked, inside...) {
		_, _, head := s.get(path)
		csp := head.Get("Content-Security-Policy")
		require.Contains(t, csp, "default-src 'none'", path)
		require.NotContains(t, csp, "unsafe-eval", path)
		require.NotContains(t, csp, "http", path)
		for _, directive := range strings.Split(csp, "; ") {
			if strings.HasPrefix(directive, "script-src") {
				require.Equal(t, "script-src 'self'", directive)
			}
		}
		require.Equal(t, "nosniff", head.Get("X-Content-Type-Options"), path)
		require.Equal(t, "no-store", head.Get("Cache-Control"), path)
		if strings.HasPrefix(path, "/files/") {
			require.Contains(t, head.Get("Content-Disposition"), "attachment", path)
		}
	}
}
