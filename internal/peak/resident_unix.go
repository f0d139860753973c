//go:build unix

package peak

import (
	"os"
	"runtime"
	"syscall"
)

// Resident is the most memory that a process had resident, in bytes; 0 where the
// system does not say.
func Resident(s *os.ProcessState) int64 {
	usage, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	n := int64(usage.Maxrss)
	if runtime.GOOS != "darwin" {
		n *= 1024 // others count in kilobytes
	}
	return n
}
