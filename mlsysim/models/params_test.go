package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/units"
)

// BERT: every matmul of a layer over 128 tokens, and scores and values.
func TestEncoderFLOPs(t *testing.T) {
	m, tokens := models.BERT_Base, 128.0
	layer := float64(4*m.Hidden*m.Hidden + 2*m.Hidden*m.FFN)
	want := float64(m.Layers) * (2*layer*tokens + 4*tokens*tokens*float64(m.Hidden))
	got := float64(m.LinearOps())*tokens + float64(m.PrefillAttentionOps(tokens, 0))
	require.InEpsilon(t, want, got, 0.02) // ours counts position embeddings, norms and pooler as matmuls too
	require.InEpsilon(t, 22.35e9, got, 0.02)
}

// A net walks the layers of a convolutional network and adds up what they
// multiply, store and move.
type net struct {
	size, channels int // of the square image between layers
	macs, weights  int
	moved          int // elements read and written
}

// conv is a convolution with normalisation and activation fused into its write.
func (n *net) conv(out, kernel, stride, groups int) {
	in := n.size * n.size * n.channels
	n.size = (n.size + stride - 1) / stride
	each := kernel * kernel * n.channels / groups
	n.macs += n.size * n.size * out * each
	n.weights += out*each + 2*out
	n.moved += in + n.size*n.size*out
	n.channels = out
}

// pool shrinks the image to a size.
func (n *net) pool(size int) {
	n.moved += (n.size*n.size + size*size) * n.channels
	n.size = size
}

// classify is the fully connected layer at the end.
func (n *net) classify(classes int) {
	n.macs += n.channels * classes
	n.weights += n.channels*classes + classes
	n.moved += n.channels + classes
}

func (n *net) check(t *testing.T, m models.Model) {
	t.Helper()
	require.InEpsilon(t, float64(n.weights), float64(m.Params), 1e-4, m.Name)
	require.InEpsilon(t, 2*float64(n.macs), float64(m.FLOPs), 1e-3, m.Name)
	require.Equal(t, units.Bytes(2).Times(float64(n.moved)), m.Activations, m.Name)
}

func TestResNet50FromItsLayers(t *testing.T) {
	n := &net{size: 224, channels: 3}
	n.conv(64, 7, 2, 1)
	n.pool(56)
	for stage, blocks := range []int{3, 4, 6, 3} {
		width := 64 << stage
		for block := range blocks {
			stride := 1
			if block == 0 && stage > 0 {
				stride = 2
			}
			shortcut := *n
			n.conv(width, 1, 1, 1)
			n.conv(width, 3, stride, 1)
			n.conv(4*width, 1, 1, 1)
			if block == 0 {
				n.project(shortcut, 4*width, stride)
			}
			n.moved += n.size * n.size * n.channels // the addition reads the shortcut
		}
	}
	n.pool(1)
	n.classify(1000)
	n.check(t, models.ResNet50)
}

// project adds the convolution on a shortcut that starts from an earlier state.
func (n *net) project(from net, out, stride int) {
	from.macs, from.weights, from.moved = 0, 0, 0
	from.conv(out, 1, stride, 1)
	n.macs, n.weights, n.moved = n.macs+from.macs, n.weights+from.weights, n.moved+from.moved
}

func TestMobileNetV2FromItsLayers(t *testing.T) {
	n := &net{size: 224, channels: 3}
	n.conv(32, 3, 2, 1)
	stages := []struct{ expand, out, repeat, stride int }{
		{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1},
	}
	for _, s := range stages {
		for i := range s.repeat {
			stride, in := 1, n.channels
			if i == 0 {
				stride = s.stride
			}
			if s.expand > 1 {
				n.conv(in*s.expand, 1, 1, 1)
			}
			n.conv(n.channels, 3, stride, n.channels)
			n.conv(s.out, 1, 1, 1)
			if stride == 1 && in == s.out {
				n.moved += n.size * n.size * n.channels
			}
		}
	}
	n.conv(1280, 1, 1, 1)
	n.pool(1)
	n.classify(1000)
	n.check(t, models.MobileNetV2)
}

// The keyword network works on 25 x 5 maps of 64 channels after its first layer.
func TestDSCNNFromItsLayers(t *testing.T) {
	const pixels, channels, classes = 25 * 5, 64, 12
	m := models.DS_CNN
	macs := pixels*channels*10*4 + 4*(pixels*channels*9+pixels*channels*channels) + channels*classes
	require.Equal(t, 2*float64(macs), float64(m.FLOPs))
	weights := channels*(10*4+1) + 4*channels*(9+1+channels+1) + 9*4*channels + channels*classes + classes
	require.Equal(t, float64(weights), float64(m.Params)) // four numbers per channel of each batch norm, statistics included
	moved := 49*10 + pixels*channels + 4*2*2*pixels*channels + pixels*channels + channels + channels + classes
	require.Equal(t, 2*float64(moved), float64(m.Activations))
}
