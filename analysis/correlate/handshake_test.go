package correlate_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/capture"
	"negotrace/httpstream"
	"negotrace/internal/capturetest"
	"negotrace/internal/testcost"
)

func TestMain(m *testing.M) { testcost.Main(m) }

// grouped reads the case and returns its handshakes, and what checks find.
func grouped(t *testing.T, script string, checks ...*analysis.Check) *analysis.Report {
	t.Helper()
	c, err := capturetest.Parse(script)
	if err != nil {
		t.Fatal(err)
	}
	file := c.Pcapng()
	secrets := &httpstream.Secrets{}
	if err := secrets.Read(bytes.NewReader(c.KeyLog)); err != nil {
		t.Fatal(err)
	}
	trace := correlate.NewTrace(correlate.Options{Checks: checks})
	sink := capture.Sink{Exchange: trace.Exchange, Conn: trace.Conn, Kerberos: trace.Kerberos, DNS: trace.DNS}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file)), nil }
	counters, err := capture.Read(context.Background(), []capture.Source{{Name: "case", Open: open, Size: int64(len(file))}}, sink, capture.Options{Secrets: secrets})
	if err != nil {
		t.Fatal(err)
	}
	return trace.Report(counters)
}

// lines writes each handshake as one line.
func lines(r *analysis.Report) []string {
	var out []string
	for _, h := range r.Handshakes {
		s := fmt.Sprintf("%s %s %s %s legs=%d", h.Target, h.Scheme, h.Mechanism, h.Outcome, len(h.Legs))
		if h.User != "" {
			s += " user=" + h.User
		}
		if h.SPN != "" {
			s += " spn=" + h.SPN
		}
		if h.Split {
			s += " split"
		}
		if h.FollowOnCount > 0 {
			s += fmt.Sprintf(" carried=%d", h.FollowOnCount)
		}
		if h.Repeats > 0 {
			s += fmt.Sprintf(" repeats=%d", h.Repeats)
		}
		if h.ClientSide > 0 {
			s += fmt.Sprintf(" front=%d", h.ClientSide)
		}
		out = append(out, s)
	}
	return out
}

// Pieces of scripts: a request, and the answers that recur.
const (
	get       = "> GET / HTTP/1.1\n> Host: web.contoso.com\n"
	offer     = "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n< WWW-Authenticate: NTLM\n\n"
	ok        = "< HTTP/1.1 200 OK\n\n"
	ticket    = "{spnego-init mechs=ms-krb5,krb5,negoex,ntlm token={apreq HTTP/web.contoso.com@CONTOSO.COM kvno=2 id=%s}}"
	challenge = "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: NTLM {ntlm2 target=CONTOSO computer=WEB domain=CONTOSO}\n\n"
)

func negotiate(id string) string {
	return get + "> Authorization: Negotiate " + fmt.Sprintf(ticket, id) + "\n"
}

func ntlm(messageType string) string {
	return get + "> Authorization: NTLM {" + messageType + "}\n"
}

const alice = "ntlm3 user=alice domain=CONTOSO"

