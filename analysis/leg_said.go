package analysis

import (
	"cmp"
	"strings"

	"negotrace/analysis/fact"
	"negotrace/analysis/servertext"
	"negotrace/capture/serverlog"
)

// Said returns what a response to credentials says went wrong, "" if it leaves that open.
func (l *Leg) Said() fact.Fact {
	if l.Response == nil {
		return ""
	}
	said := cmp.Or(servertext.Says(l.ErrorText), servertext.SubStatusSays(l.SubStatus))
	if e := l.ErrorLogReason(); e != nil && said == "" {
		said = servertext.Says(e.Text)
	}
	if said == fact.SaysRight && (l.Asks || !isWinRM(l.Request)) { // which says it of a user whom it knows, others of anybody
		said = ""
	}
	if said != "" || l.Asks {
		return said
	}
	return servertext.Says(l.Response.Header.Value("X-Squid-Error"))
}

// InOwnWords reports whether a response says why it refuses in words that are not those of a
// security library: the service behind the acceptor may have found them.
func (l *Leg) InOwnWords() bool {
	return l.ErrorText != "" && l.Said() == "" && !servertext.OfLibrary(l.ErrorText)
}

// BlamesLogon reports whether a response says in an error's text why it does not take the
// credentials, and not what else it does not like.
func (l *Leg) BlamesLogon() bool {
	switch l.Said() {
	case fact.SaysRule, fact.SaysPlain, fact.SaysTLSPort, fact.SaysRight:
		return false
	}
	return l.ErrorText != "" && !l.InOwnWords()
}

// Expired reports whether a page says that it, or the session, is of no use any more.
func (l *Leg) Expired() bool { return servertext.HasExpired(l.Words) }

// SpeaksOfLogon reports whether what a response says besides is about a logon, by its words.
func (l *Leg) SpeaksOfLogon() bool { return servertext.SpeaksOfLogon(l.Words) }

// ErrorLogReason returns the line of the server's error log that best says why the credentials
// were answered with a challenge: the first whose meaning is known, else the last error that names
// a reason; nil if there is none.
func (l *Leg) ErrorLogReason() (reason *serverlog.AuthError) {
	if !l.Asks || l.Sent == nil {
		return nil
	}
	for _, e := range l.ErrorLog {
		switch {
		case !e.IsError():
		case servertext.Says(e.Text) != "":
			return e
		case reason == nil || !strings.Contains(e.Text, authorizationFailure):
			reason = e
		}
	}
	return reason
}

// authorizationFailure is the number of the line that Apache httpd adds to the one with the reason
// of the module that decides.
const authorizationFailure = "AH01631"

// ReadHeaderReason notes the reason that the header of a response gives for turning credentials away:
// with a challenge it is why they were refused, and else it may be about the request.
func (l *Leg) ReadHeaderReason() {
	if l.Response == nil || !l.Refuses() {
		return
	}
	text := servertext.HeaderReason(l.Response.Header, l.Got, l.Sent.Scheme, l.Words)
	switch {
	case text == "":
	case l.Asks && l.ErrorText == "":
		l.ErrorText = text
	case l.Words == "" && l.ErrorText == "":
		l.Words = text
	}
}
