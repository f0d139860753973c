package tokens

import (
	"slices"
	"strings"
	"time"
)

// A Kerberos is one Kerberos message (RFC 4120 section 5). Its type says which one, and so which
// of the fields for a message is set.
type Kerberos struct {
	// TokID is the token identifier of RFC 4121 section 4.1 in hex ("0100"); empty
	// where the message came without a GSS-API wrapper.
	TokID   string    `json:"tok_id,omitempty"`
	MsgType MsgType   `json:"msg_type"`
	APReq   *APReq    `json:"ap_req,omitempty"`  // AP-REQ: a ticket for the service
	APRep   *APRep    `json:"ap_rep,omitempty"`  // AP-REP: the service proves itself
	Error   *KRBError `json:"error,omitempty"`   // KRB-ERROR
	KDCReq  *KDCReq   `json:"kdc_req,omitempty"` // AS-REQ, TGS-REQ
	KDCRep  *KDCRep   `json:"kdc_rep,omitempty"` // AS-REP, TGS-REP
	Cred    *KRBCred  `json:"cred,omitempty"`    // KRB-CRED: tickets that are handed over
	// IAKERB is set where the message travels inside an IAKERB-HEADER.
	IAKERB *IAKERB `json:"iakerb,omitempty"`
	// KDCProxy is set where it travels in HTTP to or from a KDC proxy. Kpasswd is set where it is
	// about changing a password.
	KDCProxy *KDCProxy `json:"kdc_proxy,omitempty"`
	Kpasswd  *Kpasswd  `json:"kpasswd,omitempty"`
	// TGTReq and TGTRep are the user-to-user messages (token 04 00, 04 01).
	U2U    bool       `json:"u2u,omitempty"`
	TGTReq *Principal `json:"tgt_req,omitempty"` // whose ticket is asked for
	TGTRep *Ticket    `json:"tgt_rep,omitempty"`
	// Fields is every field with its place, for a message to or from a KDC and if the
	// Decoder was asked for them.
	Fields []Field `json:"fields,omitempty"`
}

// A Principal is a PrincipalName with its realm.
type Principal struct {
	NameType int      `json:"name_type"`       // RFC 4120 section 6.2
	Name     []string `json:"name,omitempty"`  // its parts: "HTTP", "web.corp.test"
	Realm    string   `json:"realm,omitempty"` // realm, empty where the message names none
}

// String returns name@REALM, the components joined by slashes; "" for a nil or empty one.
func (p *Principal) String() string {
	if p == nil || len(p.Name) == 0 {
		return ""
	}
	var room [128]byte // for nearly every name
	s := append(room[:0], p.Name[0]...)
	for _, n := range p.Name[1:] {
		s = append(append(s, '/'), n...)
	}
	if p.Realm != "" {
		s = append(append(s, '@'), p.Realm...)
	}
	return string(s)
}

// Service and Host are the first two components, "" where missing: HTTP and
// web.contoso.com of HTTP/web.contoso.com. Host may carry a port.
func (p *Principal) Service() string {
	if p == nil || len(p.Name) == 0 {
		return ""
	}
	return p.Name[0]
}

// HTTP reports whether it is the name of a web server's service (RFC 4559 section 4.1), or the one
// by which some clients ask for WinRM, in any letter case, as Active Directory compares. It is safe
// on nil.
func (p *Principal) HTTP() bool { return strings.EqualFold(p.Service(), "HTTP") || p.WSMAN() }

// WSMAN reports whether it is the name of WinRM's service that is not that of a web server.
func (p *Principal) WSMAN() bool { return strings.EqualFold(p.Service(), "WSMAN") }

// TGS reports whether it is a ticket-granting service (RFC 4120 section 7.3).
func (p *Principal) TGS() bool { return p.Service() == "krbtgt" }

// Host returns the second component of a service principal name, "" where there is none.
func (p *Principal) Host() string {
	if p == nil || len(p.Name) < 2 {
		return ""
	}
	return p.Name[1]
}

// An EType is an encryption type (RFC 3961, RFC 8009, RFC 4757).
type EType int32

