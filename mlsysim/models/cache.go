package models

import "github.com/mlsysim/golab/mlsysim/units"

// Attended returns how many of s positions a cache keeps, the mean over its
// elements: all, or those inside the sliding window of the layers that have one.
// The positions that an encoder has read for the decoder, where their number is
// fixed, come on top.
//
//	s, min(s, w), or (g·s + (L − g)·min(s, w))/L with g global layers
//
// Where the global layers have wider heads, they count for more than g/L.
func (m *Model) Attended(s float64) float64 { return m.reach(s, m.cacheShare()) }

// reach is the same where the global layers have some share of what is averaged.
func (m *Model) reach(s, share float64) float64 {
	if m.Decodes() {
		return s + float64(m.Input)
	}
	if m.Window == 0 || m.Family == SSM {
		return s
	}
	near := min(s, float64(m.Window))
	return near + share*(s-near)
}

// KVElements returns the cached elements per token on one of tp tensor-parallel
// ranks. Key-value heads split over the ranks and are repeated when there are
// fewer heads than ranks; a latent cache is held whole by every rank.
//
//	2·L·A_kv·d, and L·(r + d_rope) for latent attention
//
// Ainslie 2023 (GQA); DeepSeek-V2 2024 (MLA).
func (m *Model) KVElements(tp int) float64 {
	if m.KVRank > 0 {
		return float64(m.AttentionLayers()) * float64(m.KVRank+m.RopeDim)
	}
	t := float64(tp)
	local := float64(m.localLayers()*m.headDim()) * max(1, m.kvHeads()/t)
	global := float64(m.GlobalLayers*m.globalHeadDim()) * max(1, m.globalKVHeads()/t)
	return 2 * (local + global)
}

// innerWidth is the inner width of a state-space layer and convWidth that of its
// convolution: 2·H and 4 in Mamba unless stated (Gu, Dao 2023, section 3.4).
func (m *Model) innerWidth() float64 {
	if m.Inner > 0 {
		return float64(m.Inner)
	}
	return 2 * float64(m.Hidden)
}

func (m *Model) convWidth() float64 {
	if m.Conv > 0 {
		return float64(m.Conv)
	}
	return 4
}

// StateElements returns the elements that the state-space layers keep of a
// sequence on one of tp ranks, however long it is: the state and the inputs of
// the convolution.
//
//	L·d_inner·(N + w)
//
// Gu, Dao 2023, "Mamba". The few inputs of the convolution that Mamba-2 adds are
// left out.
func (m *Model) StateElements(tp int) float64 {
	if m.Family != SSM {
		return 0
	}
	layers := float64(m.Layers - m.GlobalLayers)
	return layers * m.innerWidth() * (float64(m.State) + m.convWidth()) / float64(tp)
}

// KVBytes returns the cache of one sequence of s tokens with elements of a given
// size on one of tp ranks: keys and values of the positions it keeps, and the
// state.
func (m *Model) KVBytes(s float64, element units.Bytes, tp int) units.Bytes {
	return element.Times(m.KVElements(tp)*m.Attended(s) + m.StateElements(tp))
}

// CacheTraffic is what one new token of a sequence moves of it: keys and values
// are read, the state is read and written.
func (m *Model) CacheTraffic(s float64, element units.Bytes, tp int) units.Bytes {
	return element.Times(m.KVElements(tp)*m.Attended(s) + 2*m.StateElements(tp))
}

// CacheRule says in words how many elements a token keeps.
func (m *Model) CacheRule() string {
	switch {
	case m.KVRank > 0:
		return "layers × (latent + rotary width)"
	case m.GlobalHeadDim > 0:
		return "2 × key-value heads × head width, summed over layers of two kinds"
	case m.Family == SSM && m.GlobalLayers > 0:
		return "2 × attention layers × key-value heads × head width"
	default:
		return "2 × layers × key-value heads × head width"
	}
}
