package httpstream

import "net/netip"

// An Ending says how a connection, or one direction of it, came to its end.
type Ending uint8

// The ways in which a connection ends.
const (
	Open    Ending = iota // still open where the capture ends
	FIN                   // closed in order
	RST                   // reset
	Reused                // a new SYN took over its ports
	Dropped               // given up for a limit of ours
)

func (e Ending) String() string {
	return [...]string{Open: "", FIN: "FIN", RST: "RST", Reused: "reused", Dropped: "dropped"}[e]
}

// A Conn is one connection as the capture shows it: a TCP connection, the inside
// of a CONNECT tunnel, or the connection a browser export names. It is filled in
// while it lives; Exchanges point to it.
type Conn struct {
	// Stream is Wireshark's tcp.stream; -1 where there is none.
	Stream int `json:"stream"`
	// Client and Server are the two ends; the zero AddrPort where the format does
	// not have them.
	Client netip.AddrPort `json:"client"`
	Server netip.AddrPort `json:"server"`
	// Balancer is who opened the connection for Client, where a header of the PROXY
	// protocol names the client; nil elsewhere.
	Balancer *netip.AddrPort `json:"balancer,omitempty"`
	// Translated are its two ends on other sides of routers that translate addresses (NAT), where the
	// capture has its packets there, too.
	Translated []Translated `json:"translated,omitempty"`
	// Start is its first packet, End the last one seen so far.
	Start Pos `json:"start"`
	End   Pos `json:"end"`
	// EndedAt is where it ended.
	EndedAt Pos `json:"ended_at,omitzero"`
	// FirstRequest is the first request that was seen on it, the zero Pos if there was none.
	FirstRequest Pos `json:"first_request,omitzero"`
	// Lost counts the payload bytes of each Side that the capture does not hold.
	Lost [2]int64 `json:"lost"`
	// Bytes counts the payload bytes of each Side, lost ones included.
	Bytes [2]int64 `json:"bytes"`
	// TLS is what the handshake showed; nil on a plaintext connection.
	TLS *TLS `json:"tls,omitempty"`
	// Tunnel is the CONNECT (or Upgrade) exchange inside of which this connection runs; nil for a
	// connection of its own. It has the same Stream and addresses.
	Tunnel *Exchange `json:"-"`
	// Recorder is the program that recorded its exchanges; nil where packets were captured.
	Recorder *Recorder `json:"-"`
	// Origin is the number of the capture point that saw it, from 0, if captures of several hosts
	// are read together; browser exports among them have negative numbers.
	Origin int `json:"origin,omitempty"`

	// What takes less room is together: there may be hundreds of thousands of connections.

	// HeadsCut counts the messages of each Side of whose head the capture lacks the rest.
	HeadsCut [2]int32 `json:"heads_cut,omitzero"`
	// SYNRetries is how often the SYN was sent again, before it was answered.
	SYNRetries int32 `json:"syn_retries,omitempty"`
	// SYN is set if its beginning was seen (SYN or SYN/ACK): the first request in the capture is
	// then the first one of the connection.
	SYN bool `json:"syn"`
	// SYNOnly is set if the other end never answered the SYN, or refused it (RST).
	SYNOnly bool `json:"syn_only,omitempty"`
	// Ending says how it ended. EndedBy is the end that ended it first.
	Ending  Ending `json:"ending,omitempty"`
	EndedBy Side   `json:"ended_by"`
	// Unread is set for each Side that sent bytes in place of an HTTP message, or in TLS that was
	// opened some that could not be.
	Unread [2]bool `json:"unread,omitzero"`
	// Conflict is set if the capture does not show which bytes the other end took: a segment came
	// twice with different bytes, or with a wrong checksum.
	Conflict bool `json:"conflict,omitempty"`
	// HTTP is set if HTTP was recognised on it.
	HTTP bool `json:"http"`
	// TLSUnknown is set if the capture does not show whether TLS was spoken.
	TLSUnknown bool `json:"tls_unknown,omitempty"`

	goesOn   bool        // as HTTP/2, which goes to Sink.Plain as a connection of its own
	joined   bool        // it is a further path of Multipath TCP
	handed   bool        // something of it went to Sink.Plain
	socks    *socksProxy // through which it goes; nil without one
	number   uint64      // of one that an Assembler follows, from 1; 0 for any other
	protocol string      // that its Tunnel upgraded to; empty for a CONNECT to another host
}

