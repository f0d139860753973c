package httpstream

import "net/netip"

// TCP flags of a Segment.
const (
	FlagFIN = 0x01
	FlagSYN = 0x02
	FlagRST = 0x04
	FlagPSH = 0x08
	FlagACK = 0x10
)

// A Segment is one TCP segment as decoded from a packet. Header and Payload are valid from the call
// that it is passed to until Assembler.Keep is called.
type Segment struct {
	At        Pos // Stream is filled in by the Assembler
	Src, Dst  netip.AddrPort
	Seq, Ack  uint32
	Flags     uint8
	TTL       uint8  // of the IP header; 0 if it is not known
	Header    []byte // the TCP header with its options; nil if there was none
	Payload   []byte
	Missing   int        // payload bytes that were on the wire but are not in the capture (snap length)
	Origin    int        // capture point, where captures of several hosts are read together
	PlainCopy *PlainCopy // of what negotrace redact wrote; nil for what a network sent
	Tunnel    uint64     // distinguishes equal addresses in different encapsulations (VNI, VLAN ...); 0 if none
}
