package script

import (
	"reflect"
	"unsafe"

	"github.com/traefik/yaegi/interp"
)

// forgetSyntax drops what the interpreter keeps of every piece that it ever ran,
// for its debugger, which we do not use. It has no call for that; a later version
// without these fields would only use more memory, which a test would tell.
func forgetSyntax(i *interp.Interpreter) {
	v := reflect.ValueOf(i).Elem()
	clearSlice(v, "roots")
	scopes := v.FieldByName("scopes")
	if !scopes.IsValid() || scopes.Kind() != reflect.Map {
		return
	}
	for it := scopes.MapRange(); it.Next(); {
		if s := it.Value(); s.Kind() == reflect.Pointer && s.Elem().Kind() == reflect.Struct {
			clearSlice(s.Elem(), "child")
		}
	}
}

// clearSlice sets an unexported field to nil.
func clearSlice(v reflect.Value, field string) {
	f := v.FieldByName(field)
	if f.IsValid() && f.Kind() == reflect.Slice && f.CanAddr() {
		reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem().SetZero()
	}
}
