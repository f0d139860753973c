package httpstream

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

// handTokens hands on the tokens of GSS-API that a side's handshake with its SOCKS proxy had.
func (s *sniffer) handTokens(from Side, at *Pos) {
	if s.shared.sink.SOCKSToken != nil {
		for _, token := range s.socks.tokens {
			s.shared.sink.SOCKSToken(s.conn, from, *at, token)
		}
	}
	s.socks.tokens = nil
}
