package tokens

import (
	"golang.org/x/crypto/cryptobyte/asn1"
)

func (p *parser) kdcReq(seq element, m *KDCReq) {
	p.messageMembers(seq, 1, func(n int, v element) {
		switch n {
		case 3:
			p.group("padata", v.whole, func() {
				m.PAData = p.paDatas(v, func(kind int32, value []byte) { p.paData(kind, value, m) })
			})
		case 4:
			p.group("req-body", v.whole, func() { p.kdcReqBody(v, m) })
		default:
			p.wrong(v.whole, "a KDC-REQ has no member [%d]", n)
		}
	})
}

func (p *parser) kdcReqBody(seq element, m *KDCReq) {
	p.members(seq, func(n int, v element) {
		switch n {
		case 0:
			m.Options = p.bits(v, "kdc-options")
			p.flags("kdc-options", v.whole, m.Options, kdcOptionNames)
		case 1:
			m.Client = &Principal{}
			p.principal(v, "cname", m.Client)
		case 2:
			m.Server.Realm = p.text(v, "realm")
			if m.Client != nil {
				m.Client.Realm = m.Server.Realm
			}
		case 3:
			p.principal(v, "sname", &m.Server)
		case 4:
			m.From = p.time(v, "from")
		case 5:
			m.Till = p.time(v, "till")
		case 6:
			m.RTime = p.time(v, "rtime")
		case 7:
			m.Nonce = p.unsigned(v, "nonce")
		case 8:
			p.group("etype", v.whole, func() {
				p.items(v, func(item element) {
					if etype := p.etype(item); !p.isFull(len(m.ETypes), item.whole, "encryption types") {
						m.ETypes = append(m.ETypes, etype)
					}
				})
			})
		case 9:
			p.fieldf("addresses", v.whole, "%v", byteCount(len(v.whole)))
		case 10:
			p.encrypted(v, "enc-authorization-data", &Encrypted{})
		case 11:
			p.group("additional-tickets", v.whole, func() { m.Additional = p.tickets(v) })
		default:
			p.wrong(v.whole, "a KDC-REQ-BODY has no member [%d]", n)
		}
	})
}

var kdcOptionNames = []string{"reserved", "forwardable", "forwarded", "proxiable", "proxy",
	"allow-postdate", "postdated", "unused7", "renewable", "unused9", "unused10",
	"opt-hardware-auth", "unused12", "unused13", "cname-in-addl-tkt", "canonicalize",
	"request-anonymous", 26: "disable-transited-check", 27: "renewable-ok",
	28: "enc-tkt-in-skey", 30: "renew", 31: "validate"}

func (p *parser) kdcRep(seq element, m *KDCRep) {
	p.messageMembers(seq, 0, func(n int, v element) {
		switch n {
		case 2:
			p.group("padata", v.whole, func() {
				m.PAData = p.paDatas(v, func(kind int32, value []byte) { p.etypeInfo(kind, value, &m.Hints) })
			})
		case 3:
			m.Client.Realm = p.text(v, "crealm")
		case 4:
			p.principal(v, "cname", &m.Client)
		case 5:
			p.ticket(v, &m.Ticket)
		case 6:
			p.encrypted(v, "enc-part", &m.EncPart)
		}
	})
}

// paDatas reads a SEQUENCE OF PA-DATA, returns the types, and calls read with each value.
// TYPED-DATA (RFC 4120 section 5.9.1) differs only in the numbers of its tags.
func (p *parser) paDatas(seq element, read func(kind int32, value []byte)) []int32 {
	var kinds []int32
	p.items(seq, func(item element) {
		p.group("PA-DATA", item.whole, func() {
			var kind int32
			p.members(item, func(_ int, v element) {
				if v.tag == byte(asn1.INTEGER) {
					kind = int32(p.numbered(v, "padata-type", paDataName))
					if !p.isFull(len(kinds), item.whole, "PA-DATA") {
						kinds = append(kinds, kind)
					}
					return
				}
				value := p.octets(v, "padata-value")
				p.group("padata-value", v.whole, func() { read(kind, value) })
			})
		})
	})
	return kinds
}

// paData reads one item of the pre-authentication data of a request.
func (p *parser) paData(kind int32, value []byte, m *KDCReq) {
	if len(value) == 0 {
		return
	}
	rest := value
	switch kind {
	case PATGSReq:
		p.paTGSReq(rest, m)
	case PAForUser:
		p.paForUser(rest, m)
	case PAS4UX509User:
		p.s4uX509User(rest, m)
	case PAPACOptions:
		if e, ok := p.element(&rest, "PA-PAC-OPTIONS"); ok {
			p.members(e, func(n int, v element) {
				m.PACOptions = p.bits(v, "flags")
				p.flags("flags", v.whole, m.PACOptions, []string{"claims",
					"branch-aware", "forward-to-full-dc", "resource-based-constrained-delegation"})
			})
		}
	case PAEncTimestamp, PAEncryptedChallenge:
		if e, ok := p.element(&rest, "EncryptedData"); ok {
			var enc Encrypted
			p.encrypted(e, "EncryptedData", &enc)
			m.Preauth = enc.EType
		}
	case PAFXFast:
		m.FAST = true
		p.fast(value, false)
	default:
		p.secret("value", value, value)
	}
}

