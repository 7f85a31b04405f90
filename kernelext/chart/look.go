package chart

// The palette of Okabe and Ito, told apart with any colour vision; an ink of each
// hue for text, dark enough for white and light enough for black; and what is
// legible on each. Shape and dash say the same without colour.
var (
	palette = [...]string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"}
	inks    = [...]string{"#0072b2", "#c24e00", "#007f5c", "#a8568a", "#8f6a00", "#2a7aa8"}
	onTone  = [...]string{"#fff", "#000", "#000", "#000", "#000", "#000"}
	dashes  = [...]string{"", "7 3", "2 2", "9 3 2 3", "5 2", "3 3"}
	shapes  = [...]string{"circle", "diamond", "triangle", "rect"}
)

// ramp is viridis in seven steps: even to the eye with any colour vision and in
// grey.
var ramp = [...]string{"#440154", "#443983", "#31688e", "#21918c", "#35b779", "#90d743", "#fde725"}

const (
	ink      = "#6e6e6e" // text that is readable on white and on black
	darkInk  = "#c4c4c4" // the same where the page is known to be dark
	grey     = "#888"    // muted symbols
	fontSize = 12
)

func nth(list []string, tone int) string { return list[(tone-1)%len(list)] }

// shade is the colour of a cell and of the number on it.
func shade(fraction float64) (fill, text string) {
	i := min(max(int(fraction*float64(len(ramp))), 0), len(ramp)-1)
	if i < 3 {
		return ramp[i], "#fff"
	}
	return ramp[i], "#000"
}
