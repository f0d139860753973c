package eventlog

import (
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"negotrace/httpstream"
)

// An Event is an event of a log. At most one of the pointers is not nil: the one for its kind.
type Event struct {
	// Pos is the number of the record in the log, and when the event was logged by the clock of
	// the computer.
	Pos         httpstream.Pos `json:"pos"`
	IsLocalTime bool           `json:"local_time,omitempty"` // the time is what the clock on the wall showed, as if it was UTC
	ID          int            `json:"id"`                   // number that says what kind of event it is: 4625
	Provider    string         `json:"provider"`             // program or component that wrote it: Microsoft-Windows-Security-Auditing
	Channel     string         `json:"channel,omitempty"`    // log that it is in: Security, System
	Computer    string         `json:"computer"`             // computer that wrote it

	Logon      *Logon      `json:"logon,omitempty"`      // 4624, 4625, 4648
	Ticket     *Ticket     `json:"ticket,omitempty"`     // 4768, 4769, 4771
	Validation *Validation `json:"validation,omitempty"` // 4776
	NTLM       *NTLM       `json:"ntlm,omitempty"`       // 4001 to 4006, 4020 to 4025, 4030 to 4033, 8001 to 8006
	Fault      *Fault      `json:"fault,omitempty"`      // of Kerberos, a KDC or Netlogon in the system log

	fields []field
	opcode string // its name, where the event has one
}

func newEvent() *Event { return &Event{Pos: httpstream.Pos{Stream: -1}} }

// A field is a value of an event; its name is empty where the event gives it none.
type field struct{ name, text string }

// A Logon is a logon that succeeded (4624) or failed (4625), or one that was tried with other
// credentials than those of the caller (4648).
type Logon struct {
	User         string         `json:"user"`                    // account that logged on, or tried to
	Domain       string         `json:"domain,omitempty"`        // domain or computer of that account
	Guest        bool           `json:"guest,omitempty"`         // by its SID it is the computer's or the domain's guest account
	Type         int            `json:"type,omitempty"`          // 3 over the network
	Process      string         `json:"process,omitempty"`       // component that asked for the logon: Kerberos, NtLmSsp, Advapi
	Package      string         `json:"package,omitempty"`       // Kerberos, NTLM, Negotiate
	LmPackage    string         `json:"lm_package,omitempty"`    // NTLM V1 or V2
	KeyLength    int            `json:"key_length,omitempty"`    // bits of the session key of NTLM
	Workstation  string         `json:"workstation,omitempty"`   // computer that the user logged on from, as the client calls it
	Client       netip.AddrPort `json:"client,omitzero"`         // port 0 if the event has none
	Status       uint32         `json:"status,omitempty"`        // NTSTATUS of 4625
	SubStatus    uint32         `json:"sub_status,omitempty"`    // of 4625
	TargetServer string         `json:"target_server,omitempty"` // of 4648: the server that the credentials are for
	TargetSPN    string         `json:"target_spn,omitempty"`    // of 4648
	TicketGUID   string         `json:"ticket_guid,omitempty"`   // of 4648: that of the ticket it was given, see Ticket
}

// A Ticket is what a KDC was asked for: a TGT (4768), a service ticket (4769), or a TGT that
// it refused before it had looked for the account's keys (4771).
type Ticket struct {
	User    string         `json:"user"`               // account that the ticket is for
	Domain  string         `json:"domain,omitempty"`   // its domain or realm
	Service string         `json:"service"`            // the name of its account: WEB1$
	Status  uint32         `json:"status"`             // an error of Kerberos (RFC 4120 section 7.5.9)
	Etype   uint32         `json:"etype,omitempty"`    // encryption type of the ticket (RFC 3961 section 8)
	Options uint32         `json:"options,omitempty"`  // KDCOptions of the request (RFC 4120 section 5.4.1)
	PreAuth int            `json:"pre_auth,omitempty"` // type of the pre-authentication data (RFC 4120 section 7.5.2), 0 if the event has none
	Client  netip.AddrPort `json:"client,omitzero"`    // address of the client; port 0 if the event has none
	GUID    string         `json:"guid,omitempty"`     // of 4769, which 4648 repeats
}

// A Validation is an NTLM answer that a domain controller was given to check (4776).
type Validation struct {
	User        string `json:"user"`                  // account whose answer was checked
	Workstation string `json:"workstation,omitempty"` // computer of the client, as the client calls it
	Package     string `json:"package,omitempty"`     // authentication package: MICROSOFT_AUTHENTICATION_PACKAGE_V1_0
	Status      uint32 `json:"status"`                // NTSTATUS, 0 if the answer was right
}

