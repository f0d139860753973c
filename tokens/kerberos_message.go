package tokens

import (
	"encoding/binary"
	"encoding/hex"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// IsKerberosTag reports whether the first byte of a token is the application tag of a Kerberos message that is read
// here.
func IsKerberosTag(tag byte) bool {
	switch tag {
	case 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x76, 0x7e:
		return true
	}
	return false
}

// gssKerberos reads what follows the mechanism: a token identifier of two bytes, then the message
// that it announces (RFC 4121 section 4.1).
func (p *parser) gssKerberos(b []byte, mech OID) {
	k := &Kerberos{U2U: mech == OIDKerberosU2U}
	p.token.Kerberos = k
	if len(b) < 2 {
		p.fail(b, "tok-id", "the token ends before it")
		return
	}
	k.TokID = tokID(b)
	if p.tree != nil {
		p.fieldf("tok-id", b[:2], "%s (%s)", k.TokID, tokIDName(k.TokID))
	}
	rest := b[2:]
	switch k.TokID {
	case "0100", "0200", "0300":
		p.kerberos(rest)
	case "0400", "0401":
		k.U2U = true
		p.userToUser(rest)
	case "0501":
		p.iakerb(rest)
	default:
		p.fail(b, "tok-id", "%s is not the identifier of a context token", k.TokID)
	}
}

// tokID writes a token identifier in hex.
func tokID(b []byte) string {
	switch binary.BigEndian.Uint16(b) {
	case 0x0100:
		return "0100"
	case 0x0200:
		return "0200"
	case 0x0300:
		return "0300"
	}
	return hex.EncodeToString(b[:2])
}

func tokIDName(id string) string {
	switch id {
	case "0100":
		return "AP-REQ"
	case "0200":
		return "AP-REP"
	case "0300":
		return "KRB-ERROR"
	case "0400":
		return "TGT-REQ"
	case "0401":
		return "TGT-REP"
	case "0501":
		return "IAKERB-PROXY"
	}
	return "unknown"
}

// iakerb reads an IAKERB-HEADER and the message to or from a KDC that follows it
// (draft-ietf-kitten-iakerb section 3).
func (p *parser) iakerb(b []byte) {
	p.token.Kerberos.IAKERB = &IAKERB{}
	rest := b
	e, ok := p.expect(&rest, asn1.SEQUENCE, "IAKERB-HEADER")
	if !ok {
		return
	}
	p.group("IAKERB-HEADER", e.whole, func() {
		p.members(e, func(n int, v element) {
			switch n {
			case 1:
				realm := latin(string(v.body))
				p.token.Kerberos.IAKERB.TargetRealm = realm
				p.field("target-realm", v.whole, realm)
			case 2:
				p.hex("cookie", v.whole, v.body)
			}
		})
	})
	if len(rest) > 0 {
		p.kerberos(rest)
	}
}

// userToUser reads KERB-TGT-REQUEST and KERB-TGT-REPLY (draft-swift-win2k-krb-user2user).
func (p *parser) userToUser(b []byte) {
	k := p.token.Kerberos
	rest := b
	e, ok := p.element(&rest, "KERB-TGT")
	if !ok {
		return
	}
	p.group("KERB-TGT", e.whole, func() {
		p.members(e, func(n int, v element) {
			switch {
			case n == 0:
				p.integer(v, "pvno")
			case n == 1:
				k.MsgType = MsgType(p.integer(v, "msg-type"))
			case n == 2 && v.tag == 0x61:
				k.TGTRep = &Ticket{}
				p.ticket(v, k.TGTRep)
			case n == 2:
				k.TGTReq = &Principal{}
				p.principal(v, "server-name", k.TGTReq)
			case n == 3 && k.TGTReq != nil:
				k.TGTReq.Realm = p.text(v, "realm")
			}
		})
	})
}

// untaggedMsgType returns the msg-type of a message without its application tag, 0 if b does not
// look like one. The first two members, pvno and msg-type, are numbers, and pvno is 5.
func untaggedMsgType(b []byte) MsgType {
	var seq cryptobyte.String
	outer := cryptobyte.String(b)
	if len(b) > 2 && !outer.ReadASN1(&seq, asn1.SEQUENCE) {
		return 0
	}
	for _, first := range []uint8{0, 1} {
		var pvno, kind cryptobyte.String
		var version, msgType int
		s := seq
		if s.ReadASN1(&pvno, asn1.Tag(first).ContextSpecific().Constructed()) &&
			s.ReadASN1(&kind, asn1.Tag(first+1).ContextSpecific().Constructed()) &&
			pvno.ReadASN1Integer(&version) && kind.ReadASN1Integer(&msgType) &&
			version == 5 && msgType > 0 && msgType < 31 && IsKerberosTag(byte(0x60|msgType)) {
			return MsgType(msgType)
		}
	}
	return 0
}

// kerberos reads the message at the beginning of b: an application tag around a SEQUENCE (RFC 4120
// section 5), or only that SEQUENCE.
func (p *parser) kerberos(b []byte) {
	k := p.token.Kerberos
	rest := b
	e, ok := p.element(&rest, "Kerberos message")
	if !ok {
		return
	}
	p.trailing(rest, "the Kerberos message")
	seq, tagged := e, false
	if k.MsgType = untaggedMsgType(b); k.MsgType == 0 {
		tagged = true
		if !IsKerberosTag(e.tag) {
			p.fail(b, "Kerberos message", "tag %#02x is none of a message known here", e.tag)
			return
		}
		k.MsgType = MsgType(e.tag & 0x1f)
		inner := e.body
		if seq, ok = p.expect(&inner, asn1.SEQUENCE, k.MsgType.String()); !ok {
			return
		}
	}
	p.readTwice(e.whole, func() {
		if !tagged {
			p.wrong(b, "%v without its application tag", k.MsgType)
		}
		p.group(k.MsgType.String(), e.whole, func() { p.message(seq, k) })
	}, k.unmarshal)
}

// message reads the SEQUENCE of a message into the field for its type.
func (p *parser) message(seq element, k *Kerberos) {
	switch k.MsgType {
	case MsgASReq, MsgTGSReq:
		k.KDCReq = &KDCReq{}
		p.kdcReq(seq, k.KDCReq)
	case MsgASRep, MsgTGSRep:
		k.KDCRep = &KDCRep{}
		p.kdcRep(seq, k.KDCRep)
	case MsgAPReq:
		k.APReq = &APReq{}
		p.apReq(seq, k.APReq, usageAPReqAuthenticator)
	case MsgAPRep:
		k.APRep = &APRep{}
		p.apRep(seq, k.APRep)
	case MsgKRBCred:
		k.Cred = &KRBCred{}
		p.krbCred(seq, k.Cred)
	case MsgKRBError:
		k.Error = &KRBError{}
		p.krbError(seq, k.Error)
	}
}

// The ap-options of RFC 4120 section 5.5.1.
const (
	apUseSessionKey  = 0x40000000
	apMutualRequired = 0x20000000
)

// messageMembers reads the members of a message: from first on its version and type, and all others with read.
func (p *parser) messageMembers(seq element, first int, read func(n int, v element)) {
	p.members(seq, func(n int, v element) {
		switch n - first {
		case 0:
			p.integer(v, "pvno")
		case 1:
			p.integer(v, "msg-type")
		default:
			read(n, v)
		}
	})
}

// apReq reads an AP-REQ. usage is the key usage of its authenticator, which differs inside a
// TGS-REQ.
func (p *parser) apReq(seq element, m *APReq, usage uint32) {
	p.messageMembers(seq, 0, func(n int, v element) {
		switch n {
		case 2:
			o := p.bits(v, "ap-options")
			m.UseSessionKey, m.MutualRequired = o&apUseSessionKey != 0, o&apMutualRequired != 0
			p.flags("ap-options", v.whole, o, []string{"reserved", "use-session-key", "mutual-required"})
		case 3:
			p.ticket(v, &m.Ticket)
		case 4:
			if cipher := p.encrypted(v, "authenticator", &m.Authenticator); cipher != nil && m.Ticket.Opened != nil {
				p.openAuthenticator(cipher, m, usage)
			}
		}
	})
}

func (p *parser) apRep(seq element, m *APRep) {
	p.messageMembers(seq, 0, func(n int, v element) {
		if n == 2 {
			p.encrypted(v, "enc-part", &m.EncPart)
		}
	})
}

func (p *parser) krbCred(seq element, m *KRBCred) {
	p.messageMembers(seq, 0, func(n int, v element) {
		switch n {
		case 2:
			m.Tickets = p.tickets(v)
		case 3:
			p.encrypted(v, "enc-part", &m.EncPart)
		}
	})
}
