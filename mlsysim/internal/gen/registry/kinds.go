package main

import (
	"fmt"
	"strings"
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
	{"hardware", map[string]*target{"Cloud": device, "Workstation": device, "Edge": device, "Mobile": device, "Tiny": device, "Reference": device}, []*target{device}},
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

// aboutDevice says what a reader of a completion list asks first: the rate of
// the usual precision, the memory and the power.
func aboutDevice(e *entry) string {
	var parts []string
	for _, p := range []string{"FP16", "BF16", "INT8", "FP32"} { // in the order of Device.Best
		if rate := e.Written("Rates." + p); rate != "" {
			parts = append(parts, rate+" "+strings.ToLower(p))
			break
		}
	}
	parts = append(parts, stores(e)...)
	if tdp := e.Written("TDP"); tdp != "" {
		parts = append(parts, tdp)
	}
	when := e.shown("Year")
	if status := e.shown("Status"); status != "" && status != "shipping" {
		when += ", " + status
	}
	return fmt.Sprintf("the %s (%s): %s", e.shown("Name"), when, strings.Join(parts, ", "))
}

// stores lists the main memory with its bandwidth, or the on-chip memory and
// the flash of a device without one.
func stores(e *entry) []string {
	if size := e.Written("Memory"); size != "" {
		return []string{size + at(e.Written("Bandwidth"))}
	}
	var out []string
	if size := e.Written("SRAM"); size != "" {
		out = append(out, size+" SRAM"+at(e.Written("SRAMBandwidth")))
	}
	if size := e.Written("Flash"); size != "" {
		out = append(out, size+" flash")
	}
	return out
}

func at(rate string) string {
	if rate == "" {
		return ""
	}
	return " at " + rate
}

func aboutStack(e *entry) string {
	return fmt.Sprintf("the stack %s: %s kernels of %s per layer, %s of host time per step",
		e.shown("Name"), e.shown("KernelsPerLayer"), e.shown("KernelTime"), e.shown("HostPerStep"))
}
