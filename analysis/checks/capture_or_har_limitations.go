package checks

import (
	"maps"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
	"negotrace/internal/plural"
)

var captureOrHARLimitations = &analysis.Check{
	Name:     "capture-or-har-limitations",
	Variants: []string{"har-auth-stripped", "har-legs-missing", "har-connections-unnamed", "requests-unanswered", "tls-intercepted", "netlog-auth-stripped", "netlog-heads-missing", "netlog-credentials-in-clear", "transcript-incomplete", "capture-incomplete", "tls-not-decrypted", "tls-failed", "tls-ended-by-alert", "opened-by-redact", "http3-not-read", "tunnel-encrypted", "socks-logon", "packets-dropped-by-windows", "times-approximate", "time-zone-unknown"},
	Title:    "part of what happened cannot be seen here",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.View,
	Means:    "The file does not hold everything, or says itself what was lost. Nothing is concluded from absence where the view is incomplete; what is missing may hold the cause.",
	Proof:    "Bytes that were acknowledged but not captured, connections that began before the capture, packets cut by the snap length, TLS without keys; of a browser export, what its exporter is known to leave out.",
	Not:      "A client that sent no credentials.",
	Fix: []analysis.Advice{
		{Text: "Record whole packets: tcpdump -s 0, pktmon start -c --pkt-size 0.", If: []fact.Fact{fact.CutPackets}},
		{Text: "Begin to record before the browser starts: what is open already began before, and TLS opens only with its handshake.", If: []fact.Fact{fact.BegunBefore}},
		{Text: "Packets that the capturing machine lost: give it a larger buffer (dumpcap -B 64, tcpdump -B 65536), or a capture filter.", If: []fact.Fact{fact.LostBytes}},
		{Text: "Packets that Windows dropped: pktmon counters --type drop --drop-reason shows at which component.", If: []fact.Fact{fact.Variant("packets-dropped-by-windows")}},
		{Text: "Set SSLKEYLOGFILE for the browser and give the file with --keylog. Where the key exchange is RSA (TLS_RSA_WITH_...), --rsa-key opens it with the private key of the server.", If: []fact.Fact{fact.KeysMissing}},
		{Text: "The server asks for a certificate of the client, and got none, or none that it takes: look which one the program sends, and which issuers the server trusts.", If: serverAlerts(42, 43, 44, 45, 46, 48, 116)},
		{Text: "The client does not take the certificate of the server: look at its issuer, its names and its end, and let the client trust the issuer.", If: clientAlerts(42, 43, 44, 45, 46, 48)},
		{Text: "They have no version or cipher suite in common, or, up to TLS 1.2, the server asks for a certificate of the client and got none.", If: serverAlerts(40)},
		{Text: "They have no version or cipher suite in common: compare what both have switched on.", If: append(serverAlerts(70, 71, 86), clientAlerts(40, 70, 71)...)},
		{Text: "The server may have no certificate bound to that port (Windows: netsh http show sslcert), or something in between does not let the name pass.", If: []fact.Fact{fact.ServerClosed}},
		{Text: "On Windows the System log, source Schannel, says more.", If: []fact.Fact{fact.Variant("tls-failed"), fact.Variant("tls-ended-by-alert")}},
		{Text: "HTTP/3 is inside QUIC and cannot be read: switch it off and record again. Chrome and Edge: --disable-quic or the policy QuicAllowed; Firefox: network.http.http3.enable in about:config.", If: []fact.Fact{fact.Variant("http3-not-read")}},
		{Text: "Record on the machine itself, on the interface inside of the tunnel (Windows: that of the VPN; Linux, macOS: wg0, tun0, utun0, ppp0).", If: []fact.Fact{fact.Variant("tunnel-encrypted")}},
		{Text: "Chrome, Edge: chrome://net-export with \"Include cookies and credentials\" has what a HAR leaves out. Firefox: about:logging with timestamp,nsHttp:3,negotiateauth:5.", If: []fact.Fact{fact.Variant("har-auth-stripped"), fact.Variant("har-legs-missing")}},
		{Text: "Take the NetLog again, with \"Include cookies and credentials\".", If: []fact.Fact{fact.Variant("netlog-auth-stripped"), fact.Variant("netlog-heads-missing")}},
		{Text: "Try it without the program in between, and record the packets.", If: []fact.Fact{fact.Variant("tls-intercepted")}},
		{Text: "A capture of the packets on the client has every leg: from before the program starts, after klist purge and ipconfig /flushdns.", If: []fact.Fact{fact.Variant("har-auth-stripped"), fact.Variant("har-legs-missing"), fact.Variant("har-connections-unnamed"), fact.Variant("transcript-incomplete"), fact.Variant("requests-unanswered")}},
		{Text: "Record on the client, with port 88 and 53, after klist purge and ipconfig /flushdns: what is in a cache is not asked for.", If: []fact.Fact{fact.Variant("kdc-not-seen")}},
	},
	Sources: []string{
		"Chrome DevTools, front_end/models/har/Log.ts",
		"Microsoft, Kerberos authentication troubleshooting guidance, learn.microsoft.com/troubleshoot/windows-server/windows-security",
	},
	Run: runCaptureOrHARLimitations,
}

