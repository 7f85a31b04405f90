package search

import (
	"reflect"
	"strings"
	"unicode"
)

// design is what a title says of the solver: the network and the device it is
// about, or its name in words.
func (p Program) design() string {
	if p.start.IsValid() && p.start.Kind() == reflect.Struct {
		model, device := entry(p.start, "Model"), entry(p.start, "Hardware")
		switch {
		case model != "" && device != "":
			return model + " on " + device
		case model+device != "":
			return model + device
		}
	}
	return phrase(p.name[strings.LastIndexByte(p.name, '.')+1:])
}

// entry is the name of the registry entry in a field, if there is one.
func entry(v reflect.Value, field string) string {
	f := v.FieldByName(field)
	if !f.IsValid() || f.Kind() != reflect.Struct {
		return ""
	}
	if name := f.FieldByName("Name"); name.IsValid() && name.Kind() == reflect.String {
		return name.String()
	}
	return ""
}

// phrase is a field's name in words: tokens per second for TokensPerSecond, ITL
// first for ITLFirst. A path stays as it is typed.
func phrase(name string) string {
	if strings.Contains(name, ".") {
		return name
	}
	letters := []rune(name)
	var words []string
	begin := 0
	for i := 1; i <= len(letters); i++ {
		if i < len(letters) && !starts(letters, i) {
			continue
		}
		word := string(letters[begin:i])
		if len(word) < 2 || strings.ToUpper(word) != word {
			word = strings.ToLower(word)
		}
		words = append(words, word)
		begin = i
	}
	return strings.Join(words, " ")
}

// starts reports whether a word begins at letter i.
func starts(letters []rune, i int) bool {
	if !unicode.IsUpper(letters[i]) {
		return false
	}
	next := i+1 < len(letters) && unicode.IsLower(letters[i+1])
	return unicode.IsLower(letters[i-1]) || next && unicode.IsUpper(letters[i-1])
}

// capital is a phrase at the head of a title or an axis.
func capital(text string) string {
	first := []rune(text)
	if len(first) == 0 {
		return text
	}
	return string(unicode.ToUpper(first[0])) + string(first[1:])
}

// heading is a field's name at the head of a title or an axis.
func heading(name string) string { return capital(phrase(name)) }
