package golden

import (
	"encoding/json"
	"fmt"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A Site is where the fleet of a case stands.
type Site struct {
	Grid     infra.Grid
	Facility infra.Facility
}

// site is a grid as the vectors print it; 0.3.0 keeps PUE and WUE on grids.
type site struct {
	Name       string
	CarbonGKwh float64
	PUE        float64
	WueLKwh    float64
}

// Grid is a region of the vectors by its key: Quebec, US_Avg.
func Grid(key string) (Site, error) {
	var file struct {
		Meta struct{ Grids map[string]json.RawMessage }
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return Site{}, err
	}
	var in site
	if err := decode(file.Meta.Grids[key], &in); err != nil {
		return Site{}, fmt.Errorf("grid %q: %w", key, err)
	}
	in.Name = key
	return in.place(), nil
}

// FleetDevices converts the accelerator of a case's fleet and counts them.
func (c Case) FleetDevices() (hardware.Device, int, error) {
	var fleet struct {
		Accelerator json.RawMessage
		Count       int
		PerNode     int `json:"accelerators_per_node"`
	}
	if err := json.Unmarshal(c.Inputs["fleet"], &fleet); err != nil {
		return hardware.Device{}, 0, fmt.Errorf("%s: fleet: %w", c.ID, err)
	}
	inner := Case{ID: c.ID, Inputs: map[string]json.RawMessage{"hardware": fleet.Accelerator}}
	h, err := inner.Hardware("hardware", 0)
	return h, fleet.Count * fleet.PerNode, err
}

// Site converts the place of a case: its own, else that of the fleet, else the
// average of the United States as 0.3.0 has it.
func (c Case) Site() (Site, error) {
	var fleet struct{ Region, Datacenter json.RawMessage }
	if err := json.Unmarshal(c.Inputs["fleet"], &fleet); err != nil {
		return Site{}, fmt.Errorf("%s: fleet: %w", c.ID, err)
	}
	in := site{Name: "US Average", CarbonGKwh: 429, PUE: 1.12, WueLKwh: 1.8}
	for _, raw := range []json.RawMessage{c.Inputs["datacenter"], c.Inputs["grid"], fleet.Datacenter, fleet.Region} {
		if len(raw) == 0 || string(raw) == "null" {
			continue
		}
		if err := decode(raw, &in); err != nil {
			return Site{}, fmt.Errorf("%s: site: %w", c.ID, err)
		}
		break
	}
	return in.place(), nil
}

func (s site) place() Site {
	return Site{
		Grid:     infra.Grid{Name: s.Name, Carbon: units.GramPerKWh.Times(s.CarbonGKwh)},
		Facility: infra.Facility{Name: s.Name, PUE: s.PUE, WUE: units.LitrePerKWh.Times(s.WueLKwh)},
	}
}

// StorageBandwidth is the disk rate of a device of the vectors, zero if unknown.
func (c Case) StorageBandwidth(input string) (units.ByteRate, error) {
	var in struct{ StorageBandwidthBytesS float64 }
	if err := decode(c.Inputs[input], &in); err != nil {
		return 0, fmt.Errorf("%s: %s: %w", c.ID, input, err)
	}
	return units.ByteRate(in.StorageBandwidthBytesS), nil
}
