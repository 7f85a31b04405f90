package jupyterlab

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Size of the window that a page has at first.
const (
	width  = 1280
	height = 900
)

// Browser is a Chromium without a window. It resolves no name, so that nothing
// reaches another machine even if a test has a fault.
type Browser struct {
	t   testing.TB
	ctx context.Context
}

// Browse starts a browser, which ends with the test.
func Browse(t testing.TB) *Browser {
	t.Helper()
	path := chromium(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.Flag("headless", "new"), chromedp.DisableGPU, chromedp.WindowSize(width, height), chromedp.Env("HOME="+t.TempDir()),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses root with it
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx))
	t.Cleanup(func() {
		limited, stop := context.WithTimeout(ctx, patience/4)
		defer stop()
		_ = chromedp.Cancel(limited) // waits until its files are gone
	})
	return &Browser{t: t, ctx: ctx}
}

// In is the same browser for a subtest, whose pages end with it.
func (b *Browser) In(t testing.TB) *Browser { return &Browser{t: t, ctx: b.ctx} }

func chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, "no Chromium: run .ci/chromium")
	return ""
}

// Page is one tab of a browser.
type Page struct {
	t     testing.TB
	ctx   context.Context
	heard *heard
	wide  int64
	log   *logs // of the server behind it, if it has one
}

// Open opens an address in a new tab. The test fails at its end if the page
// asked something of another machine, or had an unexpected error.
func (b *Browser) Open(url string) *Page {
	b.t.Helper()
	p := b.open(url)
	b.t.Cleanup(func() {
		b.t.Helper()
		require.Empty(b.t, p.heard.wrong(), url)
	})
	return p
}

func (b *Browser) open(url string) *Page {
	b.t.Helper()
	p := &Page{t: b.t, heard: &heard{}, wide: width, log: &logs{}}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithListener(p.heard.listen))
	p.ctx = ctx
	require.NoError(b.t, chromedp.Do(ctx)) // opens the tab, which ends with this context
	b.t.Cleanup(cancel)
	p.do(call(emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}))
	p.do(chromedp.Navigate(url))
	return p
}

// call is a command of the browser's protocol as a step.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}

func (p *Page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	require.NoError(p.t, chromedp.Do(ctx, steps...))
}

// Context is the page for steps of chromedp that are not here.
func (p *Page) Context() context.Context { return p.ctx }

// Expect allows errors that match a pattern; the reason is for the reader.
func (p *Page) Expect(pattern, reason string) {
	p.t.Helper()
	require.NotEmpty(p.t, reason)
	p.heard.expect(pattern)
}

// Do runs JavaScript and waits for it, if it is a promise.
func (p *Page) Do(js string) {
	p.t.Helper()
	value[any](p, js)
}

// Text is the text that JavaScript gives.
func (p *Page) Text(js string) string { p.t.Helper(); return value[string](p, js) }

// Number is the number that JavaScript gives.
func (p *Page) Number(js string) float64 { p.t.Helper(); return value[float64](p, js) }

// True says whether JavaScript gives something that counts as true.
func (p *Page) True(js string) bool { p.t.Helper(); return value[bool](p, "!!("+js+")") }

// Texts are the texts that JavaScript gives.
func (p *Page) Texts(js string) []string { p.t.Helper(); return value[[]string](p, js) }

// Value is what JavaScript gives, as a Go value.
func Value[T any](p *Page, js string) T { p.t.Helper(); return value[T](p, js) }

func value[T any](p *Page, js string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	require.NoError(p.t, err, "%s", js)
	return v
}

// Wait waits until JavaScript gives something that counts as true.
func (p *Page) Wait(what, js string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	var last error
	for ctx.Err() == nil {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+js+")"))
		if ok && err == nil {
			return
		}
		if err != nil && ctx.Err() == nil {
			last = err // the page may be on its way from one address to the next
		}
		select {
		case <-ctx.Done():
		case <-time.After(40 * time.Millisecond):
		}
	}
	p.Shot("failed-" + what)
	require.FailNow(p.t, "waited in vain: "+what, "%s\nlast error: %v\nconsole: %v\nserver: %s", js, last, p.heard.all(), p.log)
}

// Press presses keys, one after the other, such as kb.ArrowRight of chromedp.
func (p *Page) Press(keys string, options ...chromedp.KeyOption) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys, options...))
}

// Click clicks the first element of a CSS selector.
func (p *Page) Click(css string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(css), chromedp.NodeVisible))
}

// Focus puts the keyboard on the first element of a CSS selector.
func (p *Page) Focus(css string) {
	p.t.Helper()
	p.do(chromedp.Focus(chromedp.CSS(css)))
}

// Shot takes a picture of the window.
func (p *Page) Shot(name string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	data, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	require.NoError(p.t, err)
	p.keep(name, data)
}

// ShotOf takes a picture of the first element of a CSS selector.
func (p *Page) ShotOf(name, css string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	data, err := chromedp.Run(ctx, chromedp.Screenshot(chromedp.CSS(css)))
	require.NoError(p.t, err)
	p.keep(name, data)
}

// ShotPage takes a picture of a page from top to bottom.
func (p *Page) ShotPage(name string) {
	p.t.Helper()
	p.tall(p.Number("document.documentElement.scrollHeight"))
	p.Shot(name)
	p.tall(height)
}

// tall gives the window another height, up to what a picture can have.
func (p *Page) tall(pixels float64) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(p.wide, int64(min(max(pixels, 200), 12_000))))
}

// Wide gives the window another width.
func (p *Page) Wide(pixels int64) {
	p.t.Helper()
	p.wide = pixels
	p.tall(height)
}

// Dark makes the page prefer dark colours, as a system setting does.
func (p *Page) Dark(on bool) {
	p.t.Helper()
	scheme := "light"
	if on {
		scheme = "dark"
	}
	p.do(call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	}))
}

// keep writes a picture where a person looks for it.
func (p *Page) keep(name string, png []byte) {
	p.t.Helper()
	dir := os.Getenv("MLSYSIM_SHOTS")
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "mlsysim-shots")
	}
	require.NoError(p.t, os.MkdirAll(dir, 0o755))
	file := filepath.Join(dir, name+".png")
	require.NoError(p.t, os.WriteFile(file, png, 0o644))
	p.t.Logf("picture: %s", file)
}
