package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSource(t *testing.T) {
	src, err := source([]pkg{{"models", []string{"GPT2"}}, {"hardware", []string{"H100", "iPhone15Pro"}}})
	require.NoError(t, err)
	require.Contains(t, string(src), "\tGPT2        = models.GPT2\n\tH100        = hardware.H100\n\tIPhone15Pro = hardware.IPhone15Pro\n")
	require.Contains(t, string(src), "mlsysim/hardware\"\n\t\"github.com/mlsysim/golab/mlsysim/models\"\n")
}

func TestTwoEntriesOfOneName(t *testing.T) {
	_, err := source([]pkg{{"hardware", []string{"GB200_NVL72"}}, {"systems", []string{"GB200_NVL72"}}})
	require.EqualError(t, err, "GB200_NVL72 is a key of packages hardware and systems: want another key in one of them")
	_, err = source([]pkg{{"infra", []string{"iowa"}}, {"systems", []string{"Iowa"}}})
	require.Error(t, err)
}

func TestRegistriesDoNotClash(t *testing.T) {
	_, err := source(registries)
	require.NoError(t, err)
}
