package httpstream

import "net/netip"

// TCP flags of a Segment.
const (
	FlagFIN = 0x01
	FlagSYN = 0x02
	FlagRST = 0x04
	FlagACK = 0x10
)

// A Segment is one TCP segment as decoded from a packet. Payload is only valid
// during the call it is passed to.
type Segment struct {
	At       Pos // Stream is filled in by the Assembler
	Src, Dst netip.AddrPort
	Seq, Ack uint32
	Flags    uint8
	Payload  []byte
	Missing  int    // payload bytes that were on the wire but are not in the capture (snap length)
	Origin   int    // capture point, where captures of several hosts are read together
	Tunnel   uint64 // tells apart equal addresses in different encapsulations (VNI, VLAN ...); 0 if none
}

// A Sink takes what an Assembler finds. A nil function is not called.
type Sink struct {
	// Exchange is called when an exchange is complete, or when it is certain that
	// no more of it will come; per connection in order of the requests.
	Exchange func(*Exchange)
	// Conn is called at the end of each connection, after its exchanges.
	Conn func(*Conn)
	// Record is called with each length-prefixed message on a connection to port
	// 88: Kerberos over TCP, RFC 4120 section 7.2.2. The bytes are only valid
	// during the call.
	Record func(c *Conn, from Side, at Pos, record []byte)
}

// An Assembler follows all TCP connections of a capture at once and tells its Sink
// what they carried.
type Assembler struct {
	out outlet
}

// NewAssembler returns an Assembler that opens TLS with secrets (which may be nil,
// and may be added to while the capture is read) and counts into tally.
func NewAssembler(sink Sink, secrets *Secrets, tally *Tally) *Assembler {
	return &Assembler{out: outlet{sink: sink, secrets: secrets, tally: tally}}
}

// Segment takes the next segment of the capture.
func (a *Assembler) Segment(s *Segment) {}

// Close tells that the capture ends here: everything still open is delivered.
func (a *Assembler) Close() {}
