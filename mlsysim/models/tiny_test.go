package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/units"
)

// spot is the keyword network on a map of pixels after its first layer, and then
// on one of fewer.
func spot(first, pixels, channels, vectors int) (macs, weights, moved int) {
	const classes = 12
	macs = first*channels*10*4 + 4*(pixels*channels*9+pixels*channels*channels) + channels*classes
	weights = channels*(10*4+vectors) + 4*channels*(9+vectors+channels+vectors) + channels*classes + classes
	moved = 49*10 + first*channels + first*channels + 7*pixels*channels + 4*2*pixels*channels
	moved += pixels*channels + channels + channels + classes
	return macs, weights, moved
}

func TestDSCNNsFromTheirLayers(t *testing.T) {
	macs, weights, moved := spot(25*5, 25*5, 64, 1)
	require.Equal(t, 2*float64(macs), float64(models.DS_CNN.FLOPs))
	require.Equal(t, float64(weights+9*4*64), float64(models.DS_CNN.Params)) // four numbers per channel of each batch norm, statistics included
	require.Equal(t, units.Bytes(2).Times(float64(moved)), models.DS_CNN.Activations)

	macs, weights, moved = spot(25*10, 13*5, 172, 1)
	m := models.HelloEdge_DSCNN_M
	require.Equal(t, 2*float64(macs), float64(m.FLOPs))
	require.Equal(t, float64(weights), float64(m.Params))
	require.Equal(t, units.Bytes(2).Times(float64(moved)), m.Activations)
	require.InDelta(t, 189.2e3, float64(weights+25*10*172+13*5*172), 50, "weights and two maps, as the paper counts memory")
}

func TestResNet8FromItsLayers(t *testing.T) {
	n := &net{size: 32, channels: 3, vectors: 5} // Keras: a bias and four numbers of each batch norm
	n.conv(16, 3, 1, 1)
	for stage, width := range []int{16, 32, 64} {
		shortcut, stride := *n, min(stage+1, 2)
		n.conv(width, 3, stride, 1)
		n.conv(width, 3, 1, 1)
		if stride > 1 {
			shortcut.vectors = 1
			n.project(shortcut, width, stride)
		}
		n.add()
	}
	n.pool(1)
	n.dense(10)
	n.check(t, models.ResNet8)
}

func TestLeNetsFromTheirLayers(t *testing.T) {
	n := &net{size: 32, channels: 1, vectors: 1}
	n.slide(6, 5, 1, 28)
	n.pool(14)
	n.slide(16, 5, 1, 10)
	n.pool(5)
	for _, out := range []int{120, 84, 10} {
		n.dense(out)
	}
	n.check(t, models.LeNet5)

	// 1989: twelve maps of 8x8, of which each later unit reads eight; a bias for
	// every unit.
	const first, second, third, out = 12 * 64, 12 * 16, 30, 10
	connections := first*26 + second*(8*25+1) + third*(second+1) + out*(third+1)
	require.Equal(t, 64660, connections, "as published")
	biases := first + second + third + out
	m := models.LeNet1
	require.Equal(t, 2*float64(connections-biases), float64(m.FLOPs))
	require.Equal(t, float64(12*25+first+12*8*25+second+third*(second+1)+out*(third+1)), float64(m.Params))
	moved := 256 + first + first + second + second + third + third + out
	require.Equal(t, units.Bytes(2).Times(float64(moved)), m.Activations)
}

func TestPerceptronsFromTheirLayers(t *testing.T) {
	digits := &net{size: 28, channels: 1}
	digits.dense(128)
	digits.dense(10)
	digits.check(t, models.MLP_MNIST)

	anomaly := &net{size: 1, channels: 640}
	for _, out := range []int{128, 128, 128, 128, 8, 128, 128, 128, 128} {
		anomaly.dense(out)
		anomaly.weights += 4 * out // batch norm
	}
	anomaly.dense(640)
	anomaly.check(t, models.AnomalyDetector)
}

// One convolution of 10x8 over a spectrogram of 49x40 at stride 2, and a
// classifier of four words.
func TestTinyConvFromItsLayers(t *testing.T) {
	const pixels, channels, kernel, words = 25 * 20, 8, 10 * 8, 4
	m := models.MicroSpeech_TinyConv
	require.Equal(t, float64(channels*(kernel+1)+words*(pixels*channels+1)), float64(m.Params))
	require.Equal(t, 2*float64(pixels*channels*kernel+words*pixels*channels), float64(m.FLOPs))
	require.Equal(t, units.Bytes(2).Times(49*40+2*pixels*channels+words), m.Activations)
}
