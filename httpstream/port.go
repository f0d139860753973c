package httpstream

// The ports by which protocols are known, over TCP and UDP (IANA, Service Name and
// Transport Protocol Port Number Registry).
const (
	PortDNS      = 53
	PortHTTP     = 80
	PortKerberos = 88
	PortHTTPS    = 443
)

// HasPort reports whether one end of c is at the port.
func (c *Conn) HasPort(port uint16) bool { return c.Server.Port() == port || c.Client.Port() == port }
