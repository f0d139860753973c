package analysis

import "testing"

func TestFill(t *testing.T) {
	t.Parallel()
	kerberos := &Handshake{Mechanism: Kerberos, Host: "alias.corp.test", SPN: "HTTP/web.corp.test@CORP.TEST", URL: "http://alias.corp.test/"}
	for _, c := range []struct {
		name string
		h    *Handshake
		text string
		want string
	}{
		{"the name of the ticket", kerberos, "kvno HTTP/<host>; setspn -Q <SPN>", "kvno HTTP/web.corp.test; setspn -Q HTTP/web.corp.test"},
		{"the host", kerberos, "trusted-uris = <host>; open <url>", "trusted-uris = alias.corp.test; open http://alias.corp.test/"},
		{"no ticket", &Handshake{Mechanism: NTLM, Host: "web", SPN: "HTTP/other"}, "setspn -Q HTTP/<host> or <SPN>", "setspn -Q HTTP/web or <SPN>"},
		{"a port", kerberos, "setspn -S HTTP/<host>:<port>", "setspn -S HTTP/<host>:<port>"},
		{"an address", &Handshake{Host: "10.0.0.1"}, "setspn -Q HTTP/<host>", "setspn -Q HTTP/<host>"},
		{"a command in the name", &Handshake{Host: "web;reboot"}, "setspn -Q HTTP/<host>", "setspn -Q HTTP/<host>"},
		{"a flag for a name", &Handshake{Host: "-h"}, "klist get <host>", "klist get <host>"},
		{"nothing known", nil, "setspn -Q <SPN>", "setspn -Q <SPN>"},
	} {
		if got := fill([]string{c.text}, c.h, nil)[0]; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
