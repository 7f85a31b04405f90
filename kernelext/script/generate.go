package script

//go:generate go run ../../mlsysim/internal/gen/prelude -pkg github.com/mlsysim/golab/kernelext/lab -out .
//go:generate go run ../../mlsysim/internal/gen/prelude -std math,strings,sort,strconv,fmt,errors,time,math/rand/v2,encoding/json -drop fmt.Sscan*,fmt.Scan*,fmt.Fscan*,fmt.Append*,fmt.State,fmt.Formatter,fmt.GoStringer,fmt.FormatString,fmt.Fprint*,errors.As*,sort.Find,time.Sleep,time.After*,time.Tick*,time.NewT*,time.Timer,time.LoadLocation*,time.Local,json.Compact,json.HTMLEscape,json.Indent,json.D*,json.E*,json.I*,json.N*,json.R*,json.S*,json.T*,json.Marshaler*,json.Unmarshaler,json.UnmarshalTypeError,json.UnsupportedV*,json.UnsupportedT*,json.UnmarshalF* -out .
