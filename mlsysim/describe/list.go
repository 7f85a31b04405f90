package describe

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unsafe"
)

// entry is the plan of one entry of a list field: that of its struct, or one
// step with the range that the list's own tags declare. An entry has no
// defaults: filling them in would write into the caller's list.
func (p *plan) entry(sf reflect.StructField, name string) *plan {
	each := &plan{name: p.name + "." + name}
	if elem := sf.Type.Elem(); elem.Kind() == reflect.Struct {
		each.add(elem, ".", 0)
	} else {
		one := sf
		one.Type = elem
		each.addField(one, "", "", 0)
	}
	for i := range each.steps {
		if each.steps[i].hasDefault {
			panic(fmt.Sprintf("describe: %s%s: an entry of a list has no default", each.name, each.steps[i].name))
		}
	}
	each.quick = sorted(each.steps)
	return each
}

// passes reports whether every entry of a list is in range.
func (s *step) passes(base unsafe.Pointer) bool { return s.firstBad(base) < 0 }

// firstBad is the first entry out of range, or -1.
func (s *step) firstBad(base unsafe.Pointer) int {
	for i := range len(*s.header(base)) {
		if s.each.check("", "", s.at(base, i)) != nil {
			return i
		}
	}
	return -1
}

// entryErr words the failure of the first entry out of range.
func (s *step) entryErr(input, prefix string, base unsafe.Pointer) error {
	i := s.firstBad(base)
	return s.each.check(input, numbered(prefix+s.name, i), s.at(base, i))
}

// header is where a list lies in memory: data and length, whatever its entries
// are.
func (s *step) header(base unsafe.Pointer) *[]byte { return (*[]byte)(unsafe.Add(base, s.offset)) }

// at is entry i of a list.
func (s *step) at(base unsafe.Pointer, i int) unsafe.Pointer {
	return unsafe.Add(unsafe.Pointer(unsafe.SliceData(*s.header(base))), uintptr(i)*s.typ.Elem().Size())
}

// setList stores a list of texts, separated by commas.
func setList(v reflect.Value, text string, names Names) error {
	out := reflect.MakeSlice(v.Type(), 0, 0)
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		one := reflect.New(v.Type().Elem()).Elem()
		if err := setText(one, part, names); err != nil {
			return err
		}
		out = reflect.Append(out, one)
	}
	v.Set(out)
	return nil
}

// list reads a JSON array, or one text with commas.
func (d decoding) list(raw json.RawMessage, v reflect.Value, f Field, prefix string) error {
	if raw[0] == '"' {
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return fmt.Errorf("%s: %s: %w", d.input, prefix+f.Name, err)
		}
		if err := setList(v, text, d.names); err != nil {
			return fmt.Errorf("%s: %s: %w", d.input, prefix+f.Name, err)
		}
		return f.checkEntries(v, d.input, prefix)
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return fmt.Errorf("%s: %swant a list, got %s", d.input, label(prefix+f.Key+"."), shortened(raw))
	}
	out := reflect.MakeSlice(v.Type(), len(parts), len(parts))
	for i, part := range parts {
		one := f.entry()
		one.Name, one.Key = numbered(f.Name, i), numbered(f.Key, i)
		if err := d.field(part, out.Index(i), one, prefix); err != nil {
			return err
		}
	}
	v.Set(out)
	return nil
}

func numbered(name string, i int) string { return fmt.Sprintf("%s[%d]", name, i) }

// checkEntries applies the range of a list field to entries that were written
// down.
func (f Field) checkEntries(v reflect.Value, input, prefix string) error {
	for i := range v.Len() {
		one := f.entry()
		one.Name = numbered(f.Name, i)
		if err := one.checkGiven(v.Index(i), input, prefix); err != nil {
			return err
		}
	}
	return nil
}

// listText joins the texts of a list's entries.
func listText(v reflect.Value) string {
	var parts []string
	for i := range v.Len() {
		parts = append(parts, Text(v.Index(i).Interface()))
	}
	return strings.Join(parts, ", ")
}
