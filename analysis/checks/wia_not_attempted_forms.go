package checks

import (
	"net/netip"
	"net/url"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
)

var wiaNotAttemptedForms = &analysis.Check{
	Name:     "wia-not-attempted-forms",
	Variants: []string{"office-forms"},
	Title:    "a form is shown instead of using Windows authentication",
	Severity: analysis.Info,
	Evidence: analysis.Inferred,
	Topic:    analysis.Detour,
	Means: "AD FS decides by the browser's user agent, and by where it comes from, whether to try Windows authentication. Here it showed the form: nothing was attempted, so nothing failed. " +
		"SharePoint and others send programs of Office and WebDAV, which cannot show a page on their own, a 403 that says where the form is.",
	Proof: "A request for /adfs/ls answered with a page (200), and no request for /adfs/ls/wia by that client. For programs of Office: a 403 with X-Forms_Based_Auth_Required, or with the error 917656 in X-MSDAVEXT_Error.",
	Not:   "A failure of Negotiate: if /adfs/ls/wia is asked for and ends in 401, that is one.",
	Causes: []analysis.Advice{
		{Text: "The user agent is not among WIASupportedUserAgents.", Unless: officeForms},
		{Text: "The client comes through the Web Application Proxy, as from outside.", Unless: officeForms},
		{Text: "Policy: forms first.", Unless: officeForms},
		{Text: "The site is set up for forms or claims, and the program has no cookie of a logon: it was not made to last, or it is of a browser that the program does not share it with.", If: officeForms},
	},
	Fix: []analysis.Advice{
		{Text: `Set-AdfsProperties -WIASupportedUserAgents with the browser's mark added, e.g. "Mozilla/5.0"; put the host into the intranet zone.`, Unless: officeForms},
		{Text: "WebDAV (Explorer, mapped drives): open the site in the browser first, with a cookie that lasts; or turn Windows authentication on for that zone of the site.", If: officeForms},
	},
	Sources: []string{"Microsoft, AD FS troubleshooting: Integrated Windows Authentication, learn.microsoft.com/windows-server/identity/ad-fs/troubleshooting/ad-fs-tshoot-iwa", "MS-OFBA 2.2", "MS-WDV 2.2.3"},
	Reads:   []string{"User-Agent", "X-Forms_Based_Auth_Required", "X-MSDAVEXT_Error"},
	Keep:    func(x *httpstream.Exchange) bool { return toADFS(x) || formsWanted(x) != "" },
	Run:     runWIANotAttemptedForms,
}

func runWIANotAttemptedForms(p *analysis.Pass) {
	tried := map[netip.Addr]bool{}
	var pages []*httpstream.Exchange
	asked := map[visit]bool{}
	for _, x := range p.Exchanges {
		if said := formsWanted(x); said != "" {
			v := visit{x.Conn.Client.Addr(), analysis.HostOnly(x.Request.Host)}
			if !asked[v] {
				asked[v] = true
				f := p.FoundIn(x, x.Response.Pos, "%s answered the %s of %s with %d and wants a logon in a page: %s", v.host, x.Request.Method, quoted(x.Request.Header.Value("User-Agent")), x.Response.Status, said)
				f.Variant, f.Severity, f.Evidence = "office-forms", analysis.Warning, analysis.Proven
			}
		}
		if !toADFS(x) {
			continue
		}
		if strings.HasPrefix(x.Request.Target, "/adfs/ls/wia") {
			tried[x.Conn.Client.Addr()] = true
		}
		if x.Response != nil && x.Response.Status == httpstream.StatusOK && x.Request.Method == "GET" {
			pages = append(pages, x)
		}
	}
	for _, x := range pages {
		if tried[x.Conn.Client.Addr()] {
			continue
		}
		p.FoundIn(x, x.Response.Pos, "%s answered %s with a page and did not try Windows authentication", analysis.HostOnly(x.Request.Host), x.Request.Target)
	}
}

// toADFS reports whether a request goes to the sign-on page of AD FS.
func toADFS(x *httpstream.Exchange) bool {
	return x.Request != nil && strings.HasPrefix(x.Request.Target, "/adfs/ls")
}

// officeForms is the fact that a finding is about a program that cannot show a page.
var officeForms = []fact.Fact{fact.Variant("office-forms")}

// formsWanted quotes what a 403 says of a form, "" if it says nothing of one. 917656 is the error
// that wants a logon in the browser first.
func formsWanted(x *httpstream.Exchange) string {
	if x.Request == nil || x.Response == nil || x.Response.Status != httpstream.StatusForbidden {
		return ""
	}
	if v := x.Response.Header.Value("X-MSDAVEXT_Error"); strings.HasPrefix(v, "917656") {
		if text, err := url.PathUnescape(v); err == nil {
			v = text
		}
		return "X-MSDAVEXT_Error: " + quoted(v)
	}
	if x.Response.Header.Has("X-Forms_Based_Auth_Required") {
		return "X-Forms_Based_Auth_Required"
	}
	return ""
}
