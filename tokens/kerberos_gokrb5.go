package tokens

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// maxGokrb5 is the longest message that gokrb5 gets. It may allocate about 300 times what it
// reads, and Windows makes no longer tokens (MaxTokenSize).
const maxGokrb5 = 1 << 16

// readTwice reads the message b with walk, and then with unmarshal, which calls gokrb5 and sets
// its results. If both can read a message, the results of gokrb5 replace those of the walk. gokrb5
// reads all of a message or nothing: if it refuses, the results of the walk stay.
//
// gokrb5 is called only if the walk found nothing wrong. It slices the tickets of a list by
// lengths that it has not checked, takes bytes left over in a member for the next member, and a
// member out of order for a missing one. So a refusal is worth a note: a member is missing or has
// another type. It refuses no message of a real client, server or KDC in the tests.
func (p *parser) readTwice(b []byte, walk func(), unmarshal func([]byte) error) {
	before := p.faults
	walk()
	if p.faults > before || len(b) > maxGokrb5 {
		return
	}
	if err := unmarshal(b); err != nil {
		p.odd(b, "gokrb5, a strict reader, refuses this message: %s", reason(err))
	}
}

// reason shortens an error of gokrb5, which names every function it passed, to its first cause. If
// a tag does not match, a member must be missing: the walk has checked the order.
func reason(err error) string {
	s := err.Error()
	for _, passed := range []string{"Error: ", "asn1: ", "structure error: ", "syntax error: "} {
		if i := strings.LastIndex(s, passed); i >= 0 {
			s = s[i+len(passed):]
		}
	}
	s, _, _ = strings.Cut(s, " - ")
	s, _, _ = strings.Cut(s, " (")
	if s == "sequence truncated" || s == "explicitly tagged member didn't match" {
		return "a mandatory member is missing"
	}
	return s
}

// unmarshal sets what gokrb5 reads of a message of k's type.
func (k *Kerberos) unmarshal(b []byte) error {
	switch k.MsgType {
	case MsgASReq:
		var m messages.ASReq
		if err := m.Unmarshal(b); err != nil {
			return err
		}
		k.KDCReq.set(&m.KDCReqFields)
	case MsgASRep:
		var m messages.ASRep
		if err := m.Unmarshal(b); err != nil {
			return err
		}
		k.KDCRep.set(&m.KDCRepFields)
	case MsgTGSReq:
		var m messages.TGSReq
		if err := m.Unmarshal(b); err != nil {
			return err
		}
		k.KDCReq.set(&m.KDCReqFields)
	case MsgTGSRep:
		var m messages.TGSRep
		if err := m.Unmarshal(b); err != nil {
			return err
		}
		k.KDCRep.set(&m.KDCRepFields)
	case MsgAPReq:
		return k.APReq.unmarshal(b)
	case MsgAPRep:
		return k.APRep.unmarshal(b)
	case MsgKRBCred:
		return k.Cred.unmarshal(b)
	case MsgKRBError:
		return k.Error.unmarshal(b)
	}
	return nil
}

func (m *APReq) unmarshal(b []byte) error {
	var r messages.APReq
	if err := r.Unmarshal(b); err != nil {
		return err
	}
	o := first32(r.APOptions.Bytes)
	m.UseSessionKey, m.MutualRequired = o&apUseSessionKey != 0, o&apMutualRequired != 0
	m.Ticket.set(&r.Ticket)
	m.Authenticator.set(&r.EncryptedAuthenticator)
	return nil
}

func (m *APRep) unmarshal(b []byte) error {
	var r messages.APRep
	if err := r.Unmarshal(b); err != nil {
		return err
	}
	m.EncPart.set(&r.EncPart)
	return nil
}

func (m *KRBCred) unmarshal(b []byte) error {
	var r messages.KRBCred
	if err := r.Unmarshal(b); err != nil {
		return err
	}
	setTickets(m.Tickets, r.Tickets)
	m.EncPart.set(&r.EncPart)
	return nil
}

