package checks

import (
	"fmt"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// unknownSPNEvent returns the words in which the client's security library says that the service
// principal is not in the directory, the name it asked for and the place; "" if it says nothing of
// the kind. SEC_E_TARGET_UNKNOWN is SSPI's; the sentence is MIT Kerberos's for
// KDC_ERR_S_PRINCIPAL_UNKNOWN.
func unknownSPNEvent(h *analysis.Handshake) (status, spn string, at httpstream.Pos) {
	for _, l := range h.Legs {
		for _, e := range l.Events {
			if e.SPN != "" {
				spn = e.SPN
			}
			if strings.Contains(e.Status, "Server not found in Kerberos database") || strings.Contains(strings.ToLower(e.Status), "80090303") {
				return e.Status, spn, e.Pos
			}
		}
	}
	return "", "", httpstream.Pos{}
}

// notTrusted reports whether a challenge went unanswered because, as the browser's log says, the
// host is not trusted with the user's own logon.
func notTrusted(h *analysis.Handshake) (httpstream.Pos, bool) {
	if h.Outcome != analysis.Unanswered {
		return httpstream.Pos{}, false
	}
	var at httpstream.Pos
	for _, l := range h.Legs {
		for _, e := range l.Events {
			switch {
			case e.Result == "default-credentials":
				return httpstream.Pos{}, false // it is trusted, with another scheme
			case e.Result == "no-default-credentials" && at.Frame == 0:
				at = e.Pos
			}
		}
	}
	return at, at.Frame > 0
}

// libraryCalls are functions that make a token, as curl names them where they fail.
var libraryCalls = []string{"gss_init_sec_context", "InitializeSecurityContext"}

// libraryError returns what the client's library says about the missing token, and where its log
// has it; "" if it says nothing.
func libraryError(h *analysis.Handshake) (said string, at httpstream.Pos) {
	for _, l := range h.AnonymousLegs() {
		for _, e := range l.Events {
			if e.Result == "error" && slices.Contains(libraryCalls, e.Name) {
				return fmt.Sprintf("its library said %q", e.Status), e.Pos
			}
			failed := e.NetError < -1 || e.Major != 0 || e.Security != 0 // -1 is ERR_IO_PENDING: no answer yet
			if !failed || e.Name != "AUTH_GENERATE_TOKEN" && e.Name != "AUTH_LIBRARY_INIT_SEC_CTX" {
				continue
			}
			switch name := analysis.NetErrorName(e.NetError); {
			case e.Status != "":
				return fmt.Sprintf("its library said %q", e.Status), e.Pos
			case name != "":
				said, at = "its log says "+name, e.Pos
			default:
				said, at = fmt.Sprintf("its log says net error %d", e.NetError), e.Pos
			}
		}
	}
	return said, at
}

// knowsNoScheme returns what a program says of a challenge that asks for no scheme that it knows.
func knowsNoScheme(h *analysis.Handshake) (e httpstream.AuthEvent, ok bool) {
	if last := h.Last(); h.OpeningLeg() == nil && last.Asks && len(h.Offered) > 0 {
		i := slices.IndexFunc(last.Events, func(e httpstream.AuthEvent) bool { return e.Result == "unknown-scheme" })
		if i >= 0 {
			return last.Events[i], true
		}
	}
	return e, false
}
