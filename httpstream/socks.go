package httpstream

import (
	"bytes"
	"encoding/binary"
	"net/netip"
)

// A socks reads the handshake with a SOCKS proxy: version 4 and 4a (OpenSSH's
// socks4.protocol, socks4a.protocol) or 5 (RFC 1928, RFC 1929). What follows it is the
// connection to the server behind.
type socks struct {
	version byte // once the client has spoken; 0 while it has not, or if this is not SOCKS
	done    [2]bool
	greeted [2]bool // version 5: the method was offered, or chosen
	method  byte    // version 5: that the proxy chose
	proxy   socksProxy
	tokens  [][]byte // version 5: those of GSS-API that skip has passed, for who called it
}

// A socksProxy is what a handshake of SOCKS says of its connection.
type socksProxy struct {
	to     *Destination // that was asked for; nil if that is not known
	unread string       // what of the handshake is not read, or why nothing follows; empty if all is read
	ended  bool         // nothing follows
}

const (
	socksConnect = 1
	socks4Reply  = 8 // bytes
)

// refuse says why nothing follows the handshake.
func (s *socks) refuse(why string) {
	s.proxy.unread, s.proxy.ended = "SOCKS "+why, true
}

// awaitsReply reports whether the client has sent all of its part of the handshake, and its proxy has not.
func (s *socks) awaitsReply() bool { return s.version != 0 && s.done[Client] && !s.done[Server] }

// isUnderWay reports whether a side has not sent all of its part of the handshake.
func (s *socks) isUnderWay(from Side) bool { return s.version != 0 && !s.done[from] }

// isSOCKSReply reports whether what a server begins with is, or goes on behind, what a SOCKS proxy says, whose client
// the capture shows later.
func (s *sniffer) isSOCKSReply(b []byte) bool {
	const granted = 90
	return s.socks.isUnderWay(Client) || !s.side[Client].begun() && len(b) > 1 && (b[0] == 5 && b[1] <= 2 || b[0] == 0 && b[1] == granted)
}

// answerSOCKS looks again at what a SOCKS proxy said, and what followed it, once more of its client is known.
func (s *sniffer) answerSOCKS() {
	if s.next == nil && s.socks.version != 0 {
		s.lookAgain(Server)
	}
}

// isRefused reports whether nothing follows the handshake.
func (s *socks) isRefused() bool { return s.proxy.ended && s.version == 0 }

// skip returns how many bytes b begins with that belong to the handshake. whole is not
// set if it takes more bytes to know.
func (s *socks) skip(from Side, b []byte) (n int, whole bool) {
	if from == Client && s.version == 0 && !s.done[Client] && len(b) > 0 {
		if b[0] != 4 && b[0] != 5 {
			s.done[Client] = true
			return 0, true
		}
		if len(b) < 2 {
			return 0, false
		}
		s.version = b[0]
	}
	for s.version != 0 && !s.done[from] {
		size := s.message(from, b[n:])
		switch {
		case size < 0:
			s.version, s.done[Client] = 0, true
			return 0, true
		case size == 0:
			return n, false
		}
		n += size
	}
	return n, true
}

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

// handTokens hands on the tokens of GSS-API that a side's handshake with its SOCKS proxy had.
func (s *sniffer) handTokens(from Side, at *Pos) {
	if s.shared.sink.SOCKSToken != nil {
		for _, token := range s.socks.tokens {
			s.shared.sink.SOCKSToken(s.conn, from, *at, token)
		}
	}
	s.socks.tokens = nil
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
