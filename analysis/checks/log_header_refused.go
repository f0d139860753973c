package checks

import (
	"cmp"

	"negotrace/analysis"
)

var logHeaderRefused = &analysis.Check{
	Name:     "log-header-refused",
	Variants: []string{"too-long", "not-read"},
	Title:    "the log of HTTP.sys alone shows that a request was refused for its header",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Refusal,
	Means: "HTTP.sys answers 400 before IIS sees the request, so that it is in httperr.log and not in the log of the site. Where the header is too long, it is a Kerberos ticket with many groups as a rule, " +
		"and the user gets in nowhere on this server.",
	Proof: "A line of an HTTPERR log with FieldLength or RequestLength. The log does not say whether the token is the long part.",
	Not: "Long cookies, which have the same effect. BadRequest, Header and Hostname say that the request could not be read or is for no site; scanners send such ones, so that they are a warning. " +
		"What happened to connections and pools (Timer_ConnectionIdle, Connection_Dropped, AppOffline) is counted only.",
	Causes: []analysis.Advice{
		{Text: "The user is in many groups, or has a SID history: TokenSize = 1200 + 40 d + 8 s bytes for d domain local and s other groups."},
		{Text: "Unconstrained delegation doubles the token; claims add to it."},
		{Text: "Cookies: the request has them beside the token."},
	},
	Fix: []analysis.Advice{
		{Text: "HTTP.sys: " + analysis.HeaderLimitOf("Microsoft-IIS").Setting + "."},
		{Text: "Find the user by the time and the address (event 4624 or 4768), and take it out of groups; klist on the client shows the size of tickets."},
		{Text: "A capture of the same request shows how long each line of its header is."},
	},
	Sources: []string{"Microsoft KB820729, Error logging in HTTP APIs, and KB820129, HTTP.sys registry settings", vendorTokenSize.source},
	Run:     runLogHeaderRefused,
}

func runLogHeaderRefused(p *analysis.Pass) {
	for _, x := range p.LoggedFaults {
		q := x.Request
		if q == nil {
			continue
		}
		why, variant := analysis.HeaderTooLong(q), "too-long"
		if why == "" {
			why, variant = analysis.RequestNotRead(q), "not-read"
		}
		f := p.Found(nil, q.Pos, "HTTP.sys refused requests of %s with %s: %s", faultClient(x), q.Reason, why)
		f.Variant, f.Host = variant, q.Host
		f.SetCount(x.Count, x.Last)
		if q.Client.Addr().IsValid() {
			f.Client = q.Client.Addr().String()
		}
		if variant == "not-read" {
			f.Severity, f.Cause = analysis.Warning, "The request was none that HTTP.sys takes. A header over its limits is one reason, a program that looks for holes another."
		}
	}
}

// faultClient returns the client that a fault is about.
func faultClient(x *analysis.LoggedFault) string {
	client := ""
	switch {
	case x.Line != nil && x.Line.Client.Addr().IsValid():
		client = "a client at " + x.Line.Client.Addr().String()
	case x.Request != nil && x.Request.Client.Addr().IsValid():
		client = "a client at " + x.Request.Client.Addr().String()
	}
	return cmp.Or(client, "a client")
}
