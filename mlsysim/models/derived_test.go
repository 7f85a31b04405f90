package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/models"
)

// Networks whose operations are not published, or not with their attention, are
// counted here by hand from the published shapes.

// dense counts the matrices of one transformer layer: four of attention and two
// of the feed-forward block.
func dense(hidden, inner float64) float64 { return 4*hidden*hidden + 2*hidden*inner }

// pairs counts the multiply-adds of attention of n positions over m.
func pairs(n, m, width float64) float64 { return 2 * n * m * width }

// Both halves of a text-to-image transformer see all positions. A block has twelve
// squares of its width for each stream, and modulates each by six more, once.
func TestImageTransformersFromTheirLayers(t *testing.T) {
	flux := models.FLUX_1_dev
	h, n, image, text := float64(flux.Hidden), float64(flux.Input), 4096.0, 512.0
	require.Equal(t, image+text, n)
	blocks := 19*2*(12+6)*h*h + 38*(12+3)*h*h
	ends := (64+4096+768+3*h+2*256)*h + 64*h + 2*h*h // in, three embeddings of two layers, out
	require.InEpsilon(t, float64(flux.Params), blocks+ends, 2e-3)
	macs := 57*(12*h*h*n+pairs(n, n, h)) + (64*image+4096*text+64*image)*h
	require.InEpsilon(t, 2*macs, float64(flux.FLOPs), 1e-4)
	require.InEpsilon(t, 3719.5e12, 50*float64(flux.FLOPs), 1e-3) // TaylorSeer 2025, table of 50 steps

	sd3 := models.SD3_Medium
	h, n = float64(sd3.Hidden), float64(sd3.Input)
	require.InEpsilon(t, 24*2*(12+6)*h*h, float64(sd3.Params), 0.01)
	require.InEpsilon(t, 2*24*(12*h*h*n+pairs(n, n, h)), float64(sd3.FLOPs), 2e-3)

	dit := models.DiT_XL_2
	h, n = float64(dit.Hidden), float64(dit.Input)
	require.InEpsilon(t, 2*28*(12*h*h*n+pairs(n, n, h)), float64(dit.FLOPs), 5e-3)
	require.InEpsilon(t, 28*(12+6)*h*h, float64(dit.Params), 0.02)
}

// The U-Net of Stable Diffusion attends at 64x64, 32x32, 16x16 and 8x8: five, five,
// five and one times over itself and over 77 positions of text.
func TestAttentionOfAUNet(t *testing.T) {
	attention := 0.0
	for _, l := range []struct{ n, width, times float64 }{{4096, 320, 5}, {1024, 640, 5}, {256, 1280, 5}, {64, 1280, 1}} {
		attention += l.times * (pairs(l.n, l.n, l.width) + pairs(l.n, 77, l.width))
	}
	published := 2 * 339e9
	require.InEpsilon(t, published+2*attention, float64(models.StableDiffusion_v1_5.FLOPs), 2e-3)
}

// A policy over 16 actions denoises with a one-dimensional U-Net of three widths:
// two blocks at each, two in the middle, each of two convolutions of width 5
// between which the condition of 260 numbers scales and shifts.
func TestDiffusionPolicyFromItsLayers(t *testing.T) {
	macs, weights := 0.0, 0.0
	conv := func(n, in, out, kernel, norm float64) {
		macs += n * in * out * kernel
		weights += in*out*kernel + out + norm*out
	}
	block := func(n, in, out float64) {
		conv(n, in, out, 5, 2)
		conv(n, out, out, 5, 2)
		conv(1, 260, 2*out, 1, 0)
		if in != out {
			conv(n, in, out, 1, 0)
		}
	}
	conv(1, 128, 512, 1, 0) // the step
	conv(1, 512, 128, 1, 0)
	widths := []float64{2, 512, 1024, 2048}
	for i, n := range []float64{16, 8, 4} {
		block(n, widths[i], widths[i+1])
		block(n, widths[i+1], widths[i+1])
		if i < 2 {
			conv(n/2, widths[i+1], widths[i+1], 3, 0)
		}
	}
	block(4, 2048, 2048)
	block(4, 2048, 2048)
	for i, n := range []float64{4, 8} {
		block(n, 2*widths[3-i], widths[2-i])
		block(n, widths[2-i], widths[2-i])
		conv(n, widths[2-i], widths[2-i], 4, 0) // up, to 2n positions at stride 2
	}
	conv(16, 512, 512, 5, 2)
	conv(16, 512, 2, 1, 0)
	m := models.DiffusionPolicy_PushT
	require.Equal(t, weights, float64(m.Params))
	require.Equal(t, 2*macs, float64(m.FLOPs))
	const encoder = 11176512 + 512*32 + 32 + 64*64 + 64 // ResNet-18 and its pooling
	require.Equal(t, 262709026.0, weights+encoder, "as LeRobot logs it")
}

