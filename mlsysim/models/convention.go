package models

// A convention is what a published implementation adds to the matrices of a
// network. Counts are of vectors unless they say otherwise.
type convention struct {
	queryBias, keyBias, outBias, ffnBias bool // keyBias is of keys alone: values go with queries

	norm      int // vectors of one norm: 2 where it has a bias
	norms     int // norms of a layer
	ends      int // norms outside the layers
	headNorm  bool
	wideNorm  bool // of queries and keys across all heads
	smallNorm bool // of the inputs of a state-space scan

	sinks      bool // one number per head that takes attention away
	routerBias bool
	sharedGate bool // of shared experts
	mixNorms   bool // three norms around the experts, and scales of the router's input and outputs

	learned  bool // positions, as many as the context
	padding  int  // further positions that are never used
	segments int
	pooler   bool
	headBias bool
}

// conventions are read from the published implementations; a test holds each to
// a published parameter count.
var conventions = [...]convention{
	StyleUnknown:    {norm: 1, norms: 2, ends: 1},
	StyleLlama:      {norm: 1, norms: 2, ends: 1},
	StyleQwen2:      {norm: 1, norms: 2, ends: 1, queryBias: true, keyBias: true},
	StyleQwen2MoE:   {norm: 1, norms: 2, ends: 1, queryBias: true, keyBias: true, sharedGate: true},
	StyleQwen3:      {norm: 1, norms: 2, ends: 1, headNorm: true},
	StyleGemma2:     {norm: 1, norms: 4, ends: 1},
	StyleGemma3:     {norm: 1, norms: 4, ends: 1, headNorm: true},
	StyleGemma4:     {norm: 1, norms: 4, ends: 1, headNorm: true, mixNorms: true},
	StylePhi:        {norm: 2, norms: 1, ends: 1, queryBias: true, keyBias: true, outBias: true, ffnBias: true, headBias: true},
	StyleGPT2:       {norm: 2, norms: 2, ends: 1, queryBias: true, keyBias: true, outBias: true, ffnBias: true, learned: true},
	StyleOPT:        {norm: 2, norms: 2, ends: 1, queryBias: true, keyBias: true, outBias: true, ffnBias: true, learned: true, padding: 2},
	StyleBLOOM:      {norm: 2, norms: 2, ends: 2, queryBias: true, keyBias: true, outBias: true, ffnBias: true},
	StyleGPTNeoX:    {norm: 2, norms: 2, ends: 1, queryBias: true, keyBias: true, outBias: true, ffnBias: true},
	StyleFalcon:     {norm: 2, norms: 1, ends: 1},
	StyleFalcon40:   {norm: 2, norms: 2, ends: 1},
	StylePaLM:       {norm: 1, norms: 1, ends: 1},
	StyleGPTOSS:     {norm: 1, norms: 2, ends: 1, queryBias: true, keyBias: true, outBias: true, ffnBias: true, sinks: true, routerBias: true},
	StyleOLMo2:      {norm: 1, norms: 2, ends: 1, wideNorm: true},
	StyleGLM4:       {norm: 1, norms: 2, ends: 1, queryBias: true, keyBias: true, headNorm: true, routerBias: true},
	StyleDeepSeekV3: {norm: 1, norms: 2, ends: 1, routerBias: true},
	StyleBERT:       {norm: 2, norms: 2, ends: 1, queryBias: true, keyBias: true, outBias: true, ffnBias: true, learned: true, segments: 2, pooler: true},
	StyleDistilBERT: {norm: 2, norms: 2, ends: 1, queryBias: true, keyBias: true, outBias: true, ffnBias: true, learned: true},
	StyleRoBERTa:    {norm: 2, norms: 2, ends: 1, queryBias: true, keyBias: true, outBias: true, ffnBias: true, learned: true, padding: 2, segments: 1, pooler: true},
	StyleT5:         {norm: 1, norms: 2, ends: 2},
	StyleWhisper:    {norm: 2, norms: 2, ends: 2, queryBias: true, outBias: true, ffnBias: true, learned: true},
	StyleViT:        {norm: 2, norms: 2, ends: 1, queryBias: true, keyBias: true, outBias: true, ffnBias: true, headBias: true},
	StyleMamba:      {norm: 1, norms: 1, ends: 1},
	StyleMamba2:     {norm: 1, norms: 1, ends: 1},
	StyleJamba:      {norm: 1, norms: 2, ends: 1, smallNorm: true},
}

// of returns the convention of a style; a value out of range has none.
func (s Style) of() convention { return conventions[min(int(s), len(conventions)-1)] }
