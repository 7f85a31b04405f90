package attack

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/mlsysim/golab/mlsysim/show"
)

// View is the table of all cases over the tiers that ran them. Its last line
// counts what went wrong.
func View(rows []Row) show.View {
	t := &show.Table{Columns: []show.Column{{Name: "case"}, {Name: "submission"}, {Name: "true", Right: true}}}
	var tiers, ids []string
	cells := map[string]Row{}
	for _, r := range rows {
		if _, ok := cells[r.ID+"/"+r.Tier]; !ok {
			cells[r.ID+"/"+r.Tier] = r
		}
		tiers, ids = add(tiers, r.Tier), add(ids, r.ID)
	}
	for _, tier := range tiers {
		t.Columns = append(t.Columns, show.Column{Name: tier, Right: true})
	}
	t.Columns = append(t.Columns, show.Column{Name: "outcome"})
	for _, id := range ids {
		var line []string
		outcome := ""
		for _, tier := range tiers {
			r, ok := cells[id+"/"+tier]
			if !ok {
				line = append(line, "")
				continue
			}
			if len(line) == 0 || outcome == "" {
				outcome = string(r.Outcome)
			}
			line = append(line, points(r))
			if len(r.Problems) > 0 {
				outcome = strings.Join(r.Problems, "; ")
			}
			cells[id] = r
		}
		t.Cells = append(t.Cells, append(append([]string{id, cells[id].Name, number(cells[id].True)}, line...), outcome))
	}
	return show.View{Title: "Attacks", Blocks: []show.Block{{Table: t}, {Notes: []string{Sum(rows)}}}}
}

func add(list []string, s string) []string {
	for _, l := range list {
		if l == s {
			return list
		}
	}
	return append(list, s)
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func points(r Row) string {
	if r.Outcome == "graded" || r.Outcome == "failed" {
		return number(r.Got)
	}
	return "-"
}

// Sum counts what must be zero.
func Sum(rows []Row) string {
	gained, leaks, lost, wrong := 0.0, 0, 0, 0
	for _, r := range rows {
		gained, leaks, lost = gained+r.Gained, leaks+r.Leaks, lost+r.Lost
		if len(r.Problems) > 0 {
			wrong++
		}
	}
	return fmt.Sprintf("%d cases: %s points gained, %d leaks, %d lost neighbours, %d cases not as they should be", len(rows), number(gained), leaks, lost, wrong)
}

// Bad lists the rows that are not as they should be.
func Bad(rows []Row) []Row {
	var bad []Row
	for _, r := range rows {
		if len(r.Problems) > 0 {
			bad = append(bad, r)
		}
	}
	return bad
}