// A limitFinder makes the findings of what could not be seen.
type limitFinder struct{ *analysis.Pass }

func (p limitFinder) found(at httpstream.Pos, variant, format string, args ...any) *analysis.Finding {
	if at.Frame == 0 {
		at.Stream = -1
	}
	f := p.Found(nil, at, format, args...)
	f.Variant = variant
	return f
}

func runCaptureOrHARLimitations(pass *analysis.Pass) {
	p := limitFinder{pass}
	t := p.Counters
	if t.LostBytes > 0 || t.Gaps > 0 {
		p.found(t.Places.LostBytes, "capture-incomplete", "%s of TCP streams missing from the capture", plural.Count(int(t.LostBytes), "byte")).Shown(fact.LostBytes)
	}
	if t.Cut > 0 {
		p.found(t.Places.Cut, "capture-incomplete", "%s shorter in the capture than on the wire", plural.Count(t.Cut, "packet")).Shown(fact.CutPackets)
	}
	if n := p.MidStream; n > 0 && p.Counters.Packets > 0 {
		p.found(httpstream.Pos{}, "capture-incomplete", "%s with HTTP began before the capture", plural.Count(n, "connection")).Shown(fact.BegunBefore)
	}
	p.closedTLS()
	p.failedTLS()
	if n := t.OpenedByRedact; n > 0 {
		p.found(t.Places.OpenedByRedact, "opened-by-redact", "%s opened by negotrace redact, of TLS or HTTP/2: it wrote the packets, and what they held before is its word alone", plural.Count(n, "connection"))
	}
	p.tunnels(t.Undecoded, t.Places.Undecoded)
	p.tunnels(t.UnreadUDP, t.Places.UnreadUDP)
	for _, l := range t.Notes {
		p.found(httpstream.Pos{}, l.Kind, "%s", l)
	}
}

// closedTLS finds TLS that could not be opened, or not to its end.
func (p limitFinder) closedTLS() {
	t := p.Counters
	closed := t.WithoutKeyLog()
	for _, host := range slices.Sorted(maps.Keys(closed)) {
		p.found(t.Places.TLSNotOpened[host], "tls-not-decrypted", "TLS to %s could not be opened: no keys (%s)", host, plural.Count(closed[host], "connection")).Shown(fact.KeysMissing)
	}
	for _, o := range t.TLSObstacles {
		how := "could not be opened"
		if o.Opened {
			how = "could be opened in part only"
		}
		f := p.found(o.First, "tls-not-decrypted", "TLS to %s %s: %s (%s)", o.Host, how, o, plural.Count(o.Connections, "connection"))
		switch {
		case o.IsOfKeys():
			f.Shown(fact.KeysMissing)
		case o.HandshakeMissing():
			f.Shown(fact.BegunBefore)
		}
	}
}

// failedTLS finds TLS that failed.
func (p limitFinder) failedTLS() {
	for _, o := range p.Counters.TLSFailed {
		variant := "tls-failed"
		if o.Opened {
			variant = "tls-ended-by-alert"
		}
		f := p.found(o.First, variant, "TLS to %s failed: %s (%s)", o.Host, o.Reason, plural.Count(o.Connections, "connection"))
		switch {
		case o.Alert.Code != 0:
			f.Shown(fact.Alert(o.Alert.From.String(), o.Alert.Code))
		case o.ServerLeft():
			f.Shown(fact.ServerClosed)
		}
	}
}

// tunnels finds packets, counted by protocol, that are encrypted between two machines or networks.
// DTLS alone is mostly what programs say to each other.
func (p limitFinder) tunnels(packets map[string]int, first map[string]httpstream.Pos) {
	for _, name := range slices.Sorted(maps.Keys(packets)) {
		if strings.Contains(name, "encrypted") && !strings.HasPrefix(name, "DTLS") {
			what, _, _ := strings.Cut(name, ": ") // where to record instead
			p.found(first[name], "tunnel-encrypted", "%s: %s, and what is inside could not be read", what, plural.Count(packets[name], "packet"))
		}
	}
}

// serverAlerts returns the facts that the server ended TLS with one of the alerts.
func serverAlerts(codes ...uint8) []fact.Fact { return alertFacts(httpstream.Server, codes) }

// clientAlerts does the same for the client.
func clientAlerts(codes ...uint8) []fact.Fact { return alertFacts(httpstream.Client, codes) }

func alertFacts(from httpstream.Side, codes []uint8) (facts []fact.Fact) {
	for _, code := range codes {
		facts = append(facts, fact.Alert(from.String(), code))
	}
	return facts
}
