package httpstream

import "encoding/binary"

// The ports by which protocols are known, over TCP and UDP (IANA, Service Name and
// Transport Protocol Port Number Registry).
const (
	PortDNS      = 53
	PortHTTP     = 80
	PortKerberos = 88
	PortHTTPS    = 443
	PortKpasswd  = 464  // change of passwords, RFC 3244
	PortZscaler  = 8800 // Kerberos to the KDC of Zscaler's proxies
)

// IsKerberos reports whether Kerberos messages go to a port, over TCP each after its length.
func IsKerberos(port uint16) bool {
	return port == PortKerberos || port == PortKpasswd || port == PortZscaler
}

// IsKerberosDatagram reports whether a datagram to or from a port is a Kerberos message. At
// the ports beside 88 there may be something else: there it must begin like one, with an
// APPLICATION tag, or the head of RFC 3244 section 2.
func IsKerberosDatagram(port uint16, payload []byte) bool {
	switch {
	case port == PortKerberos:
		return true
	case len(payload) < 6:
		return false
	case port == PortZscaler:
		return payload[0]&0xe0 == 0x60
	}
	version := binary.BigEndian.Uint16(payload[2:])
	return port == PortKpasswd && (version == 1 || version == 0xff80)
}

// HasKerberosPort reports whether one end of c is at a port of Kerberos.
func (c *Conn) HasKerberosPort() bool {
	return IsKerberos(c.Server.Port()) || IsKerberos(c.Client.Port())
}

// hasPort reports whether one end of c is at the port.
func (c *Conn) hasPort(port uint16) bool { return c.Server.Port() == port || c.Client.Port() == port }
