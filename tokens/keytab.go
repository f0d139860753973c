package tokens

import "time"

// A Keytab holds long-term keys, as a keytab file has them.
type Keytab struct{}

// ParseKeytab reads a keytab file's bytes.
func ParseKeytab(b []byte) (*Keytab, error) { return &Keytab{}, nil }

// An OpenedTicket is the inside of a ticket (EncTicketPart).
type OpenedTicket struct {
	Client    Principal `json:"client"`
	KeyType   EType     `json:"session_key_etype"`
	Flags     []string  `json:"flags"`
	AuthTime  time.Time `json:"authtime"`
	StartTime time.Time `json:"starttime,omitzero"`
	EndTime   time.Time `json:"endtime"`
	RenewTill time.Time `json:"renew_till,omitzero"`
	PAC       *PAC      `json:"pac,omitempty"`
}

// An OpenedAuthenticator is the inside of an authenticator.
type OpenedAuthenticator struct {
	Client   Principal `json:"client"`
	Time     time.Time `json:"time"` // ctime with cusec
	GSSFlags []string  `json:"gss_flags,omitempty"`
	// ChannelBindings is the Bnd field of the 0x8003 checksum, zeros for none.
	ChannelBindings *[16]byte `json:"-"`
	Delegated       []Ticket  `json:"delegated,omitempty"`
	SubkeyType      EType     `json:"subkey_etype,omitempty"`
}

// A PAC is the part of a Privilege Attribute Certificate that reports use (MS-PAC).
type PAC struct {
	User       string    `json:"user"`
	Domain     string    `json:"domain"`
	UPN        string    `json:"upn,omitempty"`
	FullName   string    `json:"full_name,omitempty"`
	SID        string    `json:"sid,omitempty"`
	Groups     []string  `json:"groups"` // SIDs
	LogonTime  time.Time `json:"logon_time,omitzero"`
	Server     string    `json:"logon_server,omitempty"`
	Signatures []string  `json:"signatures,omitempty"` // which are there, by kind and checksum type
}

func (p *parser) openTicket(b []byte, t *Ticket) {}
func (p *parser) openAPReq(b []byte, m *APReq)   {}
