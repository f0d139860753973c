package analysis

import "strings"

// SameAccount compares names of users without their domains, which each side writes in another
// way: DOMAIN\user, user@REALM.
func SameAccount(a, b string) bool { return strings.EqualFold(bareAccount(a), bareAccount(b)) }

func bareAccount(name string) string {
	if _, account, ok := strings.Cut(name, `\`); ok {
		return account
	}
	account, _, _ := strings.Cut(name, "@")
	return account
}
