package jupyterlab

import "fmt"

// part is the height of the pictures of something long: they can be read, and a
// browser draws no more at once than its limit.
const part = 2400

// ShotParts takes pictures of the whole notebook, one below the other: NAME-1,
// NAME-2.
func (n *Notebook) ShotParts(name string) {
	n.t.Helper()
	n.tall(part)
	n.settle()
	n.parts(name, `nb().content.node.querySelector(".jp-WindowedPanel-outer")`)
	n.tall(height)
	n.settle()
}

// ShotParts takes pictures of the whole page, one below the other.
func (p *Page) ShotParts(name string) {
	p.t.Helper()
	p.tall(part)
	p.parts(name, `document.documentElement`)
	p.tall(height)
}

// parts scrolls through an element as tall as the window, more or less.
func (p *Page) parts(name, element string) {
	p.t.Helper()
	seen := -1.0
	for i := 0; ; i++ {
		p.Do(fmt.Sprintf(`(e => { e.scrollTop = %d * e.clientHeight; return new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r))) })(%s)`, i, element))
		at := p.Number(element + `.scrollTop`)
		if at <= seen {
			return
		}
		seen = at
		p.Shot(fmt.Sprintf("%s-%d", name, i+1))
	}
}
