package cost

import (
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Site is a place where a fleet could stand. As text it is a region of the
// registry, with a round trip if one is known: Quebec@30 ms.
type Site struct {
	Region    infra.Grid        `help:"electricity grid" required:"true"`
	Facility  infra.Facility    `help:"building; that of the fleet unless given"`
	Tariff    units.EnergyPrice `help:"electricity price; that of the fleet, else of the region, unless given" min:"0"`
	RoundTrip units.Seconds     `help:"network round trip to the users; 0 is unknown" min:"0"`
}

// String prints the site as it is read.
func (s Site) String() string {
	if s.RoundTrip == 0 {
		return s.Region.Name
	}
	return s.Region.Name + "@" + s.RoundTrip.String()
}

// UnmarshalText looks the region up in the registry.
func (s *Site) UnmarshalText(text []byte) error {
	region, trip, timed := strings.Cut(string(text), "@")
	var found Site
	if err := found.Region.UnmarshalText([]byte(strings.TrimSpace(region))); err != nil {
		return err
	}
	if timed {
		if err := found.RoundTrip.Set(strings.TrimSpace(trip)); err != nil {
			return err
		}
	}
	*s = found
	return nil
}

// Permit is whether a place is allowed, or the first reason why it is not.
type Permit uint8

// The permits, in the order in which they are tested.
const (
	Allowed       Permit = iota
	CostUnknown          // a price or the power is unknown
	OtherBasis           // its carbon figure counts something else
	TripUnknown          // there is a limit on the round trip, which is unknown here
	TooFar               // the round trip is above the limit
	TooMuchCarbon        // the emissions are above the limit
)

var permitNames = [...]string{
	"allowed", "cost unknown", "counts other emissions", "round trip unknown", "round trip above the limit", "emissions above the limit",
}

// String returns the permit in words.
func (p Permit) String() string { return permitNames[min(int(p), len(permitNames)-1)] }

// Names lists the permits in order of their values.
func (Permit) Names() []string { return permitNames[:] }

// MarshalText writes the words.
func (p Permit) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the words in any case.
func (p *Permit) UnmarshalText(text []byte) error { return describe.ReadEnum(p, "permit", text) }

// A Place is one site with its numbers.
type Place struct {
	Region     string            `help:"electricity grid"`
	Permit     Permit            `help:"whether the fleet may stand there, or why not"`
	Front      bool              `help:"no other allowed place is at least as good in cost, emissions and round trip, and better in one"`
	Objective  units.USD         `help:"total cost and price of the emissions" better:"lower" known:"CostKnown"`
	TCO        units.USD         `help:"total cost of ownership" better:"lower" known:"CostKnown"`
	EnergyCost units.USD         `help:"electricity" better:"lower" known:"PowerKnown"`
	CarbonCost units.USD         `help:"price of the emissions" better:"lower" known:"PowerKnown"`
	Carbon     units.KgCO2e      `help:"emissions of the energy" better:"lower" known:"PowerKnown"`
	RoundTrip  units.Seconds     `help:"network round trip to the users" better:"lower" known:"TripKnown"`
	Tariff     units.EnergyPrice `help:"electricity price" better:"lower"`
	PUE        float64           `help:"facility energy per energy of the machines" better:"lower"`

	CostKnown   bool `help:"the device's price and power are known"`
	PowerKnown  bool `help:"the device's power is known"`
	TripKnown   bool `help:"the round trip is known"`
	TariffKnown bool `help:"the region's own electricity price is known, or one is given"`
}
