package analysis

import (
	"strings"

	"negotrace/tokens"
)

// SameAccount reports whether two names of users are the same without their domains, which each
// side writes in another way: DOMAIN\user, user@REALM.
func SameAccount(a, b string) bool { return AccountName(a) == AccountName(b) }

// AccountName returns the name of a user without its domain, in lower case.
func AccountName(user string) string {
	if _, account, ok := strings.Cut(user, `\`); ok {
		user = account
	}
	user, _, _ = strings.Cut(user, "@")
	return strings.ToLower(user)
}

// NTLMAccount returns DOMAIN\user, or the user alone where the domain is empty (a UPN), and
// empty for an anonymous logon.
func NTLMAccount(a *tokens.NTLMAuthenticate) string {
	if a.Kind == tokens.ResponseAnonymous || a.User == "" {
		return ""
	}
	return a.Account()
}

// IsGuest reports whether a name is that of the account as which Windows lets in whom it does not
// know, with or without a domain. Windows in other languages has other names for it.
func IsGuest(name string) bool {
	return strings.EqualFold(name[strings.LastIndexByte(name, '\\')+1:], "Guest")
}
