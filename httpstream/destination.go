package httpstream

import (
	"net"
	"strconv"
	"strings"
)

// A Destination is where a client asked a proxy to connect it to.
type Destination struct {
	Proxy string `json:"proxy"`          // its kind: "SOCKS proxy", "HTTP proxy"
	Host  string `json:"host,omitempty"` // name or address, as the client wrote it; empty if it is neither
	Port  uint16 `json:"port"`           // port that the client wants to reach there
}

// Destination returns where a connection through a proxy leads to, by the handshake of SOCKS (RFC
// 1928) or the CONNECT that it begins with; nil if there is neither.
func (c *Conn) Destination() *Destination {
	if c.socks != nil && c.socks.to != nil {
		return c.socks.to
	}
	if c.Tunnel == nil || c.Tunnel.Request == nil || c.Tunnel.Request.Method != "CONNECT" || c.protocol != "" {
		return nil
	}
	host, port, err := net.SplitHostPort(c.Tunnel.Request.Target)
	if err != nil {
		return nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil
	}
	return &Destination{Proxy: "HTTP proxy", Host: hostName(host), Port: uint16(n)}
}

// hostName returns s if it may be a name or an address, and otherwise "".
func hostName(s string) string {
	const others = ".-_:%"
	if strings.ContainsFunc(s, func(c rune) bool {
		return (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && !strings.ContainsRune(others, c)
	}) {
		return ""
	}
	return strings.Clone(s)
}
