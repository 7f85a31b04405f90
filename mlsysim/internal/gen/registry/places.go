package main

import (
	"fmt"
	"strings"
)

// The lines that document variables of packages infra and systems.

func aboutGrid(e *entry) string {
	return fmt.Sprintf("the electricity grid of %s (%s): %s", e.shown("Name"), e.shown("Year"), e.parts("%s", "Carbon", "%s", "Basis", "%s", "Price"))
}

func aboutFacility(e *entry) string {
	return e.dated() + ": " + e.parts("PUE %s", "PUE", "%s", "WUE")
}

func aboutCooling(e *entry) string {
	return e.kind("a way to cool") + e.parts("%s", "Method", "PUE %s", "PUE", "%s", "WUE")
}

func aboutRack(e *entry) string {
	return e.kind("a rack") + e.parts("%s", "Power", "%s-cooled", "Method")
}

func aboutTariff(e *entry) string { return e.kind("an electricity tariff") + e.shown("Price") }

func aboutInstance(e *entry) string {
	out := e.kind("an instance") + e.shown("Price")
	if e.shown("Devices") != "" {
		out += " for " + e.many("Devices", "Device")
	}
	return out + fmt.Sprintf(", %s, %s", e.shown("Provider"), e.shown("Date"))
}

func aboutNode(e *entry) string {
	about := e.kind("a server") + e.many("Devices", "Device")
	if e.shown("Link") != "" {
		about += e.after(" at %s each way", "IntraLink")
	}
	return about + e.after(", %s ports", "NICs") + e.after(" of %s", "NICRate") + e.after(", %s", "Power")
}

func aboutFabric(e *entry) string {
	whose := map[string]string{"inside node": "accelerator", "between nodes": "port", "node total": "node"}[e.shown("Scope")]
	about := e.kind("a fabric") + e.shown("Bandwidth") + " each way per " + whose
	return about + e.after(", %s", "LatencyLow") + e.after(" to %s", "LatencyHigh")
}

func aboutCluster(e *entry) string {
	return e.kind("a cluster") + fmt.Sprintf("%s accelerators in %s on %s", e.shown("Devices"), e.many("Nodes", "Node"), e.shown("Fabric"))
}

func aboutPod(e *entry) string {
	return e.kind("a pod") + e.many("Devices", "Device") + ", " + e.shown("Topology")
}

func aboutStorage(e *entry) string {
	about := e.kind("a storage tier") + e.parts("%s", "Bandwidth", "%s", "Capacity", "%s to the first byte", "Latency", "rent %s", "Rent")
	return about + e.after(" for %s", "RentOf")
}

func aboutFailure(e *entry) string {
	return e.kind("a cause of failure") + fmt.Sprintf("once in %s of one %s", e.shown("MTTF"), e.shown("Part"))
}

func aboutPlatform(e *entry) string {
	return e.kind("a class of deployment") + e.parts("%s of memory", "Memory", "%s of storage", "Storage", "%s an answer", "Latency")
}

// kind introduces an entry by what it is, its name and its year.
func (e *entry) kind(what string) string {
	return fmt.Sprintf("%s (%s%s): ", what, e.shown("Name"), e.after(", %s", "Year"))
}

// dated is the name with the year, if the entry has one.
func (e *entry) dated() string { return e.shown("Name") + e.after(" (%s)", "Year") }

// many is a count and what is counted: 8 x H100.
func (e *entry) many(count, of string) string { return e.shown(count) + " x " + e.shown(of) }

// after formats a field, or is empty if the entry lacks it.
func (e *entry) after(format, name string) string {
	if v := e.shown(name); v != "" {
		return fmt.Sprintf(format, v)
	}
	return ""
}

// parts joins those of some formats whose field the entry has.
func (e *entry) parts(formatsAndNames ...string) string {
	var out []string
	for i := 0; i < len(formatsAndNames); i += 2 {
		if v := e.after(formatsAndNames[i], formatsAndNames[i+1]); v != "" {
			out = append(out, v)
		}
	}
	return strings.Join(out, ", ")
}
