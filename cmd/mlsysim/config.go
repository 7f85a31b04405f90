package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/source"
	registryfile "github.com/mlsysim/golab/mlsysim/zoo"
)

func configCommand(out *cli.Format) *cobra.Command {
	cmd := cli.Group(&cobra.Command{Use: "config", Short: "Read the configurations that others publish"}, "command")
	var name string
	imported := &cobra.Command{
		Use:   "import FILE",
		Short: "Make a registry entry of a network's config.json",
		Long: `import reads the config.json that is published beside the weights of a network,
counts its parameters from the shape, and prints an entry of our registry as YAML:
a plan's workload.name can be the file it is saved in. FILE may be - for stdin.`,
		Example: "  mlsysim config import config.json --name MyNet_7B > mynet.yaml",
		Args:    cli.Args("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			m, day, err := readConfig(cmd, args[0])
			if err != nil {
				return err
			}
			key, err := keyOf(name, args[0], &m)
			if err != nil {
				return err
			}
			if *out != cli.Text {
				return cli.Print(cmd, *out, show.View{Title: m.Name, Blocks: []show.Block{{Rows: show.Rows(m)}}, Data: given(reflect.ValueOf(m))})
			}
			from := source.Document{ID: strings.ToLower(strings.ReplaceAll(key, "_", "-")) + "-config", Title: "config.json of " + m.Name, Date: day}
			_, err = io.WriteString(cmd.OutOrStdout(), registryfile.ModelEntry(key, m, from))
			return err
		},
	}
	imported.Flags().StringVar(&name, "name", "", "`name` of the entry; that of the configuration unless given")
	cmd.AddCommand(imported)
	return cmd
}

// readConfig reads a configuration, and the day it is of.
func readConfig(cmd *cobra.Command, path string) (models.Model, string, error) {
	from, day := cmd.InOrStdin(), time.Now()
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return models.Model{}, "", plainly(path, err)
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return models.Model{}, "", plainly(path, err)
		}
		if !info.Mode().IsRegular() {
			return models.Model{}, "", cli.Usage("%s: want a file", path)
		}
		from, day = f, info.ModTime()
	}
	m, err := models.ReadConfig(from)
	if err != nil {
		err = plainly(path, err)
	}
	return m, day.UTC().Format("2006-01-02"), err
}

// plainly names the file and what the system said of it, without its verb.
func plainly(path string, err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// keys of entries have letters, digits and underscores.
var (
	goodKey = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
	notKey  = regexp.MustCompile(`[^A-Za-z0-9]+`)
)

// keyOf is the key of the entry: the name that was given, else one made of that of
// the network or the file.
func keyOf(name, path string, m *models.Model) (string, error) {
	if name != "" {
		if !goodKey.MatchString(name) {
			return "", cli.Blame("name", cli.Usage("--name = %q: want letters, digits and underscores, a letter first", name))
		}
		if _, err := models.Find(name); err == nil {
			return "", cli.Blame("name", cli.Usage("--name = %q: want a name that the registry does not have", name))
		}
		m.Name = name
		return name, nil
	}
	if m.Name == "" {
		m.Name = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	}
	key := strings.Trim(notKey.ReplaceAllString(m.Name, "_"), "_")
	if !goodKey.MatchString(key) {
		key = "Net_" + key
	}
	if _, err := models.Find(key); err == nil {
		key += "_imported"
	}
	return key, nil
}