// An NTLM is a use of NTLM that was noted: of Microsoft-Windows-NTLM, or of Netlogon at a
// domain controller. 8001 is written even if Kerberos does the logon in the end.
type NTLM struct {
	User          string         `json:"user,omitempty"`           // account that NTLM was used for
	Domain        string         `json:"domain,omitempty"`         // its domain
	Target        string         `json:"target,omitempty"`         // SPN or server
	Workstation   string         `json:"workstation,omitempty"`    // computer of the client, as the client calls it
	Process       string         `json:"process,omitempty"`        // program that used NTLM
	SecureChannel string         `json:"secure_channel,omitempty"` // of 8004: the server that asked the domain controller
	Client        netip.AddrPort `json:"client,omitzero"`          // address of the client; port 0 if the event has none
	UsageID       int            `json:"usage_id,omitempty"`       // why NTLM was used, 0 if the event does not say
	UsageReason   string         `json:"usage_reason,omitempty"`   // the same in words
	Version       string         `json:"version,omitempty"`        // version of NTLM, as the event has it: NTLMv2
	Status        uint32         `json:"status,omitempty"`         // of 4022, 4023 and 4030 to 4033, STATUS_NTLM_BLOCKED of 4001 to 4006; 0 if it was let in, or the event does not say
}

// A Fault is an event of the system log about Kerberos or Netlogon. Its values are in the
// order of the event, some with names.
type Fault struct {
	Values []string `json:"values,omitempty"` // values of the event, in its order
	Names  []string `json:"names,omitempty"`  // of the values, empty for those that have none
}

// attribute reads an attribute of an element.
func (e *Event) attribute(element, name, value string) {
	switch {
	case element == "Provider" && name == "Name" && e.Provider == "":
		e.Provider = value
	case element == "Provider" && name == "EventSourceName" && e.Provider == "":
		e.Provider = value
	case element == "TimeCreated" && name == "SystemTime":
		e.parseTime(value)
	}
}

// element reads the innermost of the open elements, with its text, at its end.
func (e *Event) element(open []element) {
	x, parent := &open[len(open)-1], ""
	if len(open) > 1 {
		parent = open[len(open)-2].name
	}
	text := strings.ToValidUTF8(string(x.text), "\ufffd")
	switch {
	case len(open) > 2 && open[1].name == "RenderingInfo": // texts for people
		if x.name == "Opcode" {
			e.opcode = text
		}
	case parent == "System" && x.name == "EventID":
		e.ID, _ = strconv.Atoi(text)
	case parent == "System" && x.name == "Channel":
		e.Channel = text
	case parent == "System" && x.name == "Computer":
		e.Computer = text
	case parent == "System" && x.name == "EventRecordID" && e.Pos.Frame == 0:
		e.Pos.Frame = recordNumber(text)
	case parent == "System" || len(e.fields) >= maxFields:
	case x.name == "Data":
		e.fields = append(e.fields, field{x.label, text})
	case parent != "Event" && parent != "" && x.name != "Event" && len(text) > 0:
		e.fields = append(e.fields, field{x.name, text}) // UserData has elements of its own
	}
}

// recordNumber parses the number of a record. It is 0 if the text is not one.
func recordNumber(text string) int {
	n, err := strconv.ParseInt(text, 10, 0)
	if err != nil {
		return 0
	}
	return int(max(n, 0))
}

// text returns the first value that has one of the names. It is empty for "-" and "(NULL)", with
// which Windows writes that there is no value.
func (e *Event) text(names ...string) string {
	for _, name := range names {
		i := slices.IndexFunc(e.fields, func(f field) bool { return f.name == name })
		if i >= 0 && e.fields[i].text != "-" && e.fields[i].text != "(NULL)" {
			return e.fields[i].text
		}
	}
	return ""
}

// number returns the first value that has one of the names as a number: decimal, or hex with
// 0x in front. It is 0 if it is none. PowerShell writes what is more than 2^31 as negative.
func (e *Event) number(names ...string) uint32 {
	n, err := strconv.ParseInt(e.text(names...), 0, 64)
	if err != nil || n > math.MaxUint32 || n < math.MinInt32 {
		return 0
	}
	return uint32(n)
}

// client returns the address of the client, and its port if the event has one.
func (e *Event) client(address, port string) netip.AddrPort {
	addr, err := netip.ParseAddr(e.text(address))
	if err != nil {
		return netip.AddrPort{}
	}
	n, err := strconv.ParseUint(e.text(port), 10, 16)
	if err != nil {
		n = 0
	}
	return netip.AddrPortFrom(addr.WithZone("").Unmap(), uint16(n))
}
