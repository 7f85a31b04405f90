package source_test

import (
	"fmt"
	"net/url"
	"regexp"
	"sort"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/source"
)

func TestDocuments(t *testing.T) {
	docs := source.Documents()
	require.NotEmpty(t, docs)
	require.True(t, sort.SliceIsSorted(docs, func(i, j int) bool { return docs[i].ID < docs[j].ID }))
	for _, d := range docs {
		found, ok := source.Lookup(d.ID)
		require.True(t, ok, d.ID)
		require.Equal(t, d, found)
		require.NotEmpty(t, d.Title, d.ID)
		require.Regexp(t, `^(19|20)\d\d(-\d\d(-\d\d)?)?$`, d.Date, d.ID)
		if d.URL != "" {
			u, err := url.Parse(d.URL)
			require.NoError(t, err, d.ID)
			require.Equal(t, "https", u.Scheme, d.ID)
		}
	}
}

func TestDocumentsIsACopy(t *testing.T) {
	id := source.Documents()[0].ID
	source.Documents()[0].ID = "overwritten"
	_, ok := source.Lookup(id)
	require.True(t, ok)
}

func TestLookupUnknown(t *testing.T) {
	for _, id := range []string{"", "zzz", "nvidia-h100"} {
		d, ok := source.Lookup(id)
		require.False(t, ok, id)
		require.Zero(t, d)
	}
}

func TestStamp(t *testing.T) {
	require.Regexp(t, regexp.MustCompile(`^\d{4}\.\d{2}$`), source.Version)
	require.Regexp(t, regexp.MustCompile(`^[0-9a-f]{12}$`), source.Hash)
}

func ExampleLookup() {
	d, _ := source.Lookup("resnet-paper")
	fmt.Println(d.Title, d.Date)
	// Output: He et al., Deep Residual Learning for Image Recognition 2015
}
