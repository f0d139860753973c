package tokens

import (
	"encoding/binary"
	"slices"
	"unicode/utf16"
)

// Builders of tokens, for samples and seeds. They write what the standards describe, and
// know nothing of the parsers.

// derElement writes an element around the parts.
func derElement(tag byte, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	n := len(body)
	switch {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, body...)
	case n < 0x100:
		return append([]byte{tag, 0x81, byte(n)}, body...)
	case n >= 0x10000:
		return append([]byte{tag, 0x83, byte(n >> 16), byte(n >> 8), byte(n)}, body...)
	}
	return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, body...)
}

func ctx(n byte, parts ...[]byte) []byte { return derElement(0xa0|n, parts...) }
func seq(parts ...[]byte) []byte         { return derElement(0x30, parts...) }
func octets(b []byte) []byte             { return derElement(0x04, b) }
func general(s string) []byte            { return derElement(0x1b, []byte(s)) }
func moment(s string) []byte             { return derElement(0x18, []byte(s)) }
func bits(v uint32) []byte {
	return derElement(0x03, binary.BigEndian.AppendUint32([]byte{0}, v))
}

func number(v int32) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(v))
	for len(b) > 1 && (b[0] == 0 && b[1] < 0x80 || b[0] == 0xff && b[1] >= 0x80) {
		b = b[1:]
	}
	return derElement(0x02, b)
}

var derOIDs = map[OID]string{
	OIDSPNEGO:      "\x2b\x06\x01\x05\x05\x02",
	OIDKerberos:    "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02",
	OIDMSKerberos:  "\x2a\x86\x48\x82\xf7\x12\x01\x02\x02",
	OIDKerberosU2U: "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x03",
	OIDNTLM:        "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a",
	OIDNegoEx:      "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x1e",
	OIDIAKERB:      "\x2b\x06\x01\x05\x02\x05",
	OIDPKU2U:       "\x2b\x06\x01\x05\x02\x07",
}

func oid(o OID) []byte { return derElement(0x06, []byte(derOIDs[o])) }

func gss(mech OID, inner ...[]byte) []byte {
	return derElement(0x60, append([][]byte{oid(mech)}, inner...)...)
}

func init1(mechs []OID, token []byte) []byte {
	var list [][]byte
	for _, m := range mechs {
		list = append(list, oid(m))
	}
	return gss(OIDSPNEGO, ctx(0, seq(ctx(0, seq(list...)), ctx(2, octets(token)))))
}

func init2() []byte {
	return gss(OIDSPNEGO, ctx(0, seq(
		ctx(0, seq(oid(OIDNegoEx), oid(OIDMSKerberos), oid(OIDKerberos), oid(OIDKerberosU2U), oid(OIDNTLM))),
		ctx(3, seq(ctx(0, general("not_defined_in_RFC4178@please_ignore")))),
	)))
}

func resp(state byte, mech OID, token, mic []byte) []byte {
	parts := [][]byte{ctx(0, derElement(0x0a, []byte{state}))}
	if mech != "" {
		parts = append(parts, ctx(1, oid(mech)))
	}
	if token != nil {
		parts = append(parts, ctx(2, octets(token)))
	}
	if mic != nil {
		parts = append(parts, ctx(3, octets(mic)))
	}
	return ctx(1, seq(parts...))
}

func principal(kind int32, names ...string) []byte {
	var list [][]byte
	for _, n := range names {
		list = append(list, general(n))
	}
	return seq(ctx(0, number(kind)), ctx(1, seq(list...)))
}

// cipher returns bytes that stand for a ciphertext.
func cipher(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + n)
	}
	return b
}

func encrypted(e EType, kvno int32, n int) []byte {
	parts := [][]byte{ctx(0, number(int32(e)))}
	if kvno != 0 {
		parts = append(parts, ctx(1, number(kvno)))
	}
	return seq(append(parts, ctx(2, octets(cipher(n))))...)
}

func ticket(service ...string) []byte {
	return derElement(0x61, seq(ctx(0, number(5)), ctx(1, general("EXAMPLE.COM")),
		ctx(2, principal(2, service...)), ctx(3, encrypted(18, 3, 90))))
}

