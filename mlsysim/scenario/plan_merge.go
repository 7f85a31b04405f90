package scenario

import "reflect"

// overlay lets what the top plan gives hold over the base, key by key. Lists are
// one value: a file that gives one replaces the whole.
func overlay(base, top *Plan) {
	merge(reflect.ValueOf(base).Elem(), reflect.ValueOf(top).Elem())
}

func merge(base, top reflect.Value) {
	for i := range base.NumField() {
		sf, b, t := base.Type().Field(i), base.Field(i), top.Field(i)
		switch {
		case !sf.IsExported() || t.IsZero():
		case sections[sf.Type]:
			merge(b, t)
		default:
			b.Set(t)
		}
	}
}

// sections are the mappings of a plan; any other struct is one value.
var sections = map[reflect.Type]bool{
	reflect.TypeFor[Workload](): true, reflect.TypeFor[Machines](): true, reflect.TypeFor[Operation](): true,
	reflect.TypeFor[Split](): true, reflect.TypeFor[SLA](): true, reflect.TypeFor[Budget](): true, reflect.TypeFor[Constraints](): true,
}
