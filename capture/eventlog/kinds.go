package eventlog

import (
	"math"
	"slices"
	"strings"
)

// Providers of events that are read.
const (
	providerSecurity    = "Microsoft-Windows-Security-Auditing"
	providerNTLM        = "Microsoft-Windows-NTLM"
	providerKerberos    = "Microsoft-Windows-Security-Kerberos"
	providerKerberosOld = "Kerberos"
	providerKDC         = "Microsoft-Windows-Kerberos-Key-Distribution-Center"
	providerKDCOld      = "KDC"
	providerNetlogonOld = "NETLOGON"
	providerNetlogon    = "Microsoft-Windows-Security-Netlogon"
)

// faultIDs are the IDs of the events of the system log that are read, by provider.
var faultIDs = map[string][]int{
	providerKerberos:    {3, 4},
	providerKerberosOld: {3, 4},
	providerKDC:         {4, 11, 14, 16, 27, 40},
	providerKDCOld:      {4, 11, 14, 16, 27, 40},
	providerNetlogonOld: {5719, 5805},
}

// classify sets the pointer for the kind of the event. It reports whether it is a kind that is
// read.
func (e *Event) classify() bool {
	switch {
	case e.Provider == providerSecurity:
		return e.readSecurity()
	case e.Provider == providerNTLM && (e.ID >= 8001 && e.ID <= 8006 || isBlock(e.ID) || e.ID >= 4020 && e.ID <= 4025),
		strings.EqualFold(e.Provider, providerNetlogonOld) && e.ID >= 4030 && e.ID <= 4033,
		e.Provider == providerNetlogon && e.ID >= 4030 && e.ID <= 4033:
		e.NTLM = e.readNTLM()
	case slices.Contains(faultIDs[e.Provider], e.ID) || strings.EqualFold(e.Provider, providerNetlogonOld) && slices.Contains(faultIDs[providerNetlogonOld], e.ID):
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

// readSecurity reads an event of the security log, and reports whether it is of a kind that is
// read.
func (e *Event) readSecurity() bool {
	switch e.ID {
	case 4624, 4625, 4648:
		e.Logon = &Logon{
			User:         e.text("TargetUserName"),
			Domain:       e.text("TargetDomainName"),
			Guest:        isGuest(e.text("TargetUserSid")),
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

// isBlock reports whether an event of Microsoft-Windows-NTLM says that a policy blocked NTLM. 8001 to
// 8006 note in the same order what such a policy would block.
func isBlock(id int) bool { return id >= 4001 && id <= 4006 }

// statusNTLMBlocked is STATUS_NTLM_BLOCKED, with which a blocked logon fails (MS-ERREF 2.3).
const statusNTLMBlocked = 0xC0000418

// readNTLM reads a use of NTLM. Events and versions of Windows differ in the names of values. 4030
// to 4033 are logged by domain controllers, with the account that logged on, its computer, and the
// server that asked.
func (e *Event) readNTLM() *NTLM {
	n := &NTLM{
		User:          e.text("UserName", "Username", "AccountName"),
		Domain:        e.text("DomainName", "AccountDomain"),
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
	// Who runs the program, who is the user unless others were named. At the server (8002) that
	// is the server's own account.
	if n.User == "" && e.ID != 8002 && e.ID != 4002 {
		n.User, n.Domain = e.text("ClientUserName"), e.text("ClientDomainName")
	}
	if isBlock(e.ID) {
		n.Status = statusNTLMBlocked
	}
	return n
}

// etype returns the etype of the ticket that was issued. It is 0 if none was: events have -1 then.
func (e *Event) etype() uint32 {
	n := e.number("TicketEncryptionType")
	if n == math.MaxUint32 {
		return 0
	}
	return n
}

// guid returns a GUID in lower case, empty for the null GUID.
func guid(text string) string {
	if strings.Trim(text, "{}-0") == "" {
		return ""
	}
	return strings.ToLower(text)
}

// isGuest reports whether a SID is that of the guest account of a computer or a domain: a domain's,
// and the relative identifier 501 (MS-DTYP 2.4.2.4).
func isGuest(sid string) bool {
	return strings.HasPrefix(sid, "S-1-5-21-") && strings.HasSuffix(sid, "-501") && strings.Count(sid, "-") == 7
}
