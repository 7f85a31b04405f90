package compute_test

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
)

// 70.55 billion parameters of two bytes are 141 GB; an H100 has 86. The answer is
// a result that says what is missing, not an error.
func ExampleSingleNode_infeasible() {
	r := compute.SingleNode{Model: models.Llama3_70B, Hardware: hardware.H100, Batch: 1, Precision: physics.FP16}.Run()
	fmt.Println("fits:", r.Fits, "short of", r.Short, "binds:", r.Binding)
	fmt.Println(r.Warnings)
	// Output:
	// fits: false short of 55.21 GB binds: host link
	// it does not fit into the device's memory
}
