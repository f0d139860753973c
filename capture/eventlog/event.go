package eventlog

import (
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"negotrace/httpstream"
)

// An Event is an event of a log, with what it says in the one of the last fields that is for
// its kind.
type Event struct {
	Record   uint64 // its number in the log
	Time     httpstream.Time
	IsLocal  bool // Time is what the clock on the wall showed, as if it was UTC
	ID       int
	Provider string
	Channel  string
	Computer string

	Logon      *Logon      // 4624, 4625, 4648
	Ticket     *Ticket     // 4768, 4769, 4771
	Validation *Validation // 4776
	NTLM       *NTLM       // 4020 to 4024, 4030 to 4033, 8001 to 8006
	Fault      *Fault      // of Kerberos, a KDC or Netlogon in the system log

	fields []field
	opcode string // in words, where that is said
}

// A field is a value of an event; its name is empty where the event gives it none.
type field struct{ name, text string }

// A Logon is a logon that succeeded (4624) or failed (4625), or one that was tried with other
// credentials than those of the caller (4648).
type Logon struct {
	User, Domain string
	Type         int // 3 over the network
	Process      string
	Package      string // Kerberos, NTLM, Negotiate
	LmPackage    string // NTLM V1 or V2
	KeyLength    int
	Workstation  string
	Client       netip.AddrPort // port 0 if the event has none
	Status       uint32         // NTSTATUS of 4625
	SubStatus    uint32
	TargetServer string // of 4648
}

// A Ticket is what a KDC was asked for: a TGT (4768), a service ticket (4769), or a TGT that
// it refused before it had looked for the account's keys (4771).
type Ticket struct {
	User, Domain string
	Service      string
	Status       uint32 // an error of Kerberos (RFC 4120 section 7.5.9)
	Etype        uint32
	Options      uint32
	PreAuth      int
	Client       netip.AddrPort
}

// A Validation is an NTLM answer that a domain controller was given to check (4776).
type Validation struct {
	User        string
	Workstation string
	Package     string
	Status      uint32
}

// An NTLM is a use of NTLM that was noted: of Microsoft-Windows-NTLM, or of Netlogon at a
// domain controller. 8001 is written even if Kerberos does the logon in the end.
type NTLM struct {
	User, Domain  string
	Target        string // SPN or server
	Workstation   string
	Process       string
	SecureChannel string // of 8004: the server that asked the domain controller
	Client        netip.AddrPort
	UsageID       int    // why NTLM was used, 0 if the event does not say
	UsageReason   string // the same in words
	Version       string
}

// A Fault is an event of the system log about Kerberos or Netlogon. Its values are in the
// order of the event, some with names.
type Fault struct {
	Values []string
	Names  []string // of the values, empty for those that have none
}

// attribute takes an attribute of an element.
func (e *Event) attribute(element, name, value string) {
	switch {
	case element == "Provider" && name == "Name" && e.Provider == "":
		e.Provider = value
	case element == "Provider" && name == "EventSourceName" && e.Provider == "":
		e.Provider = value
	case element == "TimeCreated" && name == "SystemTime":
		e.setTime(value)
	}
}

// element takes the last of the elements that are open, with the text in it, when it ends.
func (e *Event) element(open []element) {
	x, parent := &open[len(open)-1], ""
	if len(open) > 1 {
		parent = open[len(open)-2].name
	}
	text := strings.ToValidUTF8(string(x.text), "\ufffd")
	switch {
	case len(open) > 2 && open[1].name == "RenderingInfo": // what it says in words
		if x.name == "Opcode" {
			e.opcode = text
		}
	case parent == "System" && x.name == "EventID":
		e.ID, _ = strconv.Atoi(text)
	case parent == "System" && x.name == "Channel":
		e.Channel = text
	case parent == "System" && x.name == "Computer":
		e.Computer = text
	case parent == "System" && x.name == "EventRecordID" && e.Record == 0:
		e.Record, _ = strconv.ParseUint(text, 10, 64)
	case parent == "System" || len(e.fields) >= maxFields:
	case x.name == "Data":
		e.fields = append(e.fields, field{x.label, text})
	case parent != "Event" && parent != "" && x.name != "Event" && len(text) > 0:
		e.fields = append(e.fields, field{x.name, text}) // UserData has elements of its own
	}
}

// text returns the first value that has one of the names, and nothing for "-", which stands
// for nothing.
func (e *Event) text(names ...string) string {
	for _, name := range names {
		i := slices.IndexFunc(e.fields, func(f field) bool { return f.name == name })
		if i >= 0 && e.fields[i].text != "-" {
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
