package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
)

var tokenTooLarge = &analysis.Check{
	Name:     "token-too-large",
	Variants: []string{"header-near-limit", cookiesTooLarge},
	Title:    "the request's header is too large for the server",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Label:    "the size of the header",
	Means:    "The server refused the request for the size of its header before it looked at the token. A ticket holds the user's groups, and base64 adds a third: other users, with fewer groups, get in. Or cookies fill the header: other browsers get in.",
	Proof:    "A request with a large Authorization header, answered by 400 (431, 413, 494) without any challenge, or one of any size for which the log of HTTP.sys has FieldLength or RequestLength. Inferred where neither the status, nor the log, nor the page names the size. Near the limit: the header line or head has reached three quarters of what the server takes by default.",
	Not:      "A 400 for a bad Host or URL; a 413 for the body.",
	Causes: []analysis.Advice{
		{Text: "Cookies that have piled up in this browser are the bulk of the header, not the token: those of the site, and of the whole domain that it is in.", If: []fact.Fact{fact.Variant(cookiesTooLarge)}},
		{Text: "The user is in many groups, or has a SID history: TokenSize = 1200 + 40 d + 8 s bytes for d domain local and s other groups.", Unless: []fact.Fact{fact.Variant(cookiesTooLarge)}},
		{Text: "Unconstrained delegation doubles the token; claims add to it.", Unless: []fact.Fact{fact.Variant(cookiesTooLarge)}},
		{Text: "A proxy before the server has a smaller limit."},
		{Text: vendorTokenSize.says},
	},
	Fix: []analysis.Advice{
		{Text: "Delete the cookies of <host> and of its domain in that browser, and find the application that sets so many.", If: []fact.Fact{fact.Variant(cookiesTooLarge)}},
		{Text: "HTTP.sys: " + analysis.HeaderLimitOf("Microsoft-IIS").Setting + ".", If: []fact.Fact{fact.ServerIIS, fact.ServerWinRM, fact.ServerADFS}},
		{Text: "Kestrel: " + analysis.HeaderLimitOf("Kestrel").Setting + ".", If: []fact.Fact{fact.ServerKestrel}},
		{Text: "Apache: LimitRequestFieldSize 65536.", If: []fact.Fact{fact.ServerApache}},
		{Text: "nginx: large_client_header_buffers 4 64k.", If: []fact.Fact{fact.ServerNginx}},
		{Text: "Tomcat: maxHttpRequestHeaderSize of the connector.", If: []fact.Fact{fact.ServerTomcat}},
		{Text: "Jetty: requestHeaderSize of HttpConfiguration.", If: []fact.Fact{fact.ServerJetty}},
		{Text: "squid: request_header_max_size.", If: []fact.Fact{fact.ServerSquid}},
		{Text: "Take the user out of groups; turn off unconstrained delegation; NTLM has no such size.", Unless: []fact.Fact{fact.Variant(cookiesTooLarge)}},
	},
	Sources: []string{
		"RFC 6585 section 5",
		"Microsoft KB2020943, HTTP 400 Bad Request (Request Header too long) response, and KB820129, HTTP.sys registry settings",
		vendorTokenSize.source,
	},
	Reads:    append([]string{"Server"}, proxyMarks...),
	Run:      runTokenTooLarge,
	Explains: explainHeaderSize,
}

// cookiesTooLarge is the variant in which cookies are longer than the credentials.
const cookiesTooLarge = "cookies-too-large"

