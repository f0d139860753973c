//go:build !unix

package peak

import "os"

// Resident returns 0: the system does not say.
func Resident(*os.ProcessState) int64 { return 0 }

// Self returns 0: the system does not say.
func Self() int64 { return 0 }
