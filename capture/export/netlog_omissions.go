package export

import (
	"fmt"
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
	asked    int // challenges that the browser handled
	made     int // tokens that it generated, or tried to
	clear    int // credentials that a page set and that are logged in clear
}

// add takes the head of a message that the log has so many lines of.
func (o *netlogOmissions) add(lines int, h httpstream.Header) {
	if lines == 0 {
		o.empty++
		return
	}
	o.heads++
	for _, name := range []string{"Authorization", "Proxy-Authorization", "WWW-Authenticate", "Proxy-Authenticate"} {
		for _, value := range h.Values(name) {
			if strings.Contains(value, "bytes were stripped]") {
				o.stripped++
			}
		}
	}
}

// course says what the events show without parameters.
func (o *netlogOmissions) course() string {
	if o.asked == 0 {
		return "no event shows that credentials were asked for; "
	}
	return fmt.Sprintf("its events show that the browser was asked for credentials (%s) and began to generate a token (%s); ", times(o.asked), times(o.made))
}

func times(n int) string {
	switch n {
	case 0:
		return "never"
	case 1:
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// limitations says what the capture mode left out, and what it should have.
func (o *netlogOmissions) limitations(mode string) []httpstream.Limitation {
	var all []httpstream.Limitation
	say := func(kind, text string) {
		all = append(all, httpstream.Limitation{Kind: kind, Text: text})
	}
	switch {
	case o.heads == 0 && (o.empty > 0 || o.auth && !o.params) || strings.EqualFold(mode, "HeavilyRedacted"):
		say("netlog-heads-missing", "this NetLog is heavily redacted: it has the events without request and response heads, so neither status nor challenge nor token is known; "+o.course()+"take it again with \"Include cookies and credentials\"")
	case o.stripped > 0:
		say("netlog-auth-stripped", "this NetLog was taken in its default mode, which strips tokens and leaves their length: what is inside of them is not known, only what the browser logged about them; take it again with \"Include cookies and credentials\" if that does not suffice")
	}
	if o.clear > 0 && o.stripped > 0 {
		say("netlog-credentials-in-clear", "credentials that pages set are in this NetLog in clear (CORS_REQUEST), although its mode strips them elsewhere: whoever has the file can use them")
	}
	return all
}
