package eventlog

import (
	"slices"
	"strings"
)

// messageLabels are the names of values by their labels in the English message of an event of the
// security log: by section and label, or by a label that is unique or outside of sections.
var messageLabels = map[string]string{
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

// fromMessage reads the values of an event from its message. An event that is not of the security
// log gets the message as its only value.
func (e *Event) fromMessage(message string) {
	if message == "" {
		return
	}
	if e.Provider == "" && e.Channel == "" && valueNames[e.ID] != nil {
		e.Provider = providerSecurity
	}
	if e.Provider != providerSecurity {
		e.fields = append(e.fields, field{"", message})
		return
	}
	section := ""
	for line := range strings.Lines(message) {
		line = strings.TrimRight(line, " \t\r\n")
		label, value, ok := strings.Cut(line, ":")
		if !ok { // as some that pass events on to Splunk write it
			label, value, ok = strings.Cut(line, "=")
		}
		value = strings.TrimSpace(value)
		switch {
		case !ok, strings.HasPrefix(label, "\t-"):
			continue
		case value == "" && label != "" && label[0] != '\t':
			section = label
			continue
		}
		label = strings.TrimSpace(label)
		name := messageLabels[section+"/"+label]
		if name == "" {
			name = messageLabels[label]
		}
		if name != "" && !e.hasField(name) && len(value) <= maxText {
			e.fields = append(e.fields, field{name, value})
		}
	}
}

// hasField reports whether the event already has a value of that name.
func (e *Event) hasField(name string) bool {
	return slices.ContainsFunc(e.fields, func(f field) bool { return f.name == name })
}
