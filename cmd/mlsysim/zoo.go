package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// A category is one part of the zoo.
type category struct {
	name, short, example string
	sheets               func(z *zoo.Zoo, all bool) []sheet
}

var categories = []category{
	{"hardware", "Devices: rates, memory, power, price", "--tier cloud --min-memory 80GB --year 2023.. --sort bandwidth,desc", devices},
	{"models", "Networks: family, size, layers, context", "--family moe --min-params 7B", networks},
	{"infra", "Places: grids, buildings, cooling, racks, tariffs, instances", `--kind grid --region iowa --max-carbon "300 g/kWh"`, places},
	{"systems", "Servers, fabrics, clusters, pods, storage, failures, stacks", `--kind fabric --min-bandwidth "100 GB/s"`, assemblies},
	{"prices", "What machines, devices, electricity and storage cost", "--provider AWS --device H100 --sort per_device", prices},
}

// listedAlone are the categories that zoo lists without a name: prices are in the
// others too.
const listedAlone = 4

func categoryNames() []string {
	return keys(categories, func(c category) string { return c.name })
}

func zooCommand(out *cli.Format) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "zoo",
		Short: "Explore the registries: devices, models, places, systems, prices",
		Long: `zoo says what the registries hold and how to list it; with a category it lists
that, and as JSON, Markdown or HTML it lists everything. Names are those that eval, solve and labs accept; a dash
is a value that the registry does not know. A category can be filtered by every
column and sorted by it; what is unknown passes no filter.

Devices that are announced, classes of devices for teaching and those with low
confidence in a main number are left out unless --all is given.`,
		Example: "  mlsysim zoo hardware --tier cloud --min-memory 80GB --year 2023..\n  mlsysim zoo compare H100 MI300X B200\n  mlsysim zoo show H100\n  mlsysim zoo doctor\n  mlsysim zoo hardware --registry mine.yaml",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return cli.Unknown("category", args[0], categoryNames())
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			var data catalogue
			v := show.View{Title: "Registry " + source.Stamp()}
			for _, c := range categories[:listedAlone] {
				v, data = c.into(v, data, c.sheets(own(cmd), all))
			}
			v.Data = data
			if *out == cli.Text {
				v.Blocks = []show.Block{{Table: overview(own(cmd), all)}}
			}
			return cli.Print(cmd, *out, v)
		},
	}
	keep(cmd)
	cmd.PersistentFlags().BoolVar(&all, "all", false, "list the devices that defaults leave out too")
	for _, c := range categories {
		cmd.AddCommand(c.command(out, &all))
	}
	cmd.AddCommand(entryCommand(out), besideCommand(out), doctorCommand(out))
	return cmd
}

// overview counts the entries of every category by kind, with the command that
// lists them.
func overview(z *zoo.Zoo, all bool) *show.Table {
	t := &show.Table{Columns: []show.Column{{Name: "Registry"}, {Name: "Kind"}, {Name: "Entries", Right: true}, {Name: "List them with"}}}
	for _, c := range categories {
		var kinds []string
		count := map[string]int{}
		for _, s := range c.sheets(z, all) {
			col := slices.Index(s.keys, "kind")
			for _, row := range s.rows {
				kind := ""
				if col >= 0 && c.name != "prices" {
					kind = fmt.Sprint(s.at(row, col))
				}
				if count[kind]++; count[kind] == 1 {
					kinds = append(kinds, kind)
				}
			}
		}
		for _, kind := range kinds {
			next := "mlsysim zoo " + c.name
			if kind != "" {
				next += " --kind " + kind
			}
			t.Cells = append(t.Cells, []string{c.name, kind, fmt.Sprint(count[kind]), next})
		}
	}
	return t
}

// command lists one category.
func (c category) command(out *cli.Format, all *bool) *cobra.Command {
	cmd := &cobra.Command{
		Use: c.name, Short: c.short, Args: cli.Args(), ValidArgsFunction: cobra.NoFileCompletions,
		Example: "  mlsysim zoo " + c.name + " " + c.example + "\n  mlsysim zoo " + c.name + " -o markdown",
	}
	q := queryOf(cmd, c.sheets(&zoo.Zoo{}, true))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		sheets := c.sheets(own(cmd), *all)
		total := rowsOf(sheets)
		picked, err := q.apply(sheets)
		if err != nil {
			return err
		}
		v := show.View{Title: "Registry " + source.Stamp()}
		if said := q.said(); said != "" {
			v.Subtitle = fmt.Sprintf("%d of %d with %s", rowsOf(picked), total, said)
		}
		v, v.Data = c.into(v, nil, picked)
		return cli.Print(cmd, *out, v)
	}
	return cmd
}

