//go:build !linux

package main

import "errors"

// listenOnLoopback is not supported on this system, and does not call listen.
func listenOnLoopback(func() error) (port int, err error) { return 0, errors.ErrUnsupported }
