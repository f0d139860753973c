package analysis

import (
	"strings"

	"negotrace/capture/eventlog"
	"negotrace/tokens"
)

// guestIn leads from the name of the account as which Windows lets in whom it does not know to the
// languages in which Windows calls it so. Only its SID, which ends in 501, is the same everywhere.
var guestIn = map[string]string{
	"guest": "English", "gast": "German and Dutch", "invité": "French", "invitado": "Spanish", "convidado": "Portuguese",
	"gäst": "Swedish", "gæst": "Danish", "gjest": "Norwegian", "vieras": "Finnish", "vendég": "Hungarian", "gość": "Polish", "гость": "Russian",
}

// IsGuest reports whether a name, with or without a domain, is one by which Windows calls its guest
// account. Anybody else may be called so in another language, and the account may have another name.
func IsGuest(name string) bool { return GuestLanguages(name) != "" }

// GuestLanguages returns in which languages a name is that of Windows' guest account; "" if in none.
func GuestLanguages(name string) string {
	return guestIn[strings.ToLower(name[strings.LastIndexByte(name, '\\')+1:])]
}

// GuestBy says by what of it a name shows that it is the guest account's; "" if it does not.
func GuestBy(name string) string {
	if languages := GuestLanguages(name); languages != "" {
		return "name alone, which is that of the account in " + languages
	}
	return ""
}

// GuestSID is what GuestLogged returns for an account that is known by its SID.
const GuestSID = "SID, which ends in 501"

// GuestLogged says by what an event shows that the guest account was logged on: its SID, or its name
// alone; "" if it shows no such thing.
func GuestLogged(e *eventlog.Event) string {
	switch {
	case e.Logon == nil:
		return ""
	case e.Logon.Guest:
		return GuestSID
	}
	return GuestBy(e.Logon.User)
}

// GuestTicket reports whether a ticket that could be opened is the guest account's, by the SID in its PAC.
func GuestTicket(t *tokens.OpenedTicket) bool {
	return t != nil && t.PAC != nil && strings.HasPrefix(t.PAC.SID, "S-1-5-21-") && strings.HasSuffix(t.PAC.SID, "-501")
}
