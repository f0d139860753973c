package export

import (
	"strings"

	"negotrace/httpstream"
)

// netlogOmissions counts what the capture mode of a NetLog left out.
type netlogOmissions struct {
	params   bool // some event has parameters
	heads    int  // message heads with at least one line
	empty    int  // message heads without any
	stripped int  // header lines of authentication whose value is left out
	auth     bool
}

// add takes the head of a message that the log has so many lines of.
func (v *netlogOmissions) add(lines int, h httpstream.Header) {
	if lines == 0 {
		v.empty++
		return
	}
	v.heads++
	for _, name := range []string{"Authorization", "Proxy-Authorization", "WWW-Authenticate", "Proxy-Authenticate"} {
		for _, value := range h.Values(name) {
			if strings.Contains(value, "bytes were stripped]") {
				v.stripped++
			}
		}
	}
}

// limitations says what the capture mode left out.
func (v *netlogOmissions) limitations(mode string) []httpstream.Limitation {
	switch {
	case v.heads == 0 && (v.empty > 0 || v.auth && !v.params) || strings.EqualFold(mode, "HeavilyRedacted"):
		return []httpstream.Limitation{{Kind: "netlog-heads-missing", Text: "this NetLog is heavily redacted: it has the events without request and response heads, so neither status nor challenge nor token can be told; take it again with \"Include cookies and credentials\""}}
	case v.stripped > 0:
		return []httpstream.Limitation{{Kind: "netlog-auth-stripped", Text: "this NetLog was taken in its default mode, which strips tokens and leaves their length: what is inside of them cannot be told, only what the browser logged about them; take it again with \"Include cookies and credentials\" if that does not suffice"}}
	}
	return nil
}
