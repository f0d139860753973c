package checks

import (
	"fmt"

	"negotrace/analysis"
	"negotrace/httpstream"
)

var reportedReason = &analysis.Check{
	Name:     "reported-reason",
	Variants: []string{"by-server", "by-client"},
	Title:    "the software says itself why the logon failed",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "The page of the error, its status line, a header of the answer, or the log of the client holds the sentence of a security library about this very attempt. It is quoted as it stands.",
	Proof:    "On the page: a sentence of Java's or of a GSS-API library, of SSPI, or a fault of WS-Management. In the status line of a challenge: a phrase that speaks of tickets, keys, clocks or accounts. A header: X-Squid-Error. In a NetLog: the status of AUTH_LIBRARY_INIT_SEC_CTX and its kin.",
	Not:      "The usual page or phrase of a status, which says nothing about this attempt. IIS's sub-status, and what a page says of other things: they are said with the refusal itself.",
	Causes: []analysis.Advice{
		{Text: "What the sentence says: negotrace explain takes the names and numbers of errors in it."},
	},
	Fix: []analysis.Advice{
		{Text: "The log of the server at this time has the whole of it.", If: []analysis.Fact{analysis.FromTarget}},
	},
	Sources: []string{"RFC 2743 section 1.2.1.1 (status values)", "RFC 9112 section 4 (reason-phrase)", "MS-WSMV 2.2.4.43", "squid, X-Squid-Error", "Chromium, net/log/net_log_event_type_list.h"},
	Follows: []string{"clock-skew", "krb-ap-req-rejected", "spn-not-found", "token-sent-twice"},
	Reads:   []string{"X-Squid-Error"},
	Run:     runReportedReason,
}

func runReportedReason(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if h.Outcome == analysis.Succeeded && h.Last().Status() < 400 {
			continue
		}
		for _, l := range h.Legs {
			if l.Sent == nil || l.Response == nil {
				continue
			}
			if words := serverWords(l); words != "" {
				f := p.Found(h, l.ResponsePos(), "%s says why it refused %s: %s", serverName(h), clientName(h), words)
				f.Variant = "by-server"
				if p.LetInAfter(h) != nil {
					f.Severity = analysis.Warning
				}
				break
			}
		}
		if status, at := clientWords(h); status != "" {
			f := p.Found(h, at, "the library of %s says of its logon at %s: %s", clientName(h), serverName(h), quoted(status))
			f.Variant = "by-client"
			if p.LetInAfter(h) != nil {
				f.Severity = analysis.Warning
			}
		}
	}
}

// serverWords is what the answer to credentials says of the reason, quoted; "" if it says
// nothing. A challenge of squid names its own page, which is no reason.
func serverWords(l *analysis.Leg) string {
	if l.ErrorText != "" {
		return quoted(l.ErrorText)
	}
	if e := l.Response.Header.Value("X-Squid-Error"); e != "" && !l.Asks {
		return fmt.Sprintf("X-Squid-Error: %s", quoted(e))
	}
	return ""
}

// clientWords is the first sentence of a client's library about a handshake, from its log;
// "" if there is none, or if the check of missing tickets or tokens repeats it.
func clientWords(h *analysis.Handshake) (string, httpstream.Pos) {
	status, _, _ := unknownSPNEvent(h)
	if said, _ := libraryError(h); status != "" || said != "" {
		return "", httpstream.Pos{}
	}
	for _, l := range h.Legs {
		for _, e := range l.Events {
			if e.Status != "" && e.NetError < -1 {
				return e.Status, e.Pos
			}
		}
	}
	return "", httpstream.Pos{}
}
