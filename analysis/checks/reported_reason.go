package checks

import (
	"cmp"
	"fmt"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/analysis/knownerror"
	"negotrace/analysis/servertext"
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
	Proof:    "On the page: a sentence of Java's or of a GSS-API library, of SSPI, or a fault of WS-Management. In the status line of a challenge: a phrase that speaks of tickets, keys, clocks or accounts. A header: X-Squid-Error. A line of the error log of Apache httpd or nginx about the refused request, by its client and port, or client and path, and the time. In a NetLog: the status of AUTH_LIBRARY_INIT_SEC_CTX and its kin.",
	Not:      "The usual page or phrase of a status, which says nothing about this attempt. IIS's sub-status, and what a page says of other things: they are said with the refusal itself.",
	Label:    "the server's own words",
	Causes: []analysis.Advice{
		{Text: saidCauses[fact.SaysClock], If: []fact.Fact{fact.SaysClock}},
		{Text: saidCauses[fact.SaysKey], If: []fact.Fact{fact.SaysKey}},
		{Text: saidCauses[fact.SaysNoKey], If: []fact.Fact{fact.SaysNoKey}},
		{Text: saidCauses[fact.SaysReplay], If: []fact.Fact{fact.SaysReplay}},
		{Text: saidCauses[fact.SaysExpired], If: []fact.Fact{fact.SaysExpired}},
		{Text: saidCauses[fact.SaysName], If: []fact.Fact{fact.SaysName}},
		{Text: saidCauses[fact.SaysToken], If: []fact.Fact{fact.SaysToken}},
		{Text: saidCauses[fact.SaysBinding], If: []fact.Fact{fact.SaysBinding}},
		{Text: saidCauses[fact.SaysConfig], If: []fact.Fact{fact.SaysConfig}},
		{Text: saidCauses[fact.SaysRule], If: []fact.Fact{fact.SaysRule}},
		{Text: saidCauses[fact.SaysPlain], If: []fact.Fact{fact.SaysPlain}},
		{Text: saidCauses[fact.SaysTLSPort], If: []fact.Fact{fact.SaysTLSPort}},
		{Text: saidCauses[fact.SaysRight], If: []fact.Fact{fact.SaysRight}},
		{Text: saidCauses[fact.SaysEType], If: []fact.Fact{fact.SaysEType}},
		{Text: saidCauses[fact.SaysNoCred], If: []fact.Fact{fact.SaysNoCred}},
		{Text: saidCauses[fact.SaysUser], If: []fact.Fact{fact.SaysUser}},
		{Text: "What the sentence says: negotrace explain takes it, or the names and numbers of errors in it."},
	},
	Fix: []analysis.Advice{
		{Text: "Set the clocks of client and server (w32tm /resync, chronyc makestep), both from one source.", If: []fact.Fact{fact.SaysClock}},
		{Text: "Make the acceptor's keytab anew from the account that has the service principal name now; klist -kte <keytab of the server> shows what it holds.", If: []fact.Fact{fact.SaysKey, fact.SaysNoKey}},
		{Text: "Give the account of the service AES keys: set its password anew, msDS-SupportedEncryptionTypes to 24; then make the keytab anew, and klist purge (kdestroy) on the client.", If: []fact.Fact{fact.SaysEType}},
		{Text: "Look at the acceptor's keytab: its path (KRB5_KTNAME, GssapiCredStore), whether the server's user may read it, klist -k for the names in it; with gssproxy, the service's section in its configuration.", If: []fact.Fact{fact.SaysNoCred}},
		{Text: "On the server: kinit <user> says the same; the realm that it asks is the default one of its krb5.conf, unless the user names another (KrbAuthRealms of mod_auth_kerb).", If: []fact.Fact{fact.SaysUser}},
		{Text: "Find who sends the request twice: a client, a script, a load balancer.", If: []fact.Fact{fact.SaysReplay}},
		{Text: "klist purge on the client, and compare the clocks.", If: []fact.Fact{fact.SaysExpired}},
		{Text: "Give the acceptor a key for the name in the ticket, or let the client use the acceptor's name.", If: []fact.Fact{fact.SaysName}},
		{Text: "See which mechanism the client sent: many acceptors take Kerberos and no NTLM.", If: []fact.Fact{fact.SaysToken}},
		{Text: "See where TLS ends: the acceptor compares with its own certificate.", If: []fact.Fact{fact.SaysBinding}},
		{Text: "IIS Manager, Authentication of the site or folder: which kinds are enabled; for Windows Authentication, its Providers.", If: []fact.Fact{fact.SaysConfig}},
		{Text: "squid.conf: the http_access rules, and access.log for this request.", If: []fact.Fact{fact.SaysRule}},
		{Text: remedySeal, If: []fact.Fact{fact.SaysPlain}},
		{Text: "Use https in the URL; behind a balancer or gateway, let it speak TLS to that port, or send the request to the port for HTTP.", If: []fact.Fact{fact.SaysTLSPort}},
		{Text: remedyWinRMRights, If: []fact.Fact{fact.SaysRight, fact.ServerWinRM}},
		{Text: "The log of the server at this time has the whole of it.", If: []fact.Fact{fact.AtServer}},
		{Text: "The log of the proxy at this time has the whole of it.", If: []fact.Fact{fact.AtProxy}},
	},
	Sources:      []string{"RFC 2743 section 1.2.1.1 (status values)", "RFC 9112 section 4 (reason-phrase)", "MS-WSMV 2.2.4.43", "squid, X-Squid-Error", "Chromium, net/log/net_log_event_type_list.h"},
	Follows:      []string{"clock-skew", "krb-ap-req-rejected", "spn-not-found", "token-sent-twice", "ntlm-not-accepted"},
	Reads:        []string{"X-Squid-Error"},
	Keep:         saysWhyAlone,
	KeepFollowOn: isForbidden,
	Run:          runReportedReason,
	Explains:     explainWords,
}

