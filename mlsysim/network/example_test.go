package network_test

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/network"
	"github.com/mlsysim/golab/mlsysim/units"
)

// The third phase of a hierarchical all-reduce gathers inside each node: every
// device hands its share V/g of the sum to the g−1 others, 1.75 GB of 14. It takes
// as long as the first phase; a broadcast of all 14 GB to each of them, as if the
// shares did not exist, would take g times as long.
func ExampleCollective_thirdPhase() {
	g := 8
	r := network.Collective{
		Message: 14 * units.GB, Ranks: 32, PerNode: g, Intra: 450 * units.GBps, Inter: 50 * units.GBps,
	}.Run()
	fmt.Println("reduce-scatter:", r.Scatter, "exchange:", r.Exchange, "all-gather:", r.Gather)
	received := r.Exchanged.Times(float64(g - 1))
	fmt.Println("a device receives", g-1, "shares of", r.Exchanged, "in", received.Over(450*units.GBps))
	// Output:
	// reduce-scatter: 27.22 ms exchange: 52.5 ms all-gather: 27.22 ms
	// a device receives 7 shares of 1.75 GB in 27.22 ms
}
