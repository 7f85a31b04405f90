package scenario_test

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A training cluster without a split: the best one is searched. It fits and misses
// its limit on emissions, until it moves to another grid.
func ExampleEvaluation() {
	e := scenario.Evaluation{
		Model: models.Llama3_70B, Hardware: hardware.H100, Nodes: 8, Batch: 256, Region: infra.Poland, MaxCarbon: 2 * units.Tonne,
	}
	s := e.Run()
	fmt.Println(s.Feasibility, s.Macro, s.Carbon)
	e.Region = infra.Quebec
	s = e.Run()
	fmt.Println(s.Feasibility, s.Macro, s.Carbon)
	// Output:
	// PASS FAIL 18.92 tCO2e
	// PASS PASS 986.1 kgCO2e
}

func ExampleParsePlan() {
	p, err := scenario.ParsePlan("mlsys.yaml", []byte(`
version: "1.0"
name: chat
workload: {name: Llama3_8B, mode: serve, batch_size: 16, seq_len: 1024}
hardware: {name: H100, accelerators: 1}
sla: {itl: 10 ms}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := p.Solve()
	fmt.Println(r.Cards[0].Performance, r.Cards[0].Request.ITL, err)
	// Output:
	// PASS 5.835 ms <nil>
}
