package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// keep adds --registry to a command and those below it: files with entries of
// the user, which own then returns.
func keep(cmd *cobra.Command) {
	const name = "registry"
	cmd.PersistentFlags().Var(&ownFiles{}, name, "YAML `file` with entries of yours, beside the built-in ones; may be given again")
	if err := cmd.MarkPersistentFlagFilename(name, "yaml", "yml"); err != nil {
		panic(err) // the flag does not exist: a mistake of ours that every run shows
	}
}

// own returns the entries of the user that a command was given. It finds the
// built-in ones too.
func own(cmd *cobra.Command) *zoo.Zoo {
	if f := cmd.Flag("registry"); f != nil {
		if files, ok := f.Value.(*ownFiles); ok {
			return &files.zoo
		}
	}
	return &zoo.Zoo{}
}

// An ownFiles is the flag that reads files of the user.
type ownFiles struct {
	paths []string
	zoo   zoo.Zoo
}

// Set reads one more file. A shell that completes sets the flag twice.
func (o *ownFiles) Set(path string) error {
	if slices.Contains(o.paths, path) {
		return nil
	}
	data, err := readOwn(path)
	if err != nil {
		return err
	}
	if err := o.zoo.Add(path, data); err != nil {
		return mistakes(err)
	}
	o.paths = append(o.paths, path)
	return nil
}

// String lists the files.
func (o *ownFiles) String() string { return strings.Join(o.paths, ", ") }

// Type names what the flag wants.
func (o *ownFiles) Type() string { return "file" }

// readOwn reads a file of a sane size.
func readOwn(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, mostInput+1))
	if err == nil && len(data) > mostInput {
		err = fmt.Errorf("%s is longer than 1 MiB: want a file of registry entries", path)
	}
	return data, err
}

// mistakes is the failure that lists every mistake of a file on its own line.
func mistakes(err error) error {
	f := &cli.Failure{Title: "bad registry file", Code: "bad_input"}
	var lines []string
	for _, m := range zoo.Mistakes(err) {
		lines = append(lines, m.Error())
	}
	f.Reason = strings.Join(lines, "\n")
	return f
}

// A lateNames is the flags of one command that name registry entries. They are
// looked up when all flags are read, because --registry may come after them.
type lateNames struct {
	flags  []*lateName
	before func(*cobra.Command, []string) error // of another input of the command
}

// A lateName is one such flag.
type lateName struct {
	*describe.Flag
	text  string
	given bool
}

func (l *lateNames) add(f *describe.Flag) *lateName {
	late := &lateName{Flag: f}
	l.flags = append(l.flags, late)
	return late
}

// Set remembers the name.
func (l *lateName) Set(text string) error {
	l.text, l.given = text, true
	return nil
}

// find looks the names up that were given.
func (l *lateNames) find(cmd *cobra.Command, args []string) error {
	if l.before != nil {
		if err := l.before(cmd, args); err != nil {
			return err
		}
	}
	for _, f := range l.flags {
		if !f.given {
			continue
		}
		f.Names = own(cmd).Name
		if err := f.Flag.Set(f.text); err != nil {
			return cli.BadValue(cmd.Flag(f.Name), f.text, err)
		}
	}
	return nil
}

// element is what a list is of, or the type itself.
func element(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Slice {
		return t.Elem()
	}
	return t
}

// knownNames lists what text of a registry type can be, the entries of the user
// first.
func knownNames(cmd *cobra.Command, t reflect.Type) []string {
	var out []string
	for _, e := range own(cmd).Own() {
		if reflect.TypeOf(*e.Value) == element(t) {
			out = append(out, e.Key)
		}
	}
	return slices.Concat(out, entryNames(element(t)))
}

// unknownEntry is the error for a name that no registry has.
func unknownEntry(z *zoo.Zoo, name string, err error) error {
	if errors.Is(err, zoo.ErrUnknown) {
		return cli.Unknown("name", name, z.Keys())
	}
	return err
}
