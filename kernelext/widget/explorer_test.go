package widget

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mlsysim/golab/kernelext/jupyterlab"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// ample is more time than a test needs.
const ample = time.Minute

func plainLook(v Values) Look {
	return Look{HTML: fmt.Sprintf("<p>%v</p>", v.byName)}
}

var packed = regexp.MustCompile(`(?s)<div data-p="" aria-live="polite">(.*)</div></div><script>.*atob\("([^"]*)"\)`)

// unpack is what the script of an explorer does.
func unpack(t require.TestingT, page string) (first string, looks []string) {
	m := packed.FindStringSubmatch(page)
	require.Len(t, m, 3)
	data, err := base64.StdEncoding.DecodeString(m[2])
	require.NoError(t, err)
	plain, err := io.ReadAll(flate.NewReader(bytes.NewReader(data)))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(plain, &looks))
	return m[1], looks
}

// For any controls, an explorer has few results, shows exactly that of the
// start, and finds the result of every setting where its script looks.
func TestExplorer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo := float64(rapid.IntRange(-5, 5).Draw(t, "lo"))
		hi := lo + float64(rapid.IntRange(1, 500).Draw(t, "span"))
		start := lo + float64(rapid.IntRange(0, int(hi-lo)).Draw(t, "start"))
		all := []Control{
			Slider("a", lo, hi, start), Slider("part", 0, 1, 0.37),
			Dropdown("b", "x", "y", "z"), Checkbox("c", rapid.Bool().Draw(t, "c")), Toggle("d", true), SliderOver("e", []float64{1, 2, 4, 8}, 4),
		}
		list := rapid.SliceOfNDistinct(rapid.SampledFrom(all), 1, 4, func(c Control) string { return c.Name }).Draw(t, "list")
		require.NoError(t, Check(list))
		first, looks := unpack(t, Explorer(list, plainLook, ample))
		require.Equal(t, plainLook(valuesOf(list)).HTML, first)
		require.LessOrEqual(t, len(looks), mostLooks)
		at := 0
		for _, g := range grids(list, mostLooks) {
			at = at*len(g.values) + g.start
		}
		require.Equal(t, first, looks[at])
	})
}

// Pictures that differ little cost little.
func TestExplorerIsSmall(t *testing.T) {
	drawing := func(v Values) Look {
		svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg"><text>größe %v</text>%s</svg>`, v.Number("a"), strings.Repeat(`<path d="M12 34L56 78"/>`, 200))
		return Look{HTML: `<img src="data:image/svg+xml;base64,` + base64.StdEncoding.EncodeToString([]byte(svg)) + `"/>`}
	}
	page := Explorer([]Control{Slider("a", 0, 35, 3)}, drawing, ample)
	first, looks := unpack(t, page)
	require.Len(t, looks, mostLooks)
	require.Contains(t, first, ";base64,PHN2")
	require.Contains(t, looks[7], "\x01<svg xmlns=\"http://www.w3.org/2000/svg\"><text>größe 7</text>")
	require.Less(t, len(page), 3*len(first))
}

// A page that is too large has fewer looks, and at last the first alone.
func TestExplorerTooLarge(t *testing.T) {
	noise := func(n int) func(Values) Look {
		r := rand.New(rand.NewPCG(1, 2))
		return func(v Values) Look {
			b := make([]byte, n)
			for i := range b {
				b[i] = byte('a' + r.IntN(26))
			}
			return Look{HTML: string(b) + fmt.Sprint(v.Int("a"))}
		}
	}
	list := []Control{Slider("a", 0, 100, 3)}
	page := Explorer(list, noise(mostBytes/12), ample)
	_, looks := unpack(t, page)
	require.Less(t, len(looks), mostLooks)
	require.Greater(t, len(looks), 1)
	require.LessOrEqual(t, len(page), mostBytes)
	page = Explorer(list, noise(mostBytes), ample)
	require.True(t, strings.HasSuffix(page, "3"))
	require.NotContains(t, page, "script")
}

// With a small budget there are few results.
func TestExplorerOfFewLooks(t *testing.T) {
	_, looks := unpack(t, Explorer([]Control{Slider("a", 0, 100, 3)}, plainLook, 0))
	require.Len(t, looks, leastLooks)
}

func TestNamesAreText(t *testing.T) {
	html := Explorer([]Control{Dropdown("<b>", "<i>", `"q"|`)}, func(Values) Look { return Look{} }, ample)
	require.NotContains(t, html, "<b>")
	require.NotContains(t, html, "<option selected><i>")
}

// The controls of an explorer work in a browser, by keyboard too.
func TestExplorerInBrowser(t *testing.T) {
	list := []Control{Slider("a", 0, 7, 3), Dropdown("b", "x", "ü"), Checkbox("c", false)}
	page := Explorer(list, func(v Values) Look {
		svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="9"></svg>`, 10+v.Int("a"))
		return Look{HTML: fmt.Sprintf(`<p>%d %s %t</p><img alt="a drawing" src="data:image/svg+xml;base64,%s"/>`, v.Int("a"), v.Text("b"), v.On("c"), base64.StdEncoding.EncodeToString([]byte(svg)))}
	}, ample)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<link rel="icon" href="data:,">`+page)
	}))
	defer server.Close()
	p := jupyterlab.Browse(t).Open(server.URL)
	require.Equal(t, "3 x false", p.Text(`document.querySelector("p").textContent`))
	p.Focus("input[type=range]")
	p.Press(jupyterlab.Right + jupyterlab.Right)
	p.Wait("the moved slider", `document.querySelector("p").textContent == "5 x false"`)
	require.Equal(t, "5", p.Text(`document.querySelector("output").textContent`))
	p.Wait("its picture", `document.querySelector("img").naturalWidth == 15`)
	p.Focus("select")
	p.Press(jupyterlab.Down)
	p.Wait("the other choice", `document.querySelector("p").textContent == "5 ü false"`)
	p.Click("input[type=checkbox]")
	p.Wait("the checked box", `document.querySelector("p").textContent == "5 ü true"`)
	p.Axe("body > div")
}

func TestCheck(t *testing.T) {
	require.NoError(t, Check([]Control{Slider("a", 0, 1, 0.5), Checkbox("b", true)}))
	for want, list := range map[string][]Control{
		"no controls":              nil,
		"has no name":              {Slider("", 0, 1, 0)},
		"want Slider":              {{Name: "a"}},
		"two controls":             {Checkbox("a", true), Toggle("a", true)},
		"start = 5: want 0 to 1":   {Slider("a", 0, 1, 5)},
		"choices: want at most":    {SliderOver("a", make([]float64, mostChoices+1), 0)},
		"want the lower end first": {Slider("a", 1, 1, 1)},
	} {
		require.ErrorContains(t, Check(list), want)
	}
}
