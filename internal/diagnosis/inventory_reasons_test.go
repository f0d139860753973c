package diagnosis_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"negotrace/analysis/correlate"
	"negotrace/analysis/inventory"
	"negotrace/capture"
	"negotrace/internal/capturetest"
	"negotrace/internal/diagnosis"
)

const (
	asked = `conn 1 10.0.0.10:50000 > 10.0.0.20:80
> GET / HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
< WWW-Authenticate: NTLM

`
	withNTLM = `> GET / HTTP/1.1
> Host: web.contoso.com
> Authorization: Negotiate {ntlm1}
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate {ntlm2 target=CONTOSO computer=WEB domain=CONTOSO dns=web.contoso.com}

> GET / HTTP/1.1
> Host: web.contoso.com
> Authorization: Negotiate {ntlm3 user=alice domain=CONTOSO ws=PC1 nt=v2}
< HTTP/1.1 200 OK
`
)

// inventoryOf reads a capture of a script and returns its entries.
func inventoryOf(t *testing.T, script string) (all []*inventory.Entry) {
	t.Helper()
	c, err := capturetest.Parse(script)
	if err != nil {
		t.Fatal(err)
	}
	counter := inventory.NewCounter(t.TempDir(), 0)
	data := c.Pcap()
	source := capture.Source{Name: "a.pcap", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
	if _, err := diagnosis.Read(t.Context(), []capture.Source{source}, diagnosis.Options{Correlate: correlate.Options{Sink: counter.Sink(), OmitLists: true}}); err != nil {
		t.Fatal(err)
	}
	if err := counter.Entries(func(e *inventory.Entry) error { all = append(all, e); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestInventoryReasons holds that captures show why it was not Kerberos with AES, whatever it was.
func TestInventoryReasons(t *testing.T) {
	t.Parallel()
	refused := func(code string) string {
		return asked + "kdc > tgs-req HTTP/web.contoso.com@CONTOSO.COM\nkdc < krb-error " + code + " sname=HTTP/web.contoso.com@CONTOSO.COM\n" + withNTLM
	}
	for want, script := range map[string]string{
		"SPN unknown to the KDC, or registered twice":        refused("7"),
		"SPN registered twice":                               refused("8"),
		"no encryption type in common with the KDC":          refused("14"),
		"SPN is a user without that name":                    refused("27"),
		"the KDC refused a request":                          refused("60"),
		"the KDC refuses the user":                           asked + "kdc > as-req cname=alice@CONTOSO.COM\nkdc < krb-error 18 sname=krbtgt/CONTOSO.COM@CONTOSO.COM\n" + withNTLM,
		"the client cannot reach a KDC":                      strings.Replace(asked+withNTLM, "conn 1", "conn k1 10.0.0.10:41000 > 10.0.0.1:88 unanswered\nconn k2 10.0.0.10:41001 > 10.0.0.1:88 unanswered\nconn 1", 1),
		"no request for a ticket is in the capture":          asked + withNTLM,
		"address in the URL":                                 strings.ReplaceAll(asked+withNTLM, "Host: web.contoso.com", "Host: 10.0.0.20"),
		"anonymous":                                          strings.Replace(asked+withNTLM, "user=alice domain=CONTOSO ws=PC1 nt=v2", "anonymous", 1),
		"server does not offer Negotiate":                    strings.ReplaceAll(strings.Replace(asked+withNTLM, "< WWW-Authenticate: Negotiate\n", "", 1), "Negotiate {", "NTLM {"),
		"the client took NTLM although Negotiate is offered": strings.ReplaceAll(asked+withNTLM, "Negotiate {", "NTLM {"),
		"server offers NTLM first": strings.ReplaceAll(strings.Replace(strings.ReplaceAll(asked+withNTLM, "Negotiate {", "NTLM {"), "< WWW-Authenticate: Negotiate\n< WWW-Authenticate: NTLM\n", "< WWW-Authenticate: NTLM\n< WWW-Authenticate: Negotiate\n", 1),
			"> Host: web.contoso.com\n", "> Host: web.contoso.com\n> User-Agent: Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko\n"),
		"user without a domain":                    strings.Replace(asked+withNTLM, "domain=CONTOSO ws", "domain= ws", 1),
		"the client sent NTLM before it was asked": "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n" + strings.ReplaceAll(withNTLM, "Negotiate {", "NTLM {"),
		"client and server are one machine":        strings.NewReplacer("10.0.0.10:50000", "10.0.0.20:50000", "dns=web.contoso.com", "dns=web.contoso.com flags=0xa289c205", "user=alice domain=CONTOSO ws=PC1 nt=v2", "anonymous flags=0xa2884205").Replace(asked + withNTLM),
		"the KDC encrypted the ticket with RC4":    asked + "> GET / HTTP/1.1\n> Host: web.contoso.com\n> Authorization: Negotiate {spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM etype=23}}\n< HTTP/1.1 200 OK\n",
		"not visible":                              asked + "kdc > tgs-req HTTP/web.contoso.com@CONTOSO.COM\nkdc < tgs-rep HTTP/web.contoso.com@CONTOSO.COM\n" + withNTLM,
		"":                                         asked + "> GET / HTTP/1.1\n> Host: web.contoso.com\n> Authorization: Negotiate {spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM}}\n< HTTP/1.1 200 OK\n",
	} {
		var got []string
		for _, e := range inventoryOf(t, script) {
			got = append(got, e.Why)
		}
		if len(got) != 1 || got[0] != want {
			t.Errorf("it was not Kerberos because: %q, want %q", got, want)
		}
	}
}
