package main

import (
	"reflect"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// Every filter of every category takes the text of a value that the category
// shows, and then keeps rows with that name.
func TestFiltersTakeWhatTheTableShows(t *testing.T) {
	for _, c := range categories {
		all := c.sheets(&zoo.Zoo{}, true)
		for _, f := range queryOf(&cobra.Command{}, all).filters {
			v := sampleOf(all, f.key)
			require.NotNil(t, v, f.name)
			text := describe.Text(v)
			if list, ok := v.([]string); ok {
				text = list[0]
			}
			require.NoError(t, f.Set(text), "%s --%s %s", c.name, f.name, text)
			picked, err := f.apply(all)
			require.NoError(t, err)
			if f.test != least && f.test != most { // the text is rounded
				require.NotEmpty(t, picked, "%s --%s %s", c.name, f.name, text)
			}
		}
	}
}

func sampleOf(all []sheet, key string) any {
	for _, s := range all {
		for col, k := range s.keys {
			if v := s.sample(col); k == key && v != nil {
				return v
			}
		}
	}
	return nil
}

// At least and at most the same amount split the rows that have the value.
func TestLeastAndMostSplit(t *testing.T) {
	all := devices(&zoo.Zoo{}, true)
	col := indexOf(t, all[0], "memory")
	known := 0
	for _, row := range all[0].rows {
		if all[0].at(row, col) != nil {
			known++
		}
	}
	for _, text := range []string{"1 MiB", "80 GiB", "100 GB", "1 PB"} {
		lo := &filter{key: "memory", test: least, of: reflect.TypeOf(all[0].sample(col))}
		hi := &filter{key: "memory", test: most, of: lo.of}
		require.NoError(t, lo.Set(text))
		require.NoError(t, hi.Set(text))
		a, err := lo.apply(all)
		require.NoError(t, err)
		b, err := hi.apply(all)
		require.NoError(t, err)
		both, err := hi.apply(a)
		require.NoError(t, err)
		require.Equal(t, known, rowsOf(a)+rowsOf(b)-rowsOf(both), text)
	}
}

func indexOf(t *testing.T, s sheet, key string) int {
	t.Helper()
	for col, k := range s.keys {
		if k == key {
			return col
		}
	}
	require.Fail(t, "no column", key)
	return 0
}

// Every column can be sorted by, both ways, with the unknown last.
func TestEveryColumnSorts(t *testing.T) {
	for _, c := range categories {
		for _, key := range sortKeys(c.sheets(&zoo.Zoo{}, true)) {
			for _, way := range []string{"", ",desc"} {
				var o order
				require.NoError(t, o.Set(key+way))
				done, err := o.apply(c.sheets(&zoo.Zoo{}, true))
				require.NoError(t, err)
				for _, s := range done {
					requireSorted(t, s, o)
				}
			}
		}
	}
}

func requireSorted(t *testing.T, s sheet, o order) {
	t.Helper()
	for col, key := range s.keys {
		if key != o.key {
			continue
		}
		for i := 1; i < len(s.rows); i++ {
			a, b := s.at(s.rows[i-1], col), s.at(s.rows[i], col)
			require.LessOrEqual(t, o.compare(a, b), 0, "%s: %v before %v", o.String(), a, b)
			require.False(t, a == nil && b != nil, "unknown before known")
		}
	}
}

// No width cuts a number: every cell of a table is printed whole.
func TestNoWidthCutsAValue(t *testing.T) {
	for _, c := range categories {
		for _, s := range c.sheets(&zoo.Zoo{}, true) {
			table := s.table()
			whole := strings.Split(show.Text(show.View{Blocks: []show.Block{{Table: table}}}, show.Options{Width: 1000}), "\n")
			whole = append(whole[:1], whole[3:]...) // the rule is as long as the column
			for _, width := range []int{60, 80, 120} {
				text := show.Text(show.View{Blocks: []show.Block{{Table: table}}}, show.Options{Width: width})
				for line := range strings.Lines(text) {
					require.LessOrEqual(t, len([]rune(strings.TrimSuffix(line, "\n"))), width)
				}
				for _, row := range whole {
					for word := range strings.FieldsSeq(row) {
						require.Contains(t, text, word)
					}
				}
			}
		}
	}
}
