// Package httpstream turns TCP segments into HTTP exchanges.
//
// Segments go in, in the order of the capture; Exchanges come out, each one
// request and the response that answers it. In between lie reassembly (what the
// application read, from what the network showed), TLS where the keys are known,
// and the framing of HTTP/1 and HTTP/2. The package does no file I/O, starts no
// goroutine and reads no clock: the same segments give the same exchanges.
//
// The Exchange is the common currency of all input formats: a packet capture
// arrives at it through an Assembler, a browser export builds it directly.
package httpstream

import (
	"net/http"
	"net/netip"
)

// A Pos is a place in a capture.
type Pos struct {
	// Frame is the packet number as Wireshark counts it, from 1; in a browser
	// export it is the number of the entry, from 1.
	Frame int `json:"frame"`
	// Time is when the capture says it happened. Zero if it does not say.
	Time Time `json:"time,omitzero"`
	// Stream is the connection as Wireshark's tcp.stream counts it, from 0;
	// -1 where there is none.
	Stream int `json:"stream"`
	// File names the input file, where there were several.
	File File `json:"file,omitzero"`
}

// A Side is one of the two ends of a connection.
type Side uint8

// The ends of a connection.
const (
	Client Side = iota // who opened it, or sent the first request
	Server
)

func (s Side) String() string {
	if s == Client {
		return "client"
	}
	return "server"
}

// Other returns the end opposite to s.
func (s Side) Other() Side { return s ^ 1 }

// An Ending says how a connection, or one direction of it, came to its end.
type Ending string

// The ways in which a connection ends.
const (
	Open    Ending = ""        // still open where the capture ends
	FIN     Ending = "FIN"     // closed in order
	RST     Ending = "RST"     // reset
	Reused  Ending = "reused"  // a new SYN took over its ports
	Dropped Ending = "dropped" // given up for a limit of ours
)

// A Conn is one connection as the capture shows it: a TCP connection, the inside
// of a CONNECT tunnel, or the connection a browser export names. It is filled in
// while it lives; Exchanges point to it.
type Conn struct {
	// Stream is Wireshark's tcp.stream; -1 where there is none.
	Stream int `json:"stream"`
	// Client and Server are the two ends; the zero AddrPort where the format does
	// not tell.
	Client netip.AddrPort `json:"client"`
	Server netip.AddrPort `json:"server"`
	// Start is its first packet, End the last one seen so far.
	Start Pos `json:"start"`
	End   Pos `json:"end"`
	// SYN tells that its beginning was seen (SYN or SYN/ACK): the first request in
	// the capture is then the first one there was.
	SYN bool `json:"syn"`
	// SYNOnly tells that the other end never answered the SYN, or refused it (RST).
	SYNOnly bool `json:"syn_only,omitempty"`
	// Ending and EndedBy say how it ended and which end said so first, EndedAt where.
	Ending  Ending `json:"ending,omitempty"`
	EndedBy Side   `json:"ended_by"`
	EndedAt Pos    `json:"ended_at,omitzero"`
	// Lost counts the payload bytes of each Side that the capture does not hold.
	Lost [2]int64 `json:"lost"`
	// Bytes counts the payload bytes of each Side, lost ones included.
	Bytes [2]int64 `json:"bytes"`
	// FirstRequest is the frame of the first request that was seen on it, 0 if none was.
	FirstRequest int `json:"first_request,omitempty"`
	// HTTP tells that HTTP was recognised on it.
	HTTP bool `json:"http"`
	// TLS is what the handshake showed; nil on a plaintext connection.
	TLS *TLS `json:"tls,omitempty"`
	// Tunnel is the CONNECT (or Upgrade) exchange this connection runs inside of;
	// nil for a connection of its own. It shares Stream and addresses with it.
	Tunnel *Exchange `json:"-"`
	// Origin is the capture point it was seen at, from 0, where captures of several
	// hosts are read together.
	Origin int `json:"origin,omitempty"`
}

// Complete tells that nothing of the connection is known to be missing: its
// beginning was seen, no byte was lost, and TLS, if there is any, could be opened to its
// end. Statements from absence need it.
func (c *Conn) Complete() bool {
	return c.SYN && c.Lost == [2]int64{} && (c.TLS == nil || c.TLS.Obstacle == "")
}

