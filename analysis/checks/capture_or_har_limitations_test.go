package checks_test

import (
	"slices"
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/httpstream"
)

// TestLimitationsAdvise holds that what could not be seen has the advice that it needs, and none of
// another kind.
func TestLimitationsAdvise(t *testing.T) {
	failed := func(from httpstream.Side, code uint8, reason string) httpstream.Counters {
		return httpstream.Counters{TLSFailed: []httpstream.TLSObstacle{{Host: "web.test", Reason: reason, Connections: 1, Alert: httpstream.Alert{From: from, Code: code}}}}
	}
	noted := func(kind string) httpstream.Counters {
		return httpstream.Counters{Notes: []httpstream.Limitation{{Kind: kind, Text: "something"}}}
	}
	for name, tt := range map[string]struct {
		counters httpstream.Counters
		want     []string // what each piece of advice has, in order
	}{
		"lost bytes":                       {httpstream.Counters{LostBytes: 3}, []string{"larger buffer"}},
		"cut packets":                      {httpstream.Counters{Cut: 3}, []string{"tcpdump -s 0"}},
		"no key log":                       {httpstream.Counters{TLSNotOpened: map[string]int{"web.test": 1}}, []string{"SSLKEYLOGFILE"}},
		"a TLS handshake out of sight":     {httpstream.Counters{TLSObstacles: []httpstream.TLSObstacle{{Host: "web.test", Reason: "the handshake is not in the capture"}}}, []string{"Begin to record before"}},
		"a version that is not opened":     {httpstream.Counters{TLSObstacles: []httpstream.TLSObstacle{{Host: "web.test", Reason: "negotrace does not open this cipher suite"}}}, nil},
		"the server wants a certificate":   {failed(httpstream.Server, 116, "alert"), []string{"certificate of the client", "Schannel"}},
		"the client knows no such issuer":  {failed(httpstream.Client, 48, "alert"), []string{"The client does not take", "Schannel"}},
		"the server knows no such issuer":  {failed(httpstream.Server, 48, "alert"), []string{"certificate of the client", "Schannel"}},
		"no version in common":             {failed(httpstream.Server, 70, "alert"), []string{"no version or cipher suite", "Schannel"}},
		"an alert without advice":          {failed(httpstream.Server, 80, "alert"), []string{"Schannel"}},
		"the server left":                  {failed(httpstream.Client, 0, "the server reset the connection after the ClientHello"), []string{"sslcert", "Schannel"}},
		"the client left":                  {failed(httpstream.Client, 0, "the client reset the connection after the ClientHello"), []string{"Schannel"}},
		"HTTP/3":                           {noted("http3-not-read"), []string{"--disable-quic"}},
		"ESP":                              {httpstream.Counters{Undecoded: map[string]int{"ESP, encrypted by IPsec: record at an end of it": 2}}, []string{"inside of the tunnel"}},
		"WireGuard":                        {httpstream.Counters{UnreadUDP: map[string]int{"WireGuard (encrypted) on port 51820": 2}}, []string{"inside of the tunnel"}},
		"a HAR without legs":               {noted("har-legs-missing"), []string{"net-export", "every leg"}},
		"a NetLog without tokens":          {noted("netlog-auth-stripped"), []string{"Include cookies"}},
		"a transcript":                     {noted("transcript-incomplete"), []string{"every leg"}},
		"Windows dropped packets":          {noted("packets-dropped-by-windows"), []string{"pktmon counters"}},
		"a proxy in TLS":                   {noted("tls-intercepted"), []string{"without the program"}},
		"what says itself what would help": {noted("time-zone-unknown"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			trace := correlate.NewTrace(correlate.Options{Checks: checks.All()})
			r := trace.Report(&tt.counters)
			i := slices.IndexFunc(r.Findings, func(f *analysis.Finding) bool { return f.Check == "capture-or-har-limitations" })
			if i < 0 {
				t.Fatal("no finding")
			}
			fix := r.Findings[i].Fix
			fits := len(fix) == len(tt.want)
			for i := 0; fits && i < len(fix); i++ {
				fits = strings.Contains(fix[i], tt.want[i])
			}
			if !fits {
				t.Errorf("advice %q, want %q", fix, tt.want)
			}
		})
	}
}
