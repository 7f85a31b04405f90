package walls

import (
	"go/ast"
	"strings"
)

type texStyle struct{}

func (texStyle) symbol(name string) string {
	base, sub, has := strings.Cut(name, "_")
	if g, ok := greek[base]; ok {
		base = g.tex
	} else if len(base) > 1 {
		base = `\mathrm{` + base + "}"
	}
	if has {
		return base + `_{\mathrm{` + sub + "}}"
	}
	return base
}
func (texStyle) group(x string) string      { return `\left(` + x + `\right)` }
func (texStyle) product(x, y string) string { return x + ` \cdot ` + y }
func (texStyle) quotient(x, y string, ex, ey ast.Expr) string {
	return `\frac{` + bare(x, ex) + "}{" + bare(y, ey) + "}"
}

func (texStyle) power(x, y string, ex, ey ast.Expr) string {
	return "{" + texGrouped(x, ex) + "}^{" + bare(y, ey) + "}"
}

func (texStyle) call(name string, args []string) string {
	switch name {
	case "ceil":
		return `\left\lceil ` + args[0] + ` \right\rceil`
	case "floor":
		return `\left\lfloor ` + args[0] + ` \right\rfloor`
	case "sqrt":
		return `\sqrt{` + args[0] + "}"
	case "log2":
		return `\log_2\left(` + args[0] + `\right)`
	}
	return `\` + name + `\left(` + strings.Join(args, ", ") + `\right)`
}

// A texValueStyle is the TeX of a formula with values in place of its symbols.
type texValueStyle struct{ values map[string]string }

func (v texValueStyle) symbol(name string) string {
	text, ok := v.values[name]
	if !ok {
		return texStyle{}.symbol(name)
	}
	if strings.HasPrefix(text, "-") {
		return "(" + texQuantity(text) + ")"
	}
	return texQuantity(text)
}
func (texValueStyle) group(x string) string      { return texStyle{}.group(x) }
func (texValueStyle) product(x, y string) string { return texStyle{}.product(x, y) }
func (texValueStyle) quotient(x, y string, ex, ey ast.Expr) string {
	return texStyle{}.quotient(x, y, ex, ey)
}

func (texValueStyle) power(x, y string, ex, ey ast.Expr) string {
	return "{" + texGrouped(x, ex) + "}^{" + bare(y, ey) + "}"
}
func (texValueStyle) call(name string, args []string) string { return texStyle{}.call(name, args) }

// bare drops the parentheses that a fraction bar replaces.
func bare(text string, e ast.Expr) string {
	if _, ok := e.(*ast.ParenExpr); ok {
		return strings.TrimSuffix(strings.TrimPrefix(text, `\left(`), `\right)`)
	}
	return text
}

// texGrouped puts parentheses around what a power would otherwise split, a value
// with its unit too.
func texGrouped(text string, e ast.Expr) string {
	switch e.(type) {
	case *ast.BinaryExpr, *ast.UnaryExpr:
		return texStyle{}.group(text)
	case *ast.Ident:
		if strings.Contains(text, `\text`) {
			return texStyle{}.group(text)
		}
	}
	return text
}

// texDigits is what TeX would act on in a number.
var texDigits = strings.NewReplacer(",", "{,}", "$", `\$`, "−", "-")

// texSpecial is what TeX would act on in text.
var texSpecial = strings.NewReplacer(`\`, `\backslash `, "$", `\$`, "%", `\%`, "_", `\_`, "#", `\#`, "&", `\&`, "{", `\{`, "}", `\}`, "^", `\hat{}`, "~", `\tilde{}`)

// texQuantity is the TeX of a value as it is printed: 12{,}345\text{ tokens/s}.
func texQuantity(text string) string {
	end := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune("-−$0123456789.,", r) })
	if end < 0 {
		end = len(text)
	}
	number := texDigits.Replace(text[:end])
	if exponent, is := strings.CutPrefix(text[end:], "e"); is && end > 0 && strings.Trim(exponent, "+-0123456789") == "" {
		return number + ` \cdot 10^{` + strings.TrimPrefix(exponent, "+") + "}"
	}
	if end == len(text) {
		return number
	}
	return number + `\text{` + texSpecial.Replace(text[end:]) + "}"
}
