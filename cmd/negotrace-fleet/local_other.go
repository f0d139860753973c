//go:build !linux

package main

import "errors"

// keepLocal would call listen, and have the sockets with which that listens take connections
// from this machine alone. There is no way to that on this system.
func keepLocal(func() error) (port int, err error) { return 0, errors.ErrUnsupported }
