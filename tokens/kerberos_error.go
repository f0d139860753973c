package tokens

import (
	"golang.org/x/crypto/cryptobyte/asn1"
)

// The data-types of KERB-ERROR-DATA (MS-KILE 2.2.2).
const (
	kerbAPErrTypeSkewRecovery = 2
	kerbErrTypeExtended       = 3
)

func (p *parser) krbError(seq element, m *KRBError) {
	var crealm string
	p.messageMembers(seq, 0, func(n int, v element) {
		switch n {
		case 2:
			m.CTime = p.time(v, "ctime")
		case 3:
			m.CTime = micros(m.CTime, p.integer(v, "cusec"))
		case 4:
			m.STime = p.time(v, "stime")
		case 5:
			m.STime = micros(m.STime, p.integer(v, "susec"))
		case 6:
			m.Code = ErrorCode(p.numbered(v, "error-code", func(n int) string { return ErrorCode(n).String() }))
		case 7:
			crealm = p.text(v, "crealm")
		case 8:
			m.Client = &Principal{Realm: crealm}
			p.principal(v, "cname", m.Client)
		case 9:
			m.Server.Realm = p.text(v, "realm")
		case 10:
			p.principal(v, "sname", &m.Server)
		case 11:
			m.Text = p.text(v, "e-text")
		case 12:
			data := p.octets(v, "e-data")
			m.DataLen = len(data)
			p.group("e-data", v.whole, func() { p.errorData(data, m) })
		}
	})
}

// errorData reads e-data. By the standard the error code decides what it is, but Windows sends
// KERB-ERROR-DATA with any code. A list of PA-DATA is recognised by its shape.
func (p *parser) errorData(b []byte, m *KRBError) {
	if len(b) == 0 {
		return
	}
	if b[0] != byte(asn1.SEQUENCE) {
		p.hex("data", b, b)
		return
	}
	rest := b
	e, ok := p.element(&rest, "")
	if !ok || len(e.body) == 0 {
		return
	}
	if e.body[0] != byte(asn1.SEQUENCE) {
		p.kerbErrorData(e, m)
		return
	}
	m.PAData = p.paDatas(e, func(kind int32, value []byte) {
		if kind == PAPWSalt && len(value) == 12 {
			p.extendedError(value, m)
			return
		}
		p.etypeInfo(kind, value, &m.Hints)
	})
}

// kerbErrorData reads a KERB-ERROR-DATA (MS-KILE 2.2.2).
func (p *parser) kerbErrorData(e element, m *KRBError) {
	var kind int64
	p.members(e, func(n int, v element) {
		switch n {
		case 1:
			kind = p.integer(v, "data-type")
			m.SkewRecovery = kind == kerbAPErrTypeSkewRecovery
		case 2:
			value := p.octets(v, "data-value")
			if kind == kerbErrTypeExtended && len(value) >= 12 {
				p.extendedError(value, m)
				return
			}
			p.hex("data-value", v.whole, value)
		}
	})
}

// extendedError reads a KERB-EXT-ERROR (MS-KILE 2.2.1).
func (p *parser) extendedError(b []byte, m *KRBError) {
	m.Status = NTStatus(le32(b))
	p.fieldf("status", b[:4], "%v", m.Status)
	p.number("klininfo", b[4:8], int64(le32(b[4:])))
	p.number("flags", b[8:12], int64(le32(b[8:])))
}
