package eventlog

import (
	"math"
	"slices"
	"strings"
)

// Providers of events that are read.
const (
	fromSecurity  = "Microsoft-Windows-Security-Auditing"
	fromNTLM      = "Microsoft-Windows-NTLM"
	fromKerberos  = "Microsoft-Windows-Security-Kerberos"
	fromKerberos2 = "Kerberos"
	fromKDC       = "Microsoft-Windows-Kerberos-Key-Distribution-Center"
	fromKDC2      = "KDC"
	fromNetlogon  = "NETLOGON"
	fromNetlogon2 = "Microsoft-Windows-Security-Netlogon"
)

// faults are the events of the system log that are read, by who logs them.
var faults = map[string][]int{
	fromKerberos:  {3, 4},
	fromKerberos2: {3, 4},
	fromKDC:       {4, 11, 14, 16, 27, 40},
	fromKDC2:      {4, 11, 14, 16, 27, 40},
	fromNetlogon:  {5719, 5805},
}

// classify fills in what is for the kind of the event. It reports whether it is one of those
// that are read.
func (e *Event) classify() bool {
	switch {
	case e.Provider == fromSecurity:
		return e.security()
	case e.Provider == fromNTLM && (e.ID >= 8001 && e.ID <= 8006 || e.ID >= 4020 && e.ID <= 4025),
		strings.EqualFold(e.Provider, fromNetlogon) && e.ID >= 4030 && e.ID <= 4033,
		e.Provider == fromNetlogon2 && e.ID >= 4030 && e.ID <= 4033:
		e.NTLM = e.ntlm()
	case slices.Contains(faults[e.Provider], e.ID) || strings.EqualFold(e.Provider, fromNetlogon) && slices.Contains(faults[fromNetlogon], e.ID):
		e.Fault = new(Fault)
		for _, f := range e.fields {
			e.Fault.Names = append(e.Fault.Names, f.name)
			e.Fault.Values = append(e.Fault.Values, f.text)
		}
	default:
		return false
	}
	return true
}

// security reads an event of the security log.
func (e *Event) security() bool {
	switch e.ID {
	case 4624, 4625, 4648:
		e.Logon = &Logon{
			User:         e.text("TargetUserName"),
			Domain:       e.text("TargetDomainName"),
			Type:         int(e.number("LogonType")),
			Process:      strings.TrimSpace(e.text("LogonProcessName")),
			Package:      e.text("AuthenticationPackageName"),
			LmPackage:    e.text("LmPackageName"),
			KeyLength:    int(e.number("KeyLength")),
			Workstation:  e.text("WorkstationName"),
			Client:       e.client("IpAddress", "IpPort"),
			Status:       e.number("Status"),
			SubStatus:    e.number("SubStatus"),
			TargetServer: e.text("TargetServerName"),
			TargetSPN:    e.text("TargetInfo"),
			TicketGUID:   guid(e.text("TargetLogonGuid")),
		}
	case 4768, 4769, 4771:
		e.Ticket = &Ticket{
			User:    e.text("TargetUserName"),
			Domain:  e.text("TargetDomainName"),
			Service: e.text("ServiceName"),
			Status:  e.number("Status"),
			Etype:   e.etype(),
			Options: e.number("TicketOptions"),
			PreAuth: int(e.number("PreAuthType")),
			Client:  e.client("IpAddress", "IpPort"),
			GUID:    guid(e.text("LogonGuid")),
		}
	case 4776:
		e.Validation = &Validation{
			User:        e.text("TargetUserName"),
			Workstation: e.text("Workstation"),
			Package:     e.text("PackageName"),
			Status:      e.number("Status"),
		}
	default:
		return false
	}
	return true
}

// ntlm reads a use of NTLM. The events have other names for the same, and Windows changed
// them. 4030 to 4033 are of domain controllers, and name the account that logged on, its
// computer, and the server that asked.
func (e *Event) ntlm() *NTLM {
	return &NTLM{
		User:          e.text("UserName", "Username", "AccountName", "ClientUserName"),
		Domain:        e.text("DomainName", "AccountDomain", "ClientDomainName"),
		Target:        e.text("TargetName", "TargetService", "TargetMachine", "ServerName"),
		Workstation:   e.text("WorkstationName", "Workstation", "RemoteClientMachine", "AccountMachine", "Hostname"),
		Process:       e.text("ProcessName"),
		SecureChannel: e.text("SChannelName"),
		Client:        e.client("ClientIP", ""),
		UsageID:       int(e.number("NtlmUsageId")),
		UsageReason:   e.text("NtlmUsageReason"),
		Version:       e.text("NtlmVersion"),
		Status:        e.number("Status"),
	}
}

// etype is the etype of the ticket that was given, 0 if none was: events write that as -1.
func (e *Event) etype() uint32 {
	n := e.number("TicketEncryptionType")
	if n == math.MaxUint32 {
		return 0
	}
	return n
}

// guid is a GUID as events repeat it, empty for the one of nothing.
func guid(text string) string {
	if strings.Trim(text, "{}-0") == "" {
		return ""
	}
	return strings.ToLower(text)
}
