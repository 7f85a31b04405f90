package widget

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func plainLook(v Values) Look {
	return Look{HTML: fmt.Sprintf("<p>%v</p>", v.byName)}
}

var panel = regexp.MustCompile(`<div data-p="(\d+)"( style="display:none")?><p>(.*?)</p>`)

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
		if Check(list) != nil {
			t.Fatal(Check(list))
		}
		html := Explorer(list, plainLook)
		panels := panel.FindAllStringSubmatch(html, -1)
		total := 1
		for _, g := range grids(list) {
			total *= len(g.values)
		}
		if len(panels) != total || total > mostLooks {
			t.Fatalf("%d panels of %d", len(panels), total)
		}
		shown := 0
		for _, p := range panels {
			if p[2] == "" {
				shown++
				if want := fmt.Sprint(valuesOf(list).byName); p[3] != want {
					t.Fatalf("shows %s: want %s", p[3], want)
				}
			}
		}
		if shown != 1 {
			t.Fatalf("%d panels are shown", shown)
		}
	})
}

// A page that is too large shows the first look alone.
func TestExplorerTooLarge(t *testing.T) {
	big := Explorer([]Control{Slider("a", 0, 9, 3)}, func(v Values) Look {
		return Look{HTML: strings.Repeat("x", mostBytes/4) + fmt.Sprint(v.Int("a"))}
	})
	require.True(t, strings.HasSuffix(big, "x3"))
	require.NotContains(t, big, "script")
}

func TestNamesAreText(t *testing.T) {
	html := Explorer([]Control{Dropdown("<b>", "<i>", `"q"|`)}, func(Values) Look { return Look{} })
	require.NotContains(t, html, "<b>")
	require.NotContains(t, html, "<option selected><i>")
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
