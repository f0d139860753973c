package httpstream

import (
	"fmt"
	"strconv"
	"strings"
)

// unread counts a connection, or the inside of a tunnel, that had content of which nothing
// was read: of no protocol that this package knows. Its reader is what it had at its end.
func (c *Counters) unread(conn *Conn, r reader) {
	if p := conn.socks; p != nil && p.unread != "" && conn.Tunnel == nil {
		c.unreadTCP(p.unread, conn)
		if p.ended {
			return
		}
	}
	if conn.joined && conn.Tunnel == nil && conn.Bytes != [2]int64{} {
		c.unreadTCP("further paths of Multipath TCP (RFC 8684), which may have parts of the messages of another connection", conn)
		return
	}
	switch r := decided(r).(type) {
	case plainCopyReader:
		return
	case *recordReader:
		if r.granted {
			c.unreadTCP(r.extended(), conn)
		}
		if r.read {
			return
		}
	}
	opened, _ := decided(r).(*tlsReader)
	if opened != nil && (opened.inner == nil || opened.plain) {
		opened = nil // nothing came in it, or nothing that was protected
	}
	if conn.HTTP || conn.TLS != nil && opened == nil || conn.Bytes == [2]int64{} {
		return
	}
	what := unreadProtocol(conn)
	if opened != nil {
		if _, again := decided(opened.inner).(tlsInside); again {
			what = "TLS"
		}
		what += InsideTLS
	}
	c.unreadTCP(what, conn)
}

// unreadTCP counts one more connection, or a part of one, that was not read.
func (c *Counters) unreadTCP(what string, conn *Conn) {
	if _, known := c.UnreadTCP[what]; !known && len(c.UnreadTCP) >= maxUnreadPorts {
		what = "other ports"
	}
	count(&c.UnreadTCP, what, 1)
	placeFirst(&c.Places.UnreadTCP, what, conn.Start)
}

// InsideTLS ends the name of what is not read in TLS that was opened.
const InsideTLS = " inside of TLS"

// decided returns the reader that a sniffer has taken, or r itself.
func decided(r reader) reader {
	if s, ok := r.(*sniffer); ok && s.next != nil {
		return s.next
	}
	return r
}

// unreadProtocol names what is not read: by its port, or by what a tunnel was opened for.
func unreadProtocol(conn *Conn) string {
	if p := conn.socks; p != nil && p.to != nil {
		return service(p.to.Port) + " by SOCKS"
	}
	x := conn.Tunnel
	if x == nil {
		return service(conn.Server.Port())
	}
	switch {
	case strings.EqualFold(conn.protocol, "websocket"):
		return "WebSocket"
	case conn.protocol != "" || x.Response != nil && x.Response.Status == StatusSwitchingProtocols:
		return "what followed an upgrade of HTTP"
	}
	if x.Request != nil {
		target := x.Request.Target
		port, err := strconv.ParseUint(target[strings.LastIndexByte(target, ':')+1:], 10, 16)
		if err == nil {
			return service(uint16(port)) + " by CONNECT"
		}
	}
	return "what followed CONNECT"
}

// service names a port, with what is usually there.
func service(port uint16) string {
	what := fmt.Sprintf("port %d", port)
	if name := servicesByPort[port]; name != "" {
		return name + " on " + what
	}
	return what
}

// servicesByPort are what is at well-known ports (IANA) and not read here.
var servicesByPort = map[uint16]string{
	21: "FTP", 22: "SSH", 23: "Telnet", 25: "SMTP", 110: "POP3", 111: "RPC", 135: "RPC endpoint mapper", 139: "SMB",
	143: "IMAP", 179: "BGP", 389: "LDAP", 445: "SMB", 464: "Kerberos password change", 636: "LDAP", 1433: "SQL Server", 1521: "Oracle",
	3268: "LDAP global catalog", 3306: "MySQL", 3389: "Remote Desktop", 5432: "PostgreSQL", 9389: "AD Web Services",
}
