package redact

import (
	"encoding/base64"
	"strings"
	"testing"

	"negotrace/internal/packettest"
)

// little returns a number in the byte order of NTLM.
func little(size, n int) string {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(n >> (8 * i))
	}
	return string(b)
}

// avPairs returns AV_PAIRs of all kinds, and of kinds that are not known, with a name in each.
func avPairs(name string) string {
	var b strings.Builder
	for id := 1; id <= 15; id++ {
		b.WriteString(little(2, id) + little(2, 2*len(name)) + wide(name))
	}
	b.WriteString(little(2, 8) + little(2, 48) + little(4, 48) + little(4, 0) + (name + name + name + name)[:40])
	return b.String() + "\x00\x00\x00\x00" + name
}

// ntlmMessage returns a message with fields behind a header.
func ntlmMessage(kind int, head func(field func(value string) string) string) string {
	const room = 88
	payload := ""
	h := "NTLMSSP\x00" + little(4, kind) + head(func(value string) string {
		f := little(2, len(value)) + little(2, len(value)) + little(4, room+len(payload))
		payload += value
		return f
	})
	return h + strings.Repeat("\x00", room-len(h)) + payload
}

// tokenPlaces returns tokens with a name in every field.
func tokenPlaces(name string) map[string]string {
	const unicode = 0x02000001
	w := wide(name)
	str := func(tag int, text string) string { return derElement(byte(0xa0+tag), derElement(0x1b, text)) }
	num := func(tag int, n string) string { return derElement(byte(0xa0+tag), derElement(2, n)) }
	oct := func(tag int, text string) string { return derElement(byte(0xa0+tag), derElement(4, text)) }
	principal := func(tag int) string {
		return derElement(byte(0xa0+tag), derElement(0x30, num(0, "\x01"), derElement(0xa1, derElement(0x30, derElement(0x1b, name), derElement(0x1b, name), derElement(0x1b, name)))))
	}
	var padata strings.Builder
	for _, kind := range []string{"\x01", "\x02", "\x03", "\x0a", "\x0b", "\x0d", "\x10", "\x11", "\x13", "\x14", "\x19", "\x7f", "\x00\x80", "\x00\x81", "\x00\x82", "\x00\x85", "\x00\x88", "\x00\x8a", "\x00\x95", "\x00\xa5", "\x00\xa7", "\x7f\xff"} {
		padata.WriteString(derElement(0x30, num(1, kind), oct(2, name)))
		padata.WriteString(derElement(0x30, num(1, kind), oct(2, derElement(0x30, derElement(0x30, num(0, "\x12"), str(1, name), oct(2, name)), str(0, name), oct(1, name), derElement(0xa2, derElement(0x18, name)), derElement(0x80, name)))))
	}
	encrypted := func(tag int) string {
		return derElement(byte(0xa0+tag), derElement(0x30, num(0, "\x12"), num(1, "\x02"), oct(2, name), str(3, name)))
	}
	ticket := derElement(0x61, derElement(0x30, num(0, "\x05"), str(1, name), principal(2), encrypted(3), str(4, name)))
	kdcError := derElement(0x7e, derElement(0x30, num(0, "\x05"), num(1, "\x1e"), derElement(0xa2, derElement(0x18, name)), derElement(0xa4, derElement(0x18, "20260101000000Z")), num(5, "\x01"), num(6, "\x19"), str(7, name), principal(8), str(9, name), principal(10), str(11, name), oct(12, derElement(0x30, padata.String())), oct(13, name)))
	request := derElement(0x6a, derElement(0x30, num(1, "\x05"), num(2, "\x0a"), derElement(0xa3, derElement(0x30, padata.String())), derElement(0xa4, derElement(0x30, derElement(0xa0, derElement(3, "\x00\x40\x81\x00\x10")), principal(1), str(2, name), principal(3), derElement(0xa5, derElement(0x18, name)), num(7, "\x01"),
		derElement(0xa8, derElement(0x30, derElement(2, "\x12"))), derElement(0xa9, derElement(0x30, derElement(0x30, num(0, "\x14"), oct(1, name)), derElement(0x30, num(0, "\x02"), oct(1, name)))), encrypted(10), derElement(0xab, derElement(0x30, ticket)), str(12, name))), str(5, name)))
	apReq := derElement(0x6e, derElement(0x30, num(0, "\x05"), num(1, "\x0e"), derElement(0xa2, derElement(3, "\x00\x20\x00\x00\x00")), derElement(0xa3, ticket), encrypted(4), str(5, name)))
	gss := func(mech, inner string) string { return derElement(0x60, derElement(6, mech)+inner) }
	const spnego, kerberos = "\x2b\x06\x01\x05\x05\x02", "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"
	negoex := func(kind int) string {
		body := "NEGOEXTS" + little(4, kind) + little(4, 0) + little(4, 64) + little(4, 64+len(name)) + (name + name)[:16] + (name + name)[:16] + little(4, 64) + little(4, len(name))
		return body + name
	}
	challenge := ntlmMessage(2, func(field func(string) string) string {
		return field(w) + little(4, unicode|0x00800000) + "challeng" + (name)[:8] + field(avPairs(name)) + "\x0a\x00\x61\x4a" + name[:3] + "\x0f"
	})
	authenticate := ntlmMessage(3, func(field func(string) string) string {
		return field(name+name) + field((name + name)[:16]+"\x01\x01"+name[:6]+"\x00\x00\x00\x00\x00\x00\x00\x00"+name[:8]+name[:4]+avPairs(name)) + field(w) + field(w) + field(w) + field(name) + little(4, unicode) + "\x0a\x00\x61\x4a" + name[:3] + "\x0f" + (name + name)[:16]
	})
	return map[string]string{
		"NTLM 1": ntlmMessage(1, func(field func(string) string) string {
			return little(4, 0x02003001) + field(name) + field(name) + "\x0a\x00\x61\x4a" + name[:3] + "\x0f"
		}),
		"NTLM 2": challenge, "NTLM 3": authenticate, "KRB-ERROR": gss(kerberos, "\x03\x00"+kdcError), "AP-REQ": gss(kerberos, "\x01\x00"+apReq), "AP-REQ and more": gss(kerberos, "\x01\x00"+apReq+name), "AS-REQ": request,
		"SPNEGO hints":  gss(spnego, derElement(0xa0, derElement(0x30, derElement(0xa0, derElement(0x30, derElement(6, kerberos), derElement(6, name))), derElement(0xa1, derElement(3, name)), oct(2, challenge), derElement(0xa3, derElement(0x30, str(0, name), oct(1, name))), oct(4, name), str(5, name)))),
		"SPNEGO answer": derElement(0xa1, derElement(0x30, derElement(0xa0, derElement(0x0a, "\x01")), derElement(0xa1, derElement(6, "\x2b"+name)), oct(2, authenticate), oct(3, name), str(4, name))),
		"NegoEx 2":      gss(spnego, derElement(0xa0, derElement(0x30, oct(2, negoex(2)+negoex(4)+negoex(6)+negoex(7)+negoex(9))))), "user to user": gss(kerberos+"\x03", "\x04\x00"+derElement(0x30, num(0, "\x05"), num(1, "\x10"), principal(2), str(3, name))),
		"IAKERB": gss("\x2b\x06\x01\x05\x02\x05", "\x05\x01"+derElement(0x30, derElement(0xa1, derElement(0x0c, name)), oct(2, name), str(3, name))+request), "CredSSP": derElement(0x30, num(0, "\x06"), derElement(0xa1, derElement(0x30, derElement(0x30, oct(0, authenticate)))), oct(2, name), oct(3, name), oct(5, name)),
		"another mechanism": gss("\x2b\x06\x01\x04\x01"+name, name), "nothing known": name + name,
	}
}

