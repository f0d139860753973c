package capturetest

import (
	"encoding/binary"
	"strconv"
	"strings"
	"time"
)

const (
	oidKerberos   = "1.2.840.113554.1.2.2"
	oidMSKerberos = "1.2.840.48018.1.2.2"
	oidU2U        = "1.2.840.113554.1.2.2.3"
	oidNTLM       = "1.3.6.1.4.1.311.2.2.10"
	oidNegoEx     = "1.3.6.1.4.1.311.2.2.30"
	oidIAKERB     = "1.3.6.1.5.2.5"
	oidSPNEGO     = "1.3.6.1.5.5.2"
)

// {apreq HTTP/web.contoso.com@CONTOSO.COM etype=18 kvno=3 auth-etype=18 auth-size=220 size=1200
// id=1}: an AP-REQ in its GSS-API wrapper (RFC 4121 section 4.1). mutual asks for an
// AP-REP, u2u says the session key was used, bare leaves the wrapper out. Tokens of
// one id are the same token.
func (a *args) apReq() []byte {
	var options uint32
	if a.flag("mutual") {
		options |= 1 << 29
	}
	mech, tokID := oidKerberos, []byte{1, 0}
	if a.flag("u2u") {
		options |= 1 << 30
		mech = oidU2U
	}
	bare := a.flag("bare")
	id := a.str("id", a.x.now.String())
	authEType := a.num("auth-etype", 18)
	m := application(14, sequence(
		field(0, integer(5)), field(1, integer(14)), field(2, bits(options)),
		field(3, a.ticket(a.word("HTTP/web.contoso.com@CONTOSO.COM"), id)),
		field(4, encrypted(authEType, 0, cipher("authenticator"+id, int(a.num("auth-size", 220)))))))
	if bare {
		return m
	}
	return gss(mech, tokID, m)
}

// {aprep etype=18}: an AP-REP in its GSS-API wrapper, bare without it.
func (a *args) apRep() []byte {
	m := application(15, sequence(field(0, integer(5)), field(1, integer(15)),
		field(2, encrypted(a.num("etype", 18), 0, cipher("aprep", 90)))))
	if a.flag("bare") {
		return m
	}
	return gss(oidKerberos, []byte{2, 0}, m)
}

// {u2u-tgt-req HTTP/web.contoso.com@CONTOSO.COM}: the TGT-REQ token of user-to-user
// authentication (token identifier 04 00).
func (a *args) tgtReq() []byte {
	typ, name, realm := principal(a.word("HTTP/web.contoso.com@CONTOSO.COM"))
	return gss(oidU2U, []byte{4, 0}, sequence(field(0, integer(5)), field(1, integer(16)),
		field(2, principalName(typ, name)), field(3, general(realm))))
}

// {krberror 41 sname=HTTP/web.contoso.com@CONTOSO.COM cname=alice@CONTOSO.COM
// stime=+10m ctime=now text=... etype-info2=18,17 ntstatus=0xc000006d}: a KRB-ERROR in
// its GSS-API wrapper, bare without it. skew asks for a retry with the server's time,
// edata=HEX gives other e-data.
func (a *args) krbError() []byte {
	code := a.number(a.word("60"))
	typ, name, realm := principal(a.str("sname", "HTTP/web.contoso.com@CONTOSO.COM"))
	parts := [][]byte{field(0, integer(5)), field(1, integer(30))}
	if _, given := a.named["ctime"]; given {
		parts = append(parts, field(2, kerberosTime(a.timeOf("ctime"))), field(3, integer(0)))
	}
	stime := a.timeOf("stime")
	parts = append(parts, field(4, kerberosTime(stime)), field(5, integer(int64(stime.Nanosecond()/1000))), field(6, integer(code)))
	if cname, ok := a.opt("cname"); ok {
		ctyp, c, crealm := principal(cname)
		parts = append(parts, field(7, general(crealm)), field(8, principalName(ctyp, c)))
	}
	parts = append(parts, field(9, general(realm)), field(10, principalName(typ, name)))
	if text, ok := a.opt("text"); ok {
		parts = append(parts, field(11, general(text)))
	}
	if data := a.errorData(); data != nil {
		parts = append(parts, field(12, octets(data)))
	}
	m := application(30, sequence(parts...))
	if a.flag("bare") {
		return m
	}
	return gss(oidKerberos, []byte{3, 0}, m)
}

