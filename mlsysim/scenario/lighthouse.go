package scenario

import (
	"embed"
	"fmt"
	"path"
	"strings"

	"github.com/mlsysim/golab/mlsysim/internal/nearest"
	"github.com/mlsysim/golab/mlsysim/show"
)

//go:embed data/lighthouse
var lighthouses embed.FS

// aliases are what mlsysim 0.1.1 and the textbook call the scenarios.
var aliases = map[string][]string{
	"doorbell": {"SmartDoorbell", "Applications.Doorbell"}, "chime": {"SmartDoorbellResponsiveChime"},
	"sensor": {"TinySensor"}, "vehicle": {"AutonomousVehicle", "AutoDrive", "AV", "Applications.AutoDrive"},
	"waymo": {"AutonomousVehicle_Waymo"}, "health": {"MobileHealth"}, "workstation": {"LocalTraining", "Applications.Workstation"},
	"frontier": {"FrontierTraining", "Applications.Frontier"}, "chatbot": {"ChatbotServing", "Applications.Chatbot"},
	"keywords": {"KeywordSpotting", "KWS", "Applications.KWS"}, "assistant": {"MobileAssistant"}, "federated": {"FederatedMobileVision"},
}

// Names lists the lighthouse scenarios.
func Names() []string {
	entries, err := lighthouses.ReadDir("data/lighthouse")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	return out
}

// Find returns a lighthouse scenario: a plan with limits that somebody really has.
// Names are those of Names, and those of mlsysim 0.1.1.
func Find(name string) (*Plan, error) {
	var known []string
	for _, key := range Names() {
		for _, n := range append([]string{key}, aliases[key]...) {
			if nearest.Fold(n) == nearest.Fold(name) {
				return lighthouse(key)
			}
			known = append(known, n)
		}
	}
	return nil, fmt.Errorf("unknown scenario %q: %s", name, nearest.Hint(name, known))
}

func lighthouse(key string) (*Plan, error) {
	text, err := Text(key)
	if err != nil {
		return nil, err
	}
	return ParsePlan(key+".yaml", []byte(text))
}

// Text is the plan of a scenario of Names, as a file would hold it.
func Text(key string) (string, error) {
	data, err := lighthouses.ReadFile(path.Join("data/lighthouse", key+".yaml"))
	return string(data), err
}

// Listing is the table of the scenarios with their verdicts.
func Listing() show.View {
	t := &show.Table{Columns: []show.Column{{Name: "scenario"}, {Name: "what it is"}, {Name: "fits"}, {Name: "performance"}, {Name: "macro"}}}
	type record struct {
		Name        string      `help:"name"`
		Title       string      `help:"what it is"`
		Description string      `help:"who decides what by it"`
		Feasibility show.Status `help:"does it fit"`
		Performance show.Status `help:"does it keep its limits on time and throughput"`
		Macro       show.Status `help:"does it keep its limits on money and planet"`
	}
	var records []record
	for _, key := range Names() {
		p, err := lighthouse(key)
		if err != nil {
			panic(err) // a test judges every one
		}
		r, err := p.Solve()
		if err != nil {
			panic(err)
		}
		c := r.Cards[0]
		records = append(records, record{key, p.Name, p.Description, c.Feasibility, c.Performance, c.Macro})
		t.Cells = append(t.Cells, []string{key, p.Name, c.Feasibility.String(), c.Performance.String(), c.Macro.String()})
	}
	return show.View{Title: "Lighthouse scenarios", Blocks: []show.Block{{Table: t}}, Data: records}
}