// saidCauses are the causes that sentences of servers state.
var saidCauses = map[fact.Fact]string{
	fact.SaysClock:   "The clocks of client and acceptor are too far apart (more than five minutes, by default).",
	fact.SaysKey:     "The acceptor's key does not open the ticket: its keytab or password is not that of the account that has the service principal name now.",
	fact.SaysNoKey:   "The acceptor has no key that fits the ticket: by name, version or encryption type.",
	fact.SaysReplay:  "The same token came to the acceptor twice.",
	fact.SaysExpired: "The ticket is too old for the acceptor, or not valid yet: a ticket that was kept too long, or a clock.",
	fact.SaysName:    "The ticket is for another name than the acceptor's.",
	fact.SaysToken:   "The acceptor cannot read the token, or does not take its mechanism.",
	fact.SaysBinding: "The channel binding of the logon does not fit the TLS connection that the acceptor knows.",
	fact.SaysConfig:  "The site does not take these credentials at all: the kind of authentication that they are for is turned off there.",
	fact.SaysRule:    "A rule of the proxy refuses the request. It names no fault of the logon.",
	fact.SaysEType:   "The acceptor's settings allow no such encryption type (permitted_enctypes, allow_rc4, allow_weak_crypto of Java 17 and later, the crypto policy of the system).",
	fact.SaysUser:    "The server had name and password checked by a KDC, which does not know the user, or takes this password not or no more.",
	fact.SaysNoCred:  "The acceptor has no credentials of its own: no keytab that it can read, none with a fitting name, or gssproxy gives it none. It did not come to look at the token.",
	fact.SaysTLSPort: "The request came in plain HTTP to a port on which the server speaks TLS. It names no fault of the logon.",
	fact.SaysRight:   "The user is known there and has no right to what the request does. It names no fault of the logon.",
	fact.SaysPlain:   "The body of the message is not encrypted by Kerberos or NTLM, and WinRM takes no other over plain HTTP. It names no fault of the logon.",
}

