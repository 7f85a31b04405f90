package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/source"
)

// kinds are the categories of the zoo in their order.
var kinds = []string{"hardware", "models", "infra", "systems"}

func zooCommand(out *cli.Format) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:       "zoo [hardware|models|infra|systems]",
		Short:     "List the registries: devices, models, places and systems",
		Long:      "zoo lists the registries. Names are those that eval, solve and labs accept; a dash is a value that the registry does not know. Devices that are announced, classes of devices for teaching and those with low confidence in a main number are left out unless --all is given.",
		Example:   "  mlsysim zoo hardware\n  mlsysim zoo hardware --all\n  mlsysim zoo models -o csv\n  mlsysim zoo show H100",
		ValidArgs: kinds,
		RunE: func(cmd *cobra.Command, args []string) error {
			wanted := kinds
			if len(args) > 1 {
				return cli.Usage("unexpected argument %q: want one category of %s", args[1], strings.Join(kinds, ", "))
			}
			if len(args) == 1 {
				if !slices.Contains(kinds, args[0]) {
					return cli.Unknown("category", args[0], kinds)
				}
				wanted = args
			}
			return cli.Print(cmd, *out, zoo(wanted, all))
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "list the devices that defaults leave out too")
	cmd.AddCommand(entryCommand(out))
	return cmd
}

// zoo lists the wanted categories in one view.
func zoo(wanted []string, all bool) show.View {
	v := show.View{Title: "Registry " + source.Stamp()}
	var data catalogue
	for _, kind := range wanted {
		var tables []*show.Table
		var objects []object
		switch kind {
		case "hardware":
			tables, objects = one(tabulate(devices(all)))
		case "models":
			tables, objects = one(tabulate(networks(), modelColumns))
		case "infra":
			tables, objects = places()
		case "systems":
			tables, objects = assemblies()
		}
		for _, t := range tables {
			v.Blocks = append(v.Blocks, show.Block{Table: t})
		}
		data = append(data, pair{kind, objects})
	}
	v.Data = data
	return v
}

func one(t *show.Table, objects []object) ([]*show.Table, []object) {
	return []*show.Table{t}, objects
}

// devices lists the devices, the fastest first, and their columns; with all,
// those that defaults leave out too and why they do.
func devices(all bool) ([]hardware.Entry, []column[hardware.Entry]) {
	entries, columns := hardware.Trusted(), deviceColumns
	if all {
		entries = hardware.Entries()
		columns = append(slices.Clone(columns), column[hardware.Entry]{"doubt", "Left out for", func(e hardware.Entry) any { return hardware.Doubt(&e) }})
	}
	return slices.SortedStableFunc(slices.Values(entries), func(a, b hardware.Entry) int {
		return cmp.Compare(peak(b), peak(a))
	}), columns
}

// peak is the rate at the device's usual precision.
func peak(e hardware.Entry) float64 { return float64(e.Value.Rates.At(e.Value.Best())) }

var deviceColumns = []column[hardware.Entry]{
	{"name", "Name", func(e hardware.Entry) any { return e.Key }},
	{"full_name", "", func(e hardware.Entry) any { return e.Value.Name }},
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
func networks() []models.Entry {
	return slices.SortedStableFunc(slices.Values(models.Entries()), func(a, b models.Entry) int {
		return cmp.Compare(b.Value.Params, a.Value.Params)
	})
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
