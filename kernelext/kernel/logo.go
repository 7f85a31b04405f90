package kernel

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
)

// The logo is a roofline: a slope, a flat top, and the design below it. Lengths
// are in 64ths of the edge.
var (
	ground  = color.NRGBA{0x1f, 0x4e, 0x79, 0xff}
	roof    = [][2]float64{{11, 51}, {33, 20}, {54, 20}}
	roofInk = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	point   = [2]float64{41, 36}
	dotInk  = color.NRGBA{0xff, 0xb0, 0x00, 0xff}
)

const (
	corner = 12.0 // radius of the ground's corners
	stroke = 3.0  // half the width of the roof
	dot    = 5.5  // radius of the design
)

// logos are the pictures of the launcher, by file name.
func logos() (map[string][]byte, error) {
	files := map[string][]byte{"logo-svg.svg": []byte(logoSVG())}
	for _, edge := range []int{32, 64} {
		var b bytes.Buffer
		if err := png.Encode(&b, logo(edge)); err != nil {
			return nil, fmt.Errorf("drawing the logo: %w", err)
		}
		files[fmt.Sprintf("logo-%dx%d.png", edge, edge)] = b.Bytes()
	}
	return files, nil
}

func logoSVG() string {
	path := ""
	for _, p := range roof {
		path += fmt.Sprintf("%g,%g ", p[0], p[1])
	}
	hex := func(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="%g" fill="%s"/>`+
		`<polyline points="%s" fill="none" stroke="%s" stroke-width="%g" stroke-linecap="round" stroke-linejoin="round"/>`+
		`<circle cx="%g" cy="%g" r="%g" fill="%s"/></svg>`,
		corner, hex(ground), path, hex(roofInk), 2*stroke, point[0], point[1], dot, hex(dotInk))
}

// logo is the same picture as pixels, each the mean of 4 × 4 samples.
func logo(edge int) image.Image {
	const samples = 4
	img := image.NewNRGBA(image.Rect(0, 0, edge, edge))
	for y := range edge {
		for x := range edge {
			var r, g, b, a int
			for i := range samples * samples {
				at := func(pixel, sample int) float64 {
					return (float64(pixel) + (float64(sample)+0.5)/samples) * 64 / float64(edge)
				}
				c := ink(at(x, i%samples), at(y, i/samples))
				r, g, b, a = r+int(c.R)*int(c.A), g+int(c.G)*int(c.A), b+int(c.B)*int(c.A), a+int(c.A)
			}
			if a > 0 {
				img.SetNRGBA(x, y, color.NRGBA{uint8(r / a), uint8(g / a), uint8(b / a), uint8(a / (samples * samples))})
			}
		}
	}
	return img
}

// ink is the colour of one point.
func ink(x, y float64) color.NRGBA {
	nearest := math.Inf(1)
	for i := range len(roof) - 1 {
		nearest = min(nearest, distance(x, y, roof[i], roof[i+1]))
	}
	inX, inY := max(corner, min(x, 64-corner)), max(corner, min(y, 64-corner))
	switch {
	case math.Hypot(x-inX, y-inY) > corner:
		return color.NRGBA{}
	case math.Hypot(x-point[0], y-point[1]) <= dot:
		return dotInk
	case nearest <= stroke:
		return roofInk
	}
	return ground
}

// distance is from a point to the segment from a to b.
func distance(x, y float64, a, b [2]float64) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := ((x-a[0])*dx + (y-a[1])*dy) / (dx*dx + dy*dy)
	t = max(0, min(t, 1))
	return math.Hypot(x-a[0]-t*dx, y-a[1]-t*dy)
}
