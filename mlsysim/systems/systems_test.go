package systems_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
)

func ExampleFindCluster() {
	c, err := systems.FindCluster("frontier-8k")
	n, f, _ := c.Parts()
	fmt.Println(c, c.Devices, n, f, err)
	// Output: Frontier-model cluster of 8192 H100 8192 DGX H100 InfiniBand NDR 4x <nil>
}

func ExampleFailure() {
	any := systems.Llama3_Failure_Any
	fmt.Println(any.Count, any.Fleet(16384))
	// Output: 419 3.093 h
}

func TestFabrics(t *testing.T) {
	require.GreaterOrEqual(t, len(systems.Fabrics()), 63)
	count := map[systems.Scope]int{}
	for _, e := range systems.Fabrics() {
		f := e.Value
		count[f.Scope]++
		require.Positive(t, float64(f.Bandwidth), e.Path)
		require.Equal(t, f.Links > 0, f.PerLink > 0, e.Path)
		if f.Links > 0 {
			require.InEpsilon(t, float64(f.Bandwidth), float64(f.PerLink)*float64(f.Links), 1e-9, e.Path)
		}
		require.True(t, f.Scope != systems.NodeTotal || f.Links > 0, "%s: a node's total has ports", e.Path)
		if f.LatencyHigh > 0 {
			require.Positive(t, float64(f.LatencyLow), e.Path)
			require.LessOrEqual(t, f.LatencyLow, f.LatencyHigh, e.Path)
		}
		require.LessOrEqual(t, f.LatencyHigh, 51*units.Microsecond, e.Path)
		require.LessOrEqual(t, f.AllReduce, f.Bandwidth, "%s: a ring cannot beat its links", e.Path)
		require.LessOrEqual(t, f.InSwitch, f.Bandwidth.Times(2), "%s: switches save at most half", e.Path)
		require.True(t, f.Oversubscription == 0 || f.Oversubscription > 1, e.Path)
	}
	require.Equal(t, []int{32, 23, 10}, []int{count[systems.InsideNode], count[systems.BetweenNodes], count[systems.NodeTotal]})
}

// A generation is never slower than the one before, and a speed in Gbit/s is
// eight times the rate in bytes.
func TestGenerations(t *testing.T) {
	for _, line := range [][]systems.Fabric{
		{systems.NVLink1, systems.NVLink2, systems.NVLink3, systems.NVLink4, systems.NVLink5, systems.NVLink6},
		{systems.PCIe3_x16, systems.PCIe4_x16, systems.PCIe5_x16, systems.PCIe6_x16, systems.PCIe7_x16},
		{systems.InfiniBand_FDR, systems.InfiniBand_EDR, systems.InfiniBand_HDR, systems.InfiniBand_NDR, systems.InfiniBand_XDR, systems.InfiniBand_GDR},
		{systems.ICI_v3, systems.ICI_v4, systems.ICI_v5p},
		{systems.NeuronLink_v2, systems.NeuronLink_v3, systems.NeuronLink_v4},
	} {
		for i := range line[1:] {
			require.Greater(t, line[i+1].Bandwidth, line[i].Bandwidth, line[i+1].Name)
			require.Less(t, line[i+1].Bandwidth.Ratio(line[i].Bandwidth), 3.5, line[i+1].Name)
		}
	}
	for _, e := range systems.Fabrics() {
		var gbit int
		if _, err := fmt.Sscanf(strings.TrimPrefix(e.Key, "RoCE_"), "%dG", &gbit); err == nil {
			require.Equal(t, units.Gbps.Times(float64(gbit)), e.Value.Bandwidth, e.Path)
		}
		if _, err := fmt.Sscanf(strings.TrimPrefix(e.Key, "Ethernet_"), "%dG", &gbit); err == nil {
			require.Equal(t, units.Gbps.Times(float64(gbit)), e.Value.Bandwidth, e.Path)
			roce, err := systems.FindFabric("RoCE_" + strings.TrimPrefix(e.Key, "Ethernet_"))
			if err == nil {
				require.Less(t, roce.LatencyHigh, e.Value.LatencyLow, "%s: the kernel costs more than the wire", e.Path)
			}
		}
	}
}

