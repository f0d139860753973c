//go:build linux

package main

import (
	"bytes"
	"os"

	"golang.org/x/sys/unix"
)

// hugePagesOnDemand reports whether the system gives memory in huge pages to those who ask for them
// only.
func hugePagesOnDemand() bool {
	b, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	return err == nil && bytes.Contains(b, []byte("[madvise]"))
}

// inHugePages asks for huge pages for memory that was not touched so far.
func inHugePages(b []byte) { _ = unix.Madvise(b, unix.MADV_HUGEPAGE) }
