package scenario

import _ "embed"

// Starter is a plan with every section, each explained in a comment.
//
//go:embed data/starter.yaml
var Starter string
