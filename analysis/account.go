package analysis

import (
	"strings"

	"negotrace/tokens"
)

// SameAccount reports whether two names of users are the same without their domains, which each
// side writes in another way: DOMAIN\user, user@REALM.
func SameAccount(a, b string) bool { return strings.EqualFold(bareAccount(a), bareAccount(b)) }

func bareAccount(name string) string {
	if _, account, ok := strings.Cut(name, `\`); ok {
		return account
	}
	account, _, _ := strings.Cut(name, "@")
	return account
}

// NTLMAccount returns DOMAIN\user, or the user alone where the domain is empty (a UPN), and
// empty for an anonymous logon.
func NTLMAccount(a *tokens.NTLMAuthenticate) string {
	if a.Kind == tokens.ResponseAnonymous || a.User == "" {
		return ""
	}
	return a.Account()
}
