package capturetest

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// NegotiateFlags of MS-NLMP 2.2.2.5 as Windows sends them over HTTP.
const (
	flagsNegotiate    = 0xa2088207
	flagsChallenge    = 0xa2898205
	flagsAuthenticate = 0xa2888205
	flagVersion       = 0x02000000
	flagAnonymous     = 0x00000800
	flagUnicode       = 0x00000001
)

// {ntlm1 flags=0xa2088207 domain=CONTOSO ws=PC1 version=10.0.19041}: MS-NLMP 2.2.1.1.
func (a *args) ntlm1() []byte {
	flags, version := a.flagsAndVersion(flagsNegotiate, "10.0.19041")
	m := message{header: 32 + len(version)}
	domain := m.put([]byte(a.str("domain", "")))
	ws := m.put([]byte(a.str("ws", "")))
	return m.join("NTLMSSP\x00", le32(1), le32(flags), domain, ws, version)
}

// {ntlm2 target=CONTOSO computer=WEB domain=CONTOSO dns=web.contoso.com
// dnsdomain=contoso.com tree=contoso.com time=now|none flags=... challenge=HEX
// version=10.0.20348|none}: MS-NLMP 2.2.1.2. noinfo leaves TargetInfo out.
func (a *args) ntlm2() []byte {
	flags, version := a.flagsAndVersion(flagsChallenge, "10.0.20348")
	target := a.str("target", "CONTOSO")
	var info []byte
	if !a.flag("noinfo") {
		dns := a.str("dns", "web.contoso.com")
		_, domain, _ := strings.Cut(dns, ".")
		info = a.pair(info, 2, a.str("domain", target))
		info = a.pair(info, 1, a.str("computer", "WEB"))
		info = a.pair(info, 4, a.str("dnsdomain", domain))
		info = a.pair(info, 3, dns)
		info = a.pair(info, 5, a.str("tree", domain))
		if a.named["time"] != "none" {
			info = av(info, 7, filetime(a.timeOf("time")))
		}
		delete(a.named, "time")
		a.x.target, a.x.before = info, append(a.x.before, info)
		info = av(info, 0, nil)
	}
	challenge := a.bytes("challenge")
	if challenge == nil {
		challenge = cipher("challenge"+target+a.x.now.String(), 8)
	}
	m := message{header: 48 + len(version)}
	name := m.put(names(target, flags))
	return m.join("NTLMSSP\x00", le32(2), name, le32(flags), challenge, make([]byte, 8), m.put(info), version)
}

// {ntlm3 user=alice domain=CONTOSO ws=PC1 nt=v2|LENGTH lm=zero|absent|ess|copy|LENGTH
// flags=... key=LENGTH version=... target=SPN cbt=zero|match|HEX avflags=N time=now}:
// MS-NLMP 2.2.1.3. An NTLMv2 response repeats the AV pairs of the connection's last
// {ntlm2}, or with answers=NAME that of another one, with answers=#1 its first. mic or
// nomic; anonymous for an empty user and responses.
func (a *args) ntlm3() []byte {
	usual := int64(flagsAuthenticate)
	anonymous := a.flag("anonymous")
	if anonymous {
		usual |= flagAnonymous
	}
	flags, version := a.flagsAndVersion(usual, "10.0.19041")
	user, domain := a.str("user", "alice"), a.str("domain", "CONTOSO")
	nt, v2 := a.ntResponse(anonymous)
	if anonymous {
		user, domain = "", ""
	}
	var mic []byte
	if withMIC := a.flag("mic") || v2; !a.flag("nomic") && withMIC {
		mic = cipher("mic", 16)
	}
	m := message{header: 64 + len(version) + len(mic)}
	d := m.put(names(domain, flags))
	u := m.put(names(user, flags))
	w := m.put(names(a.str("ws", "PC1"), flags))
	lm := m.put(a.lmResponse(nt, anonymous, v2))
	n := m.put(nt)
	key := m.put(cipher("key", int(a.num("key", 0))))
	return m.join("NTLMSSP\x00", le32(3), lm, n, d, u, w, key, le32(flags), version, mic)
}

