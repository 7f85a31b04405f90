package models_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/source"
)

func TestNames(t *testing.T) {
	all := lines(t, "testdata/names.txt")
	require.GreaterOrEqual(t, len(all), 200)
	for _, l := range all {
		name, want, renamed := l[0], l[2], len(l) > 3
		for _, form := range []string{name, strings.ToLower(name), strings.ReplaceAll(name, "_", "-"), strings.ReplaceAll(name, "_", " ")} {
			e, err := models.Lookup(form)
			require.NoError(t, err, form)
			require.Equal(t, want, e.Path, form)
			if renamed {
				f, ok := source.Find(e.Facts, "Params")
				require.True(t, ok)
				require.Contains(t, f.Note, "named "+name[strings.LastIndex(name, ".")+1:]+" in mlsysim 0.3.0", want)
			}
		}
	}
}

// A name belongs to one network, whatever its case and punctuation.
func TestNoNameIsTaken(t *testing.T) {
	owner := map[string]string{}
	for _, e := range models.Entries() {
		for _, name := range append([]string{e.Key, e.Value.Name}, e.Aliases...) {
			folded := strings.ToLower(strings.Map(func(r rune) rune {
				if strings.ContainsRune(" _-./()+", r) {
					return -1
				}
				return r
			}, name))
			require.Contains(t, []string{"", e.Path}, owner[folded], name)
			owner[folded] = e.Path
		}
	}
}
