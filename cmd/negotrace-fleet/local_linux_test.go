//go:build linux

package main

import (
	"fmt"
	"net"
	"testing"

	"golang.org/x/sys/unix"
)

// TestKeepLocal holds that a socket that listens at all addresses takes connections of the
// loopback device only, and that those of others stay as they are.
func TestKeepLocal(t *testing.T) {
	var sockets [3]net.Listener
	listen := func(i int, address string) (err error) { sockets[i], err = net.Listen("tcp", address); return err }
	if err := listen(0, ":0"); err != nil {
		t.Fatal(err)
	}
	port, err := listenOnLoopback(func() error {
		if err := listen(1, "localhost:0"); err != nil {
			return err
		}
		return listen(2, ":0")
	})
	if err != nil {
		t.Skip("the kernel does not allow it: ", err)
	}
	for i, want := range []string{"", "", "lo"} {
		defer sockets[i].Close()
		raw, err := sockets[i].(*net.TCPListener).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		var device string
		if raw.Control(func(socket uintptr) {
			device, err = unix.GetsockoptString(int(socket), unix.SOL_SOCKET, unix.SO_BINDTODEVICE)
		}) != nil || err != nil || device != want {
			t.Errorf("socket %d takes what comes from %q, %v; want %q", i, device, err, want)
		}
	}
	if own := sockets[2].Addr().(*net.TCPAddr).Port; port != own {
		t.Errorf("port %d, want %d", port, own)
	}
	c, err := net.Dial("tcp", fmt.Sprintf("localhost:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}
