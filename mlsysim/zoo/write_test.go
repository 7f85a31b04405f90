package zoo_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// Every configuration comes back from the file that is written of it.
func TestModelEntryIsReadBack(t *testing.T) {
	files, err := filepath.Glob("../models/testdata/configs/*.json")
	require.NoError(t, err)
	require.Greater(t, len(files), 30)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		m, err := models.FromConfig(data)
		require.NoError(t, err, file)
		m.Name = "Imported " + filepath.Base(file)

		text := zoo.ModelEntry("Imported_1", m, source.Document{ID: "imported-config", Title: `config.json of "x"`, Date: "2026-11-25"})
		var z zoo.Zoo
		require.NoError(t, z.AddModels("imported.yaml", []byte(text)), text)
		require.Equal(t, m, *z.Models[0].Value, file)
		require.Equal(t, "imported-config", z.Models[0].Facts[0].Document)
	}
}
