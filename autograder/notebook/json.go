package notebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// wellFormed walks a whole document: one value, not too deep, no key twice in
// an object, nothing behind it.
func wellFormed(data []byte) error {
	if !utf8.Valid(data) {
		return errors.New("not UTF-8 text")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := value(d, data, 0); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("line %d: something follows the notebook", line(data, d))
	}
	return nil
}

func value(d *json.Decoder, data []byte, depth int) error {
	tok, err := d.Token()
	if err != nil {
		return broken(err, data, d)
	}
	open, nested := tok.(json.Delim)
	if !nested {
		return nil
	}
	if depth == maxDepth {
		return fmt.Errorf("line %d: nested deeper than %d levels", line(data, d), maxDepth)
	}
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			key, err := d.Token()
			if err != nil {
				return broken(err, data, d)
			}
			name := key.(string) // the decoder takes nothing else for a key
			if seen[name] {
				return fmt.Errorf("line %d: the key %q occurs twice", line(data, d), name)
			}
			seen[name] = true
		}
		if err := value(d, data, depth+1); err != nil {
			return err
		}
	}
	if _, err = d.Token(); err != nil {
		return broken(err, data, d)
	}
	return nil
}

func broken(err error, data []byte, d *json.Decoder) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("line %d: the file ends in the middle: it is cut off", line(data, d))
	}
	return fmt.Errorf("line %d: not JSON: %w", line(data, d), err)
}

func line(data []byte, d *json.Decoder) int {
	return 1 + bytes.Count(data[:min(int(d.InputOffset()), len(data))], []byte("\n"))
}
