package export

import (
	"errors"
	"strings"
)

// ReadRoster reads who is who in a download: from a Canvas gradebook or from a
// Moodle grading worksheet. The result maps the number in the names of files to
// the student's id in the course: the login or SIS id, the ID number or e-mail
// address.
func ReadRoster(data []byte) (map[string]string, error) {
	g, canvas := ReadCanvas(data)
	if canvas == nil {
		return g.Roster(), nil
	}
	s, err := readSheet(data)
	if err != nil {
		return nil, err
	}
	if len(s.rows) == 0 || headed(s, "Identifier") < 0 {
		return nil, errors.New("want a Canvas gradebook (Student, ID, ..., Section) or a Moodle grading worksheet (Identifier, ...)")
	}
	id, out := headed(s, "Identifier"), map[string]string{}
	for i := 1; i < len(s.rows); i++ {
		number := strings.TrimSpace(strings.TrimPrefix(s.text(i, id), "Participant"))
		for _, header := range []string{"ID number", "Username", "Email address"} {
			if name := strings.TrimSpace(s.text(i, headed(s, header))); name != "" && number != "" {
				out[number] = name
				break
			}
		}
	}
	return out, nil
}
