package jupyterlab

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// heard is what a page asks of others and what it complains about.
type heard struct {
	mu       sync.Mutex
	asked    []string
	errors   []string
	expected []*regexp.Regexp
}

// expect allows errors that match a pattern.
func (h *heard) expect(pattern string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.expected = append(h.expected, regexp.MustCompile(pattern))
}

// listen takes an event of the browser.
func (h *heard) listen(event any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		h.asked = append(h.asked, e.Request.URL)
	case *network.EventWebSocketCreated:
		h.asked = append(h.asked, e.URL)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			h.errors = append(h.errors, "console: "+said(e.Args))
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
		h.errors = append(h.errors, "exception: "+text)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			h.errors = append(h.errors, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	}
}

func said(args []*runtime.RemoteObject) string {
	var words []string
	for _, a := range args {
		word := strings.Trim(string(a.Value), `"`)
		if a.Description != "" {
			word = a.Description
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func (h *heard) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.errors)
}

// wrong lists requests that left the machine and errors that nobody expects.
func (h *heard) wrong() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []string
	for _, address := range h.asked {
		if !stays(address) {
			out = append(out, "a request leaves the machine: "+address)
		}
	}
	for _, e := range h.errors {
		if !slices.ContainsFunc(h.expected, func(x *regexp.Regexp) bool { return x.MatchString(e) }) {
			out = append(out, "an error of the page: "+e)
		}
	}
	return out
}

// stays says whether a request is for this machine.
func stays(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "data", "blob", "about", "file":
		return true
	}
	return u.Hostname() == "127.0.0.1"
}
