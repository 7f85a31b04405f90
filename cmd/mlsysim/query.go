package main

import (
	"cmp"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/describe"
)

// A query picks and orders the rows of sheets: a filter for every column, whose
// type says what the filter can be.
type query struct {
	filters []*filter
	sort    order
}

// filterNames are the flags of columns that are not called as their keys are; an
// empty one has no filter.
var filterNames = map[string]string{
	"architecture": "family", "parameters": "params", "precisions": "precision",
	"precision": "", "full_name": "", "aliases": "", "doubt": "", "date": "", "part": "", "topology": "", "": "",
}

// queryOf gives a command the filters that the columns of the sheets allow.
func queryOf(cmd *cobra.Command, sheets []sheet) *query {
	q := &query{}
	seen := map[string]bool{}
	for _, s := range sheets {
		for col, key := range s.keys {
			sample := s.sample(col)
			name, renamed := filterNames[key]
			if !renamed {
				name = strings.ReplaceAll(key, "_", "-")
			}
			if name == "" || sample == nil || seen[name] {
				continue
			}
			seen[name] = true
			q.add(cmd, name, key, sample)
		}
	}
	cmd.Flags().Var(&q.sort, "sort", "order by a `field`; field,desc is the largest first")
	cli.OfferLate(cmd, "sort", func() []string { return sortKeys(sheets) })
	return q
}

// add makes the filters of one column.
func (q *query) add(cmd *cobra.Command, name, key string, sample any) {
	flag := func(name, help string, test test) {
		f := &filter{name: name, key: key, test: test, of: reflect.TypeOf(sample)}
		q.filters = append(q.filters, f)
		cmd.Flags().Var(f, name, help)
	}
	text := strings.ReplaceAll(name, "-", " ")
	switch v := sample.(type) {
	case string, []string:
		switch name {
		case "name", "region":
			flag(name, text+" that contains this", contains)
		default:
			flag(name, "only this "+text, equal)
		}
	case bool:
		flag(name, "true or false", equal)
	case describe.Enum:
		flag(name, strings.Join(v.Names(), ", "), equal)
		cli.Offer(cmd, name, v.Names())
	default:
		if name == "year" {
			flag(name, "a year, or a range such as 2020..2023 or 2023..", within)
			return
		}
		unit := ""
		if _, ok := sample.(describe.Unit); ok {
			unit = ", such as " + describe.Text(sample)
		}
		flag("min-"+name, "least "+text+unit, least)
		flag("max-"+name, "most "+text+unit, most)
	}
}

// said repeats the filters that were given.
func (q *query) said() string {
	var out []string
	for _, f := range q.filters {
		if f.text != "" {
			out = append(out, "--"+f.name+" "+f.text)
		}
	}
	return strings.Join(out, ", ")
}

// A test is how a filter judges a value.
type test uint8

const (
	least test = iota
	most
	within
	equal
	contains
)

// A filter is a flag that keeps some rows. Rows whose value is unknown go.
type filter struct {
	name, key string
	test      test
	of        reflect.Type // of the values of the column
	text      string
	lo, hi    float64 // of numbers
}

// String prints the value.
func (f *filter) String() string { return f.text }

// Type names what the flag wants.
func (f *filter) Type() string {
	switch {
	case f.test == within:
		return "years"
	case f.test <= most:
		return "quantity"
	default:
		return "name"
	}
}

var years = regexp.MustCompile(`^(\d{4})?(\.\.)?(\d{4})?$`)

// Set reads the value as the column's type.
func (f *filter) Set(text string) error {
	f.text = strings.TrimSpace(text)
	if f.text == "" {
		return fmt.Errorf("%q: want a value", text)
	}
	if f.test == within {
		return f.setYears()
	}
	if f.test == contains || f.of.Kind() == reflect.String || f.of.Kind() == reflect.Slice {
		return nil // what there is to choose from is known when the rows are
	}
	if enum, ok := reflect.Zero(f.of).Interface().(describe.Enum); ok {
		return f.setEnum(enum.Names())
	}
	v, err := (describe.Field{Type: f.of}).Parse(text)
	if err != nil {
		return err
	}
	if n, ok := number(v.Interface()); ok {
		f.lo, f.hi = n, n
	}
	f.text = describe.Text(v.Interface())
	return nil
}

func (f *filter) setEnum(names []string) error {
	i, err := describe.ParseEnum(strings.ReplaceAll(f.name, "-", " "), f.text, names)
	if err == nil {
		f.text, f.lo, f.hi = names[i], float64(i), float64(i)
	}
	return err
}

func (f *filter) setYears() error {
	m := years.FindStringSubmatch(f.text)
	if m == nil || m[1] == "" && m[3] == "" || m[2] == "" && m[3] != "" {
		return fmt.Errorf("%q: want a year or a range, such as 2023, 2023.., ..2020 or 2020..2023", f.text)
	}
	f.lo, f.hi = 0, 9999
	if m[1] != "" {
		f.lo, _ = strconv.ParseFloat(m[1], 64)
		if m[2] == "" {
			f.hi = f.lo
		}
	}
	if m[3] != "" {
		f.hi, _ = strconv.ParseFloat(m[3], 64)
	}
	if f.lo > f.hi {
		return fmt.Errorf("%q: want the earlier year first", f.text)
	}
	return nil
}