// TestTokenPlaces holds that in no field of a token, and of a message to a KDC, a name makes a
// difference.
func TestTokenPlaces(t *testing.T) {
	t.Parallel()
	a, b := tokenPlaces(canary), tokenPlaces(other)
	b64 := base64.StdEncoding.EncodeToString
	get := func(token string) []string {
		return []string{">GET / HTTP/1.1\r\nAuthorization: Negotiate " + b64([]byte(token)) + "\r\n\r\n", "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate " + b64([]byte(token)) + "\r\n\r\n"}
	}
	udp := func(port uint16, token string) [][]byte {
		return [][]byte{packettest.IPv4(17, client.Addr(), server.Addr(), packettest.UDP(50000, port, []byte(token)))}
	}
	for name := range a {
		for kind, packets := range map[string][2][][]byte{
			"HTTP": {talked(1460, get(a[name])...), talked(1460, get(b[name])...)}, "KDC": {udp(88, a[name]), udp(88, b[name])}, "kpasswd": {udp(464, a[name]), udp(464, b[name])},
		} {
			one, two := redacted(t, linkRaw, packets[0]), redacted(t, linkRaw, packets[1])
			for i := range one {
				if at := firstDifference(one[i], two[i]); at < len(one[i]) {
					t.Errorf("%s in %s: packet %d differs at %d: %q and %q", name, kind, i, at, one[i][max(at-60, 40):min(at+20, len(one[i]))], two[i][max(at-60, 40):min(at+20, len(two[i]))])
				}
			}
		}
	}
}