// Four cameras through a ResNet-18 of 480x640, an encoder of four layers over
// 1200 + 2 positions and a decoder of seven with 100 actions.
func TestACTFromItsLayers(t *testing.T) {
	m := models.ACT_ALOHA
	const h, inner, positions, actions = 512.0, 3200.0, 1202.0, 100.0
	const attention, feed, norm = 4*h*h + 4*h, 2*h*inner + inner + h, 2 * h
	trunk := float64(models.ResNet18.Params) - 513000 - 9600 // no classifier, frozen norms
	layers := 8*(attention+feed+2*norm) + 7*(2*attention+feed+3*norm) + norm
	rest := (h+1)*14 + (h + 1) + actions*h + (h*h + h) + 3*(14*h+h) + h + (h+1)*64 + 33*h + 2*h
	require.Equal(t, trunk+layers+rest, float64(m.Params))

	images := 4 * 2 * 11103436800.0
	encoder := 4 * (positions*dense(h, inner) + pairs(positions, positions, h))
	self := actions*4*h*h + pairs(actions, actions, h)
	cross := actions*2*h*h + positions*2*h*h + pairs(actions, positions, h)
	decoder := 7 * (self + cross + actions*2*h*inner)
	require.InEpsilon(t, images+2*(encoder+decoder+1200*h*h), float64(m.FLOPs), 1e-9)
	n := &net{size: 224, channels: 3}
	n.conv(64, 7, 2, 1)
	n.size = 56
	for stage := range 4 {
		n.residual(64<<stage, min(stage+1, 2), false)
		n.residual(64<<stage, 1, false)
	}
	require.InEpsilon(t, 480*640/(224*224.0)*float64(n.macs), images/8, 1e-9, "a convolution costs as its area")
}

// A backbone of ViT-Base over 337 positions, and five convolutions of stride 2 on
// an image of 256x256 beside its goal, and on one of half the width.
func TestOctoFromItsLayers(t *testing.T) {
	const n, h = 16 + 256 + 64 + 1.0, 768.0
	stem, size, in := 0.0, 256.0, 6.0
	for _, out := range []float64{32, 96, 192, 384} {
		size /= 2
		stem += size * size * in * out * 9
		in = out
	}
	stem += size * size * (in*512 + 512*h)
	macs := 12*(n*dense(h, 4*h)+pairs(n, n, h)) + 1.25*stem
	require.InEpsilon(t, 2*macs, float64(models.Octo_Base.FLOPs), 1e-6)
}

// One second: seven convolutions over 16000 samples leave 49 positions for twelve
// layers.
func TestWav2Vec2FromItsLayers(t *testing.T) {
	m := models.Wav2Vec2_Base
	macs, weights, n, in := 0.0, 2*512.0, 16000, 1.0
	for _, l := range [][2]int{{10, 5}, {3, 2}, {3, 2}, {3, 2}, {3, 2}, {2, 2}, {2, 2}} {
		n = (n-l[0])/l[1] + 1
		macs += float64(n*l[0]) * in * 512
		weights += float64(l[0]) * in * 512
		in = 512
	}
	require.Equal(t, 49, n)
	const h = 768.0
	positions := h * 48 * 128 // a convolution of width 128 in groups of 48
	p := float64(n)
	macs += p*(512*h+positions) + 12*(p*dense(h, 4*h)+pairs(p, p, h))
	weights += 2*512 + 512*h + h + h + positions + 128 + h + 2*h + 12*(dense(h, 4*h)+4*h+4*h+h+4*h)
	require.Equal(t, weights, float64(m.Params))
	require.Equal(t, 2*macs, float64(m.FLOPs))
}

// Two encoders: of 257 positions of the image, and of 77 of the text.
func TestCLIPFromItsLayers(t *testing.T) {
	const h, d = 1024.0, 768.0
	image := 256*588*h + 24*(257*dense(h, 4*h)+pairs(257, 257, h))
	text := 12 * (77*dense(d, 4*d) + pairs(77, 77, d))
	require.InEpsilon(t, 2*(image+text), float64(models.CLIP_ViT_L14.FLOPs), 2e-3)
	layers := 24*(dense(h, 4*h)+13*h) + 12*(dense(d, 4*d)+13*d)
	ends := 588*h + h + 257*h + 4*h + (49408+77)*d + 2*d + h*d + d*d + 1
	require.Equal(t, layers+ends, float64(models.CLIP_ViT_L14.Params))
}
