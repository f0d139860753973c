//go:build unix

package hostile

import (
	"os"
	"runtime"
	"syscall"
)

// peak is the most memory that a process had resident, in bytes.
func peak(s *os.ProcessState) int64 {
	usage, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if n := int64(usage.Maxrss); runtime.GOOS == "darwin" {
		return n
	} else {
		return n * 1024
	}
}