func apReq(service ...string) []byte {
	return derElement(0x6e, seq(ctx(0, number(5)), ctx(1, number(14)), ctx(2, bits(0x20000000)),
		ctx(3, ticket(service...)), ctx(4, encrypted(18, 0, 70))))
}

func apRep() []byte {
	return derElement(0x6f, seq(ctx(0, number(5)), ctx(1, number(15)), ctx(2, encrypted(18, 0, 80))))
}

func krbError(code int32, data []byte) []byte {
	return derElement(0x7e, seq(ctx(0, number(5)), ctx(1, number(30)), ctx(2, moment("20240102030405Z")),
		ctx(3, number(42)), ctx(4, moment("20240102031405Z")), ctx(5, number(123456)), ctx(6, number(code)),
		ctx(7, general("EXAMPLE.COM")), ctx(8, principal(1, "alice")), ctx(9, general("EXAMPLE.COM")),
		ctx(10, principal(2, "HTTP", "web.example.com")), ctx(11, general("no")), ctx(12, octets(data))))
}

func padata(kind int32, value []byte) []byte {
	return seq(ctx(1, number(kind)), ctx(2, octets(value)))
}

func methodData() []byte {
	return seq(
		padata(PAETypeInfo2, seq(seq(ctx(0, number(18)), ctx(1, general("EXAMPLE.COMalice"))), seq(ctx(0, number(23))))),
		padata(2, nil), padata(16, nil), padata(15, nil))
}

func extError(status uint32) []byte {
	b := binary.LittleEndian.AppendUint32(nil, status)
	return seq(ctx(1, number(kerbErrTypeExtended)), ctx(2, octets(append(b, 0, 0, 0, 0, 1, 0, 0, 0))))
}

func kdcReq(tag byte, client []byte, server []byte, pa ...[]byte) []byte {
	body := [][]byte{ctx(0, bits(0x40810010))}
	if client != nil {
		body = append(body, ctx(1, client))
	}
	body = append(body, ctx(2, general("EXAMPLE.COM")), ctx(3, server), ctx(5, moment("20370913024805Z")),
		ctx(7, number(1234567)), ctx(8, seq(number(18), number(17), number(23), number(-135))))
	if client == nil {
		body = append(body, ctx(11, seq(ticket("HTTP", "front.example.com"))))
	}
	return derElement(0x60|tag, seq(ctx(1, number(5)), ctx(2, number(int32(tag))), ctx(3, seq(pa...)), ctx(4, seq(body...))))
}

func asReq() []byte {
	return kdcReq(10, principal(1, "alice"), principal(2, "krbtgt", "EXAMPLE.COM"),
		padata(128, seq(ctx(0, derElement(1, []byte{0xff})))), padata(149, nil))
}

func tgsReq() []byte {
	return kdcReq(12, nil, principal(2, "HTTP", "web.example.com"),
		padata(PATGSReq, apReq("krbtgt", "EXAMPLE.COM")),
		padata(PAForUser, seq(ctx(0, principal(10, "bob@example.com")), ctx(1, general("EXAMPLE.COM")),
			ctx(2, seq(ctx(0, number(-138)), ctx(1, octets(cipher(16))))), ctx(3, general("Kerberos")))),
		padata(PAS4UX509User, seq(ctx(0, seq(ctx(0, number(7)), ctx(1, principal(10, "bob")), ctx(2, general("EXAMPLE.COM")))))),
		padata(PAPACOptions, seq(ctx(0, bits(0x10000000)))),
		padata(PAEncTimestamp, encrypted(18, 0, 60)),
		padata(PAFXFast, ctx(0, seq(ctx(1, seq(ctx(0, number(16)), ctx(1, octets(cipher(12))))), ctx(2, encrypted(18, 0, 70))))))
}

func kdcRep(tag byte) []byte {
	return derElement(0x60|tag, seq(ctx(0, number(5)), ctx(1, number(int32(tag))), ctx(2, methodData()), ctx(3, general("EXAMPLE.COM")),
		ctx(4, principal(1, "alice")), ctx(5, ticket("HTTP", "web.example.com")), ctx(6, encrypted(18, 0, 100))))
}

