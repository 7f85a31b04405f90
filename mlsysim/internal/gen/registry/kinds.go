package main

import (
	"fmt"
	"strings"

	"github.com/mlsysim/golab/mlsysim/units"
)

// A target is the Go type that the entries of a group become.
type target struct {
	Type  string // Device
	Slice string // entries
	about func(*entry) string
}

// A kind is one registry package.
type kind struct {
	name   string
	groups map[string]*target // top-level keys of its files
	slices []*target          // in the order they are written
}

var (
	device = &target{"Device", "entries", aboutDevice}
	model  = &target{"Model", "entries", aboutModel}
	stack  = &target{"Stack", "entries", aboutStack}

	grid     = &target{"Grid", "grids", aboutGrid}
	facility = &target{"Facility", "facilities", aboutFacility}
	cooling  = &target{"Cooling", "coolings", aboutCooling}
	rack     = &target{"Rack", "racks", aboutRack}
	tariff   = &target{"Tariff", "tariffs", aboutTariff}
	instance = &target{"Instance", "instances", aboutInstance}

	node     = &target{"Node", "nodes", aboutNode}
	fabric   = &target{"Fabric", "fabrics", aboutFabric}
	cluster  = &target{"Cluster", "clusters", aboutCluster}
	pod      = &target{"Pod", "pods", aboutPod}
	storage  = &target{"Storage", "storages", aboutStorage}
	failure  = &target{"Failure", "failures", aboutFailure}
	platform = &target{"Platform", "platforms", aboutPlatform}
)

var kinds = []kind{
	{"hardware", map[string]*target{"Cloud": device, "Workstation": device, "Edge": device, "Mobile": device, "Tiny": device}, []*target{device}},
	{"models", map[string]*target{
		"Language": model, "Vision": model, "Speech": model, "GenerativeVision": model, "StateSpace": model, "Recommendation": model,
		"Science": model, "Embodied": model, "Tiny": model,
	}, []*target{model}},
	{"infra", map[string]*target{
		"Grids": grid, "Facilities": facility, "Coolings": cooling, "Racks": rack, "Tariffs": tariff, "Instances": instance,
	}, []*target{grid, facility, cooling, rack, tariff, instance}},
	{"systems", map[string]*target{
		"Stacks": stack, "Nodes": node, "Fabrics": fabric, "Clusters": cluster, "Pods": pod, "Storages": storage, "Failures": failure, "Platforms": platform,
	}, []*target{stack, node, fabric, cluster, pod, storage, failure, platform}},
}

// A setter is a type of package units behind a pointer.
type setter interface {
	Set(text string) error
	String() string
}

// parse reads text as one unit; it returns the SI value and the printed form.
type parse func(text string) (float64, string, error)

// reader makes the parse of a unit type.
func reader[T ~float64, P interface {
	*T
	setter
}](text string) (float64, string, error) {
	var v T
	if err := P(&v).Set(text); err != nil {
		return 0, "", err
	}
	return float64(v), P(&v).String(), nil
}

// quantities has the parse of each unit that a registry field can have.
var quantities = map[string]parse{
	"Bytes":           reader[units.Bytes],
	"ByteRate":        reader[units.ByteRate],
	"FLOP":            reader[units.FLOP],
	"FLOPRate":        reader[units.FLOPRate],
	"Seconds":         reader[units.Seconds],
	"Watts":           reader[units.Watts],
	"Joules":          reader[units.Joules],
	"USD":             reader[units.USD],
	"USDRate":         reader[units.USDRate],
	"EnergyPrice":     reader[units.EnergyPrice],
	"KgCO2e":          reader[units.KgCO2e],
	"CarbonIntensity": reader[units.CarbonIntensity],
	"WaterIntensity":  reader[units.WaterIntensity],
	"RequestRate":     reader[units.RequestRate],
	"Params":          reader[units.Params],
}

func aboutDevice(e *entry) string {
	var parts []string
	for _, store := range [][2]string{{"Memory", "Bandwidth"}, {"SRAM", "SRAMBandwidth"}} {
		if size := e.shown(store[0]); size != "" && len(parts) == 0 {
			if rate := e.shown(store[1]); rate != "" {
				size += " at " + rate
			}
			parts = append(parts, size)
		}
	}
	for _, p := range []string{"FP16", "INT8", "FP32"} {
		if rate := e.shown("Rates." + p); rate != "" {
			parts = append(parts, rate+" "+strings.ToLower(p))
			break
		}
	}
	return fmt.Sprintf("the %s (%s): %s", e.shown("Name"), e.shown("Year"), strings.Join(parts, ", "))
}

func aboutModel(e *entry) string {
	parts := []string{e.shown("Params")}
	if active := e.shown("Active"); active != "" {
		parts = append(parts, active+" active")
	}
	if layers := e.shown("Layers"); layers != "" {
		parts = append(parts, layers+" layers")
	}
	if flops := e.shown("FLOPs"); flops != "" {
		per := e.shown("FLOPsPer")
		if per == "" {
			per = "sample"
		}
		parts = append(parts, flops+" per "+per)
	}
	return fmt.Sprintf("%s (%s): %s", e.shown("Name"), e.shown("Year"), strings.Join(parts, ", "))
}

func aboutStack(e *entry) string {
	return fmt.Sprintf("the stack %s: %s kernels of %s per layer, %s of host time per step",
		e.shown("Name"), e.shown("KernelsPerLayer"), e.shown("KernelTime"), e.shown("HostPerStep"))
}
