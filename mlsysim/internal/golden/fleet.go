package golden

import (
	"encoding/json"
	"fmt"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A Fleet is the cluster of a case.
type Fleet struct {
	Count, AcceleratorsPerNode, NicsPerNode int
	IntraNodeBwBytesS                       float64
	Fabric                                  struct{ Bandwidth, Latency, Oversubscription float64 }
	Device                                  hardware.Device
	IntraLatency                            units.Seconds // of the accelerator's own link; 0 is unknown
}

// Fleet converts the cluster of a case; launch is as in Hardware.
func (c Case) Fleet(input string, launch units.Seconds) (Fleet, error) {
	var f Fleet
	if err := decode(c.Inputs[input], &f); err != nil {
		return f, fmt.Errorf("%s: %s: %w", c.ID, input, err)
	}
	var parts struct {
		Accelerator json.RawMessage
		Fabric      struct {
			Bandwidth        float64 `json:"bandwidth_bytes_s"`
			Latency          float64 `json:"latency_s"`
			Oversubscription float64 `json:"oversubscription_ratio"`
		}
	}
	if err := json.Unmarshal(c.Inputs[input], &parts); err != nil {
		return f, fmt.Errorf("%s: %s: %w", c.ID, input, err)
	}
	f.Fabric.Bandwidth, f.Fabric.Latency, f.Fabric.Oversubscription = parts.Fabric.Bandwidth, parts.Fabric.Latency, parts.Fabric.Oversubscription
	var link struct {
		NVLink struct {
			Latency float64 `json:"latency_s"`
		} `json:"nvlink"`
	}
	if err := json.Unmarshal(parts.Accelerator, &link); err != nil {
		return f, fmt.Errorf("%s: %s: %w", c.ID, input, err)
	}
	f.IntraLatency = units.Seconds(link.NVLink.Latency)
	device, err := Case{ID: c.ID, Inputs: map[string]json.RawMessage{"accelerator": parts.Accelerator}}.Hardware("accelerator", launch)
	f.Device = device
	return f, err
}