func krbCred() []byte {
	return derElement(0x76, seq(ctx(0, number(5)), ctx(1, number(22)), ctx(2, seq(ticket("krbtgt", "EXAMPLE.COM"))), ctx(3, encrypted(18, 0, 80))))
}

func wide(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// fields builds an NTLM message: header with zeros where the payload fields belong, then
// the payload, each piece in the order of its place.
func fields(header []byte, at []int, pieces ...[]byte) []byte {
	b := slices.Clone(header)
	for i, piece := range pieces {
		binary.LittleEndian.PutUint16(b[at[i]:], uint16(len(piece)))
		binary.LittleEndian.PutUint16(b[at[i]+2:], uint16(len(piece)))
		binary.LittleEndian.PutUint32(b[at[i]+4:], uint32(len(b)))
		b = append(b, piece...)
	}
	return b
}

func ntlmHeader(kind byte, n int) []byte {
	b := append([]byte("NTLMSSP\x00"), kind)
	return append(b, make([]byte, n-len(b))...)
}

var version2022 = []byte{10, 0, 0x7c, 0x4f, 0, 0, 0, 15} // 10.0.20348

func ntlm1() []byte {
	b := ntlmHeader(1, 40)
	binary.LittleEndian.PutUint32(b[12:], 0xe208b297)
	copy(b[32:], version2022)
	return fields(b, []int{16, 24}, []byte("EXAMPLE"), []byte("CLIENT1"))
}

func avPair(id uint16, value []byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, id)
	return append(binary.LittleEndian.AppendUint16(b, uint16(len(value))), value...)
}

// stamp is 2024-01-02T03:04:05.6Z as a FILETIME.
var stamp = binary.LittleEndian.AppendUint64(nil, (1704164645+11644473600)*10000000+6000000)

func serverPairs() []byte {
	return slices.Concat(avPair(2, wide("EXAMPLE")), avPair(1, wide("WEB")), avPair(4, wide("example.com")),
		avPair(3, wide("web.example.com")), avPair(5, wide("example.com")), avPair(7, stamp))
}

func ntlm2() []byte {
	b := ntlmHeader(2, 56)
	binary.LittleEndian.PutUint32(b[20:], 0xe2898215)
	copy(b[24:], "\x01\x23\x45\x67\x89\xab\xcd\xef")
	copy(b[48:], version2022)
	return fields(b, []int{12, 40}, wide("EXAMPLE"), append(serverPairs(), avPair(0, nil)...))
}

func ntlmv2Response() []byte {
	return slices.Concat(cipher(16), []byte{1, 1, 0, 0, 0, 0, 0, 0}, stamp, []byte("clientch"), make([]byte, 4),
		serverPairs(), avPair(6, []byte{2, 0, 0, 0}), avPair(8, cipher(48)), avPair(10, cipher(16)),
		avPair(9, wide("HTTP/web.example.com")), avPair(0, nil), make([]byte, 4))
}

func ntlm3() []byte {
	b := ntlmHeader(3, 88)
	binary.LittleEndian.PutUint32(b[60:], 0xe2888215)
	copy(b[64:], version2022)
	copy(b[72:], cipher(16))
	return fields(b, []int{28, 36, 44, 12, 20, 52}, wide("EXAMPLE"), wide("alice"), wide("CLIENT1"),
		make([]byte, 24), ntlmv2Response(), cipher(16))
}

// ntlm3Short returns an AUTHENTICATE_MESSAGE of an old sender: a header of n bytes, flags as
// far as there is room for them.
func ntlm3Short(n int, flags uint32, user string, unicode bool) []byte {
	b := ntlmHeader(3, n)
	if n >= 64 {
		binary.LittleEndian.PutUint32(b[60:], flags)
	}
	name := func(s string) []byte {
		if unicode {
			return wide(s)
		}
		return []byte(s)
	}
	return fields(b, []int{28, 36, 44, 12, 20}, name("EXAMPLE"), name(user), name("CLIENT1"), cipher(24), append([]byte{9}, cipher(23)...))
}

