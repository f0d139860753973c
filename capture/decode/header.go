package decode

// A Header says what kind of header Visit is called with.
type Header uint8

// The headers that may hold addresses.
const (
	Ethernet Header = iota + 1
	Dot11           // of a wireless network
	SLL             // Linux cooked
	SLL2
	ARP
	IPv4
	IPv6
	ICMP
	ICMPv6
	TCP
	UDP
	ExportedPDU
	GRE
	MPLS // an entry of a label stack
	TokenRing
	MACAddress // one, in a header that has no name here
	Metadata   // not needed to decode what follows: options, tags, signatures
	Trailer    // behind the content, and needed to decode it
	Unread     // no header: what is counted by those in front of it, and not decoded
	BrokenOff  // what nobody decodes: of a protocol that is not known, or behind a header that is cut or malformed
)

// visit calls Visit.
func (d *Decoder) visit(h Header, b []byte) {
	if d.Visit != nil {
		d.Visit(h, b)
	}
}

// passOver visits what is not decoded: nothing that could belong to a connection, or nothing known.
func (d *Decoder) passOver(b []byte) { d.visit(Unread, b) }

// breakOff visits what is not decoded because of a header that b begins with: its first n bytes show why.
func (d *Decoder) breakOff(b []byte, n int) { d.visit(BrokenOff, b[min(n, len(b)):]) }

// ProtocolPrefixLen returns how many bytes at the beginning of a datagram name its protocol, if
// that is a protocol that is only counted by name.
func ProtocolPrefixLen(port uint16, b []byte) int {
	switch {
	case isQUIC(b):
		return 6 // flags, version, length of the connection's id
	case port == 4500 && len(b) == 1:
		return 1 // what keeps a NAT open (RFC 3948 section 2.3)
	case (port == portGeneve || port == portGUE) && len(b) > 0:
		return 1 // the version, and how long the header is
	case protocolOf(port, b) == "":
		return 0
	case isWireGuard(b):
		return 4
	case len(b) >= 13 && b[0] >= 20 && b[0] <= 25 && b[1] == 0xfe:
		return 13 // header of a DTLS record
	case port == 4500:
		return 4 // SPI
	}
	return 8 // type, length and cookie of STUN
}
