package chart_test

import (
	"context"
	"sync"
	"testing"

	"github.com/mlsysim/golab/kernelext/gallery"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/stretchr/testify/require"
)

// A sample is one chart of the gallery, from solvers and the registry.
type sample struct {
	name  string
	chart show.Chart
}

var charts = sync.OnceValues(func() ([]gallery.Item, error) {
	return gallery.Charts(context.Background(), "../../notebooks/gallery.lab")
})

// samples are the charts of the gallery, every kind of them.
func samples(t testing.TB) []sample {
	t.Helper()
	items, err := charts()
	require.NoError(t, err)
	require.NotEmpty(t, items)
	var out []sample
	for _, i := range items {
		c, _ := i.Chart()
		out = append(out, sample{i.Name, c})
	}
	return out
}
