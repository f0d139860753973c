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
