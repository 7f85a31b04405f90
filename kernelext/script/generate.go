package script

//go:generate go run ../../mlsysim/internal/gen/prelude -pkg github.com/mlsysim/golab/kernelext/lab -out .
//go:generate go run ../../mlsysim/internal/gen/prelude -std math,strings,sort,strconv,fmt,errors -drop fmt.Sscan*,fmt.Scan*,fmt.Fscan*,fmt.Append*,fmt.State,fmt.Formatter,fmt.GoStringer,fmt.FormatString,fmt.Fprint*,errors.As*,sort.Find -out .
