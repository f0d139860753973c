package checks

import (
	"net/http"
	"slices"
	"strings"

	"negotrace/analysis"
)

// laterAttempt returns the attempt with the outcome in which the same program came to the same
// host soon after h, nil if there is none. What it did hours later is another story, and what
// another user did is as well.
func laterAttempt(p *analysis.Pass, h *analysis.Handshake, is func(*analysis.Handshake) bool) *analysis.Handshake {
	for _, o := range p.Attempts(h) {
		if o.ID > h.ID && analysis.SoonAfter(o, h) && !analysis.OtherUser(o, h) && is(o) {
			return o
		}
	}
	return nil
}

// answeredLater reports whether the same program sends credentials of a scheme that h offered after
// h, however late: what is said never to have come did not come later either. A token for an
// application behind answers no challenge.
func answeredLater(p *analysis.Pass, h *analysis.Handshake) bool {
	return slices.ContainsFunc(p.WithCredentials(h), func(o *analysis.Handshake) bool {
		return o.ID > h.ID && (len(h.Offered) == 0 || h.Offers(o.Scheme))
	})
}

// droppedAfter returns the handshake in which the same program was let in shortly before it did
// not answer the challenge of h, nil if there is none or the request of h was more than a page that
// browsers may drop: one with a body, or that came twice.
func droppedAfter(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	r := h.Last().Request
	if r == nil || r.Method != http.MethodGet && r.Method != http.MethodHead || requestKind(h.Last()) != "" {
		return nil
	}
	for _, o := range p.Attempts(h) {
		if o != h && o.Outcome == analysis.Unanswered && o.URL == h.URL {
			return nil
		}
	}
	return letInBefore(p, h)
}

// letInBefore returns the handshake in which the same program was let in shortly before h, nil if
// it was not: browsers drop connections and requests that they do not need any more.
func letInBefore(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	for _, o := range p.LetIn(h) {
		if o.ID < h.ID && h.Start.Time.Sub(o.Start.Time) < nearInTime && !analysis.OtherUser(o, h) {
			return o
		}
	}
	return nil
}

// probes begin the names of programs that look whether a server or a file is there, and take a
// 401 for an answer.
var probes = []string{
	"ELB-HealthChecker", "kube-probe", "GoogleHC", "Consul Health Check", "Envoy/HC", "Amazon-Route53-Health-Check", "HAProxy", "check_http",
	"Zabbix", "Blackbox Exporter", "Blackbox-Exporter", "Edge Health Probe", "Load Balancer Agent", "Microsoft Office Existence Discovery",
}

// isProbe reports whether the program of a handshake is such a probe by its name.
func isProbe(h *analysis.Handshake) bool {
	return slices.ContainsFunc(probes, func(name string) bool { return strings.HasPrefix(h.Program, name) })
}

// firstPerHost calls report with the first handshake of each host and side for which is
// holds: what a server offers is one fact, however many clients met it.
func firstPerHost(p *analysis.Pass, is func(*analysis.Handshake) bool, report func(*analysis.Handshake)) {
	type key struct {
		side analysis.Target
		host string
	}
	seen := map[key]bool{}
	for _, h := range p.Context {
		if !is(h) {
			continue
		}
		if k := (key{h.Target, h.Host}); !seen[k] {
			seen[k] = true
			report(h)
		}
	}
}
