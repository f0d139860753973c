package httpstream

import "fmt"

// unread counts a connection that had content of which nothing was read: of no protocol
// that this package knows. Its reader is what it had at its end.
func (c *Counters) unread(conn *Conn, r reader) {
	if _, isRecords := r.(*recordReader); isRecords || conn.HTTP || conn.TLS != nil || conn.Bytes == [2]int64{} {
		return
	}
	what := fmt.Sprintf("port %d", conn.Server.Port())
	if name := servicesByPort[conn.Server.Port()]; name != "" {
		what = name + " on " + what
	}
	if _, known := c.UnreadTCP[what]; !known && len(c.UnreadTCP) >= maxUnreadPorts {
		what = "other ports"
	}
	count(&c.UnreadTCP, what, 1)
}

// servicesByPort are what is at well-known ports (IANA) and not read here.
var servicesByPort = map[uint16]string{
	21: "FTP", 22: "SSH", 23: "Telnet", 25: "SMTP", 110: "POP3", 111: "RPC", 135: "RPC endpoint mapper", 139: "SMB",
	143: "IMAP", 179: "BGP", 389: "LDAP", 445: "SMB", 464: "Kerberos password change", 1433: "SQL Server", 1521: "Oracle",
	3268: "LDAP global catalog", 3306: "MySQL", 3389: "Remote Desktop", 5432: "PostgreSQL", 9389: "AD Web Services",
}