func TestNodes(t *testing.T) {
	require.GreaterOrEqual(t, len(systems.Nodes()), 20)
	for _, e := range systems.Nodes() {
		n := e.Value
		require.NotEmpty(t, n.Device, e.Path)
		require.Positive(t, n.Devices, e.Path)
		if n.Link != "" {
			f := fabric(t, n.Link)
			require.Equal(t, systems.InsideNode, f.Scope, e.Path)
			require.Equal(t, f.Bandwidth, n.IntraLink, "%s: one way, as its fabric", e.Path)
		} else {
			require.Zero(t, n.IntraLink, e.Path)
		}
		require.Equal(t, n.NICs > 0, n.NICRate > 0, e.Path)
		checkPorts(t, e)
		require.LessOrEqual(t, n.HostPower, n.Power.Times(0.51), "%s: accelerators draw about half or more", e.Path)
		if n.PSUs > 0 {
			require.Less(t, n.SparePSUs, n.PSUs, e.Path)
			require.GreaterOrEqual(t, n.PSURating.Times(float64(n.PSUs-n.SparePSUs)), n.Power, "%s: what is left carries it", e.Path)
		}
	}
}

// checkPorts compares the ports of a node with the fabric they speak.
func checkPorts(t *testing.T, e systems.NodeEntry) {
	t.Helper()
	n := e.Value
	if n.Port == "" {
		return
	}
	f := fabric(t, n.Port)
	if f.Scope == systems.NodeTotal {
		require.Equal(t, []any{f.Links, f.PerLink, f.Bandwidth}, []any{n.NICs, n.NICRate, n.Egress()}, e.Path)
		return
	}
	require.Equal(t, systems.BetweenNodes, f.Scope, e.Path)
	require.Equal(t, f.Bandwidth, n.NICRate, e.Path)
}

// mlsysim 0.3.0 counts both directions for AMD and one for NVIDIA, takes a
// laptop's memory for a link, and one socket for two.
func TestNodeCorrections(t *testing.T) {
	require.Equal(t, 448*units.GBps, systems.Server_8x_MI300X.IntraLink)
	require.Less(t, systems.Server_8x_MI300X.IntraLink, systems.DGX_H100.IntraLink)
	require.Zero(t, systems.Server_8x_MI300X.HostMemory, "1.5 TiB there is the accelerators' memory")
	require.Zero(t, systems.Workstation_M3Max.IntraLink)
	require.Equal(t, 921.6*units.GBps, systems.HGX_H100_EPYC.HostBandwidth)
	for key, field := range map[string]string{"Server_8x_MI300X": "IntraLink", "Workstation_M3Max": "IntraLink", "HGX_H100_EPYC": "HostBandwidth"} {
		requireNote(t, systems.Nodes(), key, field, "corrected from mlsysim 0.3.0")
	}
	requireNote(t, systems.Fabrics(), "InfiniBand_NDR", "LatencyLow", "corrected from mlsysim 0.3.0")
	requireNote(t, systems.Pods(), "TPUv4_4096", "Power", "corrected from mlsysim 0.3.0")
	requireNote(t, systems.Clusters(), "Meta_Llama3_16K_H100", "Nodes", "corrected from mlsysim 0.3.0")
}

// An entry that goes by another name than in mlsysim says which.
func TestRenamedEntriesSaySo(t *testing.T) {
	requireNote(t, systems.Fabrics(), "InfiniBand_GDR", "Bandwidth", "InfiniBand_GXDR")
	requireNote(t, systems.Fabrics(), "Ethernet_1600G", "Bandwidth", "Ethernet_1P6T")
}

func TestClusters(t *testing.T) {
	require.GreaterOrEqual(t, len(systems.Clusters()), 18)
	for _, e := range systems.Clusters() {
		n, f, err := e.Value.Parts()
		require.NoError(t, err, e.Path)
		require.Equal(t, e.Value.Nodes*n.Devices, e.Value.Devices, e.Path)
		require.NotEqual(t, systems.InsideNode, f.Scope, e.Path)
		for _, fact := range e.Facts {
			require.Equal(t, e.Value.Reference, fact.Document == "mlsysim-0.3.0", "%s: %s", e.Path, fact.Field)
		}
	}
	require.Equal(t, 8192, systems.Frontier_8K.Devices)
	require.Equal(t, 37632, systems.Frontier_ORNL.Devices)
}

func TestPods(t *testing.T) {
	for _, e := range systems.Pods() {
		p := e.Value
		host, err := systems.FindNode(p.Host)
		require.NoError(t, err, e.Path)
		require.Equal(t, []string{p.Device, p.Link}, []string{host.Device, host.Link}, e.Path)
		require.Zero(t, p.Devices%host.Devices, e.Path)
		f := fabric(t, p.Link)
		require.Equal(t, f.Topology, p.Topology[:len(f.Topology)], e.Path)
		size := 1
		for _, side := range strings.Split(strings.TrimSpace(p.Topology[len(f.Topology):]), " x ") {
			var n int
			if _, err := fmt.Sscan(side, &n); err == nil {
				size *= n
			}
		}
		require.Contains(t, []int{1, p.Devices}, size, "%s: its sides make up its chips", e.Path)
	}
	require.InEpsilon(t, 192, systems.TPUv4_4096.Power.Ratio(4096*units.Watt), 1e-12, "732 W a chip in mlsysim 0.3.0")
}

