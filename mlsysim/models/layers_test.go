package models_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A net walks the layers of a convolutional network and adds up what they
// multiply, store and move.
type net struct {
	size, channels int // of the square image between layers
	vectors        int // numbers per output channel beside the weights: bias, batch norm
	macs, weights  int
	moved          int // elements read and written
}

// conv is a convolution with normalisation and activation fused into its write.
func (n *net) conv(out, kernel, stride, groups int) {
	n.slide(out, kernel, groups, (n.size+stride-1)/stride)
}

// slide is a convolution to a size.
func (n *net) slide(out, kernel, groups, size int) {
	in := n.size * n.size * n.channels
	n.size = size
	each := kernel * kernel * n.channels / groups
	n.macs += n.size * n.size * out * each
	n.weights += out*each + n.vectors*out
	n.moved += in + n.size*n.size*out
	n.channels = out
}

// pool shrinks the image to a size.
func (n *net) pool(size int) {
	n.moved += (n.size*n.size + size*size) * n.channels
	n.size = size
}

// dense is a fully connected layer with a bias.
func (n *net) dense(out int) {
	in := n.size * n.size * n.channels
	n.macs += in * out
	n.weights += in*out + out
	n.moved += in + out
	n.size, n.channels = 1, out
}

// add reads a shortcut; its write is fused.
func (n *net) add() { n.moved += n.size * n.size * n.channels }

// project adds the convolution on a shortcut that starts from an earlier state.
func (n *net) project(from net, out, stride int) {
	from.macs, from.weights, from.moved = 0, 0, 0
	from.conv(out, 1, stride, 1)
	n.macs, n.weights, n.moved = n.macs+from.macs, n.weights+from.weights, n.moved+from.moved
}

// excite weighs the channels by two small layers over their means.
func (n *net) excite(squeeze int) {
	c, all := n.channels, n.size*n.size*n.channels
	n.macs += 2 * c * squeeze
	n.weights += 2*c*squeeze + squeeze + c
	n.moved += all + c + 2*(c+squeeze) + 2*all + c
}

func (n *net) check(t *testing.T, m models.Model) {
	t.Helper()
	require.Equal(t, float64(n.weights), float64(m.Params), m.Name)
	require.InEpsilon(t, 2*float64(n.macs), float64(m.FLOPs), 2e-3, m.Name) // tables round
	require.Equal(t, units.Bytes(2).Times(float64(n.moved)), m.Activations, m.Name)
}

func TestResNetsFromTheirLayers(t *testing.T) {
	for _, c := range []struct {
		model  models.Model
		blocks []int
		wide   bool
	}{
		{models.ResNet18, []int{2, 2, 2, 2}, false},
		{models.ResNet34, []int{3, 4, 6, 3}, false},
		{models.ResNet50, []int{3, 4, 6, 3}, true},
		{models.ResNet101, []int{3, 4, 23, 3}, true},
		{models.ResNet152, []int{3, 8, 36, 3}, true},
	} {
		n := &net{size: 224, channels: 3, vectors: 2}
		n.conv(64, 7, 2, 1)
		n.pool(56)
		for stage, blocks := range c.blocks {
			for block := range blocks {
				stride := 1
				if block == 0 && stage > 0 {
					stride = 2
				}
				n.residual(64<<stage, stride, c.wide)
			}
		}
		n.pool(1)
		n.dense(1000)
		n.check(t, c.model)
	}
}

// residual is a block of two convolutions, or of three with a wide output.
func (n *net) residual(width, stride int, wide bool) {
	shortcut, out := *n, width
	if wide {
		out = 4 * width
		n.conv(width, 1, 1, 1)
		n.conv(width, 3, stride, 1)
		n.conv(out, 1, 1, 1)
	} else {
		n.conv(width, 3, stride, 1)
		n.conv(width, 3, 1, 1)
	}
	if shortcut.channels != out {
		n.project(shortcut, out, stride)
	}
	n.add()
}

func TestVGG16FromItsLayers(t *testing.T) {
	n := &net{size: 224, channels: 3, vectors: 1}
	for stage, convs := range []int{2, 2, 3, 3, 3} {
		for range convs {
			n.conv(min(64<<stage, 512), 3, 1, 1)
		}
		n.pool(n.size / 2)
	}
	n.pool(7)
	for _, out := range []int{4096, 4096, 1000} {
		n.dense(out)
	}
	n.check(t, models.VGG16)
}

// mobile walks MobileNetV1 at a width.
func mobile(size, vectors int, width float64, classes int) *net {
	n := &net{size: size, channels: 3, vectors: vectors}
	n.conv(int(32*width), 3, 2, 1)
	for _, l := range [][2]int{
		{64, 1},
		{128, 2},
		{128, 1},
		{256, 2},
		{256, 1},
		{512, 2},
		{512, 1},
		{512, 1},
		{512, 1},
		{512, 1},
		{512, 1},
		{1024, 2},
		{1024, 1},
	} {
		n.conv(n.channels, 3, l[1], n.channels)
		n.conv(int(float64(l[0])*width), 1, 1, 1)
	}
	n.pool(1)
	n.dense(classes)
	return n
}

