package checks

import (
	"maps"
	"slices"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/internal/plural"
)

var captureOrHARLimitations = &analysis.Check{
	Name:     "capture-or-har-limitations",
	Variants: []string{"har-auth-stripped", "har-legs-missing", "har-connections-unnamed", "requests-unanswered", "tls-intercepted", "netlog-auth-stripped", "netlog-heads-missing", "netlog-credentials-in-clear", "transcript-incomplete", "capture-incomplete", "tls-not-decrypted", "tls-failed", "tls-ended-by-alert", "opened-by-redact", "http3-not-read", "socks-logon", "packets-dropped-by-windows", "times-approximate", "time-zone-unknown"},
	Title:    "part of what happened cannot be seen here",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.View,
	Means:    "The file does not hold everything, or says itself what was lost. Nothing is concluded from absence where the view is incomplete; what is missing may hold the cause.",
	Proof:    "Bytes that were acknowledged but not captured, connections that began before the capture, packets cut by the snap length, TLS without keys; of a browser export, what its exporter is known to leave out.",
	Not:      "A client that sent no credentials.",
	Fix: []analysis.Advice{
		{Text: "Packets: capture with full length (tcpdump -s 0, pktmon start -c --pkt-size 0) on the client, from before the browser starts; klist purge and ipconfig /flushdns first."},
		{Text: "TLS: set SSLKEYLOGFILE for the browser and give the file with --keylog. Where the key exchange is RSA (TLS_RSA_WITH_...), --rsa-key opens it with the private key of the server."},
		{Text: "TLS that failed: an alert is the word of the end that sent it. Alerts 42 and 116: the client sent no certificate that the server takes. Alerts 45, 46 and 48: the client does not trust the certificate of the server. Alerts 40 and 70: they have no version or cipher suite in common. On Windows the System log, source Schannel, says more; a server that resets after the ClientHello may have no certificate bound to that port (netsh http show sslcert)."},
		{Text: "HTTP/3 is inside QUIC and cannot be read: switch it off and record again. Chrome and Edge: --disable-quic or the policy QuicAllowed; Firefox: network.http.http3.enable in about:config."},
		{Text: "Tunnels that are encrypted (ESP, WireGuard, OpenVPN, DTLS, MACsec, WPA): record on the machine itself, on the interface inside of the tunnel (Windows: that of the VPN; Linux, macOS: wg0, tun0, utun0, ppp0)."},
		{Text: "Packets that the capturing machine lost: give it a larger buffer (dumpcap -B 64, tcpdump -B 65536), or a capture filter."},
		{Text: "Browser: chrome://net-export with \"Include cookies and credentials\", or Export HAR (with sensitive data)."},
		{Text: "Packets that Windows dropped: pktmon counters --type drop --drop-reason shows at which component."},
	},
	Sources: []string{
		"Chrome DevTools, front_end/models/har/Log.ts",
		"Microsoft, Kerberos authentication troubleshooting guidance, learn.microsoft.com/troubleshoot/windows-server/windows-security",
	},
	Run: runCaptureOrHARLimitations,
}

func runCaptureOrHARLimitations(p *analysis.Pass) {
	found := func(at httpstream.Pos, variant, format string, args ...any) {
		if at.Frame == 0 {
			at.Stream = -1
		}
		p.Found(nil, at, format, args...).Variant = variant
	}
	t := p.Counters
	if t.LostBytes > 0 || t.Gaps > 0 {
		found(t.Places.LostBytes, "capture-incomplete", "%s of TCP streams missing from the capture", plural.Count(int(t.LostBytes), "byte"))
	}
	if t.Cut > 0 {
		found(t.Places.Cut, "capture-incomplete", "%s shorter in the capture than on the wire", plural.Count(t.Cut, "packet"))
	}
	if n := p.MidStream; n > 0 && p.Counters.Packets > 0 {
		found(httpstream.Pos{}, "capture-incomplete", "%s with HTTP began before the capture", plural.Count(n, "connection"))
	}
	closed := t.WithoutKeyLog()
	for _, host := range slices.Sorted(maps.Keys(closed)) {
		found(t.Places.TLSNotOpened[host], "tls-not-decrypted", "TLS to %s could not be opened: no keys (%s)", host, plural.Count(closed[host], "connection"))
	}
	for _, o := range t.TLSObstacles {
		how := "could not be opened"
		if o.Opened {
			how = "could be opened in part only"
		}
		found(o.First, "tls-not-decrypted", "TLS to %s %s: %s (%s)", o.Host, how, o, plural.Count(o.Connections, "connection"))
	}
	for _, o := range t.TLSFailed {
		variant := "tls-failed"
		if o.Opened {
			variant = "tls-ended-by-alert"
		}
		found(o.First, variant, "TLS to %s failed: %s (%s)", o.Host, o.Reason, plural.Count(o.Connections, "connection"))
	}
	if n := t.OpenedByRedact; n > 0 {
		found(t.Places.OpenedByRedact, "opened-by-redact", "%s opened by negotrace redact, of TLS or HTTP/2: it wrote the packets, and what they held before is its word alone", plural.Count(n, "connection"))
	}
	for _, l := range t.Notes {
		found(httpstream.Pos{}, l.Kind, "%s", l)
	}
}
