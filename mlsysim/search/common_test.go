package search_test

import (
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/serving"
)

var (
	request = serving.Serving{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 1, Prompt: 4096, Output: 256}
	node    = compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 8, Context: 2048}
)
