package models

// Some decoders alternate layers with a sliding window and global layers that
// attend to everything, and give the global ones heads of their own width. A
// hybrid has attention in its global layers alone.

// localLayers are the attention layers that are not global.
func (m *Model) localLayers() int { return m.AttentionLayers() - m.GlobalLayers }

// globalHeadDim and globalKVHeads are those of the other layers unless stated.
func (m *Model) globalHeadDim() int {
	if m.GlobalHeadDim > 0 {
		return m.GlobalHeadDim
	}
	return m.headDim()
}

func (m *Model) globalKVHeads() float64 {
	if m.GlobalKVHeads > 0 {
		return float64(m.GlobalKVHeads)
	}
	return m.kvHeads()
}

// globalWidth returns heads times the width of a head of a global layer.
func (m *Model) globalWidth() float64 { return float64(m.Heads) * float64(m.globalHeadDim()) }

// widthShare is the part of the arithmetic of attention that is in global layers.
func (m *Model) widthShare() float64 {
	return m.globalShare(m.AttentionWidth(), m.globalWidth())
}

// cacheShare is the part of the cached elements that is in global layers.
func (m *Model) cacheShare() float64 {
	return m.globalShare(m.kvHeads()*float64(m.headDim()), m.globalKVHeads()*float64(m.globalHeadDim()))
}

// globalShare is the part of the global layers in a sum over layers of some widths.
func (m *Model) globalShare(local, global float64) float64 {
	if global <= 0 {
		return float64(m.GlobalLayers) / float64(max(m.Layers, 1))
	}
	near, far := float64(m.localLayers())*local, float64(m.GlobalLayers)*global
	return far / max(near+far, global)
}
