package tokens

import (
	"fmt"
	"strings"
)

// maxName is how long the names of a token are that are kept: a UPN has up to 1,024 characters in Active Directory,
// and hardly ever more than some dozen. maxComponents of the name of a principal are kept: three are usual.
const (
	maxName       = 1 << 10
	maxComponents = 16
	maxListed     = 64 // encryption types, pre-authentication data, additional tickets: some ten are usual
)

// shortName returns the beginning of a name that is longer than any, in a string of its own.
func (p *parser) shortName(at []byte, name, s string) string {
	if len(s) <= maxName {
		return s
	}
	p.odd(at, "%s of %d bytes, of which %d are kept", name, len(s), maxName)
	return shortName(s)
}

// isFull reports whether a list with n items has as many as are kept, and notes that it goes on.
func (p *parser) isFull(n int, at []byte, items string) bool {
	if n < maxListed {
		return false
	}
	text := fmt.Sprintf("more than %d %s", maxListed, items)
	if all := p.token.Oddities; len(all) == 0 || all[len(all)-1].Text != text {
		p.odd(at, "%s", text)
	}
	return true
}

func shortName(s string) string {
	if len(s) <= maxName {
		return s
	}
	return strings.Clone(strings.ToValidUTF8(s[:maxName], ""))
}
