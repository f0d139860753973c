package checks

import (
	"fmt"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/analysis/servertext"
	"negotrace/httpstream"
	"negotrace/tokens"
)

var authzFailedAfterAuth = &analysis.Check{
	Name:     "authz-failed-after-auth",
	Variants: []string{"http-403-after-auth", "http-401-3", "http-401-after-auth"},
	Title:    "authenticated, but not allowed",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Label:    "rights",
	Means:    "The server knows who it is and still refuses. This is a matter of rights on the file, the URL or the application, not of Kerberos or NTLM.",
	Proof:    "A 403 to somebody whose logon is shown by the acceptor's token or the course of the connection (else inferred). Or a 401 although the exchange was completed in it: with an AP-REP or accept-completed, or with 401.3 on its error page or in its log, which has 401.4 and 401.5 too.",
	Not:      "A 403 of IIS for another reason (iis-refuses-anybody). ASP.NET's URL authorisation answers 401 to people who have authenticated, and the browser prompts.",
	Causes: []analysis.Advice{
		{Text: "The file system's access list (401.3).", If: []fact.Fact{fact.ServerIIS, fact.Status(401)}},
		{Text: "URL or role authorisation, Require directives, rights in the application.", Unless: []fact.Fact{fact.ServerWinRM}},
		{Text: "The user is in none of the groups that WinRM lets in.", If: []fact.Fact{fact.ServerWinRM}},
		{Text: "The group membership is newer than the ticket, which still has the old groups; SID filtering.", If: []fact.Fact{fact.ByKerberos}},
	},
	Fix: []analysis.Advice{
		{Text: remedyWinRMRights, If: []fact.Fact{fact.ServerWinRM}},
		{Text: "Give the account the right, in the file system or the authorisation rules.", Unless: []fact.Fact{fact.ServerWinRM}},
		{Text: "After a change of groups: klist purge, or log on anew.", If: []fact.Fact{fact.ByKerberos}},
	},
	Sources:      []string{"RFC 9110 section 15.5.4", "Microsoft, HTTP status codes in IIS", "mod_auth_gssapi README"},
	Reads:        append([]string{"Server"}, proxyMarks...),
	KeepFollowOn: isForbidden,
	Run:          runAuthzFailedAfterAuth,
	Explains:     explainRights,
}

// remedyWinRMRights is the remedy if WinRM knows the user and refuses.
const remedyWinRMRights = "Put the user into the local group Remote Management Users (or Administrators); (Get-PSSessionConfiguration).Permission, and winrm get winrm/config/service (RootSDDL). Local accounts other than Administrator have none of its rights over the network, unless LocalAccountTokenFilterPolicy is 1."

func runAuthzFailedAfterAuth(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if !tokens.IsTokenScheme(h.Scheme) && h.Mechanism != analysis.Bearer {
			continue
		}
		last := h.Last()
		switch {
		case h.Target == analysis.ToServer && h.Outcome == analysis.Succeeded && last.Status() == httpstream.StatusForbidden && !last.RefusesAnybody():
			f := p.Found(h, last.ResponsePos(), "%s authenticated to %s and was refused %s (%d)%s", clientName(h), serverName(h), h.URL, last.Status(), inItsWords(last))
			f.Variant, f.Evidence = "http-403-after-auth", h.OutcomeEvidence
			if servedBy(p, h) {
				f.Severity = analysis.Warning // what the request does is forbidden, and not the page
			}
		case last.Asks && last.Sent != nil && completedIn(last):
			f := p.Found(h, last.ResponsePos(), "%s authenticated to %s and was still refused %s with a %d", clientName(h), serverName(h), h.URL, last.Status())
			if e := last.ErrorLogReason(); e != nil {
				f.Cause = fmt.Sprintf("The server's error log says: %s.", quoted(gssReason(e.Text)))
			}
			if why := whoseRule[last.StatedSubStatus()]; why != "" {
				stated, where := last.StatedReason()
				f.Cause = fmt.Sprintf("By %s it is %s: %s.", where, stated, why)
			}
			if p.LetInAfter(h) != nil {
				f.Severity = analysis.Warning
			}
			switch {
			case windowsServer(last):
				f.Variant = "http-401-3" // IIS's own name of it
			case h.Target == analysis.ToServer:
				f.Variant = "http-401-after-auth"
			}
		}
		for _, x := range h.FollowOns {
			if h.Target == analysis.ToServer && h.Outcome == analysis.Succeeded && isForbidden(x) && !(&analysis.Leg{SubStatus: servertext.SubStatus(x.Response.Body)}).RefusesAnybody() {
				f := p.Found(h, x.Response.Pos, "%s authenticated to %s and was refused further requests (%d)", clientName(h), serverName(h), analysis.HTTPCode(x.Response.Status))
				f.Variant, f.Evidence = "http-403-after-auth", h.OutcomeEvidence
				f.Cause = fmt.Sprintf("The server knows the user: the first of them was for %s.", quoted(analysis.PathOf(x.Request.Target)))
				if last.Response.IsSuccess() {
					f.Severity = analysis.Warning // that of the logon was served
				}
				break
			}
		}
	}
}

// whoseRule says by whose rule IIS refuses somebody whom it knows (Microsoft, HTTP status codes in IIS).
var whoseRule = map[string]string{
	"401.3": "the access list of the file or folder",
	"401.4": "a filter of the site (ISAPI)",
	"401.5": "the application (ISAPI or CGI)",
}

// servedBy reports whether the same program gets the same URL about the same time, or more other pages of the host
// than it is refused.
func servedBy(p *analysis.Pass, h *analysis.Handshake) bool {
	served, refused := 0, 0
	for _, o := range p.Attempts(h) {
		if o.Outcome != analysis.Succeeded || !near(o, h) || analysis.OtherUser(o, h) {
			continue
		}
		switch last := o.Last(); {
		case last.Response.IsSuccess() && o.URL == h.URL:
			return true
		case last.Response.IsSuccess():
			served++
		case last.Status() == httpstream.StatusForbidden:
			refused++
		}
	}
	return served > refused
}

// isForbidden reports whether a request was answered 403.
func isForbidden(x *httpstream.Exchange) bool {
	return x.Response != nil && x.Response.Status == httpstream.StatusForbidden
}