// The encryption types that checks look at.
const (
	ETypeDESCRC     EType = 1
	ETypeDESMD4     EType = 2
	ETypeDESMD5     EType = 3
	ETypeAES128     EType = 17
	ETypeAES256     EType = 18
	ETypeAES128SHA2 EType = 19
	ETypeAES256SHA2 EType = 20
	ETypeRC4        EType = 23
	ETypeRC4Exp     EType = 24
)

// An Encrypted is an EncryptedData without its cipher.
type Encrypted struct {
	EType EType `json:"etype"`
	KVNO  int   `json:"kvno,omitempty"` // 0 if absent
	Len   int   `json:"len"`            // of the cipher, in bytes
	// Sum distinguishes two ciphers of one run without keeping them. A replay repeats it.
	Sum uint64 `json:"-"`
}

// A Ticket is what a ticket shows without the key of its service (RFC 4120 section 5.3).
type Ticket struct {
	Service Principal `json:"sname"`    // with the ticket's realm
	EncPart Encrypted `json:"enc_part"` // what only the service can decrypt
	// Opened is what the ticket holds, where a keytab could open it.
	Opened *OpenedTicket `json:"opened,omitempty"`
}

// An APReq is an AP-REQ: the client presents a ticket to a service (RFC 4120 section 5.5.1).
type APReq struct {
	UseSessionKey  bool      `json:"use_session_key,omitempty"` // the option use-session-key
	MutualRequired bool      `json:"mutual_required"`           // the option mutual-required: the client asks for an AP-REP
	Ticket         Ticket    `json:"ticket"`                    // for the service, sealed with its key
	Authenticator  Encrypted `json:"authenticator"`             // sealed with the key of the session
	// Opened is what the authenticator holds, where a keytab could open it.
	Opened *OpenedAuthenticator `json:"opened,omitempty"`
}

// MinForwardedSize is the least size of an authenticator with a forwarded ticket-granting ticket.
// Without one, names, a time, a subkey and flags take up to 450 bytes.
const MinForwardedSize = 450

// MayForward reports whether a forwarded ticket-granting ticket may be in the authenticator (RFC
// 4121 section 4.1.1.1). If the authenticator is not opened, its size decides.
func (r *APReq) MayForward() bool {
	if r.Opened != nil {
		return len(r.Opened.Delegated) > 0
	}
	return r.Authenticator.Len > MinForwardedSize
}

// An APRep is an AP-REP: the service proves itself to the client (RFC 4120 section 5.5.2).
type APRep struct {
	EncPart Encrypted `json:"enc_part"` // encrypted with the session key of the ticket
}

// A KRBError is a KRB-ERROR: a KDC or a service refuses, and says why (RFC 4120 section 5.9.1).
type KRBError struct {
	Code   ErrorCode  `json:"code"`
	Client *Principal `json:"cname,omitempty"`  // the client
	Server Principal  `json:"sname"`            // the service
	CTime  time.Time  `json:"ctime,omitzero"`   // the client's time, as far as the sender repeats it
	STime  time.Time  `json:"stime,omitzero"`   // the sender's time
	Text   string     `json:"e_text,omitempty"` // what it adds in words
	// Status is the NTSTATUS of a KERB-EXT-ERROR in e-data (MS-KILE 2.2.1), 0 if none.
	Status NTStatus `json:"ntstatus,omitempty"`
	// SkewRecovery is set if e-data asks for a retry with the server's time
	// (KERB-ERROR-DATA type 2, MS-KILE 2.2.2).
	SkewRecovery bool `json:"skew_recovery,omitempty"`
	// Hints are the keys the KDC says the account has (ETYPE-INFO2 in e-data).
	Hints []EType `json:"etype_info2,omitempty"`
	// PAData are the types of METHOD-DATA in e-data.
	PAData  []int32 `json:"padata,omitempty"`
	DataLen int     `json:"e_data_len,omitempty"` // bytes of what it adds
}

