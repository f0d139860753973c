package capturetest

import (
	"encoding/binary"
	"strings"
)

// mechanism returns the OID of a mechanism by its short name, or given as OID.
func mechanism(name string) string {
	switch name {
	case "krb5":
		return oidKerberos
	case "ms-krb5":
		return oidMSKerberos
	case "u2u":
		return oidU2U
	case "ntlm":
		return oidNTLM
	case "negoex":
		return oidNegoEx
	case "iakerb":
		return oidIAKERB
	}
	return name
}

// {spnego-init mechs=ms-krb5,krb5,negoex,ntlm token={...} mic=HEX hint=...}: a
// NegTokenInit in its GSS-API wrapper (RFC 4178 section 4.2.1); with a hint it is the
// NegTokenInit2 of MS-SPNG 2.2.1.
func (a *args) spnegoInit() []byte {
	var list []byte
	for _, m := range strings.Split(a.str("mechs", "ms-krb5,krb5,negoex,ntlm"), ",") {
		list = append(list, oid(mechanism(m))...)
	}
	parts := [][]byte{field(0, sequence(list))}
	if token := a.bytes("token"); token != nil {
		parts = append(parts, field(2, octets(token)))
	}
	mic := a.bytes("mic")
	if hint, ok := a.opt("hint"); ok {
		parts = append(parts, field(3, sequence(field(0, general(hint)))))
		if mic != nil {
			parts = append(parts, field(4, octets(mic)))
		}
	} else if mic != nil {
		parts = append(parts, field(3, octets(mic)))
	}
	return gss(oidSPNEGO, field(0, sequence(parts...)))
}

// {spnego-resp state=accept-completed|accept-incomplete|reject|request-mic mech=ms-krb5
// token={...} mic=HEX}: a NegTokenResp (RFC 4178 section 4.2.2); what is not given is
// left out.
func (a *args) spnegoResp() []byte {
	var parts [][]byte
	if state, ok := a.opt("state"); ok {
		states := map[string]byte{"accept-completed": 0, "accept-incomplete": 1, "reject": 2, "request-mic": 3}
		n, known := states[state]
		if !known {
			a.fail("state %q", state)
		}
		parts = append(parts, field(0, enumerated(n)))
	}
	if mech, ok := a.opt("mech"); ok {
		parts = append(parts, field(1, oid(mechanism(mech))))
	}
	if token := a.bytes("token"); token != nil {
		parts = append(parts, field(2, octets(token)))
	}
	if mic := a.bytes("mic"); mic != nil {
		parts = append(parts, field(3, octets(mic)))
	}
	return field(1, sequence(parts...))
}

// {negoex TYPE schemes=GUID,... seq=0}: one message of MS-NEGOEX 2.2.6; TYPE is
// initiator-nego, acceptor-nego or a number. Schemes are given as 32 hexadecimal digits
// in the order of the wire.
func (a *args) negoEx() []byte {
	kinds := map[string]uint32{"initiator-nego": 0, "acceptor-nego": 1, "initiator-metadata": 2,
		"acceptor-metadata": 3, "challenge": 4, "ap-request": 5, "verify": 6, "alert": 7}
	name := a.word("initiator-nego")
	kind, ok := kinds[name]
	if !ok {
		kind = uint32(a.number(name))
	}
	var schemes []byte
	if list, ok := a.opt("schemes"); ok {
		for _, s := range strings.Split(list, ",") {
			schemes = append(schemes, a.value(s)...)
		}
	}
	const header = 96
	b := append([]byte("NEGOEXTS"), le32(kind)...)
	b = append(b, le32(uint32(a.num("seq", 0)))...)
	b = append(b, le32(header)...)
	b = append(b, le32(uint32(header+len(schemes)))...)
	b = append(b, cipher("conversation", 16)...)
	b = append(b, cipher("random", 32)...)
	b = binary.LittleEndian.AppendUint64(b, 0) // ProtocolVersion
	b = append(b, le32(header)...)
	b = append(b, le32(uint32(len(schemes)/16))...)
	b = append(b, le32(0)...)
	b = append(b, le32(0)...)
	return append(b, schemes...)
}
