package attack

import (
	"encoding/json"
	"fmt"
)

// opened is the cell that opens the lab.
func opened(student string) string {
	return fmt.Sprintf(`var (
	l      = Open("T0", %q)
	batch  = l.Int("batch", 4, 6, 8, 12, 16, 24, 32, 48)
	tokens = l.Int("context", 700, 1100, 1300, 1700, 1900, 2300, 2900, 3100)
	node   = SingleNode{Model: Llama3_8B, Hardware: H100, Batch: batch, Context: tokens}
)`, student)
}

// The cells of a right submission: 10 points each, of which 1 for a prediction.
const (
	q1 = `Predict("q1", 8*Millisecond)
r := node.Run()
Answer("q1.compute", r.Compute)
Answer("q1.memory", r.Memory)
Answer("q1.overhead", r.Overhead)
Answer("q1.latency", r.Latency)`
	q2 = `Predict("q2", Compute)
wide := node
wide.Hardware.Bandwidth = node.Hardware.Bandwidth.Times(1.1)
Answer("q2.latency", wide.Run().Latency)
Because("q2", MemoryBandwidth)`
	q3 = `Predict("q3", 30*GB)
size := node.Run().Footprint
Answer("q3.gb", size.Ratio(GB))
Answer("q3.gib", size.Ratio(GiB))`
	// wrong earns nothing: no prediction comes before it.
	wrong = `Answer("q1.compute", 1*Second)
Answer("q1.memory", 1*Second)
Answer("q1.overhead", 1*Second)
Answer("q1.latency", 1*Second)
Answer("q2.latency", 1*Second)
Because("q2", Compute)
Answer("q3.gb", 1.0)
Answer("q3.gib", 1.0)`
)

func good(student string) []string { return []string{opened(student), q1, q2, q3} }

// goodAnd is a right submission with more cells in front of and behind it.
func goodAnd(before string, after ...string) func(string) []string {
	return func(student string) []string {
		cells := []string{opened(student)}
		if before != "" {
			cells = append(cells, before)
		}
		return append(append(cells, q1, q2, q3), after...)
	}
}

// wrongAnd is a submission that deserves nothing, and what it tries.
func wrongAnd(cells ...string) func(string) []string {
	return func(student string) []string { return append([]string{opened(student), wrong}, cells...) }
}

// with replaces the cells of a right submission.
func with(a, b, c string) func(string) []string {
	return func(student string) []string { return []string{opened(student), a, b, c} }
}

// notebook writes cells as a notebook; change may edit it before.
func notebook(cells []string, change func(nb map[string]any, cells []map[string]any)) string {
	var list []map[string]any
	for i, src := range cells {
		list = append(list, map[string]any{
			"cell_type": "code", "id": fmt.Sprintf("c%d", i), "metadata": map[string]any{}, "execution_count": nil, "outputs": []any{}, "source": src,
		})
	}
	nb := map[string]any{"nbformat": 4, "nbformat_minor": 5, "metadata": map[string]any{}, "cells": list}
	if change != nil {
		change(nb, list)
	}
	b, err := json.Marshal(nb)
	if err != nil {
		panic(err) // maps and texts always encode
	}
	return string(b)
}

// edited makes a notebook that deserves nothing and was edited by hand.
func edited(change func(nb map[string]any, cells []map[string]any)) func(class, student, secret string) error {
	return func(class, student, _ string) error {
		return write(class, student+".ipynb", notebook(wrongAnd()(student), change))
	}
}
