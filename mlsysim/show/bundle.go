package show

import (
	"encoding/json"
	"strings"
)

// Bundle returns every form of a value by MIME type; text/plain is always there,
// and alone where the value is a single number or name. A derivation has no HTML:
// every front end sets the formulas of Markdown, but not all those of HTML.
func Bundle(v any) map[string]any {
	view := Of(v)
	plain := strings.TrimRight(Text(view, Options{}), "\n")
	if view.single() {
		return map[string]any{"text/plain": plain}
	}
	bundle := map[string]any{"text/plain": plain, "text/markdown": MarkdownPart(view)}
	if view.onlyExplains() {
		bundle["text/markdown"] = MarkdownPart(view) + "\n" + view.untypeset()
		return bundle
	}
	bundle["text/html"] = HTML(view)
	return bundle
}

// Where a page has no MathJax when it is complete, as one that nbconvert made has
// none without a network, its formulas are replaced by those of the terminal. A
// notebook keeps out this script or has MathJax. A dollar sign in it would be
// taken for a formula.
const untypeset = `<script>(function(){var s=document.currentScript,f=$LIST;s&&addEventListener("load",function(){if(window.MathJax)return;
s.parentNode.querySelectorAll("p").forEach(function(p){if(p.textContent.trim().slice(0,2)=="\x24\x24"&&f.length){
p.textContent=f.shift();p.style.whiteSpace="pre-wrap";p.style.fontFamily="monospace";p.style.marginLeft="2em"}})})})()</script>
`

// untypeset is the script with the formulas of a derivation as text.
func (v View) untypeset() string {
	list := []string{}
	for _, b := range v.Blocks {
		for _, s := range b.Steps {
			if s.TeX != "" {
				list = append(list, s.plain())
			}
		}
	}
	data, err := json.Marshal(list)
	if err != nil {
		return "" // never, for texts
	}
	return strings.Replace(untypeset, "$LIST", strings.ReplaceAll(string(data), "$", `\u0024`), 1)
}

// plain is the step as lines, its equals signs one below the other.
func (s Step) plain() string {
	out := s.Formula
	at := strings.Repeat(" ", columns(out[:max(strings.Index(out, "="), 0)]))
	for _, part := range [...]string{s.Substituted, s.Value} {
		if part != "" {
			out += "\n" + at + equal(part)
		}
	}
	return out
}

// onlyExplains reports whether the view is a derivation and its remarks.
func (v View) onlyExplains() bool {
	for _, b := range v.Blocks {
		if b.Table != nil || b.Chart != nil || len(b.Rows)+len(b.Bars) > 0 {
			return false
		}
	}
	return v.explains()
}

// single reports whether the view is one bare value.
func (v View) single() bool {
	if v.Title != "" || len(v.Blocks) != 1 {
		return false
	}
	b := v.Blocks[0]
	return len(b.Rows) == 1 && b.Rows[0].Label == "" && b.Heading == "" && b.Table == nil && b.Chart == nil &&
		len(b.Bars)+len(b.Steps)+len(b.Notes) == 0
}
