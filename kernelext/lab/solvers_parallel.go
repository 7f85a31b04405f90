package lab

import "github.com/mlsysim/golab/mlsysim/parallel"

// The solvers of a cluster: the best split of one, whether its network bounds a
// step, and text generation spread over it.
type (
	ParallelPlan         = parallel.Plan
	NetworkRoofline      = parallel.NetworkRoofline
	DistributedInference = parallel.Inference
)
