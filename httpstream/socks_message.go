package httpstream

import (
	"bytes"
	"encoding/binary"
	"net/netip"
)

// message returns the length of the next message of the handshake: 0 if b does not hold
// all of it, -1 if it is none.
func (s *socks) message(from Side, b []byte) int {
	switch {
	case len(b) < 2:
		return 0
	case s.version == 4 && from == Client:
		return s.request4(b)
	case s.version == 4:
		return s.reply4(b)
	case !s.greeted[from]:
		return s.greeting(from, b)
	case b[0] == 1 && s.isGSSAPI(b):
		return s.gssapi(from, b)
	case b[0] == 1: // RFC 1929: user name and password, and what the proxy says to them
		if from == Server && b[1] != 0 {
			s.refuse("that refused a user name and password")
		}
		return authentication(from, b)
	}
	return s.request5(from, b)
}

func (s *socks) request4(b []byte) int {
	const head = 8 // version, command, port, address
	if b[1] != socksConnect {
		return s.notConnect()
	}
	if len(b) < head {
		return 0
	}
	strings := 1 // the user, and the name of the server where the address is 0.0.0.x
	if string(b[4:7]) == "\x00\x00\x00" && b[7] != 0 {
		strings = 2
	}
	n, name := head, 0
	for range strings {
		name = n
		end := bytes.IndexByte(b[n:], 0)
		switch {
		case end > 255:
			return -1
		case end < 0 && len(b)-n > 255:
			return -1
		case end < 0:
			return 0
		}
		n += end + 1
	}
	s.done[Client] = true
	host := netip.AddrFrom4([4]byte(b[4:8])).String()
	if strings == 2 {
		host = string(b[name : n-1])
	}
	s.proxy.to = socksDestination(host, b[2:])
	return n
}

// notConnect ends a handshake that asks for something else than a connection.
func (s *socks) notConnect() int {
	if s.version == 4 || s.greeted[Server] {
		s.refuse("for something else than CONNECT")
	}
	return -1
}

// socksDestination is a host, and the port that b begins with.
func socksDestination(host string, port []byte) *Destination {
	return &Destination{Proxy: "SOCKS proxy", Host: hostName(host), Port: binary.BigEndian.Uint16(port)}
}

// port names the port that was asked for.
func (p *socksProxy) port() string {
	if p.to == nil {
		return "a server"
	}
	return service(p.to.Port)
}

func (s *socks) reply4(b []byte) int {
	const granted, last = 90, 93
	if b[0] == 0 && b[1] > granted && b[1] <= last {
		s.refuse("that did not connect to " + s.proxy.port())
	}
	if b[0] != 0 || b[1] != granted {
		return -1
	}
	if len(b) < socks4Reply {
		return 0
	}
	s.done[Server] = true
	return socks4Reply
}

// greeting returns the client's list of methods, or the method that the proxy chose.
func (s *socks) greeting(from Side, b []byte) int {
	const noneAcceptable = 0xff
	n := 2
	switch {
	case b[0] == 5 && from == Server && b[1] == noneAcceptable:
		s.refuse("without an acceptable method of authentication")
		return -1
	case b[0] != 5, from == Client && b[1] == 0:
		return -1
	case from == Client:
		n += int(b[1])
	}
	if len(b) < n {
		return 0
	}
	s.greeted[from] = true
	if from == Server {
		s.method = b[1]
	}
	return n
}

// isGSSAPI reports whether b is a message of RFC 1961: the proxy chose its method, or, where that
// is not there yet, it has a token.
func (s *socks) isGSSAPI(b []byte) bool {
	const method, tag = 1, 0x60 // of an initial token (RFC 2743 section 3.1)
	if s.greeted[Server] {
		return s.method == method
	}
	return len(b) > 4 && b[1] == 1 && b[4] == tag
}

// gssapi returns a token of either side, or what they agree on about protection (RFC 1961
// sections 3 and 4). What is protected cannot be read.
func (s *socks) gssapi(from Side, b []byte) int {
	const head, authentication, protection, message, failed = 4, 1, 2, 3, 0xff
	switch {
	case b[1] == message:
		s.refuse("with protection by GSS-API (RFC 1961)")
	case b[1] == failed && from == Server:
		s.refuse("that refused a token of GSS-API (RFC 1961)")
	case from == Client && s.greeted[Server]:
		s.proxy.unread = "logons to a SOCKS proxy by GSS-API (RFC 1961)"
	}
	if b[1] != authentication && b[1] != protection {
		return -1
	}
	if len(b) < head {
		return 0
	}
	n := head + int(binary.BigEndian.Uint16(b[2:]))
	if len(b) < n {
		return 0
	}
	if b[1] == authentication {
		s.tokens = append(s.tokens, b[head:n])
	}
	return n
}

func authentication(from Side, b []byte) int {
	n := 2
	if from == Client {
		n += int(b[1])
		if len(b) <= n {
			return 0
		}
		n += 1 + int(b[n])
	}
	if len(b) < n {
		return 0
	}
	return n
}

// request5 returns the client's request, or the proxy's reply (RFC 1928 sections 4 and 6).
func (s *socks) request5(from Side, b []byte) int {
	const ip4, name, ip6 = 1, 3, 4
	const bind, associate = 2, 3
	want := [2]byte{socksConnect, 0} // the command, and that it succeeded
	switch {
	case b[0] == 5 && from == Client && (b[1] == bind || b[1] == associate):
		return s.notConnect()
	case b[0] == 5 && from == Server && b[1] != 0 && s.greeted[Client]:
		s.refuse("that did not connect to " + s.proxy.port())
		return -1
	case b[0] != 5 || b[1] != want[from]:
		return -1
	case len(b) < 5:
		return 0
	}
	n := 4 + 2 // with the port
	switch b[3] {
	case ip4:
		n += 4
	case ip6:
		n += 16
	case name:
		n += 1 + int(b[4])
	default:
		return -1
	}
	if len(b) < n {
		return 0
	}
	s.done[from] = true
	if from == Client {
		host := string(b[5 : n-2])
		if b[3] != name {
			address, _ := netip.AddrFromSlice(b[4 : n-2])
			host = address.String()
		}
		s.proxy.to = socksDestination(host, b[n-2:])
	}
	return n
}
