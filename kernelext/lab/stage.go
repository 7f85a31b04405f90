package lab

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mlsysim/golab/kernelext/chart"
	"github.com/mlsysim/golab/kernelext/gonb"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// ShowAs shows a value under a name. In a notebook the next value of that name
// takes its place, in this cell or a later one: a loop can draw how a design
// changes. Elsewhere each is shown.
func ShowAs(name string, v any) {
	if record.Muted() {
		return
	}
	bundle := chart.Bundle(v)
	switch s := record.Current().(type) {
	case record.Stage:
		s.ShowAs(name, bundle)
	case nil:
		walls.Must(struct{}{}, gonb.Update(name, bundle))
	default:
		s.Show(bundle)
	}
}

// ClearOutput takes away what the cell has shown so far, as soon as it shows
// more. It does nothing where output cannot be taken back.
func ClearOutput() {
	if s, ok := record.Current().(record.Stage); ok {
		s.Clear(true)
	}
}

// Input asks for a line of text and waits for it.
func Input(prompt string) string {
	switch s := record.Current().(type) {
	case record.Stage:
		return walls.Must(s.Ask(prompt))
	case nil:
		if gonb.Active() {
			panic(errors.New("input: GoNB passes nothing typed to a cell: write the value into the cell"))
		}
	default:
		panic(errors.New("input: nobody is there to ask: write the value into the script"))
	}
	fmt.Print(prompt)
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && !(errors.Is(err, io.EOF) && line != "") {
		panic(fmt.Errorf("input: %w", err))
	}
	return strings.TrimRight(line, "\r\n")
}
