package laws_test

import (
	"github.com/mlsysim/golab/mlsysim/network"
	"github.com/mlsysim/golab/mlsysim/physics"
)

func networkLaws() []law {
	return []law{{
		id: "I-14", holds: allReduces,
		says: "an all-reduce moves at least 2(n-1)/n·M over its fastest link, in the switches M; hierarchical is no slower than the flat ring; the cheapest is no slower than each",
		mutants: []mutant{
			{"one pass around the ring", func(b *bench) {
				wrong(&b.collect, nil, func(_ *network.Collective, r *network.CollectiveResult) {
					r.Time, r.Ring = r.Time.Times(0.5), r.Ring.Times(0.5)
				})
			}},
			{"two whole all-reduces inside the node (0.1.1)", func(b *bench) {
				wrong(&b.collect, nil, func(_ *network.Collective, r *network.CollectiveResult) {
					r.Hierarchical += r.Scatter + r.Gather // which are known where it is the cheapest
				})
			}},
			{"always the ring", func(b *bench) {
				wrong(&b.collect, nil, func(_ *network.Collective, r *network.CollectiveResult) { r.Time = r.Ring })
			}},
		},
	}}
}

func allReduces(c *trial, b *bench) {
	s := drawCollective(c)
	r := solved(c, b.collect, s)
	if s.Ranks == 1 {
		same(c, "all-reduce of one", r.Time, 0)
		return
	}
	n := float64(s.Ranks)
	perNode := s.PerNode
	if perNode == 0 {
		perNode = 8
	}
	link, latency := s.Intra, s.IntraLatency
	if s.Ranks > perNode {
		link, latency = max(s.Intra, s.Inter), 0
	}
	both := s.Message.Times(2 * (n - 1) / n).Over(link)
	atMost(c, "bytes of the ring", both+latency, r.Ring)
	atMost(c, "bytes of the tree", both, r.Tree)
	if r.InSwitchKnown {
		atMost(c, "bytes through a switch", s.Message.Over(link), r.InSwitch)
		atMost(c, "cheapest over in-switch", r.Time, r.InSwitch)
	}
	if r.Algorithm != physics.InSwitch {
		atMost(c, "bytes of the cheapest", both, r.Time)
	}
	atMost(c, "cheapest over the ring", r.Time, r.Ring)
	atMost(c, "cheapest over the tree", r.Time, r.Tree)
	if r.HierarchicalKnown {
		atMost(c, "cheapest over hierarchical", r.Time, r.Hierarchical)
		if s.Intra >= s.Inter && s.IntraLatency <= s.InterLatency {
			atMost(c, "hierarchical over the flat ring", r.Hierarchical, r.Ring)
		}
	}
}
