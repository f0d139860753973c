package checks

import (
	"net/netip"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
)

var authEveryRequest = &analysis.Check{
	Name:     "auth-every-request",
	Variants: []string{"kerberos", "ntlm"},
	Title:    "the client authenticates again for every request",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Topic:    analysis.Hygiene,
	Means:    "A connection that has been authenticated once could carry all further requests as they are. Here each request brings a whole handshake, which costs round trips and, with NTLM, work for domain controllers.",
	Proof:    "Three or more complete handshakes of one client for the same host, after each other on one connection, or each on a connection of its own that ends after one request. Persistent-Auth on the final response says what the server means to do.",
	Not:      "A few connections with a handshake each: browsers open several. Another user or site. With Persistent-Auth: true the client is the wasteful one.",
	Causes: []analysis.Advice{
		{Text: "IIS: authPersistNonNTLM is false.", If: []fact.Fact{fact.ByKerberos, fact.ServerIIS}},
		{Text: "Kestrel without PersistKerberosCredentials.", If: []fact.Fact{fact.ByKerberos, fact.ServerKestrel}},
		{Text: "mod_auth_gssapi without GssapiConnectionBound or GssapiUseSessions.", If: []fact.Fact{fact.ByKerberos, fact.ServerApache}},
		{Text: "IIS: authPersistSingleRequest is true, keep-alive is off, or a proxy is in the path.", If: []fact.Fact{fact.ByNTLM, fact.ServerIIS}},
		{Text: "The client closes its connections, or sends a token with each request of its own accord."},
	},
	Fix: []analysis.Advice{
		{Text: `IIS: appcmd set config "Site" -section:system.webServer/security/authentication/windowsAuthentication /authPersistNonNTLM:"True" /commit:apphost.`, If: []fact.Fact{fact.ByKerberos, fact.ServerIIS}},
		{Text: `IIS: appcmd set config "Site" -section:system.webServer/security/authentication/windowsAuthentication /authPersistSingleRequest:"False" /commit:apphost; let proxies keep connections.`, If: []fact.Fact{fact.ByNTLM, fact.ServerIIS}},
		{Text: "mod_auth_gssapi: GssapiUseSessions On with mod_session, or GssapiConnectionBound On.", If: []fact.Fact{fact.ServerApache}},
		{Text: "Let the client keep its connection, or the session cookie that the first logon set.", If: fact.KeytabServers()},
	},
	Sources: []string{
		"MS-N2HT 2.2.1 and 3.2.5 (Persistent-Auth)",
		"Microsoft, Request based versus session based Kerberos authentication, techcommunity.microsoft.com ba-p/916043",
		"mod_auth_gssapi README",
		"Microsoft, IIS metabase property AuthPersistSingleRequestIfProxy",
	},
	Reads: []string{"Connection", "Persistent-Auth", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Server", "Via"},
	Run:   runAuthEveryRequest,
}

// manyHandshakes is the number from which repeating is a habit.
const manyHandshakes = 3

func runAuthEveryRequest(p *analysis.Pass) {
	for _, g := range repeatedHandshakes(p.Context) {
		last := g[len(g)-1]
		how := "on one connection"
		if g[0].Conn() != last.Conn() {
			how = "each on a connection of its own"
		}
		f := p.Found(g[0], last.Last().ResponsePos(), "%s authenticated to %s with %s for every request, %s%s", clientName(g[0]), serverName(g[0]), g[0].Mechanism, how, persistence(last))
		f.Variant = string(g[0].Mechanism)
		if o := last.OpeningLeg(); o != nil && o.Request != nil && o.Request.Header.Has("Via") && windowsServer(o) {
			f.Cause = "The requests carry Via: IIS keeps a logon for one request only where a proxy lies between."
		} else if why := cookieWithheld(g[0], g[1]); why != "" && !windowsServer(last.Last()) {
			f.Cause = why
		}
		for _, h := range g {
			f.Evidence = analysis.Weakest(f.Evidence, h.OutcomeEvidence)
		}
		for _, h := range g[:min(len(g)-1, 10)] {
			f.AddProof(h.Last().ResponsePos())
		}
	}
}

// repeatedHandshakes returns the handshakes that one user repeated for the same host, often enough for
// a habit: those on one connection, and those that had a connection each.
func repeatedHandshakes(all []*analysis.Handshake) (groups [][]*analysis.Handshake) {
	type key struct {
		client     netip.Addr
		host, user string
		mechanism  analysis.Mechanism
		conn       *httpstream.Conn // nil: connections that end after one request
	}
	on := make(map[*httpstream.Conn]int, len(all))
	for _, h := range all {
		on[h.Conn()]++
	}
	repeated := map[key][]*analysis.Handshake{}
	var order []key
	for _, h := range all {
		if h.Outcome != analysis.Succeeded || !h.ClientAddr().IsValid() || h.Mechanism != analysis.Kerberos && h.Mechanism != analysis.NTLM {
			continue
		}
		k := key{h.ClientAddr(), h.Host, h.User, h.Mechanism, h.Conn()}
		switch n := on[h.Conn()]; {
		case n == 1 && h.FollowOnCount == 0 && endsAfter(h):
			k.conn = nil
		case n < manyHandshakes:
			continue
		}
		if repeated[k] == nil {
			order = append(order, k)
		}
		repeated[k] = append(repeated[k], h)
	}
	for _, k := range order {
		if len(repeated[k]) >= manyHandshakes {
			groups = append(groups, repeated[k])
		}
	}
	return groups
}

// endsAfter reports whether the connection was closed without any other request. One that became a
// tunnel carries what went through that.
func endsAfter(h *analysis.Handshake) bool {
	return !h.Last().Request.AsksTunnel() && h.Conn().Ending != httpstream.Open && h.Last().Response != nil && (h.Conn().EndedBy == httpstream.Client || closesConnection(h.Last().Response))
}

// persistence returns what the server says about how long the authentication lasts.
func persistence(h *analysis.Handshake) string {
	r := h.Last().Response
	if r == nil || !r.Header.Has("Persistent-Auth") {
		return ""
	}
	return "; the server says Persistent-Auth: " + strings.ToLower(r.Header.Value("Persistent-Auth"))
}
