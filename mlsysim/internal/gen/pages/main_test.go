package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

const onDisk = "../../../../docs/content/catalog"

// The pages of the site are what the data says.
func TestPagesAreCurrent(t *testing.T) {
	made := render(catalog())
	paths, err := filepath.Glob(filepath.Join(onDisk, "*.md"))
	require.NoError(t, err)
	require.Len(t, paths, len(made), "run go generate ./mlsysim/zoo")
	for name, text := range made {
		written, err := os.ReadFile(filepath.Join(onDisk, name))
		require.NoError(t, err)
		require.True(t, string(written) == text, "%s is stale: run go generate ./mlsysim/zoo", name)
	}
}

// Every entry of every registry is on one page of its registry.
func TestEveryEntryHasOnePage(t *testing.T) {
	on := map[string]string{}
	for _, p := range catalog() {
		for _, e := range p.entries() {
			if !strings.HasPrefix(e.Path, p.kind+".") {
				require.Equal(t, "prices.md", p.file, e.Path)
				continue
			}
			require.Empty(t, on[e.Path], e.Path)
			on[e.Path] = p.file
		}
	}
	var z zoo.Zoo
	for _, kind := range zoo.Kinds() {
		for _, e := range z.Entries(kind) {
			require.NotEmpty(t, on[e.Path], e.Path)
		}
	}
}

var (
	reference = regexp.MustCompile(`\[\^([^\]]+)\]`)
	defined   = regexp.MustCompile(`(?m)^\[\^([^\]]+)\]: \S`)
)

// Pages stay small; each footnote is there once and is a document.
func TestPagesAreSound(t *testing.T) {
	for name, text := range render(catalog()) {
		require.LessOrEqual(t, len(text), 200_000, name)
		require.True(t, strings.HasPrefix(text, "---\n# Written by go generate"), name)
		notes := map[string]int{}
		for _, m := range defined.FindAllStringSubmatch(text, -1) {
			notes[m[1]]++
			_, ok := source.Lookup(m[1])
			require.True(t, ok, "%s: %s", name, m[1])
		}
		for _, m := range reference.FindAllStringSubmatch(text, -1) {
			require.Equal(t, 1, notes[m[1]], "%s: %s", name, m[1])
		}
		require.False(t, regexp.MustCompile(`NaN|[+-]Inf\b|[^\\]\$`).MatchString(text), name)
	}
}

// A column aligned right sorts as numbers: each cell is empty, or a number and
// its mark.
func TestNumbersSort(t *testing.T) {
	for _, p := range catalog() {
		for _, table := range p.tables {
			require.Len(t, table.right, len(table.heads))
			for _, row := range table.rows {
				require.Len(t, row, len(table.heads))
				for i, cell := range row {
					if !table.right[i] || cell == "" {
						continue
					}
					number, mark, _ := strings.Cut(cell, " ")
					_, err := strconv.ParseFloat(number, 64)
					require.NoError(t, err, "%s %s: %s", p.file, table.heads[i], cell)
					require.Contains(t, []string{"", "†", "‡"}, mark)
				}
			}
		}
	}
}

// The marks are the confidence of the facts.
func TestMarks(t *testing.T) {
	text := render(catalog())["hardware-cloud.md"]
	require.Contains(t, text, "| `H100` | NVIDIA H100 SXM5 | 2022 | shipping | 34 | 67 | 494.5 | 989 | 989 | 1979 | 1979 |  |  | 0.803 |")
	require.Contains(t, text, "| `H100` | 85.9 | 3350 |")
	require.Contains(t, text, " | 700 | 210 ‡ | 25000 ‡ | 164 † |")
	require.Equal(t, `a\|b \_c\_ &#36;5 \[x\]`, escape("a|b _c_ $5 [x]"))
	require.Equal(t, "0.0001235", plain(0.00012345678))
	require.Equal(t, "129280", plain(129280))
}

// Writing removes pages that nothing makes any more.
func TestWriteReplacesTheFolder(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "old.md"), nil, 0o644))
	require.NoError(t, write(dir))
	require.NoFileExists(t, filepath.Join(dir, "old.md"))
	require.FileExists(t, filepath.Join(dir, "prices.md"))
	require.FileExists(t, filepath.Join(dir, "_index.md"))
	require.Error(t, write(filepath.Join(dir, "prices.md")))
}