func TestStorageTiers(t *testing.T) {
	for _, e := range systems.StorageTiers() {
		s := e.Value
		require.NotEmpty(t, s.Media, e.Path)
		require.Equal(t, s.Rent > 0, s.RentOf > 0, e.Path)
		require.True(t, s.Bandwidth > 0 || s.Rent > 0, e.Path)
		if one, ok := strings.CutSuffix(e.Key, "x4"); ok {
			single, err := systems.FindStorage(one)
			require.NoError(t, err)
			require.Equal(t, 4, s.Drives)
			require.Equal(t, []any{single.Bandwidth.Times(4), single.Capacity.Times(4), single.Latency, single.IOPS.Times(4)}, []any{s.Bandwidth, s.Capacity, s.Latency, s.IOPS}, e.Path)
		}
	}
	require.Greater(t, systems.LocalNvmeGen5.Bandwidth, systems.LocalNvmeGen4.Bandwidth)
	require.Greater(t, systems.SataSsd.Bandwidth, systems.Hdd7200Rpm.Bandwidth)
	require.Greater(t, systems.PfsOneTbPerSecond.Rent, systems.ObjectStoreSingleStream.Rent)
	require.Greater(t, systems.ObjectStoreSingleStream.Rent, systems.ArchiveStore.Rent)
}

// MTTF follows from what was counted, and the causes of Llama 3 add up to its
// 419 interruptions.
func TestFailures(t *testing.T) {
	causes, rate := 0, 0.0
	for _, e := range systems.Failures() {
		f := e.Value
		require.Positive(t, float64(f.MTTF), e.Path)
		require.NotEmpty(t, f.Part, e.Path)
		require.Equal(t, []bool{f.Count > 0, f.Count > 0}, []bool{f.Parts > 0, f.Window > 0}, e.Path)
		if f.Count == 0 {
			continue
		}
		require.InEpsilon(t, float64(f.Parts)*float64(f.Window)/float64(f.Count), float64(f.MTTF), 1e-5, e.Path)
		if strings.HasPrefix(e.Key, "Llama3_") && e.Key != "Llama3_Failure_Any" {
			causes += f.Count
			rate += 1 / float64(f.Fleet(f.Parts))
		}
	}
	require.Equal(t, systems.Llama3_Failure_Any.Count, causes)
	require.InEpsilon(t, 1/rate, float64(systems.Llama3_Failure_Any.Fleet(16384)), 1e-5)
	require.InDelta(t, 3.09, systems.Llama3_Failure_Any.Fleet(16384).Ratio(units.Hour), 0.01, "the paper: one every three hours")
	require.InDelta(t, 1.8, systems.RSC1_Failure_Node.Fleet(2048).Ratio(units.Hour), 0.05, "the paper projects 1.8 h for 16,384 accelerators")
	require.Zero(t, systems.RSC1_Failure_Node.Fleet(0))
}

func TestPlatforms(t *testing.T) {
	require.Len(t, systems.Platforms(), 4)
	require.Greater(t, systems.CloudPlatform.Memory, systems.EdgePlatform.Memory)
	require.Greater(t, systems.EdgePlatform.Memory, systems.MobilePlatform.Memory)
	require.Greater(t, systems.MobilePlatform.Memory, systems.TinyPlatform.Memory)
}

func TestLookupsKeepTheirOwnValue(t *testing.T) {
	before := systems.DGX_H100
	t.Cleanup(func() { systems.DGX_H100 = before })
	systems.DGX_H100.Devices = 0
	n, err := systems.FindNode("dgx h100")
	require.NoError(t, err)
	require.Equal(t, before, n)
}

func fabric(t *testing.T, key string) systems.Fabric {
	t.Helper()
	f, err := systems.FindFabric(key)
	require.NoError(t, err)
	return f
}

// requireNote holds that the source of a field says something.
func requireNote[T any](t *testing.T, entries []registry.Entry[T], key, field, want string) {
	t.Helper()
	e, err := registry.Find(entries, "entry", key)
	require.NoError(t, err)
	f, ok := source.Find(e.Facts, field)
	require.True(t, ok, "%s: %s", e.Path, field)
	require.Contains(t, f.Note, want, e.Path)
}
