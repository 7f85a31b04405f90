package scenario

import (
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/describe"
)

var update = flag.Bool("update", false, "rewrite golden files")

// The keys of the JSON that programs read are frozen, in their order: a change
// shows in testdata/keys.txt, which -update writes.
func TestKeysOfDocumentsAreFrozen(t *testing.T) {
	var b strings.Builder
	for _, doc := range []any{Document{}, Flat{}, Check{}, BestSplit{}, SplitConfig{}, SplitCandidate{}, BestBatch{}, BestPlace{}, Difference{}} {
		b.WriteString(reflect.TypeOf(doc).Name() + "\n")
		for _, f := range describe.Fields(reflect.TypeOf(doc)) {
			b.WriteString("\t" + f.Key + " " + f.Type.Kind().String() + "\n")
		}
	}
	b.WriteString("metrics\n\t" + strings.Join(Metrics(), "\n\t") + "\n")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile("testdata/keys.txt", []byte(b.String()), 0o600))
	}
	want, err := os.ReadFile("testdata/keys.txt")
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
}
