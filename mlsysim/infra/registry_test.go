package infra_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/units"
)

func ExampleFindGrid() {
	g, err := infra.FindGrid("quebec")
	fmt.Println(g, g.Carbon, g.Year, g.Basis, err)
	_, err = infra.FindGrid("Polnad")
	fmt.Println(err)
	// Output:
	// Québec 34.5 g/kWh 2021 lifecycle <nil>
	// unknown region "Polnad": did you mean Poland?
}

func TestGridsHaveYearAndBasis(t *testing.T) {
	for _, e := range infra.Grids() {
		g := e.Value
		require.GreaterOrEqual(t, g.Year, 2020, e.Path)
		require.Positive(t, float64(g.Carbon), e.Path)
		require.Contains(t, g.Basis.Names(), g.Basis.String())
		if f, ok := source.Find(e.Facts, "Price"); ok {
			require.Regexp(t, regexp.MustCompile(`\b20\d\d\b`), f.Note, e.Path)
		}
	}
}

// Each carbon figure that mlsysim 0.3.0 has wrong is right here and says so.
func TestCorrections(t *testing.T) {
	for name, want := range map[string]float64{
		"US_Avg": 369.5, "Quebec": 34.5, "Norway": 30.1, "Poland": 661.9, "France": 56, "Iowa": 287.6,
	} {
		g, err := infra.FindGrid(name)
		require.NoError(t, err)
		require.InEpsilon(t, want, g.Carbon.Ratio(units.GramPerKWh), 1e-12, name)
	}
	for _, e := range infra.Grids() {
		f, ok := source.Find(e.Facts, "Carbon")
		require.True(t, ok, e.Path)
		require.Contains(t, f.Note, "corrected from mlsysim 0.3.0", e.Path)
	}
	require.Equal(t, infra.Operational, infra.Iowa.Basis)
	require.InDelta(t, 19.2, infra.Poland.Carbon.Ratio(infra.Quebec.Carbon), 0.1, "41 in mlsysim 0.3.0, 61 with the PUE it put on grids")
}

func TestFacilities(t *testing.T) {
	require.Equal(t, 1.4, infra.LBNL_US_2023.PUE)
	require.Equal(t, 0.36*units.LitrePerKWh, infra.LBNL_US_2023.WUE)
	require.Equal(t, 1.09, infra.Google_2024.PUE)
	require.Equal(t, 1.56, infra.Uptime_2024.PUE)
	for _, e := range infra.Facilities() {
		require.GreaterOrEqual(t, e.Value.PUE, 1.0, e.Path)
		require.Positive(t, e.Value.Year, e.Path)
	}
}

func TestLookupsKeepTheirOwnValue(t *testing.T) {
	before := infra.Poland
	t.Cleanup(func() { infra.Poland = before })
	infra.Poland.Carbon = 0
	found, err := infra.FindGrid("Poland")
	require.NoError(t, err)
	require.Equal(t, before, found)
}
