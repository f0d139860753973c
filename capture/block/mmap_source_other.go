//go:build !linux

package block

import (
	"context"
	"os"
	"sync/atomic"
)

// NewMmap returns nil: blocks of files are read.
func NewMmap(context.Context, *os.File, int64, *atomic.Int64) Source { return nil }