func negoExMessage(kind uint32, body []byte) []byte {
	b := append([]byte("NEGOEXTS"), make([]byte, 32)...)
	binary.LittleEndian.PutUint32(b[8:], kind)
	binary.LittleEndian.PutUint32(b[12:], kind)
	copy(b[24:], cipher(16))
	b = append(b, body...)
	binary.LittleEndian.PutUint32(b[16:], 40)
	binary.LittleEndian.PutUint32(b[20:], uint32(len(b)))
	return b
}

var pku2uScheme = []byte("\x5c\x33\x53\x0d\xea\xf9\x0d\x4d\xb2\xec\x4a\xe3\x78\x6e\xc3\x08")

func negoEx() []byte {
	nego := make([]byte, 56)
	binary.LittleEndian.PutUint32(nego[40:], 96)
	binary.LittleEndian.PutUint16(nego[44:], 1)
	exchange := slices.Concat(pku2uScheme, []byte{64, 0, 0, 0}, []byte{byte(len(ntlm1Bare)), 0, 0, 0}, ntlm1Bare)
	return slices.Concat(negoExMessage(0, append(nego, pku2uScheme...)), negoExMessage(5, exchange))
}

var ntlm1Bare = append([]byte("NTLMSSP\x00\x01\x00\x00\x00"), 0x07, 0x82, 0x08, 0xa2)

// samples returns valid tokens of every kind.
func samples() map[string][]byte {
	krb := gss(OIDKerberos, []byte{1, 0}, apReq("HTTP", "web.example.com"))
	rep := gss(OIDKerberos, []byte{2, 0}, apRep())
	mechs := []OID{OIDMSKerberos, OIDKerberos, OIDNegoEx, OIDNTLM}
	return map[string][]byte{
		"ntlm1":         ntlm1(),
		"ntlm1 16":      ntlm1Bare,
		"ntlm2":         ntlm2(),
		"ntlm3":         ntlm3(),
		"ntlm3 52":      ntlm3Short(52, 0, "alice", false),
		"ntlm3 64":      ntlm3Short(64, 0x00008205, "alice", true),
		"init krb":      init1(mechs, krb),
		"init ntlm":     init1([]OID{OIDNTLM}, ntlm1()),
		"init2":         init2(),
		"resp krb":      resp(0, OIDMSKerberos, rep, nil),
		"resp copy":     resp(0, OIDKerberos, rep, rep),
		"resp ntlm":     resp(1, OIDNTLM, ntlm2(), nil),
		"resp mic":      resp(1, "", ntlm3(), cipher(16)),
		"reject":        resp(2, "", nil, nil),
		"request-mic":   resp(3, OIDNTLM, nil, nil),
		"resp empty":    ctx(1, seq()),
		"krb":           krb,
		"krb error":     gss(OIDKerberos, []byte{3, 0}, krbError(41, extError(0xc000006d))),
		"krb error pa":  krbError(25, methodData()),
		"bare ap-req":   apReq("HTTP", "web.example.com"),
		"bare ap-rep":   apRep(),
		"as-req":        asReq(),
		"as-rep":        kdcRep(11),
		"tgs-req":       tgsReq(),
		"tgs-rep":       kdcRep(13),
		"krb-cred":      krbCred(),
		"iakerb":        gss(OIDIAKERB, []byte{5, 1}, seq(ctx(1, derElement(0x0c, []byte("EXAMPLE.COM")))), asReq()),
		"u2u request":   gss(OIDKerberosU2U, []byte{4, 0}, seq(ctx(0, number(5)), ctx(1, number(16)), ctx(2, principal(2, "HTTP", "web")), ctx(3, general("EXAMPLE.COM")))),
		"u2u reply":     gss(OIDKerberosU2U, []byte{4, 1}, seq(ctx(0, number(5)), ctx(1, number(17)), ctx(2, ticket("krbtgt", "EXAMPLE.COM")))),
		"negoex":        negoEx(),
		"init negoex":   init1([]OID{OIDNegoEx, OIDNTLM}, negoEx()),
		"credssp":       seq(ctx(0, number(6)), ctx(1, seq(seq(ctx(0, octets(ntlm1()))))), ctx(5, octets(cipher(32)))),
		"untagged rep":  kdcRep(13)[4:],
		"krb in ntlm's": gss(OIDNTLM, ntlm1()),
	}
}