// PATGSReq reads the AP-REQ with the ticket by which a client asks for another (RFC 4120 section 5.4.1).
func (p *parser) paTGSReq(rest []byte, m *KDCReq) {
	e, ok := p.expect(&rest, 0x6e, "PA-TGS-REQ")
	if !ok {
		return
	}
	inner := e.body
	if seq, ok := p.expect(&inner, asn1.SEQUENCE, "AP-REQ"); ok {
		ap := APReq{}
		p.readTwice(e.whole, func() {
			p.group("AP-REQ", e.whole, func() { p.apReq(seq, &ap, usageTGSReqAuthenticator) })
		}, ap.unmarshal)
		m.TGT = &ap.Ticket
	}
}

// PAForUser reads in whose name a service asks (MS-SFU 2.2.1).
func (p *parser) paForUser(rest []byte, m *KDCReq) {
	e, ok := p.element(&rest, "PA-FOR-USER")
	if !ok {
		return
	}
	m.ForUser = &Principal{}
	p.members(e, func(n int, v element) {
		switch n {
		case 0:
			p.principal(v, "userName", m.ForUser)
		case 1:
			m.ForUser.Realm = p.text(v, "userRealm")
		case 3:
			p.text(v, "auth-package")
		}
	})
}

// s4uX509User reads a PA-S4U-X509-USER (MS-SFU 2.2.2). Its name may be empty if a certificate says
// who the user is.
func (p *parser) s4uX509User(rest []byte, m *KDCReq) {
	e, ok := p.element(&rest, "PA-S4U-X509-USER")
	if !ok {
		return
	}
	p.members(e, func(n int, id element) {
		if n != 0 {
			return
		}
		user := &Principal{}
		p.members(id, func(n int, v element) {
			switch n {
			case 0:
				p.unsigned(v, "nonce")
			case 1:
				p.principal(v, "cname", user)
			case 2:
				user.Realm = p.text(v, "crealm")
			case 3:
				p.fieldf("subject-certificate", v.whole, "%v", byteCount(len(v.body)))
			}
		})
		if len(user.Name) > 0 || m.ForUser == nil {
			m.ForUser = user
		}
	})
}

// etypeInfo reads one item of the pre-authentication data of a reply: it adds the encryption types
// of ETYPE-INFO2 (RFC 4120 section 5.2.7.5) to hints.
func (p *parser) etypeInfo(kind int32, value []byte, hints *[]EType) {
	if len(value) == 0 {
		return
	}
	switch kind {
	case PAETypeInfo2, PAETypeInfo:
	case PAFXFast:
		p.fast(value, true)
		return
	default:
		p.hex("value", value, value)
		return
	}
	rest := value
	e, ok := p.element(&rest, "ETYPE-INFO")
	if !ok {
		return
	}
	p.items(e, func(item element) {
		p.members(item, func(n int, v element) {
			switch n {
			case 0:
				if t := p.etype(v); kind == PAETypeInfo2 {
					if !p.isFull(len(*hints), v.whole, "hints") {
						*hints = append(*hints, t)
					}
				}
			case 1:
				if p.tree != nil {
					p.field("salt", v.whole, latin(string(v.body)))
				}
			case 2:
				p.hex("s2kparams", v.whole, v.body)
			}
		})
	})
}

// fast reads the armour of PA-FX-FAST-REQUEST and PA-FX-FAST-REPLY (RFC 6113 sections
// 5.4.2 and 5.4.3); what it protects is encrypted.
func (p *parser) fast(value []byte, reply bool) {
	rest := value
	choice, ok := p.expect(&rest, asn1.Tag(0).ContextSpecific().Constructed(), "armored-data")
	if !ok {
		return
	}
	inner := choice.body
	e, ok := p.element(&inner, "armored-data")
	if !ok {
		return
	}
	p.group("armored-data", choice.whole, func() {
		p.members(e, func(n int, v element) {
			switch {
			case n == 2, reply:
				p.encrypted(v, "enc-fast", &Encrypted{})
			case n == 0:
				p.fieldf("armor", v.whole, "%v", byteCount(len(v.whole)))
			default:
				p.fieldf("req-checksum", v.whole, "%v", byteCount(len(v.whole)))
			}
		})
	})
}
