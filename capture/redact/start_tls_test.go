package redact

import (
	"net/netip"
	"strings"
	"testing"
)

// Messages of LDAP behind their number (RFC 4511 section 4.14).
const (
	startTLS   = "\x77\x18\x80\x16" + startTLSOID
	startedTLS = "\x78\x07\x0a\x01\x00\x04\x00\x04\x00"                            // success, no name and no text
	startedToo = "\x78\x1f\x0a\x01\x00\x04\x00\x04\x00" + "\x8a\x16" + startTLSOID // with its name
)

// TestAskedTLS holds that what asks for TLS in other protocols stays as far as it says so, and
// that TLS is seen behind it.
func TestAskedTLS(t *testing.T) {
	t.Parallel()
	mysql := func(number byte, body string) string {
		return string([]byte{byte(len(body)), 0, 0, number}) + body
	}
	ldap := func(operation string) string { return derElement(0x30, derElement(2, "\x05"), operation) }
	greeting := mysql(0, "\x0a"+canary+"\x00"+"\x01\x02\x03\x04"+canary[:8]+"\x00\xff\xf7\x08\x02\x00\x0f\x80\x15"+strings.Repeat("\x00", 10)+canary+"\x00"+"mysql_native_password\x00")
	request := mysql(1, "\x85\xae\x3f\x20\x00\x00\x00\x01\x21"+strings.Repeat("\x00", 23))
	for name, c := range map[string]struct {
		port          uint16
		before        []string // of the server, then of the client
		server, asked string
	}{
		"MySQL":            {portMySQL, nil, greeting, request},
		"PostgreSQL":       {portPostgreSQL, nil, "S", sslRequest},
		"LDAP":             {portLDAP, []string{">" + ldap(derElement(0x63, canary)), ldap(derElement(0x64, canary))}, ldap(startedTLS), ldap(startTLS)},
		"LDAP with a name": {portLDAP, nil, ldap(startedToo), ldap(startTLS)},
	} {
		hello := tlsRecord(clientHello, "\x03\x03"+strings.Repeat("r", 20)+canary+lengths(1, "")+lengths(2, "\xc0\x2f")+lengths(1, "\x00"))
		packets := talked(1460, append(c.before, c.server, ">"+c.asked, ">"+hello)...)
		for _, p := range packets {
			for _, at := range []int{20, 22} {
				if be.Uint16(p[at:]) == 80 {
					be.PutUint16(p[at:], c.port)
				}
			}
		}
		out := redacted(t, linkRaw, packets)
		from := out[len(out)-1]
		asked := content(out, netip.AddrFrom4([4]byte(from[12:16])))
		answered := content(out, netip.AddrFrom4([4]byte(from[16:20])))
		if !strings.Contains(asked, c.asked+hello[:11]) {
			t.Errorf("%s: the client says %q", name, asked)
		}
		if c.server != greeting && !strings.HasSuffix(answered, c.server) {
			t.Errorf("%s: the server says %q", name, answered)
		}
		if c.server == greeting && (answered[:5] != greeting[:5] || strings.Count(answered, "\x00") < strings.Count(greeting, "\x00")) {
			t.Errorf("%s: the server says %q", name, answered)
		}
		if all := asked + answered; strings.Contains(all, canary[:6]) || strings.Contains(all, "native") {
			t.Errorf("%s: a name is in %q", name, all)
		}
	}
}

// TestUnreadIsNoMessage holds that what is not read of protocols whose messages have a length
// does not become messages without one.
func TestUnreadIsNoMessage(t *testing.T) {
	t.Parallel()
	for _, port := range []uint16{portMySQL, portKafka, 1433} {
		packets := talked(20, ">"+strings.Repeat(canary, 4))
		for _, p := range packets {
			be.PutUint16(p[22:], port)
		}
		all := ""
		for _, p := range redacted(t, linkRaw, packets) {
			all += string(p[44:])
		}
		if zeros := strings.Count(all, "\x00"); (zeros == 0) != (port != 1433) || strings.Contains(all, "Zebra") {
			t.Errorf("port %d: %q", port, all)
		}
	}
}
