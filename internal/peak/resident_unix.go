//go:build unix

package peak

import (
	"os"
	"runtime"
	"syscall"
)

// Resident returns the most memory that a process had resident, in bytes; 0 where the
// system does not say.
func Resident(s *os.ProcessState) int64 {
	usage, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return inBytes(usage)
}

// Self returns the most memory that this process had resident until now. On Linux the Resident of a
// process that it starts is not less: until that process runs its own program, it shares this memory.
func Self() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return inBytes(&usage)
}

func inBytes(usage *syscall.Rusage) int64 {
	n := int64(usage.Maxrss)
	if runtime.GOOS != "darwin" {
		n *= 1024 // others count in kilobytes
	}
	return n
}
