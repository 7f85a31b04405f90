package main

import (
	"reflect"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/systems"
)

// shorthands are the one-letter names of fields that many inputs have.
var shorthands = map[string]string{"batch": "b", "workload": "w", "precision": "p", "efficiency": "e"}

// bind gives a command a flag for every field of the input that into points to,
// with completion of its values, except for the skipped ones.
func bind(cmd *cobra.Command, into any, skip ...string) {
	types := map[string]reflect.Type{}
	for _, f := range describe.Fields(reflect.TypeOf(into).Elem()) {
		types[f.Flag] = f.Type
	}

	late := &lateNames{before: cmd.PreRunE}
	cmd.PreRunE = late.find
	for _, f := range describe.Flags(into) {
		if slices.Contains(skip, f.Name) {
			continue
		}
		var value pflag.Value = f
		if registryNames(element(types[f.Name])) != nil {
			value = late.add(f)
		}
		flag := cmd.Flags().VarPF(value, f.Name, shorthands[f.Name], f.Usage)
		switch {
		case f.Type() == "bool":
			flag.NoOptDefVal = "true"
		case f.Enum != nil:
			cli.Offer(cmd, f.Name, f.Enum)
		case f.Type() == "list":
			cli.OfferList(cmd, f.Name, func() []string { return knownNames(cmd, types[f.Name]) })
		default:
			cli.OfferLate(cmd, f.Name, func() []string { return knownNames(cmd, types[f.Name]) })
		}
	}
}

// registryNames lists the names that text of a registry type can be.
func registryNames(t reflect.Type) []string {
	switch t {
	case reflect.TypeFor[models.Model]():
		return keys(models.Entries(), func(e models.Entry) string { return e.Key })
	case reflect.TypeFor[hardware.Device]():
		return keys(hardware.Entries(), func(e hardware.Entry) string { return e.Key })
	case reflect.TypeFor[infra.Grid]():
		return keys(infra.Grids(), func(e infra.GridEntry) string { return e.Key })
	case reflect.TypeFor[infra.Facility]():
		return keys(infra.Facilities(), func(e infra.FacilityEntry) string { return e.Key })
	case reflect.TypeFor[systems.Stack]():
		return keys(systems.Entries(), func(e systems.Entry) string { return e.Key })
	case reflect.TypeFor[systems.Node]():
		return keys(systems.Nodes(), func(e systems.NodeEntry) string { return e.Key })
	case reflect.TypeFor[systems.Fabric]():
		return keys(systems.Fabrics(), func(e systems.FabricEntry) string { return e.Key })
	case reflect.TypeFor[systems.Cluster]():
		return keys(systems.Clusters(), func(e systems.ClusterEntry) string { return e.Key })
	}
	return nil
}

// entryNames lists what one entry of a list can be.
func entryNames(t reflect.Type) []string {
	if names, ok := reflect.Zero(t).Interface().(describe.Enum); ok {
		return names.Names()
	}
	if t == reflect.TypeFor[cost.Site]() { // written as its region
		t = reflect.TypeFor[infra.Grid]()
	}
	return registryNames(t)
}

func keys[E any](entries []E, key func(E) string) []string {
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = key(e)
	}
	return out
}
