package lint

import "strings"

// A room is one line of the table in DESIGN.md.
type room struct {
	path  string
	layer float64
	tree  bool     // holds its subfolders too
	also  []string // rooms of the same layer that it may import
}

// rooms is the map of the repository: a package imports only rooms of lower
// layers and its own subfolders. A new package gets its line here and in
// DESIGN.md.
var rooms = join(
	single("mlsysim", 5),

	trees(0, "mlsysim/units", "mlsysim/source", "mlsysim/internal/nearest"),
	trees(1, "mlsysim/describe", "mlsysim/internal/registry", "mlsysim/internal/dimtest", "mlsysim/internal/lint"),
	trees(1.5, "mlsysim/internal/datafile"), // files that people write: registries, plans
	// The enums of physics (precision, level) read themselves from text.
	[]room{{path: "mlsysim/physics", layer: 1, tree: true, also: []string{"mlsysim/describe"}}},
	trees(2, "mlsysim/hardware", "mlsysim/models", "mlsysim/infra", "mlsysim/systems", "mlsysim/walls", "mlsysim/show"),
	trees(2.5, "mlsysim/internal/pass", "mlsysim/internal/golden"), // what solvers share, below all of them
	trees(3, "mlsysim/compute", "mlsysim/serving", "mlsysim/training", "mlsysim/parallel", "mlsysim/network",
		"mlsysim/storage", "mlsysim/reliability", "mlsysim/power", "mlsysim/cost", "mlsysim/quality", "mlsysim/search"),
	trees(3.5, "mlsysim/zoo"), // registries that users keep, which plans of scenario name
	trees(4, "mlsysim/catalog", "mlsysim/scenario", "mlsysim/validate"),
	trees(4.2, "mlsysim/compose"),          // joins solvers, which the catalog knows
	trees(4.5, "mlsysim/internal/vectors"), // tests only: every solver against the reference vectors
	trees(4.5, "mlsysim/internal/laws"),    // tests only: all solvers against the laws

	trees(5.5, "kernelext/jupyterlab"), // tests only: JupyterLab in a browser

	trees(6, "kernelext/chart", "kernelext/gonb", "kernelext/widget", "autograder/check"),
	trees(7, "kernelext/lab"),
	trees(8, "kernelext/script"),
	trees(9, "kernelext/kernel", "labs"),
	trees(9, "kernelext/gallery"), // every result in every form

	trees(10, "autograder/notebook", "autograder/answer", "autograder/sandbox", "autograder/ledger",
		"autograder/export", "autograder/queue"),
	[]room{{path: "autograder/intake", layer: 10, tree: true, also: []string{"autograder/notebook"}}}, // what the instructor has: folders, zip files

	[]room{{path: "autograder/assignment", layer: 10, tree: true, also: []string{"autograder/notebook", "autograder/sandbox"}}}, // notebooks in nbgrader's format

	// Grading a folder reads notebooks, takes the answers out, runs code and
	// remembers: it is the one room of its layer that needs its neighbours.
	[]room{{path: "autograder/grade", layer: 10, tree: true, also: []string{
		"autograder/notebook", "autograder/answer", "autograder/sandbox", "autograder/ledger", "autograder/export",
		"autograder/intake", "autograder/queue", "autograder/assignment",
	}}},

	trees(10.2, "autograder/attack"),  // submissions that try to beat the grader, and what each got
	trees(10.2, "autograder/console"), // the instructor's page on what grade and the ledger hold

	trees(10.5, "cmd/internal/cli"), // what both binaries share: flags, printing, exit codes

	// The generators are commands too: nothing may import them.
	trees(11, "cmd/mlsysim", "cmd/mlgrade", "mlsysim/internal/gen"),
)

func single(path string, layer float64) []room { return []room{{path: path, layer: layer}} }

func trees(layer float64, paths ...string) []room {
	var all []room
	for _, p := range paths {
		all = append(all, room{path: p, layer: layer, tree: true})
	}
	return all
}

func join(parts ...[]room) []room {
	var all []room
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// roomOf finds the room of a package path inside the module.
func roomOf(path string) (room, bool) {
	var best room
	for _, r := range rooms {
		fits := path == r.path || r.tree && strings.HasPrefix(path, r.path+"/")
		if fits && len(r.path) > len(best.path) {
			best = r
		}
	}
	return best, best.path != ""
}

// A library is a dependency that only some rooms may import.
type library struct {
	module string
	only   []string
}

// open are the libraries that any room may import.
var open = []string{
	"gonum.org/v1/gonum",
	"github.com/invopop/jsonschema",
	"github.com/santhosh-tekuri/jsonschema",
}

// reserved are the libraries with a fixed place. Every other library belongs
// to the layers above 4, to the generators and to this package.
var reserved = []library{
	{"github.com/go-echarts/go-echarts", []string{"kernelext/chart"}},
	{"github.com/traefik/yaegi", []string{"kernelext/script"}},
	{"github.com/goccy/go-yaml", []string{
		"mlsysim/scenario", "mlsysim/validate", "mlsysim/internal/datafile", "mlsysim/internal/gen", "labs", "autograder", "cmd", "kernelext",
	}},
	{"github.com/modelcontextprotocol/go-sdk", []string{"cmd/mlsysim"}},
	{"golang.org/x/tools", []string{"mlsysim/internal/lint", "mlsysim/internal/gen", "kernelext/script"}},
	{"github.com/chromedp", []string{"kernelext/jupyterlab"}},
	{"github.com/tetratelabs/wazero", []string{"autograder/sandbox"}},
	{"github.com/elastic/go-seccomp-bpf", []string{"autograder/sandbox"}},
	// A script's own worker keeps files away too.
	{"github.com/landlock-lsm/go-landlock", []string{"autograder/sandbox", "kernelext/script"}},
	{"modernc.org/sqlite", []string{"autograder/ledger"}},
	{"github.com/nats-io", []string{"autograder/queue"}},
}

// A link names what a binary must not contain.
type link struct {
	binary string
	never  []string
}

// links keeps the student's binary free of the instructor's parts.
var links = []link{{"cmd/mlsysim", []string{
	Module + "/autograder/ledger",
	Module + "/autograder/queue",
	"modernc.org/sqlite",
	"github.com/nats-io",
	"github.com/chromedp",
	"github.com/tetratelabs/wazero",
}}}