// {krb-error ...} is the same as a KDC sends it: without the wrapper.
func (a *args) bareError() []byte {
	a.words = append(a.words, "bare")
	return a.krbError()
}

// errorData returns e-data: METHOD-DATA with ETYPE-INFO2 (RFC 4120 section 5.2.7.5), or
// KERB-ERROR-DATA (MS-KILE 2.2.2).
func (a *args) errorData() []byte {
	if list, ok := a.opt("etype-info2"); ok {
		var entries []byte
		for _, e := range a.numbers(list) {
			entries = append(entries, sequence(field(0, integer(e)), field(1, general("CONTOSO.COMalice")))...)
		}
		return sequence(padata(19, sequence(entries)), padata(2, nil))
	}
	if status, ok := a.opt("ntstatus"); ok {
		b := append(le32(uint32(a.number(status))), 0, 0, 0, 0, 1, 0, 0, 0)
		return sequence(field(1, integer(3)), field(2, octets(b)))
	}
	if a.flag("skew") {
		return sequence(field(1, integer(2)))
	}
	return a.bytes("edata")
}

// ticket takes the arguments etype, kvno and size of a ticket for name.
func (a *args) ticket(name, id string) []byte {
	typ, service, realm := principal(name)
	return application(1, sequence(field(0, integer(5)), field(1, general(realm)), field(2, principalName(typ, service)),
		field(3, encrypted(a.num("etype", 18), a.num("kvno", 2), cipher("ticket"+id, int(a.num("size", 1100)))))))
}

// encrypted returns an EncryptedData; kvno 0 leaves it out.
func encrypted(etype, kvno int64, b []byte) []byte {
	var k []byte
	if kvno != 0 {
		k = integer(kvno)
	}
	return sequence(field(0, integer(etype)), field(1, k), field(2, octets(b)))
}

// principal takes apart name@REALM and guesses the name type by the number of
// components.
func principal(s string) (typ int64, name []string, realm string) {
	n, realm, found := strings.Cut(s, "@")
	if !found {
		realm = "CONTOSO.COM"
	}
	name = strings.Split(n, "/")
	if len(name) > 1 {
		return 2, name, realm
	}
	return 1, name, realm
}

func principalName(typ int64, name []string) []byte {
	var parts [][]byte
	for _, n := range name {
		parts = append(parts, general(n))
	}
	return sequence(field(0, integer(typ)), field(1, sequence(parts...)))
}

func padata(typ int64, value []byte) []byte {
	return sequence(field(1, integer(typ)), field(2, octets(value)))
}

func (a *args) numbers(list string) []int64 {
	var out []int64
	for _, s := range strings.Split(list, ",") {
		out = append(out, a.number(s))
	}
	return out
}

// {as-req cname=alice@CONTOSO.COM sname=krbtgt/CONTOSO.COM etypes=18,17,23 preauth}
func (a *args) asReq() []byte {
	cname := a.str("cname", "alice@CONTOSO.COM")
	typ, name, realm := principal(cname)
	var pa []byte
	if a.flag("preauth") {
		pa = padata(2, encrypted(18, 0, cipher("timestamp", 56)))
	}
	pa = append(pa, padata(128, sequence(field(0, der(0x01, []byte{0xff}))))...)
	return a.kdcReq(10, 0x40810010, pa, principalName(typ, name), a.str("sname", "krbtgt/"+realm+"@"+realm))
}

// {tgs-req HTTP/web.contoso.com@CONTOSO.COM etypes=18,17,23 options=0x40810000
// for-user=bob@CONTOSO.COM additional=HTTP/front.contoso.com@CONTOSO.COM
// pac-options=0x10000000 tgt=CONTOSO.COM}: sname=... may be written too.
func (a *args) tgsReq() []byte {
	sname := a.str("sname", a.word("HTTP/web.contoso.com@CONTOSO.COM"))
	_, _, realm := principal(sname)
	tgt := a.str("tgt", realm)
	inner := application(14, sequence(field(0, integer(5)), field(1, integer(14)), field(2, bits(0)),
		field(3, (&args{x: a.x}).ticket("krbtgt/"+tgt+"@"+tgt, "tgt")),
		field(4, encrypted(18, 0, cipher("authenticator"+a.x.now.String(), 200)))))
	pa := padata(1, inner)
	if user, ok := a.opt("for-user"); ok {
		typ, name, r := principal(user)
		pa = append(pa, padata(129, sequence(field(0, principalName(typ, name)), field(1, general(r)),
			field(2, sequence(field(0, integer(-138)), field(1, octets(cipher("checksum", 16))))),
			field(3, general("Kerberos"))))...)
	}
	if flags, ok := a.opt("pac-options"); ok {
		pa = append(pa, padata(167, sequence(field(0, bits(uint32(a.number(flags))))))...)
	}
	return a.kdcReq(12, 0x40810000, pa, nil, sname)
}