func TestHandshakes(t *testing.T) {
	const conn1, conn2 = "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n", "conn 2 10.0.0.10:50001 > 10.0.0.20:80\n"
	tests := []struct {
		name, script string
		want         []string
	}{
		{"Kerberos is per request", conn1 + get + offer + negotiate("1") + ok + negotiate("2") + ok, []string{
			"server Negotiate kerberos succeeded legs=2 spn=HTTP/web.contoso.com@CONTOSO.COM",
			"server Negotiate kerberos succeeded legs=1 spn=HTTP/web.contoso.com@CONTOSO.COM",
		}},
		{"NTLM is per connection", conn1 + get + offer + ntlm("ntlm1") + challenge + ntlm(alice) + ok + get + ok + get + ok, []string{
			`server NTLM ntlm succeeded legs=3 user=CONTOSO\alice carried=2`,
		}},
		{"a 404 is given to somebody who was let in, and a 500 to anybody", conn1 + get + offer + negotiate("1") + "< HTTP/1.1 404 Not Found\n\n" + negotiate("2") + "< HTTP/1.1 500 Oops\n\n", []string{
			"server Negotiate kerberos succeeded legs=2 spn=HTTP/web.contoso.com@CONTOSO.COM",
			"server Negotiate kerberos unknown legs=1 spn=HTTP/web.contoso.com@CONTOSO.COM",
		}},
		{"the schemes offered anew refuse", conn1 + ntlm("ntlm1") + challenge + ntlm(alice) + offer, []string{
			`server NTLM ntlm failed legs=2 user=CONTOSO\alice`,
		}},
		{"refused and tried again with another user", conn1 + ntlm("ntlm1") + challenge + ntlm(alice) + offer + ntlm("ntlm1") + challenge + ntlm("ntlm3 user=bob domain=CONTOSO") + ok, []string{
			`server NTLM ntlm failed legs=2 user=CONTOSO\alice`,
			`server NTLM ntlm succeeded legs=2 user=CONTOSO\bob`,
		}},
		{"the first 401 closes its connection", conn1 + get + offer + "close server fin\n" + conn2 + negotiate("1") + ok, []string{
			"server Negotiate kerberos succeeded legs=2 spn=HTTP/web.contoso.com@CONTOSO.COM",
		}},
		{"asked anew without credentials, then a lower scheme", conn1 + get + offer + get + offer + ntlm("ntlm1") + challenge + ntlm(alice) + ok, []string{
			`server NTLM ntlm succeeded legs=4 user=CONTOSO\alice`,
		}},
		{"proxy and server are two state machines on one connection", "conn 1 10.0.0.10:50000 > 10.0.0.30:3128\n" + get +
			"< HTTP/1.1 407 Proxy Authentication Required\n< Proxy-Authenticate: Negotiate\n\n" +
			get + "> Proxy-Authorization: Negotiate {spnego-init token={apreq HTTP/proxy.contoso.com@CONTOSO.COM id=p}}\n" + offer +
			negotiate("s") + "> Proxy-Authorization: Negotiate {spnego-init token={apreq HTTP/proxy.contoso.com@CONTOSO.COM id=q}}\n" + ok, []string{
			"proxy Negotiate kerberos succeeded legs=2 spn=HTTP/proxy.contoso.com@CONTOSO.COM",
			"server Negotiate kerberos succeeded legs=2 spn=HTTP/web.contoso.com@CONTOSO.COM",
			"proxy Negotiate kerberos succeeded legs=1 spn=HTTP/proxy.contoso.com@CONTOSO.COM",
		}},
		{"the responses are not in the capture", conn1 + get + "\n" + ntlm("ntlm1") + "\n" + ntlm(alice) + "\n" + ntlm("ntlm1") + "\n" + ntlm("ntlm1"), []string{
			`server NTLM ntlm unknown legs=2 user=CONTOSO\alice`,
			"server NTLM ntlm unknown legs=1",
			"server NTLM ntlm unknown legs=1",
		}},
		{"NTLM split over connections", conn1 + ntlm("ntlm1") + challenge + conn2 + ntlm(alice+" answers=1") + offer, []string{
			`server NTLM ntlm failed legs=2 user=CONTOSO\alice split`,
		}},
		{"message 1 that nobody asked for proves nobody", conn1 + ntlm("ntlm1") + ok, []string{
			"server NTLM ntlm unknown legs=1",
		}},
		{"the client goes away after the challenge", conn1 + ntlm("ntlm1") + challenge + "close client fin\n", []string{
			"server NTLM ntlm abandoned legs=1",
		}},
		{"the capture ends after the challenge", conn1 + ntlm("ntlm1") + challenge, []string{
			"server NTLM ntlm unknown legs=1",
		}},
		{"nobody answers", conn1 + get + offer, []string{"server Negotiate none unanswered legs=1"}},
		{"parts of a page are challenged each", conn1 + get + offer + strings.ReplaceAll(get, "/ H", "/icon H") + offer, []string{
			"server Negotiate none unanswered legs=1",
			"server Negotiate none unanswered legs=1",
		}},
		{"Basic is sent with each request", conn1 + get + "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Basic realm=\"a\"\n\n" + strings.Repeat(get+"> Authorization: Basic {basic bob:secret}\n"+ok, 4), []string{
			"server Basic basic succeeded legs=2 user=bob repeats=3",
		}},
		{"the KDC's reply names the user of the very ticket", conn1 + get + offer + "kdc > tgs-req HTTP/web.contoso.com@CONTOSO.COM\nkdc < tgs-rep HTTP/web.contoso.com@CONTOSO.COM cname=bob@CONTOSO.COM id=7\n" + negotiate("7") + ok, []string{
			"server Negotiate kerberos succeeded legs=2 user=bob@CONTOSO.COM spn=HTTP/web.contoso.com@CONTOSO.COM",
		}},
		{"two users at one address: the ticket is not known, nor is the user", "kdc > as-req cname=bob@CONTOSO.COM\nkdc < as-rep cname=bob@CONTOSO.COM\nkdc > as-req cname=eve@CONTOSO.COM\nkdc < as-rep cname=eve@CONTOSO.COM\n" + conn1 + get + offer + negotiate("1") + ok, []string{
			"server Negotiate kerberos succeeded legs=2 spn=HTTP/web.contoso.com@CONTOSO.COM",
		}},
		{"a header refused is nobody let in", conn1 + get + "> Authorization: Negotiate {spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM size=9000}}\n< HTTP/1.1 400 Bad Request\n\n", []string{
			"server Negotiate kerberos failed legs=1 spn=HTTP/web.contoso.com@CONTOSO.COM",
		}},
		{"sent back to HTTP/1.1", "conn 1 10.0.0.10:50000 > 10.0.0.20:443 tls h2\n" + get + "reset server HTTP_1_1_REQUIRED\nclose client fin\nconn 2 10.0.0.10:50001 > 10.0.0.20:443 tls\n" + get + offer + negotiate("1") + ok, []string{
			"server Negotiate kerberos succeeded legs=3 spn=HTTP/web.contoso.com@CONTOSO.COM",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, lines(grouped(t, tt.script))); d != "" {
				t.Errorf("handshakes (-want +got):\n%s", d)
			}
		})
	}
}

// TestSecretsRemoved holds that nothing secret outlives the decoding of an exchange.
func TestSecretsRemoved(t *testing.T) {
	r := grouped(t, "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n"+get+"> Cookie: session=topsecret\n> Authorization: Basic {basic bob:hunter2}\n< HTTP/1.1 200 OK\n< Set-Cookie: session=topsecret\n\n")
	l := r.Handshakes[0].Legs[0]
	for _, f := range append(l.Request.Header, l.Response.Header...) {
		if strings.Contains(f.Value, "topsecret") || strings.Contains(f.Value, "Ym9i") {
			t.Errorf("header %s still holds %q", f.Name, f.Value)
		}
		if f.Name == "Cookie" && f.Size() != len("Cookie: session=topsecret\r\n") {
			t.Errorf("size of the forgotten line: got %d", f.Size())
		}
	}
	if got := r.Handshakes[0].URL; got != "http://web.contoso.com/" {
		t.Errorf("URL: got %q", got)
	}
}
