package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/describe"
)

func TestExamplesReadBackAsTheyAre(t *testing.T) {
	for _, s := range catalog.All() {
		text, err := json.Marshal(example(s))
		require.NoError(t, err, s.Name)
		back := reflect.New(reflect.TypeOf(s.Example))
		require.NoError(t, describe.Decode(text, back.Interface()), s.Name)
		require.Equal(t, fmt.Sprintf("%.12g", s.Example), fmt.Sprintf("%.12g", back.Elem().Interface()), s.Name)
	}
}
