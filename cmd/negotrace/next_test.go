package main

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"negotrace/internal/capturetest"
)

// TestNextCapture holds that a report asks for the messages of a KDC, or for the server's log, only
// where they may answer what it leaves open.
func TestNextCapture(t *testing.T) {
	dir := t.TempDir()
	const (
		conn   = "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n"
		get    = "> GET / HTTP/1.1\n> Host: web.contoso.com\n"
		edge   = "> User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0.0.0 Edg/131.0.0.0\n"
		iis    = "< Server: Microsoft-IIS/10.0\n"
		asks   = "< HTTP/1.1 401 Unauthorized\n" + iis + "< WWW-Authenticate: Negotiate\n"
		ticket = "> Authorization: Negotiate {spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM mutual%}}\n"
		kdc    = "how a ticket was asked for"
		log    = "its own log of the same minutes"
		events = "wevtutil epl Security security.evtx"
	)
	send := func(more string) string { return get + edge + strings.ReplaceAll(ticket, "%", more) }
	ntlm := func(scheme, last string) string {
		return conn + get + edge + asks + "\n" + get + edge + "> Authorization: " + scheme + " {ntlm1}\n< HTTP/1.1 401 Unauthorized\n" + iis + "< WWW-Authenticate: " + scheme + " {ntlm2}\n\n" +
			get + edge + "> Authorization: " + scheme + " {ntlm3}\n" + last
	}
	for i, c := range []struct {
		name, script  string
		says, doesNot []string
	}{
		{"a header that is too long", conn + send(" size=14000") + "< HTTP/1.1 400 Bad Request\n< Server: Microsoft-HTTPAPI/2.0\n<\n< HTTP Error 400. The size of the request headers is too long.\n", nil, []string{kdc, log}},
		{"a key that does not fit", conn + send("") + "< HTTP/1.1 401 Unauthorized\n" + iis + "< WWW-Authenticate: Negotiate {spnego-resp state=accept-incomplete mech=ms-krb5 token={krberror 41}}\n", nil, []string{kdc, log}},
		{"a ticket that is refused without a word", conn + send("") + asks, []string{kdc, "client (10.0.0.10)", "klist purge", events, `u_ex<date>.log`}, []string{"kdestroy"}},
		{"no ticket, and the logon succeeds", ntlm("Negotiate", "< HTTP/1.1 200 OK\n"+iis), []string{kdc}, []string{log}},
		{"NTLM by itself", ntlm("NTLM", asks), []string{events}, []string{kdc}},
		{"NTLM by the address", strings.ReplaceAll(ntlm("Negotiate", "< HTTP/1.1 200 OK\n"+iis), "web.contoso.com\n", "10.0.0.20\n"), nil, []string{kdc, log}},
		{"a clock, and nothing to compare it with", conn + send("") + "< HTTP/1.1 401 Unauthorized\n" + iis + "< WWW-Authenticate: Negotiate {spnego-resp state=accept-incomplete mech=ms-krb5 token={krberror 37 stime=+47m}}\n", []string{kdc}, []string{log}},
		{"all is well", conn + send("") + "< HTTP/1.1 200 OK\n" + iis + "< WWW-Authenticate: Negotiate {spnego-resp state=accept-completed mech=ms-krb5 token={aprep}}\n", nil, []string{"WHAT TO CAPTURE NEXT"}},
		{"a log of IIS is given", "log #Fields: date time s-ip cs-method cs-uri-stem s-port cs-username c-ip sc-status sc-substatus sc-win32-status\nlog 2026-01-02 03:04:05 10.0.0.20 GET / 80 - 10.0.0.10 401 1 2148074254\nlog 2026-01-02 03:04:05 10.0.0.20 GET / 80 - 10.0.0.10 401 1 2148074252\n" +
			strings.Replace(ntlm("NTLM", asks), get+edge+asks+"\n", "", 1), []string{"The log of IIS says that the logon was refused", events}, []string{log, "u_ex"}},
		{"a logon over two connections, and a challenge that nobody answered", conn + get + "> Authorization: NTLM {ntlm1}\n< HTTP/1.1 401 Unauthorized\n" + iis + "< WWW-Authenticate: NTLM {ntlm2}\n\nconn 2 10.0.0.10:50001 > 10.0.0.20:80\n" + get + asks + "\n" + get + "> Authorization: NTLM {ntlm3 answers=1}\n" + asks, nil, []string{kdc, log}},
		{"a user whom the KDC does not know", "kdc > tgs-req HTTP/apm.contoso.com@CONTOSO.COM for-user=alice@CONTOSO.LOCAL\nkdc < krb-error 6 sname=HTTP/apm.contoso.com@CONTOSO.COM\n" + conn + get + asks + "close server fin\n", nil, []string{kdc, log}},
		{"another program has a ticket", conn + send("") + "< HTTP/1.1 200 OK\n" + iis + "< WWW-Authenticate: Negotiate {spnego-resp state=accept-completed mech=ms-krb5 token={aprep}}\n\nconn 2 10.0.0.10:50001 > 10.0.0.20:80\n" + get + "> User-Agent: Mozilla/5.0 (Windows NT 10.0; rv:144.0) Gecko/20100101 Firefox/144.0\n" + asks + "close client fin\n", nil, []string{kdc, log}},
		{"Apache refuses", conn + send("") + strings.ReplaceAll(asks, "Microsoft-IIS/10.0", "Apache/2.4.62"), []string{"negotrace FILE error_log"}, []string{events}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			parsed, err := capturetest.Parse(c.script)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, strconv.Itoa(i)+".pcapng")
			files := []string{write(t, file, parsed.Pcapng())}
			if parsed.Log != nil {
				files = append(files, write(t, file+".log", parsed.Log))
			}
			table, _ := analyse(t, "table", files...)
			table = strings.Join(strings.Fields(table), " ")
			for _, s := range c.says {
				if !strings.Contains(table, s) {
					t.Errorf("it does not say %q:\n%s", s, table)
				}
			}
			for _, s := range c.doesNot {
				if strings.Contains(table, s) {
					t.Errorf("it says %q:\n%s", s, table)
				}
			}
		})
	}
}
