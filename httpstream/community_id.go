package httpstream

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"net/netip"
)

// The IP protocols of flows that have a CommunityID.
const (
	ProtocolTCP = 6
	ProtocolUDP = 17
)

// CommunityID names a flow as Zeek, Suricata and Wireshark do (community ID flow hashing,
// version 1, seed 0): the same for both directions. It is empty where an end is not known.
func CommunityID(protocol uint8, a, b netip.AddrPort) string {
	if !a.IsValid() || !b.IsValid() || a.Port() == 0 || b.Port() == 0 {
		return ""
	}
	a, b = netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port()), netip.AddrPortFrom(b.Addr().Unmap().WithZone(""), b.Port())
	if a.Compare(b) > 0 {
		a, b = b, a
	}
	var room [2 + 16 + 16 + 2 + 4]byte
	flow := append(room[:2], a.Addr().AsSlice()...) // after a seed of 0
	flow = append(flow, b.Addr().AsSlice()...)
	flow = append(flow, protocol, 0)
	flow = binary.BigEndian.AppendUint16(flow, a.Port())
	flow = binary.BigEndian.AppendUint16(flow, b.Port())
	sum := sha1.Sum(flow)
	return "1:" + base64.StdEncoding.EncodeToString(sum[:])
}

// CommunityID names the TCP connection that c is, or runs inside of.
func (c *Conn) CommunityID() string {
	client := c.Client
	if c.Balancer != nil {
		client = *c.Balancer
	}
	return CommunityID(ProtocolTCP, client, c.Server)
}