// A KDCReq is an AS-REQ or TGS-REQ: the client asks a KDC for a ticket (RFC 4120 section 5.4.1).
type KDCReq struct {
	Options uint32     `json:"kdc_options"`      // RFC 4120 section 5.4.1
	Client  *Principal `json:"cname,omitempty"`  // AS-REQ; a TGS-REQ has it encrypted
	Server  Principal  `json:"sname"`            // with the realm asked
	Nonce   int        `json:"nonce"`            // which the reply has again
	From    time.Time  `json:"from,omitzero"`    // the start that it asks for
	Till    time.Time  `json:"till,omitzero"`    // the end that the client asks for
	RTime   time.Time  `json:"rtime,omitzero"`   // until when it asks to renew
	ETypes  []EType    `json:"etypes,omitempty"` // that the client takes, in its order
	PAData  []int32    `json:"padata,omitempty"` // types of the pre-authentication data
	// ForUser is the user of an S4U2Self request (PA-FOR-USER, PA-S4U-X509-USER).
	ForUser *Principal `json:"for_user,omitempty"`
	// Additional are the tickets of S4U2Proxy and user-to-user requests.
	Additional []Ticket `json:"additional_tickets,omitempty"`
	// TGT is the ticket of the AP-REQ inside a TGS-REQ (PA-TGS-REQ).
	TGT *Ticket `json:"tgt,omitempty"`
	// PACOptions are the flags of PA-PAC-OPTIONS (MS-KILE 2.2.10).
	PACOptions uint32 `json:"pac_options,omitempty"`
	// Preauth is the encryption type of the key that proves the client's password
	// (PA-ENC-TIMESTAMP, PA-ENCRYPTED-CHALLENGE), 0 if none does.
	Preauth EType `json:"preauth_etype,omitempty"`
	// FAST is set if the request is armoured (PA-FX-FAST, RFC 6113).
	FAST bool `json:"fast,omitempty"`
}

// The kdc-options that checks look at (RFC 4120 section 5.4.1, MS-SFU 2.2.3).
const (
	KDCForwarded      uint32 = 0x20000000
	KDCCNameInAddlTkt uint32 = 0x00020000
)

// A KDCRep is an AS-REP or TGS-REP: the KDC issues the ticket (RFC 4120 section 5.4.2).
type KDCRep struct {
	Client  Principal `json:"cname"`                 // with crealm
	Ticket  Ticket    `json:"ticket"`                // that the KDC issues
	EncPart Encrypted `json:"enc_part"`              // for the client
	PAData  []int32   `json:"padata,omitempty"`      // types of the pre-authentication data
	Hints   []EType   `json:"etype_info2,omitempty"` // encryption types in ETYPE-INFO2, of which one is that of the key of the client
}

// A KRBCred is a KRB-CRED: the client hands tickets to a service (RFC 4120 section 5.8.1).
type KRBCred struct {
	Tickets []Ticket  `json:"tickets,omitempty"` // tickets that are handed over
	EncPart Encrypted `json:"enc_part"`          // their session keys, which stay encrypted
}

// AcceptorError returns the KRB-ERROR of the server, nil if k has none. One in an IAKERB-HEADER is
// from the KDC, unless it says that the server found no KDC. It is safe on nil.
func (k *Kerberos) AcceptorError() *KRBError {
	if k == nil || k.Error == nil || k.IAKERB != nil &&
		k.Error.Code != KRBAPErrIAKERBKDCNotFound && k.Error.Code != KRBAPErrIAKERBKDCNoResponse {
		return nil
	}
	return k.Error
}

// An IAKERB is an IAKERB-HEADER: a Kerberos exchange tunnelled through the server.
type IAKERB struct {
	TargetRealm string `json:"target_realm"` // realm whose KDC the server is to ask
}

// Is reports whether two principals have one name and one realm, as they are written.
func (p *Principal) Is(o *Principal) bool {
	return p.Realm == o.Realm && slices.Equal(p.Name, o.Name)
}

// SameName reports whether two principals have one name, whatever their realms. Upper and lower case are the same, as
// for Active Directory.
func (p *Principal) SameName(o *Principal) bool {
	return strings.EqualFold(strings.Join(p.Name, "/"), strings.Join(o.Name, "/"))
}
