package diagnosis_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"negotrace/analysis"
	"negotrace/internal/capturetest"
)

// TestShuffled has the packets of a logon in any order: it stays one handshake with the same outcome,
// since the numbers of TCP say in which order its messages were sent.
func TestShuffled(t *testing.T) {
	c, err := capturetest.Parse(`conn 1 10.0.0.10:50000 > 10.0.0.20:80
> GET / HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: NTLM

> GET / HTTP/1.1
> Host: web.contoso.com
> Authorization: NTLM {ntlm1}
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: NTLM {ntlm2}

> GET / HTTP/1.1
> Host: web.contoso.com
> Authorization: NTLM {ntlm3 user=alice domain=CONTOSO ws=PC1}
< HTTP/1.1 200 OK
close client fin
`)
	if err != nil {
		t.Fatal(err)
	}
	head, records := split(c.Pcapng())
	for seed := range uint64(40) {
		shuffled := slices.Clone(records)
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		res := diagnose(t, slices.Concat(head, bytes.Join(shuffled, nil)), nil)
		if all := res.report.Handshakes; len(all) != 1 || all[0].Outcome != analysis.Succeeded || len(all[0].Legs) != 3 || res.report.Summary.Requests != 3 {
			t.Errorf("seed %d: %d requests, %d handshakes", seed, res.report.Summary.Requests, len(all))
		}
	}
}
