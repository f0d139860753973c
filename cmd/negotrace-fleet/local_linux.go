//go:build linux

package main

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// listenOnLoopback calls listen, and binds each new socket that listens at all addresses to the
// loopback device. It returns the port of the last one, 0 if there is none.
func listenOnLoopback(listen func() error) (port int, err error) {
	before := listeners()
	if err := listen(); err != nil {
		return 0, err
	}
	for socket, p := range listeners() {
		if _, known := before[socket]; !known {
			if port = p; err == nil {
				err = unix.BindToDevice(socket, "lo")
			}
		}
	}
	return port, err
}

// listeners returns the sockets of this process that listen on all addresses, with their ports.
func listeners() map[int]int {
	all := map[int]int{}
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return all
	}
	for _, f := range open {
		socket, err := strconv.Atoi(f.Name())
		if err != nil {
			continue
		}
		if listens, err := unix.GetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_ACCEPTCONN); err != nil || listens == 0 {
			continue
		}
		name, err := unix.Getsockname(socket)
		if err != nil {
			continue
		}
		switch at := name.(type) {
		case *unix.SockaddrInet4:
			if at.Addr == [4]byte{} {
				all[socket] = at.Port
			}
		case *unix.SockaddrInet6:
			if at.Addr == [16]byte{} {
				all[socket] = at.Port
			}
		}
	}
	return all
}
