package correlate

import (
	"maps"
	"net/url"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// visit notes the hosts that a client contacts: of the first request on each connection, of
// each request through a proxy, and of redirects.
func (t *Trace) visit(x *httpstream.Exchange) {
	if r := x.Response; r.IsRedirection() {
		if location := r.Header.Value("Location"); location != "" {
			if to, err := url.Parse(location); err == nil {
				t.visits.Redirect(to.Host)
			}
		}
	}
	r := x.Request
	if r == nil {
		return
	}
	if r.Pos == x.Conn.FirstRequest {
		t.visits.Add(x.Conn.Client.Addr(), r.Host, analysis.ServedUnasked(x))
	}
	switch {
	case r.Target == "" || r.Target[0] == '/':
	case r.Method == "CONNECT":
		t.visits.Add(x.Conn.Client.Addr(), r.Target, false)
	default:
		if to, err := url.Parse(r.Target); err == nil && to.Host != "" {
			t.visits.Add(x.Conn.Client.Addr(), ownPart(to.Host, r.Target), analysis.ServedUnasked(x))
		}
	}
}

// addService notes the web server for which a client asks a KDC for a ticket.
func (k *knowledge) addService(x *analysis.KDCExchange) {
	if s := x.Service(); s.HTTP() {
		k.addSiteName(s.Host())
	}
}

func (k *knowledge) addSiteName(host string) {
	if host != "" && len(k.siteNames) < maxProtectionSpaces {
		k.siteNames[strings.ToLower(analysis.HostOnly(host))] = true
	}
}

// sites returns the names of all hosts that clients contact, are redirected to, or ask tickets
// for.
func (k *knowledge) sites(v *analysis.Visits) map[string]bool {
	maps.Copy(k.siteNames, v.Redirects)
	for h := range k.challenged {
		k.addSiteName(h.name)
	}
	return k.siteNames
}

// ownPart returns a part of a text, in a string of its own if the text is long, so that it does not hold it.
func ownPart(part, text string) string {
	const long = 1 << 10
	if len(text) > long && len(part) < len(text)/2 {
		return strings.Clone(part)
	}
	return part
}