// serverCause returns what the words of an acceptor mean, "" if that is left open.
func serverCause(words string) string {
	said := servertext.Says(words)
	if said == "" {
		return knownerror.CauseIn(words)
	}
	if said == fact.SaysToken {
		return cmp.Or(knownerror.CauseIn(words), saidCauses[said])
	}
	return saidCauses[said]
}

// clientCause returns what the words of a client's library mean, "" if that is left open. It speaks of
// its own credentials where an acceptor with the same words speaks of its own.
func clientCause(words string) string {
	switch said := servertext.Says(words); said {
	case "":
		return knownerror.CauseIn(words)
	case fact.SaysNoCred:
		return "The client has no credentials: no ticket-granting ticket, and nothing to get one with."
	case fact.SaysExpired:
		return "The client's ticket-granting ticket has expired: kinit, or log on anew."
	case fact.SaysEType:
		return "The client and the KDC, or the service's account, have no encryption type in common that both allow."
	case fact.SaysUser:
		return "The KDC does not know the user, or takes this password not or no more."
	case fact.SaysToken, fact.SaysNoKey, fact.SaysConfig, fact.SaysName:
		return ""
	default:
		return saidCauses[said]
	}
}

func runReportedReason(p *analysis.Pass) {
	for _, x := range p.Exchanges {
		if words := reasonAlone(x); words != "" {
			f := p.FoundIn(x, x.Response.Pos, "the server says why it refused a request that is not here: %s", quoted(words))
			f.Variant, f.Cause = "by-server", serverCause(words)
		}
	}
	for _, h := range p.Handshakes {
		if h.Outcome == analysis.Succeeded && h.Last().Status() < httpstream.StatusBadRequest {
			ruleLater(p, h)
			continue
		}
		reasonOfServer(p, h)
		if l := h.Last(); l.Request == nil && l.Asks && l.Sent == nil && l.ErrorText != "" {
			f := p.Found(h, l.ResponsePos(), "%s says why it refused a request that is not here: %s", serverName(h), quoted(l.ErrorText))
			f.Variant, f.Cause = "by-server", serverCause(l.ErrorText)
		}
		if status, at := clientWords(h); status != "" {
			f := p.Found(h, at, "the library of %s says of its logon at %s: %s", clientName(h), serverName(h), quoted(status))
			f.Variant, f.Cause = "by-client", clientCause(status)
			if p.LetInAfter(h) != nil {
				f.Severity = analysis.Warning
			}
		}
	}
}

// saysWhyAlone reports whether a response whose request is not there says why a logon failed.
func saysWhyAlone(x *httpstream.Exchange) bool { return reasonAlone(x) != "" }

// reasonAlone returns why a logon failed, in the words of a response whose request is not there: in its
// status line or on its page. It is "" for any other.
func reasonAlone(x *httpstream.Exchange) string {
	if x.Request != nil || x.Response == nil || x.Response.Status < httpstream.StatusBadRequest {
		return ""
	}
	return servertext.ReadPage(x.Response, false).Text
}

// ruleLater reports that the rules of squid refused a later request on a connection whose user it
// had let in.
func ruleLater(p *analysis.Pass, h *analysis.Handshake) {
	for _, x := range h.FollowOns {
		if h.Target != analysis.ToProxy || !isForbidden(x) {
			continue
		}
		if e := x.Response.Header.Value("X-Squid-Error"); servertext.Says(e) == fact.SaysRule {
			f := p.Found(h, x.Response.Pos, "%s says why it refused a later request of %s: X-Squid-Error: %s", serverName(h), clientName(h), quoted(e))
			f.Variant, f.Cause = "by-server", saidCauses[fact.SaysRule]
			f.AddProof(x.Request.Pos)
			return
		}
	}
}

