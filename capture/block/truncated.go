package block

import "runtime/debug"

// TruncatedDuring calls do and reports whether it ended because a file that is mapped
// became shorter meanwhile: what was mapped and is no more cannot be looked at.
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
