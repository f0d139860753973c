package checks

import (
	"net/http"
	"net/netip"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

var wiaNotAttemptedForms = &analysis.Check{
	Name:     "wia-not-attempted-forms",
	Title:    "AD FS shows its form instead of using Windows authentication",
	Severity: analysis.Info,
	Evidence: analysis.Inferred,
	Topic:    analysis.Detour,
	Means:    "AD FS decides by the browser's user agent, and by where it comes from, whether to try Windows authentication. Here it showed the form: nothing was attempted, so nothing failed.",
	Proof:    "A request for /adfs/ls answered with a page (200), and no request for /adfs/ls/wia by that client.",
	Not:      "A failure of Negotiate: if /adfs/ls/wia is asked for and ends in 401, that is one.",
	Causes: []analysis.Advice{
		{Text: "The user agent is not among WIASupportedUserAgents."},
		{Text: "The client comes through the Web Application Proxy, as from outside."},
		{Text: "Policy: forms first."},
	},
	Fix: []analysis.Advice{
		{Text: `Set-AdfsProperties -WIASupportedUserAgents with the browser's mark added, e.g. "Mozilla/5.0"; put the host into the intranet zone.`},
	},
	Sources: []string{"Microsoft, AD FS troubleshooting: Integrated Windows Authentication, learn.microsoft.com/windows-server/identity/ad-fs/troubleshooting/ad-fs-tshoot-iwa"},
	Keep:    toADFS,
	Run:     runWIANotAttemptedForms,
}

func runWIANotAttemptedForms(p *analysis.Pass) {
	tried := map[netip.Addr]bool{}
	var pages []*httpstream.Exchange
	for _, x := range p.Exchanges {
		if !toADFS(x) {
			continue
		}
		if strings.HasPrefix(x.Request.Target, "/adfs/ls/wia") {
			tried[x.Conn.Client.Addr()] = true
		}
		if x.Response != nil && x.Response.Status == http.StatusOK && x.Request.Method == "GET" {
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