// A ConnKey is the same for what is one connection, and for nothing else.
type ConnKey struct {
	number uint64
	conn   *Conn // where there is no number
}

// Key returns by what a connection is known although it may have another Conn later, see Sink.Rest.
func (c *Conn) Key() ConnKey {
	if c.number != 0 {
		return ConnKey{number: c.number}
	}
	return ConnKey{conn: c}
}

// Closed reports whether one end closed or reset it.
func (c *Conn) Closed() bool { return c.Ending == FIN || c.Ending == RST }

// A Recorder is a program that records requests and responses but no packets.
type Recorder struct {
	Program string // "Chrome", "Fiddler"; empty if the file does not say
	// LastOnly reports whether it answers challenges itself and records only the response that came
	// last, as browsers do.
	LastOnly bool
	// Library reports whether it is a library for HTTP in a program: nobody closes a prompt there.
	Library bool
	// NoHeaders reports whether it records no header lines: that an exchange has none says
	// nothing about what was sent.
	NoHeaders bool
	// AuthLog says where the program logs how it authenticates; empty if it does
	// not, or if that log is what was read.
	AuthLog string
}

// swapEnds makes the client the server.
func (c *Conn) swapEnds() {
	c.Client, c.Server = c.Server, c.Client
	for i := range c.Translated {
		t := &c.Translated[i]
		t.Client, t.Server = t.Server, t.Client
	}
}

// Complete reports whether nothing of the connection is known to be missing: its beginning was
// seen, no byte was lost or came in two versions, all could be read, and TLS, if there is any,
// could be opened to its end. Conclusions from absence need it.
func (c *Conn) Complete() bool {
	return c.SYN && c.Lost == [2]int64{} && c.Unread == [2]bool{} && !c.Conflict &&
		(c.TLS == nil || c.TLS.Obstacle == "")
}

// Opener returns the end that opened the connection: the client, or a balancer for it.
func (c *Conn) Opener() netip.AddrPort {
	if c.Balancer != nil {
		return *c.Balancer
	}
	return c.Client
}

// Encrypted reports whether the bytes on the wire were TLS, whether it could be opened
// here or not, on this connection or on a tunnel around it.
func (c *Conn) Encrypted() bool {
	for ; c != nil; c = c.outer() {
		if c.TLS != nil {
			return true
		}
	}
	return false
}

// ThroughProxy reports whether a connection runs inside of a CONNECT tunnel: its Server is the proxy.
// What a server itself changed to (Upgrade) does not.
func (c *Conn) ThroughProxy() bool {
	for ; c.Tunnel != nil; c = c.Tunnel.Conn {
		if c.protocol == "" {
			return true
		}
	}
	return false
}

func (c *Conn) outer() *Conn {
	if c.Tunnel == nil {
		return nil
	}
	return c.Tunnel.Conn
}

// A TLS is what a connection's TLS handshake shows.
type TLS struct {
	Version string `json:"version,omitempty"` // "1.2", "1.3"
	Cipher  string `json:"cipher,omitempty"`  // IANA name of the cipher suite
	SNI     string `json:"sni,omitempty"`     // server_name of the ClientHello
	ALPN    string `json:"alpn,omitempty"`    // protocol the server chose
	Resumed bool   `json:"resumed,omitempty"` // no full handshake: no certificate is sent
	// ClientHello is a fingerprint of what every ClientHello of a program has in common: it
	// differs between programs, or their libraries and settings. It is neither JA3 nor JA4.
	ClientHello string `json:"client_hello,omitempty"`
	// Opened is set if its secrets were known and records were decrypted.
	Opened bool `json:"opened"`
	// OpenedByRedact is set if negotrace redact had the secrets: the capture holds in plain text
	// what it decrypted, and only the file says so.
	OpenedByRedact bool `json:"opened_by_redact,omitempty"`
	// Obstacle says why it was not opened, or not to its end; empty if it was.
	Obstacle string `json:"obstacle,omitempty"`
	// Certificate is the DER of the leaf certificate as this client saw it.
	Certificate []byte `json:"-"`

	alert  Alert        // the alert in Obstacle
	closed *TLSObstacle // as it was counted; nil if it was not
}