func (m *KRBError) unmarshal(b []byte) error {
	var r messages.KRBError
	if err := r.Unmarshal(b); err != nil {
		return err
	}
	m.Code, m.Text, m.DataLen = ErrorCode(r.ErrorCode), shortName(latin(r.EText)), len(r.EData)
	m.CTime = micros(r.CTime, int64(r.Cusec))
	m.STime = micros(r.STime, int64(r.Susec))
	m.Client = optional(&r.CName, r.CRealm)
	m.Server.set(&r.SName, r.Realm)
	return nil
}

// set leaves the pre-authentication data, except for their types, to the walk.
func (m *KDCReq) set(r *messages.KDCReqFields) {
	body := &r.ReqBody
	m.PAData = kinds(r.PAData)
	m.Options = first32(body.KDCOptions.Bytes)
	m.Client = optional(&body.CName, body.Realm)
	m.Server.set(&body.SName, body.Realm)
	m.From, m.Till, m.RTime = body.From, body.Till, body.RTime
	m.Nonce = int(uint32(body.Nonce))
	m.ETypes = nil
	for _, t := range body.EType[:min(len(body.EType), maxListed)] {
		m.ETypes = append(m.ETypes, EType(t))
	}
	setTickets(m.Additional, body.AdditionalTickets)
}

// set leaves the hints in the pre-authentication data to the walk.
func (m *KDCRep) set(r *messages.KDCRepFields) {
	m.PAData = kinds(r.PAData)
	m.Client.set(&r.CName, r.CRealm)
	m.Ticket.set(&r.Ticket)
	m.EncPart.set(&r.EncPart)
}

func kinds(list []types.PAData) []int32 {
	var k []int32
	for _, pa := range list[:min(len(list), maxListed)] {
		k = append(k, pa.PADataType)
	}
	return k
}

// setTickets sets the clear parts of tickets, and keeps what the walk opened.
func setTickets(to []Ticket, from []messages.Ticket) {
	for i := range min(len(to), len(from)) {
		to[i].set(&from[i])
	}
}

func (t *Ticket) set(r *messages.Ticket) {
	t.Service.set(&r.SName, r.Realm)
	t.EncPart.set(&r.EncPart)
}

// set reads the kvno as the UInt32 it is: gokrb5 reads it as a signed number.
func (e *Encrypted) set(r *types.EncryptedData) {
	e.EType, e.KVNO, e.Len = EType(r.EType), int(uint32(r.KVNO)), len(r.Cipher)
}

func (p *Principal) set(r *types.PrincipalName, realm string) {
	p.NameType, p.Realm = int(r.NameType), shortName(latin(realm))
	if slices.Equal(p.Name, r.NameString) {
		return
	}
	p.Name = nil
	for _, s := range r.NameString[:min(len(r.NameString), maxComponents)] {
		p.Name = append(p.Name, shortName(latin(s)))
	}
}

// optional returns nil for a name that the message does not have.
func optional(r *types.PrincipalName, realm string) *Principal {
	if r.NameString == nil {
		return nil
	}
	p := &Principal{}
	p.set(r, realm)
	return p
}

// unmarshal sets what gokrb5 reads of an EncTicketPart and returns the session key.
func (o *OpenedTicket) unmarshal(b []byte) (key, error) {
	var r messages.EncTicketPart
	if err := r.Unmarshal(b); err != nil {
		return key{}, err
	}
	o.Client.set(&r.CName, r.CRealm)
	o.KeyType = EType(r.Key.KeyType)
	o.Flags = bitNames(first32(r.Flags.Bytes), ticketFlagNames)
	o.AuthTime, o.StartTime, o.EndTime, o.RenewTill = r.AuthTime, r.StartTime, r.EndTime, r.RenewTill
	return key{etype: o.KeyType, value: r.Key.KeyValue}, nil
}

// unmarshal leaves the GSS-API checksum to the walk.
func (o *OpenedAuthenticator) unmarshal(b []byte) error {
	var r types.Authenticator
	if err := r.Unmarshal(b); err != nil {
		return err
	}
	o.Client.set(&r.CName, r.CRealm)
	o.Time = micros(r.CTime, int64(r.Cusec))
	o.SubkeyType = EType(r.SubKey.KeyType)
	return nil
}

// first32 returns the first 32 bits of a BIT STRING, the first one highest, as bits does.
func first32(b []byte) uint32 {
	var v [4]byte
	copy(v[:], b)
	return binary.BigEndian.Uint32(v[:])
}