// Encrypted tells that the bytes on the wire were TLS, whether it could be opened
// here or not, on this connection or on a tunnel around it.
func (c *Conn) Encrypted() bool {
	for ; c != nil; c = c.outer() {
		if c.TLS != nil {
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
	// Opened tells that secrets for it were at hand and records decrypted.
	Opened bool `json:"opened"`
	// Obstacle says why it was not opened, or not to its end; empty if it was.
	Obstacle string `json:"obstacle,omitempty"`
	// Certificate is the DER of the leaf certificate as this client saw it.
	Certificate []byte `json:"-"`
}

// An Exchange is one request and the response that answers it. Request or Response
// is nil where the capture does not hold it.
type Exchange struct {
	Conn     *Conn     `json:"-"`
	H2Stream uint32    `json:"h2_stream,omitempty"` // HTTP/2 stream identifier, 0 in HTTP/1
	Request  *Request  `json:"request,omitempty"`
	Response *Response `json:"response,omitempty"`
	// Interim lists the 1xx responses that came before Response.
	Interim []int `json:"interim,omitempty"`
	// Reset is the HTTP/2 error code that ended the stream, by its RFC 9113 name
	// (HTTP_1_1_REQUIRED ...); empty if none did.
	Reset string `json:"reset,omitempty"`
	// Events is what the client's own log tells of the authentication on this
	// exchange, in its order. Only a NetLog has it.
	Events []AuthEvent `json:"events,omitempty"`
	Notes  []Note      `json:"notes,omitempty"`
}

// Pos is where the exchange begins: its request, or its response if that is all
// there is.
func (x *Exchange) Pos() Pos {
	if x.Request != nil {
		return x.Request.Pos
	}
	if x.Response != nil {
		return x.Response.Pos
	}
	return x.Conn.Start
}

// tunnels tells that another connection may run inside of the one of x, and refer to it.
func (x *Exchange) tunnels() bool {
	return x.Request != nil && x.Request.Method == "CONNECT" || x.Response != nil && x.Response.Status == http.StatusSwitchingProtocols
}

// HTTP2 tells that the exchange went over HTTP/2, or later.
func (x *Exchange) HTTP2() bool {
	return x.H2Stream != 0 || x.Request != nil && (x.Request.Proto == "HTTP/2" || x.Request.Proto == "HTTP/3")
}

// A Request is the head of one request.
type Request struct {
	Pos     Pos    `json:"pos"`  // of its first byte
	Done    Pos    `json:"done"` // of the last byte of its head and body that was seen
	Method  string `json:"method"`
	Target  string `json:"target"` // request-target as sent; for HTTP/2 the :path
	Proto   string `json:"proto"`  // "HTTP/1.1", "HTTP/1.0", "HTTP/2"
	Host    string `json:"host"`   // Host or :authority, as sent; may carry a port
	HeadLen int    `json:"head_len"`
	BodyLen int64  `json:"body_len"`
	Header  Header `json:"-"`
}

// A Response is the head of one final response.
type Response struct {
	Pos     Pos    `json:"pos"`
	Done    Pos    `json:"done"`
	Proto   string `json:"proto"`
	Status  int    `json:"status"`
	HeadLen int    `json:"head_len"`
	BodyLen int64  `json:"body_len"`
	Header  Header `json:"-"`
	// Body is the first bytes of the body of an error response (400 and above), at
	// most 4 KiB and as sent: servers say there what no header says. Where it comes from
	// an Assembler it is valid only while a Sink is told of the exchange: one that keeps
	// the exchange puts a copy here, or nil.
	Body []byte `json:"-"`
}

// An AuthEvent is one event of a client's log about authentication: what it asked
// of its security library, and what it was told.
type AuthEvent struct {
	Pos      Pos    `json:"pos"`
	Name     string `json:"name"`                // as Chromium names it: AUTH_LIBRARY_INIT_SEC_CTX ...
	Proxy    bool   `json:"proxy,omitempty"`     // target is a proxy
	Scheme   string `json:"scheme,omitempty"`    // negotiate, ntlm ...
	SPN      string `json:"spn,omitempty"`       // name given to the library
	Package  string `json:"package,omitempty"`   // mechanism the library reports
	User     string `json:"user,omitempty"`      // source name the library reports
	Result   string `json:"result,omitempty"`    // accept, reject, invalid ...
	NetError int    `json:"net_error,omitempty"` // Chromium's net error, negative
	Status   string `json:"status,omitempty"`    // GSS major/minor text, or SSPI status in hex
}

// A Note says what could not be understood, and where.
type Note struct {
	Pos  Pos    `json:"pos"`
	Text string `json:"text"`
}