// kdcReq returns a KDC-REQ (RFC 4120 section 5.4.1).
func (a *args) kdcReq(msgType byte, options int64, pa, cname []byte, server string) []byte {
	typ, name, realm := principal(server)
	var etypes, additional []byte
	for _, e := range a.numbers(a.str("etypes", "18,17,23")) {
		etypes = append(etypes, integer(e)...)
	}
	if service, ok := a.opt("additional"); ok {
		additional = sequence((&args{x: a.x}).ticket(service, "evidence"))
	}
	body := sequence(
		field(0, bits(uint32(a.num("options", options)))), field(1, cname), field(2, general(realm)),
		field(3, principalName(typ, name)), field(5, kerberosTime(time.Date(2037, 9, 13, 2, 48, 5, 0, time.UTC))),
		field(7, integer(a.num("nonce", int64(binary.BigEndian.Uint32(cipher(server+a.x.now.String(), 4))>>1)))),
		field(8, sequence(etypes)), field(11, additional))
	return application(msgType, sequence(field(1, integer(5)), field(2, integer(int64(msgType))), field(3, sequence(pa)), field(4, body)))
}

// {as-rep cname=alice@CONTOSO.COM} and {tgs-rep HTTP/web.contoso.com@CONTOSO.COM
// cname=... etype=18 kvno=2 reply-etype=18 id=1}: a KDC-REP with a ticket for the
// service; an apreq of the same id, etype, kvno and size presents that ticket.
func (a *args) asRep() []byte {
	_, _, realm := principal(a.named["cname"])
	return a.kdcRep(11, "krbtgt/"+realm+"@"+realm)
}

func (a *args) tgsRep() []byte { return a.kdcRep(13, "HTTP/web.contoso.com@CONTOSO.COM") }

func (a *args) kdcRep(msgType byte, service string) []byte {
	typ, name, realm := principal(a.str("cname", "alice@CONTOSO.COM"))
	service = a.str("sname", a.word(service))
	return application(msgType, sequence(
		field(0, integer(5)), field(1, integer(int64(msgType))), field(3, general(realm)), field(4, principalName(typ, name)),
		field(5, a.ticket(service, a.str("id", "rep"+strconv.Itoa(int(a.x.now.UnixNano()))))),
		field(6, encrypted(a.num("reply-etype", 18), 0, cipher("reply", 280)))))
}

// {iakerb realm=CONTOSO.COM message={tgs-req ...}}: a message to or from a KDC in an
// IAKERB-HEADER (draft-ietf-kitten-iakerb section 3).
func (a *args) iakerb() []byte {
	header := sequence(field(1, der(0x0c, []byte(a.str("realm", "CONTOSO.COM")))))
	return gss(oidIAKERB, []byte{5, 1}, header, a.bytes("message"))
}

// {kpasswd ap={apreq kadmin/changepw@CONTOSO.COM bare} error={krb-error ...}}: a message that
// changes a password (RFC 3244 section 2), with a KRB-PRIV unless there is an error.
func (a *args) kpasswd() []byte {
	ap, rest := a.bytes("ap"), a.bytes("error")
	if rest == nil {
		rest = application(21, sequence(field(0, integer(5)), field(1, integer(21)), field(3, encrypted(18, 0, cipher("kpasswd", 60)))))
	}
	b := binary.BigEndian.AppendUint16(nil, uint16(6+len(ap)+len(rest)))
	b = binary.BigEndian.AppendUint16(b, 1)
	b = binary.BigEndian.AppendUint16(b, uint16(len(ap)))
	return append(append(b, ap...), rest...)
}
