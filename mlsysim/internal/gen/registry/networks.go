package main

import (
	"fmt"
	"strconv"
	"strings"
)

// The line that documents a variable of package models.

func aboutModel(e *entry) string {
	parts := []string{spoken(e.shown("Params")) + " parameters"}
	if active := e.shown("Active"); active != "" {
		parts = append(parts, spoken(active)+" active")
	}
	if e.shown("EncoderLayers") != "" {
		parts = append(parts, e.shown("EncoderLayers")+" + "+e.shown("Layers")+" layers")
	} else if e.shown("Layers") != "" {
		parts = append(parts, e.shown("Layers")+" layers")
	}
	parts = append(parts, e.experts()...)
	parts = append(parts, e.attention()...)
	if context := e.shown("Context"); context != "" {
		parts = append(parts, thousands(context)+" context")
	}
	if flops := e.shown("FLOPs"); flops != "" {
		parts = append(parts, flops+" per "+e.shown("FLOPsPer"))
	}
	return fmt.Sprintf("%s (%s): %s", e.shown("Name"), e.shown("Year"), strings.Join(parts, ", "))
}

// spoken writes 8.03B params as 8.03 B.
func spoken(params string) string {
	number := strings.TrimSuffix(params, " params")
	if digits := strings.TrimRight(number, "KMBT"); digits != number {
		number = digits + " " + number[len(digits):]
	}
	return number
}

// experts says how many experts a token uses.
func (e *entry) experts() []string {
	if e.shown("Experts") == "" {
		return nil
	}
	return []string{e.shown("TopK") + " of " + e.shown("Experts") + " experts"}
}

// attention says how queries share keys and values, and what narrows them.
func (e *entry) attention() []string {
	var out []string
	heads, kv := e.shown("Heads"), e.shown("KVHeads")
	switch {
	case e.shown("KVRank") != "":
		out = append(out, "MLA "+heads)
	case heads == "":
	case heads == kv:
		out = append(out, "MHA "+heads)
	case kv == "1":
		out = append(out, "MQA "+heads+"/1")
	default:
		out = append(out, "GQA "+heads+"/"+kv)
	}
	return append(append(out, e.labelled("window ", "Window")...), e.labelled("state ", "State")...)
}

// labelled is a field behind a label, if the entry has it.
func (e *entry) labelled(label, name string) []string {
	if e.shown(name) == "" {
		return nil
	}
	return []string{label + e.shown(name)}
}

// thousands rounds a count of tokens: 131072 is 131k.
func thousands(count string) string {
	n, err := strconv.Atoi(count)
	switch {
	case err != nil || n < 10_000:
		return count
	case n < 1_000_000:
		return strconv.Itoa(n/1000) + "k"
	default:
		return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + "M"
	}
}
