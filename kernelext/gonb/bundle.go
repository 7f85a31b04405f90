package gonb

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

const plainText = "text/plain"

// prepare returns the bundle in the few types the kernel can decode, and its
// text. One value the kernel does not know would end its stream for good, so
// everything but text and bytes is brought down to JSON's own types here.
func prepare(bundle map[string]any) (map[string]any, string, error) {
	data := make(map[string]any, len(bundle))
	for _, mime := range slices.Sorted(maps.Keys(bundle)) {
		v, err := value(mime, bundle[mime])
		if err != nil {
			return nil, "", fmt.Errorf("%q: %w", mime, err)
		}
		data[mime] = v
	}
	text, ok := data[plainText].(string)
	if !ok {
		return nil, "", fmt.Errorf("%q = %T: want a string, the form every reader can show", plainText, data[plainText])
	}
	return data, text, nil
}

func value(mime string, v any) (any, error) {
	if kind, _, ok := strings.Cut(mime, "/"); !ok || kind == "gonb" {
		return nil, errors.New("want a MIME type such as text/html; gonb/ is the kernel's own")
	}
	switch v := v.(type) {
	case nil:
		return nil, errors.New("value is nil: want text, bytes or JSON data")
	case string:
		return v, nil
	case []byte:
		if isText(mime) {
			return string(v), nil
		}
		if !isJSON(mime) {
			return v, nil
		}
		return decode(v)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return decode(b)
}

// isText reports whether bytes under this MIME type are text. The kernel sends
// what is left as bytes in base64.
func isText(mime string) bool {
	return strings.HasPrefix(mime, "text/") || strings.HasSuffix(mime, "+xml") || mime == "application/javascript"
}

func isJSON(mime string) bool {
	return mime == "application/json" || strings.HasSuffix(mime, "+json")
}

func decode(b []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if d.More() {
		return nil, errors.New("want one JSON value, not several")
	}
	return plain(v)
}

// plain replaces json.Number, which the kernel does not know, in place.
func plain(v any) (any, error) {
	var err error
	switch v := v.(type) {
	case json.Number:
		if n, err := strconv.Atoi(v.String()); err == nil {
			return n, nil
		}
		return v.Float64()
	case []any:
		for i := range v {
			if v[i], err = plain(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for k := range v {
			if v[k], err = plain(v[k]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}
