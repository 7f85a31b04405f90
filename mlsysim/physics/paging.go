package physics

import (
	"math"

	"github.com/mlsysim/golab/mlsysim/units"
)

// lengthBisections halves the bracket of the length law below a rounding error.
const lengthBisections = 100

// LengthDecay returns d = S/μ for requests whose length is exponential of scale
// μ and cut off at S, given the mean of what is left. It solves
//
//	(1 − e^(−d))/d = mean/S
//
// and is zero when every request has the full length (μ is then infinite). It
// leaves out any other shape of the distribution.
//
// Kwon 2023, "Efficient memory management for LLM serving with PagedAttention".
func LengthDecay(mean, longest units.Tokens) float64 {
	share := mean.Ratio(longest)
	if share >= 1 {
		return 0
	}
	low, high := 0.0, 1/share
	for range lengthBisections {
		middle := (low + high) / 2
		if LengthShare(middle) > share {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// LengthShare is the mean length of requests with a decay, as a share of the
// longest one.
//
//	(1 − e^(−d))/d, and 1 for d = 0
func LengthShare(decay float64) float64 {
	if decay == 0 {
		return 1
	}
	return -math.Expm1(-decay) / decay
}

// PagedTokens is the expected room that a request takes in whole pages of a
// cache. With p tokens per page and K = ⌈S/p⌉,
//
//	a = p·Σ_{i<K} e^(−i·p/μ) = p·(1 − e^(−K·p/μ))/(1 − e^(−p/μ))
//
// Kwon 2023, "PagedAttention". Blocks that requests share are left out.
func PagedTokens(decay float64, longest units.Tokens, page int) units.Tokens {
	size := float64(page)
	pages := math.Ceil(float64(longest) / size)
	perPage := decay * size / float64(longest)
	if perPage == 0 {
		return units.Tokens(pages * size)
	}
	return units.Tokens(size * math.Expm1(-pages*perPage) / math.Expm1(-perPage))
}

// Waste is the share of an allocation that nothing uses.
//
//	max(0, 1 − used/allocated)
func Waste(used, allocated units.Tokens) float64 { return max(0, 1-used.Ratio(allocated)) }
