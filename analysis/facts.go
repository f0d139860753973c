package analysis

import (
	"slices"
	"strings"

	"negotrace/analysis/fact"
	"negotrace/httpstream"
)

// factHeaders are the header lines that facts are read from.
var factHeaders = [...]string{"Server", "User-Agent", "Content-Type", "X-Squid-Error"}

// FactHeaders returns the header lines that the choice of advice reads.
func FactHeaders() []string { return slices.Clone(factHeaders[:]) }

// Has reports whether one of the facts is among those that Facts returns.
func (h *Handshake) Has(any ...fact.Fact) bool {
	facts := h.Facts()
	return slices.ContainsFunc(any, func(f fact.Fact) bool { return slices.Contains(facts, f) })
}

// Facts returns what a handshake shows by itself: whom it authenticates to and how, and what
// kind of server and client it is between.
func (h *Handshake) Facts() []fact.Fact {
	facts := targetFacts(h)
	for _, l := range h.Legs {
		for i := range l.Events {
			switch l.Events[i].Name { // the functions of SSPI and of GSS-API, as curl names them
			case "InitializeSecurityContext":
				facts = append(facts, fact.OnWindows)
			case "gss_init_sec_context":
				facts = append(facts, fact.OnUnix)
			}
		}
	}
	for _, l := range h.Legs {
		if l.Request != nil && l.Request.Header.Has("User-Agent") {
			userAgent := l.Request.Header.Value("User-Agent")
			return append(append(facts, clientFact(userAgent)), systemFacts(userAgent)...)
		}
	}
	if c := h.Conn(); c != nil && c.Recorder != nil {
		facts = append(facts, recorderFacts(c.Recorder.Program)...)
	}
	return facts
}

// usualFacts are more facts than most handshakes show, with those that are found elsewhere.
const usualFacts = 24

// targetFacts returns the facts about whom h authenticates to, and how.
func targetFacts(h *Handshake) []fact.Fact {
	facts := append(make([]fact.Fact, 0, usualFacts), fact.AtServer)
	if h.Scheme != "" {
		facts = append(facts, fact.Fact("scheme:"+h.Scheme))
	}
	if h.Target == ToProxy {
		facts[0] = fact.AtProxy
	}
	facts = append(facts, fact.Fact("mechanism:"+h.Mechanism))
	switch {
	case strings.HasPrefix(h.URL, "https://"):
		facts = append(facts, fact.OverHTTPS)
	case strings.HasPrefix(h.URL, "http://"):
		facts = append(facts, fact.OverHTTP)
	}
	if h.WinRM() {
		return append(facts, fact.ServerWinRM)
	}
	for _, l := range slices.Backward(h.Legs) {
		if l.Logged.FromIIS() {
			return append(facts, fact.ServerIIS)
		}
		if l.Response != nil && l.Response.Header.Has("Server") {
			return append(facts, serverFact(l))
		}
	}
	for _, l := range slices.Backward(h.Legs) {
		if l.PageOf != "" {
			return append(facts, l.PageOf)
		}
	}
	return facts
}

// WinRM reports whether the handshake is with Windows Remote Management (MS-WSMV 2.2.1).
func (h *Handshake) WinRM() bool {
	return h.Target == ToServer && isWinRM(h.First().Request)
}

func isWinRM(r *httpstream.Request) bool {
	return r != nil && strings.HasPrefix(strings.ToLower(PathOf(r.Target)), "/wsman")
}

func serverFact(l *Leg) fact.Fact {
	if l.Request != nil && strings.HasPrefix(strings.ToLower(PathOf(l.Request.Target)), "/adfs/") {
		return fact.ServerADFS
	}
	if gatewayOf(l) != "" {
		return fact.ServerGateway
	}
	server := strings.ToLower(l.Response.Header.Value("Server"))
	for _, known := range []struct {
		begins string
		fact   fact.Fact
	}{
		{"microsoft-", fact.ServerIIS}, {"kestrel", fact.ServerKestrel}, {"apache-coyote", fact.ServerTomcat}, {"apache", fact.ServerApache},
		{"nginx", fact.ServerNginx}, {"openresty", fact.ServerNginx}, {"jetty", fact.ServerJetty}, {"squid", fact.ServerSquid},
	} {
		if strings.HasPrefix(server, known.begins) {
			return known.fact
		}
	}
	return fact.ServerOther
}

// gateways are products that stand between clients and any servers, and answer requests to these under their own
// name, as the Server line has it: also 401 where they ask for a logon to themselves.
var gateways = []struct{ begins, name string }{{"zscaler", "Zscaler"}, {"bluecoat", "Blue Coat"}}

// gatewayOf returns the name of the gateway that sent a response, "" if it was none of those known.
func gatewayOf(l *Leg) string {
	if l.Response == nil {
		return ""
	}
	server := strings.ToLower(l.Response.Header.Value("Server"))
	for _, g := range gateways {
		if strings.HasPrefix(server, g.begins) {
			return g.name
		}
	}
	return ""
}

// Gateway returns the name of the gateway that asked for credentials in place of the server, "" if none did.
func (h *Handshake) Gateway() string {
	if h.Target == ToServer {
		for _, l := range h.Legs {
			if l.Asks {
				return gatewayOf(l)
			}
		}
	}
	return ""
}

// WithoutRealm returns a service principal name without its realm.
func WithoutRealm(spn string) string {
	name, _, _ := strings.Cut(spn, "@")
	return name
}

// Sealed reports whether the bodies of h are encrypted by its mechanism, as WinRM's are
// over plain HTTP (MS-WSMV 2.2.9.1).
func (h *Handshake) Sealed() bool {
	for _, l := range h.Legs {
		for _, header := range []*httpstream.Header{requestHeader(l), responseHeader(l)} {
			if header != nil && strings.HasPrefix(strings.ToLower(header.Value("Content-Type")), "multipart/encrypted") {
				return true
			}
		}
	}
	return false
}

func requestHeader(l *Leg) *httpstream.Header {
	if l.Request == nil {
		return nil
	}
	return &l.Request.Header
}

func responseHeader(l *Leg) *httpstream.Header {
	if l.Response == nil {
		return nil
	}
	return &l.Response.Header
}
