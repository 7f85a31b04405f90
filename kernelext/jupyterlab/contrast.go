package jupyterlab

import (
	"fmt"
	"strings"
)

// Pale is a text that is hard to read.
type Pale struct {
	Text   string  `json:"text"`
	Ratio  float64 `json:"ratio"` // of the luminances of text and ground, 1 to 21
	Ink    string  `json:"ink"`
	Ground string  `json:"ground"`
}

// String is one line of a failed test.
func (p Pale) String() string {
	return fmt.Sprintf("%.2f %q %s on %s", p.Ratio, p.Text, p.Ink, p.Ground)
}

// Pale lists the texts inside the elements of a CSS selector whose contrast is
// below a ratio; 4.5 is what WCAG 2 asks of normal text (criterion 1.4.3).
// Texts in pictures are not seen. It also counts the texts that it looked at.
func (p *Page) Pale(css string, least float64) (pale []Pale, texts int) {
	p.t.Helper()
	found := Value[struct {
		Pale  []Pale `json:"pale"`
		Texts int    `json:"texts"`
	}](p, strings.NewReplacer("$CSS", quoted(css), "$LEAST", fmt.Sprint(least)).Replace(contrast))
	return found.Pale, found.Texts
}

// contrast lays the backgrounds behind a text over each other, as the browser
// does, and compares luminances by the formula of WCAG 2. A text of a drawing
// stands on the drawing's own ground, the first rectangle that fills it.
const contrast = `(() => {
const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
const rgba = c => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = "#000"; canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1);
  const d = canvas.getImageData(0, 0, 1, 1).data; return [d[0], d[1], d[2], d[3] / 255] };
const over = (a, b) => { const k = a[3] + b[3] * (1 - a[3]); return k ? [0, 1, 2].map(i => (a[i] * a[3] + b[i] * b[3] * (1 - a[3])) / k).concat(k) : a };
const ground = e => { let c = [0, 0, 0, 0];
  for (; e && c[3] < 1; e = e.parentElement) {
    if (e.tagName == "svg") {
      const box = e.getBoundingClientRect(), r = [...e.querySelectorAll("rect, path")].find(r => r.getBoundingClientRect().width >= box.width - 1);
      if (r && getComputedStyle(r).fill != "none") c = over(c, rgba(getComputedStyle(r).fill));
    }
    c = over(c, rgba(getComputedStyle(e).backgroundColor));
  }
  return over(c, [255, 255, 255, 1]) };
const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b };
const out = {pale: [], texts: 0};
for (const root of document.querySelectorAll($CSS)) {
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let n; n = walk.nextNode();) {
    const e = n.parentElement;
    if (!n.textContent.trim() || !e.checkVisibility({visibilityProperty: true, opacityProperty: true}) || ["SCRIPT", "STYLE", "OPTION"].includes(e.tagName)) continue;
    let faint = 1;
    for (let a = e; a; a = a.parentElement) faint *= getComputedStyle(a).opacity;
    const s = getComputedStyle(e), bg = ground(e), own = rgba(e.ownerSVGElement ? s.fill : s.color);
    own[3] *= faint;
    const ink = over(own, bg), [a, b] = [light(ink), light(bg)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
    out.texts++;
    if (ratio < $LEAST) out.pale.push({text: n.textContent.trim().slice(0, 60), ratio, ink: ink.map(Math.round).slice(0, 3).join(), ground: bg.map(Math.round).slice(0, 3).join()});
  }
}
return out })()`
