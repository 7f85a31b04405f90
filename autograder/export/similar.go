package export

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// What two sketches must share to be shown, and how common a hash may be to
// count at all.
const (
	leastShared = 10
	leastShare  = 0.5
	rareShare   = 0.05
	rareLeast   = 3
	mostPairs   = 50
)

// A pair is two submissions for a human to look at.
type pair struct {
	A, B    string
	Shared  int
	Percent float64
}

// similar finds pairs that share much of what few others have.
func similar(rows []studentRow, sketches [][]uint32) []pair {
	who := map[uint32][]int{}
	for i, s := range sketches {
		for _, h := range s {
			who[h] = append(who[h], i)
		}
	}
	rare := max(rareLeast, int(rareShare*float64(len(rows))))
	shared := map[[2]int]int{}
	for _, list := range who {
		if len(list) > rare {
			continue
		}
		for n, a := range list {
			for _, b := range list[n+1:] {
				shared[[2]int{a, b}]++
			}
		}
	}
	var out []pair
	for _, k := range slices.SortedFunc(maps.Keys(shared), func(a, b [2]int) int { return slices.Compare(a[:], b[:]) }) {
		n, least := shared[k], min(len(sketches[k[0]]), len(sketches[k[1]]))
		if share := float64(n) / float64(least); n >= leastShared && share >= leastShare {
			out = append(out, pair{rows[k[0]].Student, rows[k[1]].Student, n, math.Round(100 * share)})
		}
	}
	slices.SortStableFunc(out, func(a, b pair) int { return cmp.Or(cmp.Compare(b.Percent, a.Percent), cmp.Compare(b.Shared, a.Shared)) })
	return out[:min(len(out), mostPairs)]
}
