package nearest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var known = []string{"H100", "H200", "A100", "Llama3_8B", "Llama3_70B", "ResNet50"}

func TestNames(t *testing.T) {
	require.Equal(t, []string{"H100", "H200", "A100"}, Names("H1000", known, 3))
	require.Equal(t, "Llama3_8B", Names("lama3 8b", known, 1)[0])
	require.Equal(t, []string{"Llama3_8B", "Llama3_70B"}, Names("llama3", known, 2))
	require.Empty(t, Names("zzzzzzzz", known, 3))
}

func TestFold(t *testing.T) {
	require.Equal(t, Fold("Llama-3 8B"), Fold("llama3_8b"))
}

func TestSame(t *testing.T) {
	for _, name := range append(known, "Québec", "iPhone 15 Pro", "--", "") {
		require.True(t, Same(Fold(name), name), name)
		require.True(t, Same(Fold(name), name[:len(name)/2], name[len(name)/2:]) || strings.ContainsRune(name, 'é'), name)
		require.False(t, Same(Fold(name)+"x", name), name)
		require.False(t, Same(Fold(name), name, "x"), name)
	}
	require.Zero(t, testing.AllocsPerRun(100, func() { Same("hardwareh100", "hardware", "H100") }))
}

func TestHint(t *testing.T) {
	require.Equal(t, "did you mean ResNet50?", Hint("resnet", known))
	require.Contains(t, Hint("qqq", known), "want one of H100")
	many := strings.Split("a1 a2 a3 a4 a5 a6 a7 a8 a9 b1 b2 b3 b4 b5", " ")
	require.Equal(t, "want one of a1, a2, a3, a4, a5, a6, a7, a8, a9, b1, b2, b3 and 2 more", Hint("qqqqqq", many))
}

func TestDistance(t *testing.T) {
	require.Equal(t, 3, distance("kitten", "sitting"))
	require.Equal(t, 4, distance("", "four"))
}
