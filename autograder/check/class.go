package check

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Class (BIND) wants the side of the ridge that an intensity is on: compute
// above it, memory bandwidth below. Within Band of the ridge either is right.
type Class struct {
	ID        string
	Intensity units.Intensity
	Ridge     units.Intensity
	Band      float64 // of |ln(intensity/ridge)|; zero means 5 %
	Cites     string
}

// Right lists the resources that count.
func (k Class) Right() []walls.Resource {
	band := k.Band
	if band == 0 {
		band = defaultBand
	}
	distance := math.Log(k.Intensity.Ratio(k.Ridge))
	switch {
	case math.Abs(distance) < band:
		return []walls.Resource{walls.Compute, walls.MemoryBandwidth}
	case distance > 0:
		return []walls.Resource{walls.Compute}
	}
	return []walls.Resource{walls.MemoryBandwidth}
}

// Check asks for a resource by name.
func (k Class) Check(c Claims) Verdict {
	law := "BIND: intensity above the ridge is compute-bound, below it memory-bound (" + k.Cites + ")"
	named, bad := resource(c, k.ID, law)
	if bad != nil {
		return *bad
	}
	if slices.Contains(k.Right(), named) {
		return pass(law, named.String()+" is right")
	}
	return fail(law, c[k.ID].String(), "%s is on the other side: compare the FLOP per byte with the ridge", named)
}

// resource reads a claim that names a resource.
func resource(c Claims, id, law string) (walls.Resource, *Verdict) {
	claim, ok := c[id]
	if !ok {
		v := fail(law, "", "there is no answer or Because for %s", id)
		return 0, &v
	}
	var named walls.Resource
	if err := named.UnmarshalText([]byte(claim.Text)); err != nil || claim.Type != "text" {
		v := fail(law, claim.String(), "%s does not name a resource", id)
		return 0, &v
	}
	return named, nil
}

// Coupling wants an explanation that agrees with the student's own elasticities:
// the named resource is the one that the metric reacts to most.
type Coupling struct {
	ID     string                    // the claim that names a resource
	Slopes map[walls.Resource]string // ids of the claimed elasticities
	Cites  string
}

// Check compares claims with claims.
func (k Coupling) Check(c Claims) Verdict {
	law := "BIND: the named resource is the one with the largest of your elasticities (" + k.Cites + ")"
	named, bad := resource(c, k.ID, law)
	if bad != nil {
		return *bad
	}
	own, ok := k.Slopes[named]
	if !ok {
		return fail(law, c[k.ID].String(), "%s is none of the resources asked about", named)
	}
	mine, bad := has(c, own, law, Plain(0))
	if bad != nil {
		return *bad
	}
	for _, r := range sorted(k.Slopes) {
		other, bad := has(c, k.Slopes[r], law, Plain(0))
		if bad != nil {
			return *bad
		}
		if math.Abs(other.Number) > math.Abs(mine.Number) {
			return fail(law, mine.String()+", but "+other.String(), "by your own numbers the metric reacts more to %s than to %s", r, named)
		}
	}
	return pass(law, fmt.Sprintf("%s agrees with your elasticities", named))
}

func sorted(m map[walls.Resource]string) []walls.Resource {
	var out []walls.Resource
	for r := range m {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}
