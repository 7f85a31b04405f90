package console

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"strings"
	"sync"
)

// A guard lets in whoever has a link that was not used yet.
type guard struct {
	mu       sync.Mutex
	cookie   string            // its name: consoles on one host share a jar
	links    [sha256.Size]byte // of the token of the one link that works; zero: none
	sessions map[[sha256.Size]byte]*session
}

// A session is one browser.
type session struct {
	token string // that every form carries
	mu    sync.Mutex
	said  string
}

func (g *guard) start() {
	g.cookie = "mlgrade-" + rand.Text()[:8]
	g.sessions = map[[sha256.Size]byte]*session{}
}

// link makes the token of a new link. Only its digest is kept.
func (g *guard) link() string {
	token := rand.Text()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.links = sha256.Sum256([]byte(token))
	return token
}

// enter takes a token, once, and returns the value of a session's cookie.
func (g *guard) enter(token string) (string, bool) {
	sum := sha256.Sum256([]byte(token))
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.links == [sha256.Size]byte{} || subtle.ConstantTimeCompare(sum[:], g.links[:]) == 0 {
		return "", false
	}
	g.links = [sha256.Size]byte{}
	value := rand.Text()
	g.sessions[sha256.Sum256([]byte(value))] = &session{token: rand.Text()}
	return value, true
}

// find returns the session of a request, or nil.
func (g *guard) find(r *http.Request) *session {
	c, err := r.Cookie(g.cookie)
	if err != nil {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.sessions[sha256.Sum256([]byte(c.Value))]
}

func (g *guard) end(r *http.Request) {
	if c, err := r.Cookie(g.cookie); err == nil {
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.sessions, sha256.Sum256([]byte(c.Value)))
	}
}

// open exchanges the token of a link for a cookie. It answers with a page that
// leads on rather than with a redirect: a browser that came from elsewhere would
// not send a strict cookie to the place that it is redirected to.
func (c *Console) open(w http.ResponseWriter, r *http.Request) {
	value, ok := c.guard.enter(r.URL.Query().Get("token"))
	if !ok {
		locked(w)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: c.guard.cookie, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	show(w, http.StatusOK, "open.html", nil)
}

func locked(w http.ResponseWriter) { show(w, http.StatusForbidden, "locked.html", nil) }

// leave ends the session.
func (c *Console) leave(w http.ResponseWriter, r *http.Request) {
	c.guard.end(r)
	http.SetCookie(w, &http.Cookie{Name: c.guard.cookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	locked(w)
}

type sessionKey struct{}

func sessionOf(r *http.Request) *session { return r.Context().Value(sessionKey{}).(*session) }

// say keeps a remark for the next page.
func (s *session) say(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = text
}

func (s *session) takeSaid() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.said
	s.said = ""
	return text
}

// The most that a form may hold.
const (
	mostForm   = 64 << 10
	mostUpload = 16 << 20
)

// needSession lets nothing through without a session, and no change without the
// session's own token from a page of ours.
func (g *guard) needSession(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := g.find(r)
		if s == nil {
			locked(w)
			return
		}
		r = r.WithContext(context.WithValue(r.Context(), sessionKey{}, s))
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		if !sameOrigin(r) {
			http.Error(w, "this form is not of this page", http.StatusForbidden)
			return
		}
		most := int64(mostForm)
		if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
			most = mostUpload + mostForm
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		if subtle.ConstantTimeCompare([]byte(r.PostFormValue("token")), []byte(s.token)) == 0 { // reads multipart forms too
			http.Error(w, "this form is of another session, or too large: go back, load the page again and send it once more", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin wants what browsers say about a form of our own page.
func sameOrigin(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return r.Header.Get("Origin") == "http://"+r.Host && (site == "" || site == "same-origin")
}

// policy lets a page run our script and load our style, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// stillPolicy is for pages that package export makes: a style inside, no script.
const stillPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// secure refuses names other than those of this machine, which a page of another
// site could make its own, and sets the headers of every answer.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin") // none at all would take the origin from forms
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !loopback(r.Host) {
			http.Error(w, "this page is only at 127.0.0.1 and localhost", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// loopback reports whether a host is this machine by a name that nobody else can
// have. The port may be another one: ssh forwards ports.
func loopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	return name == "localhost" || name == "127.0.0.1" || name == "::1"
}