func TestMobileNetV1FromItsLayers(t *testing.T) {
	mobile(224, 2, 1, 1000).check(t, models.MobileNetV1)
	// Keras: a bias and four numbers of each batch norm, statistics included.
	mobile(96, 5, 0.25, 2).check(t, models.VWW_MobileNetV1)
}

// eighths rounds a scaled width to a multiple of eight, not down by more than a tenth.
func eighths(channels int, scale float64) int {
	wanted := float64(channels) * scale
	rounded := max(8, int(wanted+4)/8*8)
	if float64(rounded) < 0.9*wanted {
		rounded += 8
	}
	return rounded
}

// A stage is a run of inverted bottlenecks.
type stage struct{ expand, kernel, out, repeat, stride int }

// invert walks inverted bottlenecks at some width and depth, with excitation or
// without.
func (n *net) invert(stages []stage, width, depth float64, excited bool) {
	for _, s := range stages {
		out := eighths(s.out, width)
		for i := range int(math.Ceil(float64(s.repeat) * depth)) {
			stride, in := 1, n.channels
			if i == 0 {
				stride = s.stride
			}
			if s.expand > 1 {
				n.conv(in*s.expand, 1, 1, 1)
			}
			n.conv(n.channels, s.kernel, stride, n.channels)
			if excited {
				n.excite(in / 4)
			}
			n.conv(out, 1, 1, 1)
			if stride == 1 && in == out {
				n.add()
			}
		}
	}
}

func TestMobileNetV2FromItsLayers(t *testing.T) {
	stages := []stage{{1, 3, 16, 1, 1}, {6, 3, 24, 2, 2}, {6, 3, 32, 3, 2}, {6, 3, 64, 4, 2}, {6, 3, 96, 3, 1}, {6, 3, 160, 3, 2}, {6, 3, 320, 1, 1}}
	for width, m := range map[float64]models.Model{1: models.MobileNetV2, 0.75: models.MobileNetV2_Alpha0_75, 0.5: models.MobileNetV2_Alpha0_5} {
		n := &net{size: 224, channels: 3, vectors: 2}
		n.conv(eighths(32, width), 3, 2, 1)
		n.invert(stages, width, 1, false)
		n.conv(1280, 1, 1, 1)
		n.pool(1)
		if width == 0.5 {
			n.check(t, models.MobileNetV2_Alpha0_5FeatureExtractor)
		}
		n.dense(1000)
		n.check(t, m)
	}
}

// efficient walks EfficientNet.
func efficient(size int, width, depth float64) *net {
	n := &net{size: size, channels: 3, vectors: 2}
	n.conv(eighths(32, width), 3, 2, 1)
	n.invert([]stage{
		{1, 3, 16, 1, 1},
		{6, 3, 24, 2, 2},
		{6, 5, 40, 2, 2},
		{6, 3, 80, 3, 2},
		{6, 5, 112, 3, 1},
		{6, 5, 192, 4, 2},
		{6, 3, 320, 1, 1},
	}, width, depth, true)
	n.conv(4*n.channels, 1, 1, 1)
	n.pool(1)
	n.dense(1000)
	return n
}

func TestEfficientNetsFromTheirLayers(t *testing.T) {
	efficient(224, 1, 1).check(t, models.EfficientNetB0)
	efficient(380, 1.4, 1.8).check(t, models.EfficientNetB4)
	efficient(600, 2, 3.1).check(t, models.EfficientNetB7)
}

// The volume halves five times; each level has two convolutions of 3x3x3 down and
// two up, over twice the channels, after a transposed one of 2x2x2.
func TestUNet3DFromItsLayers(t *testing.T) {
	macs, weights := 0, 0
	conv := func(size, in, out, kernel int) {
		macs += size * size * size * in * out * kernel * kernel * kernel
		weights += in*out*kernel*kernel*kernel + 2*out
	}
	size, widths := 128, []int{32, 64, 128, 256, 320, 320}
	conv(size, 1, 32, 3)
	conv(size, 32, 32, 3)
	for i, w := range widths[1:] {
		size /= 2
		conv(size, widths[i], w, 3)
		conv(size, w, w, 3)
	}
	for i := len(widths) - 2; i >= 0; i-- {
		w := widths[i]
		macs += size * size * size * widths[i+1] * w * 8
		weights += widths[i+1]*w*8 + w
		size *= 2
		conv(size, 2*w, w, 3)
		conv(size, w, w, 3)
	}
	macs += size * size * size * 32 * 3
	weights += 32*3 + 3
	require.Equal(t, float64(weights), float64(models.UNet3D_KiTS19.Params))
	require.Equal(t, 2*float64(macs), float64(models.UNet3D_KiTS19.FLOPs))
}
