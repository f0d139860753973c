package diagnosis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// ntlmOf returns a logon with NTLM of a client, and what a KDC said to it before.
func ntlmOf(name, client string, port int, kdc, scheme string) string {
	return fmt.Sprintf(`
conn %[1]s %[2]s:%[3]d > 10.0.0.20:80
> GET / HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
< WWW-Authenticate: NTLM
%[4]s
conn %[1]s
> GET / HTTP/1.1
> Host: web.contoso.com
> Authorization: %[5]s {ntlm1}
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: %[5]s {ntlm2}

> GET / HTTP/1.1
> Host: web.contoso.com
> Authorization: %[5]s {ntlm3 user=%[1]s}
< HTTP/1.1 200 OK
`, name, client, port, kdc, scheme)
}

// TestInventoryRefusedTicket holds that the KDC's refusal is the reason for each logon that it was
// given to, not for the first alone, and for those after which the client may remember it.
func TestInventoryRefusedTicket(t *testing.T) {
	t.Parallel()
	refused := func(client, code string) string {
		return fmt.Sprintf("kdc %[1]s:60000 > 10.0.0.5:88 tgs-req HTTP/web.contoso.com\nkdc %[1]s:60000 < 10.0.0.5:88 krb-error %[2]s sname=HTTP/web.contoso.com@CONTOSO.COM", client, code)
	}
	script := ntlmOf("first", "10.0.0.10", 50001, refused("10.0.0.10", "7"), "Negotiate") + "wait 30s" +
		ntlmOf("second", "10.0.0.11", 50002, refused("10.0.0.11", "7"), "Negotiate") + "wait 4m" +
		ntlmOf("remembered", "10.0.0.11", 50003, "", "NTLM") +
		ntlmOf("other", "10.0.0.12", 50004, "", "NTLM") +
		ntlmOf("policy", "10.0.0.13", 50005, refused("10.0.0.13", "12"), "Negotiate") + "wait 1m" +
		ntlmOf("afterPolicy", "10.0.0.13", 50006, "", "NTLM") + "wait 16m" +
		ntlmOf("forgotten", "10.0.0.11", 50007, "", "NTLM")
	var got []string
	for _, e := range inventoryOf(t, script) {
		got = append(got, strings.TrimPrefix(e.User, `CONTOSO\`)+": "+e.Why)
	}
	slices.Sort(got)
	want := []string{
		"afterPolicy: the client took NTLM although Negotiate is offered",
		"first: SPN unknown to the KDC, or registered twice",
		"forgotten: the client took NTLM although Negotiate is offered",
		"other: the client took NTLM although Negotiate is offered",
		"policy: the KDC refuses the user",
		"remembered: SPN unknown to the KDC, or registered twice, as it said up to 15 minutes before",
		"second: SPN unknown to the KDC, or registered twice",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
