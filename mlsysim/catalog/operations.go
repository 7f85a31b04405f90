package catalog

import (
	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/power"
	"github.com/mlsysim/golab/mlsysim/storage"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func operationsSolvers() []Solver {
	return []Solver{
		{
			Name: "ingestion", Summary: "supply of data to the accelerators of a node: cache, disks, network, decoding, links",
			Walls: []walls.Wall{8},
			Example: storage.Ingestion{
				Demand: 0.5 * units.GBps, Accelerators: 8, HitRatio: 0.25, Storage: 7 * units.GBps, Network: 12.5 * units.GBps,
				Cache: 100 * units.GBps, Decode: 6 * units.GBps, HostLink: 64 * units.GBps, Expansion: 5, Sample: 150 * units.KB,
			},
		},
		{
			Name: "transformation", Summary: "preparing a batch on the host against the accelerator's step",
			Walls:   []walls.Wall{9},
			Example: storage.Transformation{Batch: 256, Sample: 150 * units.KB, Rate: 200 * units.MBps, Step: 40 * units.Millisecond},
		},
		{
			Name: "ownership", Summary: "cost of owning a fleet against renting it, and of a million tokens",
			Walls: []walls.Wall{17},
			Example: cost.Ownership{
				Hardware: hardware.H100, Devices: 64, Utilization: 0.4, NodeFactor: 1.5, Region: infra.US_Avg, Facility: infra.LBNL_US_2023,
				Server: 8000, Network: 3000, Interest: 0.06, Building: 10_000, Staff: 20 * units.DollarPerHour,
				Rent: 3 * units.DollarPerHour, TokenRate: 100_000,
			},
		},
		{
			Name: "placement", Summary: "region with the smallest cost, emissions priced, within limits on distance and carbon",
			Walls: []walls.Wall{17, 18},
			Example: cost.Placement{
				Ownership: cost.Ownership{Hardware: hardware.H100, Devices: 512, Utilization: 0.45, Region: infra.Poland, Server: 8000},
				Sites: []cost.Site{
					{Region: infra.Quebec, RoundTrip: 95 * units.Millisecond},
					{Region: infra.Norway, Facility: infra.Google_2024, RoundTrip: 35 * units.Millisecond},
					{Region: infra.France, RoundTrip: 20 * units.Millisecond, Tariff: 0.11 * units.DollarPerKWh},
				},
				CarbonPrice: 100 * units.DollarPerTonne, LatencyLimit: 90 * units.Millisecond, CarbonLimit: 50 * units.Tonne,
			},
		},
		{
			Name: "sustainability", Summary: "energy, emissions and water of a fleet, in use and in the making",
			Walls: []walls.Wall{18},
			Example: power.Sustainability{
				Hardware: hardware.H100, Devices: 64, Utilization: 0.4, Region: infra.US_Avg, Facility: infra.LBNL_US_2023,
				OffSite: 3.1 * units.LitrePerKWh, Clean: 0.5, NodeFactor: 1.5,
			},
		},
	}
}
