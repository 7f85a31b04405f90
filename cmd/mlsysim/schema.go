package main

import (
	"encoding/json"
	"reflect"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/show"
)

// schemaKinds are the documents that have a schema.
var schemaKinds = []string{"plan", "hardware", "workload", "result"}

func schemaCommand() *cobra.Command {
	var kind string
	cmd := &cobra.Command{
		Use:   "schema [plan|hardware|workload|result]",
		Short: "Print the JSON Schema of a plan, a registry entry or a result",
		Long: `schema prints a JSON Schema. With the plan's, an editor explains and completes
every key of an mlsys.yaml: put this in its first line, after writing the schema
to mlsys.schema.json:

  # yaml-language-server: $schema=mlsys.schema.json`,
		Example: `  mlsysim schema > mlsys.schema.json
  mlsysim schema result`,
		ValidArgs: schemaKinds,
		Args:      cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				kind = args[0]
			}
			var schema any
			switch kind {
			case "plan":
				schema = scenario.Schema()
			case "hardware":
				schema = describe.Schema(reflect.TypeFor[hardware.Device]())
			case "workload":
				schema = describe.Schema(reflect.TypeFor[models.Model]())
			case "result":
				schema = describe.Schema(reflect.TypeFor[scenario.Document]())
			default:
				return cli.Unknown("schema", kind, schemaKinds)
			}
			text, err := json.Marshal(schema)
			if err != nil {
				return err
			}
			return cli.Print(cmd, cli.JSON, show.View{Data: json.RawMessage(text)})
		},
	}
	cmd.Flags().StringVar(&kind, "type", "plan", "the same as the argument")
	cli.Offer(cmd, "type", schemaKinds)
	return cmd
}
