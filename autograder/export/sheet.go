package export

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// A sheet is a CSV file that keeps every byte of what is not changed: byte order
// mark, line ends, quoting, blanks. Package encoding/csv gives the values only.
type sheet struct {
	bom   bool
	comma byte // , or ;
	rows  []sheetRow
}

type sheetRow struct {
	cells []sheetCell
	end   string // \n, \r\n, \r or nothing at the end of the file
}

type sheetCell struct{ raw, text string }

// maxSheet caps a gradebook.
const maxSheet = 64 << 20

var bom = []byte("\xef\xbb\xbf")

func readSheet(data []byte) (*sheet, error) {
	s := &sheet{}
	if rest, ok := bytes.CutPrefix(data, bom); ok {
		s.bom, data = true, rest
	}
	switch {
	case len(data) > maxSheet:
		return nil, fmt.Errorf("too large: want at most %d MiB", maxSheet>>20)
	case !utf8.Valid(data):
		return nil, errors.New("not UTF-8 text: export it anew")
	}
	s.comma = delimiter(string(data))
	for rest := string(data); rest != ""; {
		var row sheetRow
		var err error
		if row, rest, err = s.readRow(rest); err != nil {
			return nil, fmt.Errorf("row %d: %w", len(s.rows)+1, err)
		}
		s.rows = append(s.rows, row)
	}
	return s, nil
}

// delimiter is what separates more cells in the first three lines.
func delimiter(text string) byte {
	lines := strings.SplitN(text, "\n", 4)
	head := strings.Join(lines[:min(3, len(lines))], "")
	if strings.Count(head, ";") > strings.Count(head, ",") {
		return ';'
	}
	return ','
}

func (s *sheet) readRow(text string) (row sheetRow, rest string, err error) {
	for {
		var c sheetCell
		if c, text, err = s.readCell(text); err != nil {
			return row, "", err
		}
		row.cells = append(row.cells, c)
		if text != "" && text[0] == s.comma {
			text = text[1:]
			continue
		}
		for _, end := range []string{"\r\n", "\n", "\r"} {
			if after, ok := strings.CutPrefix(text, end); ok {
				row.end = end
				return row, after, nil
			}
		}
		return row, text, nil
	}
}

func (s *sheet) readCell(text string) (sheetCell, string, error) {
	if !strings.HasPrefix(text, `"`) {
		n := strings.IndexAny(text, string(rune(s.comma))+"\r\n")
		if n < 0 {
			n = len(text)
		}
		return sheetCell{text[:n], text[:n]}, text[n:], nil
	}
	for i := 1; i < len(text); i++ {
		if text[i] != '"' {
			continue
		}
		if i+1 < len(text) && text[i+1] == '"' {
			i++
			continue
		}
		rest := text[i+1:]
		if rest != "" && rest[0] != s.comma && rest[0] != '\n' && rest[0] != '\r' {
			return sheetCell{}, "", errors.New("something follows a closing quote")
		}
		return sheetCell{text[:i+1], strings.ReplaceAll(text[1:i], `""`, `"`)}, rest, nil
	}
	return sheetCell{}, "", errors.New("a quote is not closed")
}

// text is the value of a cell; a short row has blanks at its end.
func (s *sheet) text(row, column int) string {
	if column < 0 || column >= len(s.rows[row].cells) {
		return ""
	}
	return s.rows[row].cells[column].text
}

// set changes one cell to a value without commas, quotes and line ends of its
// own meaning.
func (s *sheet) set(row, column int, value string) {
	r := &s.rows[row]
	for len(r.cells) <= column {
		r.cells = append(r.cells, sheetCell{})
	}
	if r.cells[column].text == value {
		return
	}
	raw := value
	if strings.ContainsAny(value, string(rune(s.comma))+"\"\r\n") {
		raw = `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
	}
	r.cells[column] = sheetCell{raw, value}
}

func (s *sheet) bytes() []byte {
	var b bytes.Buffer
	if s.bom {
		b.Write(bom)
	}
	for _, r := range s.rows {
		for i, c := range r.cells {
			if i > 0 {
				b.WriteByte(s.comma)
			}
			b.WriteString(c.raw)
		}
		b.WriteString(r.end)
	}
	return b.Bytes()
}