func runTokenTooLarge(p *analysis.Pass) {
	least := analysis.SmallestHeaderLimit()
	for _, h := range p.Handshakes {
		l := h.Last()
		if l.Sent != nil && l.HeaderRefused() {
			logged := ""
			if q := l.Logged; q != nil {
				logged = ", and its log says " + q.Reason
			}
			f := p.Found(h, l.ResponsePos(), "%s answered %d to a request of %s whose header is %d bytes long%s; largest lines: %s",
				serverName(h), l.Status(), clientName(h), l.Request.HeadLen, logged, largest(l.Request.Header))
			if !l.NamesHeaderSize() {
				f.Evidence = analysis.Inferred
			}
			f.AddProof(l.RequestPos())
			f.AddProof(logPlace(l)...)
			f.Cause = smallAllTheSame(l, least)
			cookies, credentials, most := shares(l)
			switch {
			case cookies > credentials:
				f.Variant = cookiesTooLarge
				f.Cause = cmp.Or(f.Cause, fmt.Sprintf("Cookies make up %d bytes of it, the credentials %d.", cookies, credentials))
			case most.Size() > credentials:
				f.Cause = cmp.Or(f.Cause, fmt.Sprintf("The line %s makes up %d bytes of it, the credentials %d.", most.Name, most.Size(), credentials))
			}
			continue
		}
		nearLimit(p, h, least)
	}
}

// shares returns how many bytes of a request's header are cookies, how many credentials, and its longest line.
func shares(l *analysis.Leg) (cookies, credentials int, most httpstream.Field) {
	for _, f := range l.Request.Header {
		if f.Size() > most.Size() {
			most = f
		}
		switch {
		case strings.EqualFold(f.Name, "Cookie"):
			cookies += f.Size()
		case strings.EqualFold(f.Name, "Authorization"), strings.EqualFold(f.Name, "Proxy-Authorization"):
			credentials += f.Size()
		}
	}
	return cookies, credentials, most
}

// smallAllTheSame says that a header was refused although no known server finds it too large, ""
// if it was larger. least is the smallest of all defaults.
func smallAllTheSame(l *analysis.Leg, least int) string {
	if l.Request.HeadLen >= least/2 {
		return ""
	}
	return fmt.Sprintf("The token is not large: servers take %d bytes and more by default. The limit was lowered there, or what lies between adds lines.", least)
}

// nearLimit reports a header that has reached three quarters of its server's default.
// least is the smallest of all defaults.
func nearLimit(p *analysis.Pass, h *analysis.Handshake, least int) {
	for _, l := range h.Legs {
		if l.Sent == nil || l.Response == nil {
			continue
		}
		line := longest(l.Request.Header)
		if max(line, l.Request.HeadLen) < least*3/4 {
			continue
		}
		limit := analysis.HeaderLimitOf(l.Response.Header.Value("Server"))
		if limit == nil {
			continue
		}
		over := func(n, limit int) bool { return limit > 0 && n >= limit*3/4 }
		if !over(line, limit.Line) && !over(l.Request.HeadLen, limit.Total) {
			continue
		}
		f := p.Found(h, l.RequestPos(), "%s sent %s a header of %d bytes, its longest line %d; this kind of server takes %s by default",
			clientName(h), serverName(h), l.Request.HeadLen, line, sizes(limit))
		f.Variant, f.Severity = "header-near-limit", analysis.Warning
		return
	}
}

func sizes(l *analysis.HeaderLimit) string {
	switch {
	case l.Line == 0:
		return fmt.Sprintf("%d in all", l.Total)
	case l.Total == 0:
		return fmt.Sprintf("%d a line", l.Line)
	}
	return fmt.Sprintf("%d a line and %d in all", l.Line, l.Total)
}

func longest(h httpstream.Header) int {
	n := 0
	for _, f := range h {
		n = max(n, f.Size())
	}
	return n
}

// largest names the three largest header lines with their sizes.
func largest(h httpstream.Header) string {
	fields := slices.Clone(h)
	slices.SortStableFunc(fields, func(a, b httpstream.Field) int { return cmp.Compare(b.Size(), a.Size()) })
	var names []string
	for _, f := range fields[:min(3, len(fields))] {
		names = append(names, fmt.Sprintf("%s %d", f.Name, f.Size()))
	}
	return strings.Join(names, ", ")
}
