package registry

// Erase forgets the type of the values, so that registries of several kinds can
// be listed and searched as one.
func Erase[T any](entries []Entry[T]) []Entry[any] {
	out := make([]Entry[any], len(entries))
	for i, e := range entries {
		value := any(*e.Value)
		out[i] = Entry[any]{Path: e.Path, Key: e.Key, Aliases: e.Aliases, Renamed: e.Renamed, Note: e.Note, Value: &value, Facts: e.Facts}
	}
	return out
}
