package zoo

import (
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/systems"
)

// A shelf is the place of the entries of one type.
type shelf struct {
	open func(*reader)                                    // lets a file have such entries, under names that are free
	fill func(*reader)                                    // keeps what was read
	all  func() (own, builtIn []Entry)                    // without their type
	name func(into any, text string) (ok bool, err error) // finds an entry for a value of the type
}

// shelfOf makes the shelf of a type from the entries of the user, ours, what an
// entry is called in errors, and the groups that a file has them in.
func shelfOf[T any](own *[]registry.Entry[T], builtIn []registry.Entry[T], kind string, groups ...string) shelf {
	return shelf{
		open: func(r *reader) {
			accept[T](r, groups...)
			reserve(r, builtIn, *own)
		},
		fill: func(r *reader) { *own = append(*own, entries[T](r)...) },
		all:  func() ([]Entry, []Entry) { return registry.Erase(*own), registry.Erase(builtIn) },
		name: func(into any, text string) (bool, error) {
			v, ok := into.(*T)
			if !ok {
				return false, nil
			}
			return true, find(v, *own, builtIn, kind, text)
		},
	}
}

// shelves lists the places of one registry, in the order of its package.
func (z *Zoo) shelves(kind string) []shelf {
	switch kind {
	case "hardware":
		return []shelf{shelfOf(&z.Hardware, hardware.Entries(), "hardware", "Cloud", "Workstation", "Edge", "Mobile", "Tiny", "Reference")}
	case "models":
		return []shelf{shelfOf(&z.Models, models.Entries(), "model", groupsOf(models.Entries())...)}
	case "infra":
		return []shelf{
			shelfOf(&z.Grids, infra.Grids(), "region", "Grids"),
			shelfOf(&z.Facilities, infra.Facilities(), "facility", "Facilities"),
			shelfOf(&z.Coolings, infra.Coolings(), "cooling", "Coolings"),
			shelfOf(&z.Racks, infra.Racks(), "rack", "Racks"),
			shelfOf(&z.Tariffs, infra.Tariffs(), "tariff", "Tariffs"),
			shelfOf(&z.Instances, infra.Instances(), "instance", "Instances"),
		}
	default:
		return []shelf{
			shelfOf(&z.Nodes, systems.Nodes(), "node", "Nodes"),
			shelfOf(&z.Fabrics, systems.Fabrics(), "fabric", "Fabrics"),
			shelfOf(&z.Clusters, systems.Clusters(), "cluster", "Clusters"),
			shelfOf(&z.Pods, systems.Pods(), "pod", "Pods"),
			shelfOf(&z.Storages, systems.StorageTiers(), "storage", "Storages"),
			shelfOf(&z.Failures, systems.Failures(), "failure", "Failures"),
			shelfOf(&z.Platforms, systems.Platforms(), "platform", "Platforms"),
			shelfOf(&z.Stacks, systems.Entries(), "stack", "Stacks"),
		}
	}
}