// ntResponse builds the NtChallengeResponse (MS-NLMP 2.2.2.6 and 2.2.2.8) and returns
// whether it is an NTLMv2 one.
func (a *args) ntResponse(anonymous bool) (nt []byte, v2 bool) {
	kind := a.str("nt", "v2")
	if anonymous {
		return nil, false
	}
	if kind != "v2" {
		return cipher("nt", int(a.number(kind))), false
	}
	challenge := a.x.target
	if conn, ok := a.opt("answers"); ok {
		if n, err := strconv.Atoi(strings.TrimPrefix(conn, "#")); err == nil && conn[0] == '#' && n > 0 && n <= len(a.x.before) {
			challenge = a.x.before[n-1]
		} else {
			challenge = a.x.others(conn)
		}
	}
	pairs := append([]byte(nil), challenge...)
	avflags := int64(2)
	for _, w := range a.words {
		if w == "nomic" {
			avflags = 0
		}
	}
	if avflags = a.num("avflags", avflags); avflags != 0 {
		pairs = av(pairs, 6, le32(uint32(avflags)))
	}
	if spn, ok := a.opt("target"); ok {
		pairs = av(pairs, 9, utf16le(spn))
	}
	if cbt, ok := a.opt("cbt"); ok {
		pairs = av(pairs, 10, a.channelBindings(cbt))
	}
	nt = append(cipher("proof", 16), 1, 1, 0, 0, 0, 0, 0, 0)
	nt = append(nt, filetime(a.timeOf("time"))...)
	nt = append(nt, cipher("client challenge", 8)...)
	nt = append(nt, 0, 0, 0, 0)
	return append(av(append(nt, pairs...), 0, nil), 0, 0, 0, 0), true
}

func (a *args) lmResponse(nt []byte, anonymous, v2 bool) []byte {
	usual := "24"
	if v2 {
		usual = "zero"
	}
	switch lm := a.str("lm", usual); {
	case anonymous:
		return []byte{0}
	case lm == "zero":
		return make([]byte, 24)
	case lm == "absent":
		return nil
	case lm == "copy":
		return nt
	case lm == "ess":
		return append(cipher("client challenge", 8), make([]byte, 16)...)
	default:
		return cipher("lm", int(a.number(lm)))
	}
}

// channelBindings returns the value of MsvAvChannelBindings; match takes it from the
// connection's own certificate (RFC 5929 section 4.1, MS-NLMP 3.1.5.1.2).
func (a *args) channelBindings(v string) []byte {
	switch v {
	case "zero":
		return make([]byte, 16)
	case "match":
		hash := sha256.Sum256(a.x.cert)
		data := append([]byte("tls-server-end-point:"), hash[:]...)
		sum := md5.Sum(append(append(make([]byte, 16), le32(uint32(len(data)))...), data...))
		return sum[:]
	}
	b := a.value(v)
	if len(b) != 16 {
		a.fail("channel bindings of %d bytes", len(b))
	}
	return b
}

// flagsAndVersion takes the arguments flags and version; without the flag for it
// there is no version.
func (a *args) flagsAndVersion(flags int64, version string) (uint32, []byte) {
	v := a.str("version", version)
	f := uint32(a.num("flags", flags))
	if v == "none" {
		f &^= flagVersion
	}
	if f&flagVersion == 0 {
		return f, nil
	}
	part := strings.SplitN(v+".0.0", ".", 4)
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(part[i])
	}
	b := []byte{byte(n[0]), byte(n[1])}
	return f, append(binary.LittleEndian.AppendUint16(b, uint16(n[2])), 0, 0, 0, 15)
}

// pair adds an AV pair of text; the value none leaves it out.
func (a *args) pair(b []byte, id uint16, value string) []byte {
	if value == "none" {
		return b
	}
	return av(b, id, utf16le(value))
}

// A message collects the payload of an NTLM message behind its header.
type message struct {
	header  int
	payload []byte
}

// put adds to the payload and returns the field that points to it.
func (m *message) put(b []byte) []byte {
	n := binary.LittleEndian.AppendUint16(nil, uint16(len(b)))
	n = append(n, n...)
	n = binary.LittleEndian.AppendUint32(n, uint32(m.header+len(m.payload)))
	m.payload = append(m.payload, b...)
	return n
}

func (m *message) join(signature string, parts ...[]byte) []byte {
	out := []byte(signature)
	for _, p := range parts {
		out = append(out, p...)
	}
	return append(out, m.payload...)
}

func av(b []byte, id uint16, value []byte) []byte {
	b = binary.LittleEndian.AppendUint16(b, id)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	return append(b, value...)
}

func le32(v uint32) []byte { return binary.LittleEndian.AppendUint32(nil, v) }

// names returns a name in the encoding that the flags announce.
func names(s string, flags uint32) []byte {
	if flags&flagUnicode == 0 {
		return []byte(s)
	}
	return utf16le(s)
}

func utf16le(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// filetime returns a FILETIME: 100 ns units since 1601.
func filetime(t time.Time) []byte {
	return binary.LittleEndian.AppendUint64(nil, uint64(t.UnixNano()/100+116444736000000000))
}

// cipher returns n bytes that look random and are always the same for one seed.
func cipher(seed string, n int) []byte {
	var b []byte
	for sum := sha256.Sum256([]byte(seed)); len(b) < n; sum = sha256.Sum256(sum[:]) {
		b = append(b, sum[:]...)
	}
	return b[:max(n, 0)]
}
