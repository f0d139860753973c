package checks

import (
	"strings"
	"testing"
)

// TestCauseOfSide holds that the same words are about the credentials of the one who says them.
func TestCauseOfSide(t *testing.T) {
	t.Parallel()
	for words, want := range map[string][2]string{ // parts of what they mean of a client and of an acceptor
		"No credentials were supplied, or the credentials were unavailable": {"The client has no credentials", "The acceptor has no credentials"},
		"Ticket expired": {"kinit", "for the acceptor"},
		"SPNEGO cannot find mechanisms to negotiate":     {"none of its mechanisms", "none of its mechanisms"},
		`Cannot find KDC for realm "corp.test"`:          {"finds no KDC", "finds no KDC"},
		"invalid_token: The signature key was not found": {"knows no key", "knows no key"},
		"Unspecified GSS failure":                        {"", ""},
		"Wrong principal in request":                     {"", "another name than the acceptor's"},
	} {
		for i, got := range []string{clientCause(words), serverCause(words)} {
			if !strings.Contains(got, want[i]) || want[i] == "" && got != "" {
				t.Errorf("%s: %s, want %s", words, got, want[i])
			}
		}
	}
}
