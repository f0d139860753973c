package decode

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"negotrace/httpstream"
	"negotrace/internal/plural"
)

// unread counts datagrams of ports that are not read. The zero value is ready for use.
type unread struct {
	ports  map[uint16]*unreadPort
	others unreadPort // all over the limit
	// http3 are those to whom something came from a port of HTTP/3, whatever it was.
	http3 map[netip.Addr]bool
}

const portHTTP3 = 443

// answered notes that a client got something from a port of HTTP/3.
func (u *unread) answered(client netip.Addr) {
	if len(u.http3) >= maxHTTP3Clients {
		return
	}
	if u.http3 == nil {
		u.http3 = map[netip.Addr]bool{}
	}
	u.http3[client] = true
}

// An unreadPort counts the datagrams of a port.
type unreadPort struct {
	first     httpstream.Pos
	datagrams int
	protocols []string // as far as they showed, sorted
}

// udp counts a datagram under the well-known port, otherwise under the lower one, which is the
// server's.
func (u *unread) udp(at httpstream.Pos, src, dst uint16, b []byte) {
	if len(b) == 0 || len(b) == 1 && b[0] == 0xff && (src == portESP || dst == portESP) { // keeps a translator awake (RFC 3948)
		return
	}
	port := min(src, dst)
	if protocolsByPort[port] == "" && protocolsByPort[max(src, dst)] != "" {
		port = max(src, dst)
	}
	p := u.ports[port]
	if p == nil {
		if len(u.ports) == maxUnreadPorts {
			u.others.add(at)
			return
		}
		if u.ports == nil {
			u.ports = map[uint16]*unreadPort{}
		}
		p = new(unreadPort)
		u.ports[port] = p
	}
	p.add(at)
	if name := protocolOf(port, b); name != "" && len(p.protocols) < maxUnreadProtocols {
		if i, known := slices.BinarySearch(p.protocols, name); !known {
			p.protocols = slices.Insert(p.protocols, i, name)
		}
	}
}

func (p *unreadPort) add(at httpstream.Pos) {
	if p.datagrams == 0 {
		p.first = at
	}
	p.datagrams++
}

// count adds the counts to the counters of the run. HTTP/3 gets a note of its own with advice.
func (u *unread) count(c *httpstream.Counters) {
	c.HTTP3Clients = u.http3
	http3 := 0
	for port, p := range u.ports {
		what := p.name(port)
		if strings.Contains(what, inHTTP3) {
			http3 += p.datagrams
		}
		c.UnreadDatagrams(what, p.datagrams, p.first)
	}
	c.UnreadDatagrams("other ports", u.others.datagrams, u.others.first)
	if http3 > 0 {
		c.Notes = append(c.Notes, httpstream.Limitation{Kind: "http3-not-read", Text: fmt.Sprintf(
			"HTTP/3 is encrypted in QUIC and was not read (%s). Switch it off and record again: Chrome and Edge with --disable-quic or the policy QuicAllowed, Firefox with network.http.http3.enable in about:config", plural.Count(http3, "datagram"))})
	}
}

// name names a port and its protocols.
func (p *unreadPort) name(port uint16) string {
	name := strings.Join(p.protocols, ", ")
	if name == "" {
		name = protocolsByPort[port]
	}
	if name == "" {
		return fmt.Sprintf("port %d", port)
	}
	return fmt.Sprintf("%s on port %d", name, port)
}

// protocolOf returns the protocol of a datagram, "" if it is not known.
func protocolOf(port uint16, b []byte) string {
	switch {
	case isQUIC(b):
		return quicVersion(be.Uint32(b[1:]))
	case len(b) >= 13 && b[0] >= 20 && b[0] <= 25 && b[1] == 0xfe && b[2] >= 0xfc:
		return "DTLS (encrypted)"
	case isWireGuard(b):
		return "WireGuard (encrypted)"
	case port == 4500 && len(b) > 8 && be.Uint32(b) != 0:
		return "IPsec ESP (encrypted)"
	case len(b) >= 20 && b[0]>>6 == 0 && be.Uint32(b[4:]) == 0x2112a442:
		return "STUN"
	}
	return ""
}

// isQUIC reports whether a datagram begins with a long header of QUIC (RFC 9000 section
// 17.2) of a version that is in use.
func isQUIC(b []byte) bool {
	return len(b) >= 7 && b[0]&0x80 != 0 && quicVersion(be.Uint32(b[1:])) != "" && b[5] <= 20
}

// inHTTP3 is the end of the names of protocols that carry HTTP/3.
const inHTTP3 = "(HTTP/3)"

// quicVersion names a version of QUIC, "" if it is not one (RFC 9000, RFC 9369).
func quicVersion(version uint32) string {
	switch {
	case version == 1:
		return "QUIC version 1 " + inHTTP3
	case version == 0x6b3343cf:
		return "QUIC version 2 " + inHTTP3
	case version>>8 == 0xff0000:
		return fmt.Sprintf("QUIC draft %d %s", version&0xff, inHTTP3)
	case version>>24 == 'Q' && isDigits(version) || version>>24 == 'T' && isDigits(version):
		return fmt.Sprintf("QUIC of Google %c%03d %s", version>>24, (version>>16&0xf)*100+(version>>8&0xf)*10+version&0xf, inHTTP3)
	}
	return ""
}

// isDigits reports whether the lower three bytes are digits of ASCII.
func isDigits(version uint32) bool {
	for _, shift := range []int{0, 8, 16} {
		if c := version >> shift & 0xff; c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// isWireGuard reports whether a datagram is a message of WireGuard: a type, three zero bytes, and
// the length for that type.
func isWireGuard(b []byte) bool {
	if len(b) < 32 || b[1]|b[2]|b[3] != 0 {
		return false
	}
	switch b[0] {
	case 1:
		return len(b) == 148
	case 2:
		return len(b) == 92
	case 3:
		return len(b) == 64
	case 4:
		return len(b)%16 == 0
	}
	return false
}

// protocolsByPort are the protocols of well-known ports (IANA), used if the content does not show
// one.
var protocolsByPort = map[uint16]string{
	67: "DHCP", 68: "DHCP", 69: "TFTP", 123: "NTP", 137: "NetBIOS name service", 138: "NetBIOS datagrams",
	161: "SNMP", 162: "SNMP", 389: "CLDAP", 443: "probably QUIC " + inHTTP3, 464: "Kerberos password change", 500: "IKE", 514: "syslog",
	520: "RIP", 546: "DHCPv6", 547: "DHCPv6", 853: "DNS over DTLS or QUIC", 1194: "OpenVPN", 1701: "L2TP", 1812: "RADIUS", 1813: "RADIUS",
	1900: "SSDP", 1985: "HSRP", 2152: "GTP", 3222: "GLBP", 3386: "GTP", 3389: "Remote Desktop", 3702: "WS-Discovery", 3784: "BFD", 4500: "IKE", 4501: "IPsec of GlobalProtect", 5060: "SIP", 4791: "RDMA", 5246: "CAPWAP control", 5247: "CAPWAP",
	5353: "mDNS", 5355: "LLMNR", 6343: "sFlow", 9993: "ZeroTier", 12222: "LWAPP", 12223: "LWAPP control", 37008: "TZSP", 41641: "WireGuard of Tailscale", 51820: "WireGuard",
}
