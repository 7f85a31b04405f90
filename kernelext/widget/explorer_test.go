package widget

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/kernelext/jupyterlab"
)

func plainLook(v Values) Look {
	return Look{Text: fmt.Sprint(v.byName), HTML: fmt.Sprintf("<p>%v</p>", v.byName)}
}

var packed = regexp.MustCompile(`z="([^"]*)"`)

// unpacked reads the results out of a page, as its script does.
func unpacked(t require.TestingT, page string) (looks [][2]string, at []int) {
	found := packed.FindStringSubmatch(page)
	require.NotNil(t, found, "no results in the page")
	r, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(found[1])))
	require.NoError(t, err)
	var data struct {
		Looks [][2]string `json:"l"`
		At    []int       `json:"i"`
	}
	require.NoError(t, json.NewDecoder(r).Decode(&data))
	return data.Looks, data.At
}

var panel = regexp.MustCompile(`<div data-panel[^>]*>(.*?)</div>`)

// For any controls, an explorer shows exactly the result of the start, and finds
// the result of every setting where its script looks.
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
		html := Explorer(list, plainLook)
		require.LessOrEqual(t, len(html), mostBytes)
		require.Equal(t, plainLook(valuesOf(list)).HTML, panel.FindStringSubmatch(html)[1])

		e := explorer{list: list, grid: grids(list, mostLooks)}
		looks, at := unpacked(t, html)
		require.Len(t, at, e.total())
		require.LessOrEqual(t, e.total(), mostLooks)
		for i := range at {
			require.Equal(t, plainLook(e.values(i)).HTML, looks[at[i]][0])
		}
	})
}

// Two controls with many values get some hundred results, four still several of
// each.
func TestExplorerHasManyResults(t *testing.T) {
	for want, list := range map[int][]Control{
		400: {Slider("a", 0, 1000, 3)},
		300: {Slider("a", 0, 1000, 3), Slider("b", 0, 1, 0.5)},
		200: {Slider("a", 0, 1000, 3), Slider("b", 0, 1, 0.5), Dropdown("c", "x", "y", "z")},
		201: {Slider("a", 0, 1000, 3), Slider("b", 0, 1, 0.5), Dropdown("c", "x", "y", "z"), Checkbox("d", true)},
	} {
		_, at := unpacked(t, Explorer(list, plainLook))
		require.GreaterOrEqual(t, len(at), want)
	}
}

// A page stays small: results that do not compress are fewer, and those that are
// too large are left out.
func TestExplorerIsSmall(t *testing.T) {
	noise := func(n int) func(Values) Look {
		r := rand.New(rand.NewPCG(1, 2))
		return func(Values) Look {
			b := make([]byte, n)
			for i := range b {
				b[i] = 'a' + byte(r.IntN(26))
			}
			return Look{HTML: string(b)}
		}
	}
	list := []Control{Slider("a", 0, 999, 3)}
	page := Explorer(list, noise(2000))
	require.LessOrEqual(t, len(page), mostBytes)
	_, at := unpacked(t, page)
	require.Greater(t, len(at), 25)

	page = Explorer(list, noise(mostBytes))
	require.NotContains(t, page, "DecompressionStream")
	require.Contains(t, page, "disabled", "nothing moves")
}

// Slow results are fewer, and very slow ones are a picture.
func TestExplorerIsQuick(t *testing.T) {
	list := []Control{Slider("a", 0, 999, 3)}
	slow := func(wait time.Duration) func(Values) Look {
		return func(v Values) Look { time.Sleep(wait); return plainLook(v) }
	}
	began := time.Now()
	e := explore(list, slow(5*time.Millisecond), Look{}, 100*time.Millisecond)
	require.Less(t, time.Since(began), time.Second)
	require.Greater(t, e.total(), 4)
	require.NotEmpty(t, e.data)

	began = time.Now()
	e = explore(list, slow(100*time.Millisecond), Look{}, 100*time.Millisecond)
	require.Less(t, time.Since(began), 2*time.Second)
	require.Empty(t, e.data)
}

// A setting at which the function fails says so in its own place.
func TestExplorerShowsMistakes(t *testing.T) {
	page := Explorer([]Control{Slider("a", 0, 9, 3)}, func(v Values) Look {
		return Look{HTML: fmt.Sprint([]int{1, 2, 3, 4, 5}[v.Int("a")])}
	})
	looks, at := unpacked(t, page)
	require.Equal(t, "4", looks[at[3]][0])
	require.Contains(t, looks[at[7]][0], "index out of range")
}

// A picture is not sent in base64 twice: as text it compresses.
func TestExplorerPictures(t *testing.T) {
	svg := base64.StdEncoding.EncodeToString([]byte(`<svg><path d="M1 2"/></svg>`))
	looks, _ := unpacked(t, Explorer([]Control{Checkbox("a", true)}, func(Values) Look {
		return Look{HTML: `<img src="data:image/svg+xml;base64,` + svg + `"/>`}
	}))
	require.Equal(t, "<img src=\"\x01<svg><path d=\"M1 2\"/></svg>\x02\"/>", looks[0][0])
}

// What a control is called is text, and what it says can be heard.
func TestExplorerControls(t *testing.T) {
	html := Explorer([]Control{Dropdown("<b>", "<i>", `"q"|`), Slider("n", 1, 9, 2), Toggle("t", true)}, func(Values) Look { return Look{} })
	require.NotContains(t, html, "<b>")
	require.NotContains(t, html, "<option selected><i>")
	for _, want := range []string{`<span style="min-width:8em">n</span>`, `aria-valuetext="2"`, `role="switch"`, `<output>2</output>`, `role="status" aria-live="polite"`} {
		require.Contains(t, html, want)
	}
	require.Equal(t, strings.Count(html, "<label"), strings.Count(html, "data-c="))
}

// The controls of an explorer work in a browser, by keyboard too.
func TestExplorerInBrowser(t *testing.T) {
	list := []Control{Slider("a", 0, 7, 3), Dropdown("b", "x", "ü"), Checkbox("c", false)}
	page := Explorer(list, func(v Values) Look {
		svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="9"></svg>`, 10+v.Int("a"))
		return Look{HTML: fmt.Sprintf(`<p>%d %s %t</p><img alt="a drawing" src="data:image/svg+xml;base64,%s"/>`, v.Int("a"), v.Text("b"), v.On("c"), base64.StdEncoding.EncodeToString([]byte(svg)))}
	})
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
