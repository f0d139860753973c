package block

import "runtime/debug"

// TruncatedDuring calls do and reports whether it ended because a mapped file became shorter, or
// because its disk failed: the missing part cannot be accessed.
func TruncatedDuring(do func()) (truncated bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch fault := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }:
			truncated = true
		default:
			panic(fault)
		}
	}()
	do()
	return false
}