// keeps judges a value.
func (f *filter) keeps(v any) bool {
	if v == nil {
		return false
	}
	switch x := v.(type) {
	case string:
		return f.matches(x)
	case []string:
		return slices.ContainsFunc(x, f.matches)
	case bool:
		return strconv.FormatBool(x) == f.text
	}
	n, ok := number(v)
	switch {
	case !ok || reflect.TypeOf(v) != f.of:
		return false
	case f.test == least:
		return n >= f.lo
	case f.test == most:
		return n <= f.hi
	default:
		return f.lo <= n && n <= f.hi
	}
}

func (f *filter) matches(text string) bool {
	if f.test == contains {
		return strings.Contains(folded(text), folded(f.text))
	}
	return folded(text) == folded(f.text)
}

func folded(text string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(text))
}

// apply returns the sheets with the rows that pass, in order. A sheet without a
// column that is filtered goes; a value that no row has is an error.
func (q *query) apply(sheets []sheet) ([]sheet, error) {
	for _, f := range q.filters {
		if f.text == "" {
			continue
		}
		var err error
		if sheets, err = f.apply(sheets); err != nil {
			return nil, err
		}
	}
	if q.sort.key == "" {
		return sheets, nil
	}
	return q.sort.apply(sheets)
}

func (f *filter) apply(sheets []sheet) ([]sheet, error) {
	var out []sheet
	var known []string
	for _, s := range sheets {
		cols := s.columns(f)
		if len(cols) == 0 {
			continue
		}
		before := s.rows
		s.rows = nil
		for _, row := range before {
			keep := false
			for _, col := range cols {
				v := s.at(row, col)
				keep = keep || f.keeps(v)
				known = append(known, listed(v)...)
			}
			if keep {
				s.rows = append(s.rows, row)
			}
		}
		if len(s.rows) > 0 {
			out = append(out, s)
		}
	}
	if len(out) == 0 && f.test == equal && f.of.Kind() != reflect.Uint8 && !slices.ContainsFunc(known, f.matches) {
		slices.Sort(known)
		err := cli.Unknown(strings.ReplaceAll(f.name, "-", " "), f.text, slices.Compact(known))
		return nil, cli.Blame(f.name, err)
	}
	return out, nil
}

// columns lists the columns that a filter looks at: that of its key, and for a
// name those of the other names.
func (s sheet) columns(f *filter) []int {
	keys := []string{f.key}
	if f.key == "name" {
		keys = []string{"name", "full_name", "aliases"}
	}
	var out []int
	for col, key := range s.keys {
		if slices.Contains(keys, key) {
			out = append(out, col)
		}
	}
	return out
}

// listed is the names in a value.
func listed(v any) []string {
	switch x := v.(type) {
	case string:
		return []string{x}
	case []string:
		return x
	}
	return nil
}

// An order is the flag that sorts.
type order struct {
	key  string
	down bool
}

// String prints the value.
func (o *order) String() string {
	if o.down {
		return o.key + ",desc"
	}
	return o.key
}

// Type names what the flag wants.
func (o *order) Type() string { return "field" }

// Set reads FIELD or FIELD,desc.
func (o *order) Set(text string) error {
	key, way, given := strings.Cut(text, ",")
	o.key, o.down = strings.TrimSpace(key), strings.EqualFold(strings.TrimSpace(way), "desc")
	if o.key == "" || given && !o.down && !strings.EqualFold(strings.TrimSpace(way), "asc") {
		return fmt.Errorf("%q: want FIELD or FIELD,desc", text)
	}
	return nil
}

// apply sorts the sheets that have the field; unknown values are last.
func (o *order) apply(sheets []sheet) ([]sheet, error) {
	if len(sheets) == 0 {
		return nil, nil
	}
	found := false
	for i, s := range sheets {
		col := slices.IndexFunc(s.keys, func(k string) bool { return folded(k) == folded(o.key) || filterNames[k] == folded(o.key) && k != "" })
		if col < 0 {
			continue
		}
		found = true
		sheets[i].rows = slices.SortedStableFunc(slices.Values(s.rows), func(a, b int) int {
			return o.compare(s.at(a, col), s.at(b, col))
		})
	}
	if !found {
		return nil, cli.Blame("sort", cli.Unknown("field", o.key, sortKeys(sheets)))
	}
	return sheets, nil
}

func (o *order) compare(a, b any) int {
	if a == nil || b == nil {
		return cmp.Compare(known(b), known(a))
	}
	x, ok := number(a)
	y, _ := number(b)
	c := cmp.Compare(x, y)
	if !ok {
		c = strings.Compare(strings.ToLower(fmt.Sprint(a)), strings.ToLower(fmt.Sprint(b)))
	}
	if o.down {
		return -c
	}
	return c
}

func known(v any) int {
	if v == nil {
		return 0
	}
	return 1
}

// sortKeys lists what the sheets can be sorted by.
func sortKeys(sheets []sheet) []string {
	var out []string
	for _, s := range sheets {
		for _, key := range s.keys {
			if key != "" && !slices.Contains(out, key) {
				out = append(out, key)
			}
		}
	}
	return out
}
