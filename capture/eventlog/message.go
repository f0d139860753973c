package eventlog

import (
	"slices"
	"strings"
)

// inMessage are the values that the message of an event of the security log names in English:
// by section and label, or by the label alone where it stands outside of sections or says
// enough.
var inMessage = map[string]string{
	"New Logon/Account Name":                             "TargetUserName",
	"New Logon/Account Domain":                           "TargetDomainName",
	"Account For Which Logon Failed/Account Name":        "TargetUserName",
	"Account For Which Logon Failed/Account Domain":      "TargetDomainName",
	"Account Whose Credentials Were Used/Account Name":   "TargetUserName",
	"Account Whose Credentials Were Used/Account Domain": "TargetDomainName",
	"Account Whose Credentials Were Used/Logon GUID":     "TargetLogonGuid",
	"Account Information/Account Name":                   "TargetUserName",
	"Account Information/Account Domain":                 "TargetDomainName",
	"Account Information/Supplied Realm Name":            "TargetDomainName",
	"Account Information/Logon GUID":                     "LogonGuid",
	"Service Information/Service Name":                   "ServiceName",
	"Target Server/Target Server Name":                   "TargetServerName",
	"Target Server/Additional Information":               "TargetInfo",
	"Network Information/Port":                           "IpPort",
	"Logon Type":                                         "LogonType",
	"Workstation Name":                                   "WorkstationName",
	"Source Network Address":                             "IpAddress",
	"Network Address":                                    "IpAddress",
	"Client Address":                                     "IpAddress",
	"Source Port":                                        "IpPort",
	"Client Port":                                        "IpPort",
	"Logon Process":                                      "LogonProcessName",
	"Authentication Package":                             "AuthenticationPackageName",
	"Package Name (NTLM only)":                           "LmPackageName",
	"Key Length":                                         "KeyLength",
	"Status":                                             "Status",
	"Sub Status":                                         "SubStatus",
	"Result Code":                                        "Status",
	"Failure Code":                                       "Status",
	"Error Code":                                         "Status",
	"Ticket Options":                                     "TicketOptions",
	"Ticket Encryption Type":                             "TicketEncryptionType",
	"Pre-Authentication Type":                            "PreAuthType",
	"Logon Account":                                      "TargetUserName",
	"Source Workstation":                                 "Workstation",
}

// fromMessage reads the values of an event out of its message, where that is all there is of
// them. The message of an event that is not of the security log is its only value.
func (e *Event) fromMessage(message string) {
	if message == "" {
		return
	}
	if e.Provider == "" && e.Channel == "" && positions[e.ID] != nil {
		e.Provider = fromSecurity
	}
	if e.Provider != fromSecurity {
		e.fields = append(e.fields, field{"", message})
		return
	}
	section := ""
	for line := range strings.Lines(message) {
		label, value, ok := strings.Cut(strings.TrimRight(line, " \t\r\n"), ":")
		value = strings.TrimSpace(value)
		switch {
		case !ok, strings.HasPrefix(label, "\t-"):
			continue
		case value == "" && label != "" && label[0] != '\t':
			section = label
			continue
		}
		label = strings.TrimSpace(label)
		name := inMessage[section+"/"+label]
		if name == "" {
			name = inMessage[label]
		}
		if name != "" && !e.has(name) && len(value) <= maxText {
			e.fields = append(e.fields, field{name, value})
		}
	}
}

// has reports whether the event has a value of that name already.
func (e *Event) has(name string) bool {
	return slices.ContainsFunc(e.fields, func(f field) bool { return f.name == name })
}
