package checks

import (
	"fmt"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// laterAttempt returns the first attempt that is reports, in which the same program came to the same
// host soon after h; nil if there is none. What it did hours later, or what another user did, does
// not count.
func laterAttempt(p *analysis.Pass, h *analysis.Handshake, is func(*analysis.Handshake) bool) *analysis.Handshake {
	for _, o := range p.Attempts(h) {
		if o.ID > h.ID && analysis.SoonAfter(o, h) && !analysis.OtherUser(o, h) && is(o) {
			return o
		}
	}
	return nil
}

// letInLater reports whether the same program was let in at the same host soon after h.
func letInLater(p *analysis.Pass, h *analysis.Handshake) bool {
	return laterAttempt(p, h, func(o *analysis.Handshake) bool { return o.Outcome == analysis.Succeeded }) != nil
}

// answeredLater reports whether the same program sends credentials of a scheme that h offered at
// any time after h: a finding says that they never came. A token for an application behind the
// server answers no challenge.
func answeredLater(p *analysis.Pass, h *analysis.Handshake) bool {
	return slices.ContainsFunc(p.WithCredentials(h), func(o *analysis.Handshake) bool {
		return o.ID > h.ID && (len(h.Offered) == 0 || h.Offers(o.Scheme))
	})
}

// droppedAfter returns the handshake in which the same program was let in shortly before it left
// the challenge of h unanswered. It is nil if there is none, and if the request of h was more than
// a page that browsers may drop: it had a body, or came twice.
func droppedAfter(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	r := h.Last().Request
	if r == nil || r.Method != "GET" && r.Method != "HEAD" || requestKind(h.Last()) != "" {
		return nil
	}
	before := letInBefore(p, h)
	if before == nil {
		return nil
	}
	for _, o := range p.Attempts(h) {
		if o != h && o.Outcome == analysis.Unanswered && o.URL == h.URL {
			return nil
		}
	}
	return before
}

// letInBefore returns the handshake in which the same program was let in shortly before h, nil if
// there is none: browsers drop connections and requests that they no longer need.
func letInBefore(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	for _, o := range p.LetIn(h) {
		if o.ID < h.ID && h.Start.Time.Sub(o.Start.Time) < nearInTime && !analysis.OtherUser(o, h) {
			return o
		}
	}
	return nil
}

// probes begin the names of programs that test whether a server or a file exists: a 401 is an
// answer for them.
var probes = []string{
	"ELB-HealthChecker", "kube-probe", "GoogleHC", "Consul Health Check", "Envoy/HC", "Amazon-Route53-Health-Check", "HAProxy", "check_http",
	"Zabbix", "Blackbox Exporter", "Blackbox-Exporter", "Edge Health Probe", "Load Balancer Agent", "Microsoft Office Existence Discovery", "Microsoft Office Protocol Discovery",
}

// isProbe reports whether the program of a handshake is a probe by its name.
func isProbe(h *analysis.Handshake) bool {
	if slices.ContainsFunc(probes, func(begin string) bool { return strings.HasPrefix(h.Program, begin) }) {
		return true
	}
	name := strings.ToLower(wordJoints.Replace(h.Program))
	return slices.ContainsFunc(probing, func(word string) bool { return strings.Contains(name, word) })
}

// wordJoints are what stands between words in names of programs.
var wordJoints = strings.NewReplacer(" ", "", "-", "", "_", "")

// probing are words in the names that people give to their probes, or of programs that watch sites and call themselves a
// browser, in lower case and joined.
var probing = []string{"healthcheck", "healthprobe", "healthmonitor", "uptime", "availabilitycheck", "keepalivecheck", "networkmonitor", "nagios", "pingdom", "statuscake", "site24x7"}

// isMonitor reports whether a program without a name asks for one page again and again, each time on a connection of
// its own and without credentials, as balancers and monitors do.
func isMonitor(p *analysis.Pass, h *analysis.Handshake) bool {
	if h.Program != "" || h.Browser() {
		return false
	}
	var conns []*httpstream.Conn
	for _, o := range p.NearAttempts(h) {
		if o.Outcome != analysis.Unanswered {
			return false
		}
		for _, l := range o.Legs {
			if o.URL == h.URL && !slices.Contains(conns, l.Conn) {
				conns = append(conns, l.Conn)
			}
		}
	}
	return len(conns) >= 3
}

// firstPerHost calls report with the first handshake of each host and side for which is holds: the
// offer of a server is one fact, however many clients saw it.
func firstPerHost(p *analysis.Pass, is func(*analysis.Handshake) bool, report func(*analysis.Handshake)) {
	type key struct {
		target analysis.Target
		host   string
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

// letInWithoutTicket says how the client of a handshake was let in although it got no ticket, "" if it was
// not. h is nil if there is none.
func letInWithoutTicket(p *analysis.Pass, h *analysis.Handshake) string {
	if h == nil {
		return ""
	}
	if h.Outcome == analysis.Succeeded {
		return fmt.Sprintf("; the client was let in anyway (%s)", h.Mechanism)
	}
	if o := p.LetInAfter(h); o != nil {
		return fmt.Sprintf("; the client was let in soon after (%s)", o.Mechanism)
	}
	return ""
}

// completedIn reports whether a challenge shows the handshake to be complete.
func completedIn(l *analysis.Leg) bool {
	switch l.StatedSubStatus() {
	case "401.3", "401.4", "401.5":
		return true
	}
	for i := range l.Got {
		if k := l.Got[i].Kerberos(); k != nil && k.APRep != nil {
			return true
		}
		if s := l.Got[i].SPNEGO(); s != nil && s.Resp != nil && s.Resp.NegState == tokens.AcceptCompleted {
			return true
		}
	}
	return false
}
