package checks

import (
	"net/url"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

var ticketToRedirectTarget = &analysis.Check{
	Name:     "ticket-to-redirect-target",
	Title:    "the client gives a redirect's target a ticket for the site that redirected it",
	Severity: analysis.Error,
	Evidence: analysis.Inferred,
	Topic:    analysis.Refusal,
	Means: "The client followed a redirect to another host and sent it a ticket for the first one. Whoever controls that host can pass the ticket on to the first site and act as that user there. " +
		"The host itself cannot open the ticket: what it answers proves no logon.",
	Proof: "A 3xx of one host whose Location names another; then, to that other host and from the same client, a Kerberos token whose ticket is for the host that redirected.",
	Not:   "A ticket for a name that DNS in the capture connects with the target, or a target at the same address: both are one machine then. A client that asks for a ticket to the new name.",
	Causes: []analysis.Advice{
		{Text: "The client takes the service principal name once, from the first URL, and keeps it while it follows redirects."},
		{Text: "A program sets the Authorization header by itself, and its library repeats it after a redirect."},
	},
	Fix: []analysis.Advice{
		{Text: "Update the client, or let it make a token for each host that it comes to; send no credentials to a host that is not trusted."},
		{Text: "Find out whether the host that got the ticket is yours. If it is not, treat it as a stolen ticket: look for its use at the first site, and purge the client's tickets."},
		{Text: "A second site under one service account: register its own SPN, so that clients ask for it."},
	},
	Sources: []string{"RFC 9110 section 15.4", "RFC 4559 section 6", "curl, CVE-2022-27774, credentials sent to a redirect's target"},
	Reads:   []string{"Location"},
	Keep:    leadsElsewhere,
	Run:     runTicketToRedirectTarget,
}

// redirectWindow is how long after a redirect a request is still the one that follows it.
const redirectWindow = 30 * time.Second

func runTicketToRedirectTarget(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		l, ap := h.APReq()
		if ap == nil || h.Target != analysis.ToServer || !ap.Ticket.Service.HTTP() {
			continue
		}
		host := strings.TrimSuffix(analysis.HostOnly(ap.Ticket.Service.Host()), ".")
		if p.DNS.SameHost(h, host) || sameAddress(p, h, host) {
			continue
		}
		x := redirectTo(p, h, host)
		if x == nil {
			continue
		}
		f := p.Found(h, l.RequestPos(), "%s redirected %s to %s, which was given a ticket for %s", analysis.HostOnly(x.Request.Host), clientName(h), h.Host, ap.Ticket.Service.String())
		f.Cause = "The client keeps the name of the first host while it follows the redirect. The second has no key for that ticket, unless both are one site."
		f.AddProof(x.Response.Pos)
	}
}

// redirectTo returns the exchange in which the host of the ticket sent the client of h to the
// host of h, nil if there is none.
func redirectTo(p *analysis.Pass, h *analysis.Handshake, host string) *httpstream.Exchange {
	for _, x := range p.Exchanges {
		if !isRedirect(x) || x.Conn.Server.Addr() == h.ServerAddr() || x.Conn.Client.Addr() != h.ClientAddr() || !strings.EqualFold(analysis.HostOnly(x.Request.Host), host) {
			continue
		}
		after := h.Start.Time.Sub(x.Response.Pos.Time)
		if target := locationHost(x); strings.EqualFold(target, h.Host) && after >= 0 && after <= redirectWindow {
			return x
		}
	}
	return nil
}

// sameAddress reports whether a name server gave the host the address of the server of h.
func sameAddress(p *analysis.Pass, h *analysis.Handshake, host string) bool {
	for _, name := range p.DNS.NamesOf(h.ServerAddr()) {
		if strings.EqualFold(name, host) {
			return true
		}
	}
	return false
}

// leadsElsewhere reports whether an exchange is a redirect to another host.
func leadsElsewhere(x *httpstream.Exchange) bool {
	if !isRedirect(x) {
		return false
	}
	target := locationHost(x)
	return target != "" && !strings.EqualFold(target, analysis.HostOnly(x.Request.Host))
}

func isRedirect(x *httpstream.Exchange) bool {
	if x.Request == nil || x.Response == nil {
		return false
	}
	switch x.Response.Status {
	case httpstream.StatusMovedPermanently, httpstream.StatusFound, httpstream.StatusSeeOther, httpstream.StatusTemporaryRedirect, httpstream.StatusPermanentRedirect:
		return true
	}
	return false
}

// locationHost returns the host that a redirect names, without port; "" if it names none.
func locationHost(x *httpstream.Exchange) string {
	location := x.Response.Header.Value("Location")
	if !strings.Contains(location, "//") {
		return ""
	}
	u, err := url.Parse(location)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
