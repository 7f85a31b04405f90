package main

import (
	_ "embed"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
)

//go:embed new.lab.txt
var newLab string

var labName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

func labNew() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use: "new NAME", Short: "Begin a lab of your own", Args: cli.Args("NAME"),
		Long: `new writes NAME.lab: a short lab with a scenario, a prediction, an answer and an
attribution, to change. It runs as it is and passes lab check.`,
		Example: "  mlsysim lab new edge_latency\n  mlsysim lab check edge_latency.lab",
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, name := filepath.Split(strings.TrimSuffix(args[0], ".lab"))
			if !labName.MatchString(name) {
				return cli.Usage("%q: want a name of letters, digits, - and _ that starts with a letter", name)
			}
			var b strings.Builder
			title := strings.ToUpper(name[:1]) + strings.NewReplacer("_", " ", "-", " ").Replace(name[1:])
			if err := template.Must(template.New("lab").Parse(newLab)).Execute(&b, map[string]string{"Name": name, "Title": title}); err != nil {
				return err
			}
			return write(cmd, dir+name+".lab", []byte(b.String()), force)
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "overwrite a file that is there")
	return cmd
}
