package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSource(t *testing.T) {
	src, err := source([]pkg{
		{"models", []string{"GPT2"}, map[string]string{"GPT2": "GPT2 is a network."}},
		{"hardware", []string{"H100", "iPhone15Pro"}, map[string]string{"H100": "H100 is a device.", "IPhone15Pro": "IPhone15Pro is a phone."}},
	})
	require.NoError(t, err)
	require.Contains(t, string(src), "\t// H100 is a device.\n\tH100 = hardware.H100\n\n\t// IPhone15Pro is a phone.\n\tIPhone15Pro = hardware.IPhone15Pro\n")
	require.Contains(t, string(src), "mlsysim/hardware\"\n\t\"github.com/mlsysim/golab/mlsysim/models\"\n")
}

func TestTwoEntriesOfOneName(t *testing.T) {
	docs := map[string]string{"GB200_NVL72": "GB200_NVL72 is.", "Iowa": "Iowa is."}
	_, err := source([]pkg{{"hardware", []string{"GB200_NVL72"}, docs}, {"systems", []string{"GB200_NVL72"}, docs}})
	require.EqualError(t, err, "GB200_NVL72 is a key of packages hardware and systems: want another key in one of them")
	_, err = source([]pkg{{"infra", []string{"iowa"}, docs}, {"systems", []string{"Iowa"}, docs}})
	require.Error(t, err)
	_, err = source([]pkg{{"infra", []string{"Utah"}, docs}})
	require.EqualError(t, err, `Utah of package infra: the doc is "": want one line`)
}

// Every registry variable has a doc line that starts with its name and says a
// number: completion in an editor shows that of package hardware, completion in
// a notebook that of package lab, from which the stub of the kernel is made.
func TestEveryVariableHasADocLine(t *testing.T) {
	registries, err := readRegistries("../../..")
	require.NoError(t, err)
	src, err := source(registries)
	require.NoError(t, err)
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.ParseComments)
	require.NoError(t, err)
	docs := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			docs[v.Names[0].Name] = v.Doc.Text()
		}
		return true
	})
	variables := 0
	for _, r := range registries {
		variables += len(r.keys)
	}
	require.Len(t, docs, variables)
	for name, doc := range docs {
		require.Regexp(t, "^"+name+" (is|uses|was) ", doc)
		require.LessOrEqual(t, len(doc), 240, name)
	}
	require.Equal(t, "H100 is the NVIDIA H100 SXM5 (2022): 989 TFLOP/s fp16, 80 GiB at 3.35 TB/s, 700 W.\n", docs["H100"])
	require.Contains(t, docs["Llama3_70B"], "70.55 B parameters")
}