// reasonOfServer reports the first answer to credentials in which the server gives a reason.
func reasonOfServer(p *analysis.Pass, h *analysis.Handshake) {
	for _, l := range h.Legs {
		if l.Sent == nil || l.Response == nil {
			continue
		}
		words := serverWords(l)
		if words == "" {
			continue
		}
		says := "says why it refused %s: %s"
		if l.Said() == "" {
			says = "refused %s and says: %s"
		}
		if l.ErrorText == "" && l.ErrorLogReason() != nil {
			says = "refused %s, and its error log says: %s"
		}
		f := p.Found(h, l.ResponsePos(), "%s "+says, serverName(h), clientName(h), words)
		f.Variant, f.Cause = "by-server", cmp.Or(saidCauses[l.Said()], knownerror.CauseIn(l.ErrorText))+otherCase(h, l.Said())
		if e := l.ErrorLogReason(); e != nil && l.ErrorText == "" {
			f.AddProof(e.Pos)
		}
		if p.LetInAfter(h) != nil {
			f.Severity = analysis.Warning
		}
		return
	}
}

// otherCase says that the name in the ticket differs from that in the URL in upper and lower case
// alone, where the server says that it does not know the name or has no key for it; "" otherwise.
func otherCase(h *analysis.Handshake, said fact.Fact) string {
	_, ap := h.APReq()
	if ap == nil || said != fact.SaysName && said != fact.SaysNoKey {
		return ""
	}
	name := ap.Ticket.Service.Host()
	if !strings.EqualFold(name, h.Host) || name == strings.ToLower(name) {
		return ""
	}
	return fmt.Sprintf(" The ticket has %s, with upper case in it: a keytab holds names as they are written, mostly in lower case.", h.SPN)
}

// serverWords quotes what the answer to credentials says about the reason; "" if it says nothing.
// In a challenge squid names only its own page, which is no reason, and its other errors are about
// the way to the server.
func serverWords(l *analysis.Leg) string {
	if l.ErrorText != "" {
		return quoted(l.ErrorText)
	}
	if e := l.ErrorLogReason(); e != nil {
		return quoted(gssReason(e.Text))
	}
	if l.SubStatus != "" && l.Said() != "" {
		return "its error page has " + l.SubStatus + statusName(l.SubStatus)
	}
	if e := l.Response.Header.Value("X-Squid-Error"); !l.Asks && servertext.Says(e) == fact.SaysRule {
		return "X-Squid-Error: " + quoted(e)
	}
	return ""
}

// noServerCreds is what mod_auth_gssapi writes before the reason for which it could not even begin.
const noServerCreds = "failed to get server creds"

// gssReason returns the specific part of a line of an error log: the text of the minor status
// after GSS-API's general one.
func gssReason(text string) string {
	if _, minor, ok := strings.Cut(text, "Minor code may provide more information"); ok {
		if minor = strings.Trim(minor, " .,:;()]"); minor != "" {
			if strings.Contains(text, noServerCreds) {
				return noServerCreds + ": " + minor
			}
			return minor
		}
	}
	return text
}

// statusName returns the name of the Win32 status after a sub-status of IIS, in parentheses.
func statusName(subStatus string) string {
	_, number, _ := strings.Cut(subStatus, " ")
	for _, e := range knownerror.LookUp(number) {
		return fmt.Sprintf(" (%s)", e.Name)
	}
	return ""
}

// explainWords quotes what the server says in its refusal, if it is no sentence of a security
// library: it may be about the logon or about the request.
func explainWords(_ *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	l := h.Last()
	words := l.Words
	if l.InOwnWords() {
		words = l.ErrorText
	}
	if words == "" {
		return analysis.Explanation{}
	}
	return possible(5, positionsOf(l), "%s, which may be about the logon or about the request", quoted(words))
}

// clientWords returns the first sentence of a client's library about a handshake, from its log;
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