// wholeCategory lists a category with what defaults leave out.
func wholeCategory(name string) show.View {
	v := show.View{Title: "Registry " + source.Stamp()}
	for _, c := range categories {
		if c.name == name {
			v, v.Data = c.into(v, nil, c.sheets(&zoo.Zoo{}, true))
		}
	}
	return v
}

// into adds the sheets of a category to a view and its data.
func (c category) into(v show.View, data catalogue, sheets []sheet) (show.View, catalogue) {
	objects := []object{}
	for _, s := range sheets {
		v.Blocks = append(v.Blocks, show.Block{Table: s.table()})
		objects = append(objects, s.objects()...)
	}
	return v, append(data, pair{c.name, objects})
}

func rowsOf(sheets []sheet) int {
	n := 0
	for _, s := range sheets {
		n += len(s.rows)
	}
	return n
}

// devices lists the devices, the fastest first; with all, those that defaults
// leave out too and why they do.
func devices(z *zoo.Zoo, all bool) []sheet {
	entries, columns := hardware.Trusted(), deviceColumns
	if all {
		entries = hardware.Entries()
		columns = append(slices.Clone(columns), column[hardware.Entry]{"doubt", "Left out for", func(e hardware.Entry) any { return hardware.Doubt(&e) }})
	}
	return []sheet{sheetOf(sorted(entries, z.Hardware, func(a, b hardware.Entry) int { return cmp.Compare(peak(b), peak(a)) }), columns)}
}

// peak is the rate at the device's usual precision.
func peak(e hardware.Entry) float64 { return float64(e.Value.Rates.At(e.Value.Best())) }

var deviceColumns = []column[hardware.Entry]{
	{"name", "Name", func(e hardware.Entry) any { return e.Key }},
	{"full_name", "", func(e hardware.Entry) any { return e.Value.Name }},
	{"status", "", func(e hardware.Entry) any { return e.Value.Status }},
	{"tier", "", func(e hardware.Entry) any { return e.Value.Tier }},
	{"year", "Year", func(e hardware.Entry) any { return positive(e.Value.Year) }},
	{"flops", "Peak", func(e hardware.Entry) any { return positive(e.Value.Rates.At(e.Value.Best())) }},
	{"precision", "At", func(e hardware.Entry) any { return e.Value.Best() }},
	{"memory", "Memory", func(e hardware.Entry) any { return positive(e.Value.Capacity()) }},
	{"bandwidth", "Bandwidth", func(e hardware.Entry) any { return positive(e.Value.Bandwidth) }},
	{"tdp", "TDP", func(e hardware.Entry) any { return positive(e.Value.TDP) }},
	{"price", "Price", func(e hardware.Entry) any { return positive(e.Value.Price) }},
	{"precisions", "", func(e hardware.Entry) any { return e.Value.Rates.Supported() }},
	{"aliases", "", func(e hardware.Entry) any { return append([]string{}, e.Aliases...) }},
}

// networks lists the models, the largest first.
func networks(z *zoo.Zoo, _ bool) []sheet {
	return []sheet{sheetOf(sorted(models.Entries(), z.Models, func(a, b models.Entry) int {
		return cmp.Compare(b.Value.Params, a.Value.Params)
	}), modelColumns)}
}

var modelColumns = []column[models.Entry]{
	{"name", "Name", func(e models.Entry) any { return e.Key }},
	{"full_name", "", func(e models.Entry) any { return e.Value.Name }},
	{"architecture", "Architecture", func(e models.Entry) any { return e.Value.Family }},
	{"year", "Year", func(e models.Entry) any { return positive(e.Value.Year) }},
	{"parameters", "Size", func(e models.Entry) any { return positive(e.Value.Params) }},
	{"active", "", func(e models.Entry) any { return positive(e.Value.ActiveParams()) }},
	{"layers", "Layers", func(e models.Entry) any { return positive(e.Value.Layers) }},
	{"weights", "At 16 bit", func(e models.Entry) any { return e.Value.Weights(physics.FP16) }},
	{"context", "Context", func(e models.Entry) any { return positive(e.Value.Context) }},
	{"aliases", "", func(e models.Entry) any { return append([]string{}, e.Aliases...) }},
}
