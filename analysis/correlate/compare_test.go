package correlate_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestCompared holds what is said of an attempt that was not let in beside one that was:
// what differs, and only that.
func TestCompared(t *testing.T) {
	const (
		conn1, conn2 = "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n", "conn 2 10.0.0.10:50001 > 10.0.0.20:80\n"
		firefox      = "> User-Agent: Mozilla/5.0 Firefox/115.0\n"
		chrome       = "> User-Agent: Mozilla/5.0 Chrome/120.0\n"
		token        = "< HTTP/1.1 200 OK\n< WWW-Authenticate: Negotiate {spnego-resp state=accept-completed mech=krb5 token={aprep}}\n\n"
		ticket       = "{spnego-init mechs=%s token={apreq HTTP/web.contoso.com@CONTOSO.COM kvno=%d id=%d}}\n"
	)
	negotiate := func(scheme, mechs string, kvno, id int) string {
		return get + "> Authorization: " + scheme + " " + fmt.Sprintf(ticket, mechs, kvno, id)
	}
	type3 := func(user string) string {
		return get + offer + ntlm("ntlm1") + challenge + ntlm("ntlm3 domain=CONTOSO user="+user)
	}
	tests := []struct {
		name, script string
		want         []string // of the first handshake
	}{
		{"the spelling of the scheme", conn1 + get + offer + negotiate("NEGOTIATE", "krb5", 2, 1) + offer + conn2 + get + offer + negotiate("Negotiate", "krb5", 2, 2) + token,
			[]string{"scheme: NEGOTIATE, Negotiate"}},
		{"the list of mechanisms and the key", conn1 + get + offer + negotiate("Negotiate", "ms-krb5,krb5", 2, 1) + offer + conn2 + get + offer + negotiate("Negotiate", "krb5", 3, 2) + token,
			[]string{"kvno: 2, 3", "mechanism list: MS-KRB5, KRB5, KRB5"}},
		{"the program", conn1 + get + firefox + offer + conn2 + get + chrome + offer + strings.Replace(negotiate("Negotiate", "krb5", 2, 1), "> Auth", chrome+"> Auth", 1) + token,
			[]string{"program: Firefox/115.0, Chrome/120.0"}},
		{"the user", conn1 + type3("alice") + offer + conn2 + type3("bob") + ok, []string{`user: CONTOSO\alice, CONTOSO\bob`}},
		{"nothing", conn1 + get + offer + negotiate("Negotiate", "krb5", 2, 1) + offer + conn2 + get + offer + negotiate("Negotiate", "krb5", 2, 2) + token, []string{}},
		{"nobody was let in", conn1 + get + offer + negotiate("Negotiate", "krb5", 2, 1) + offer, nil},
		{"at another host", conn1 + get + offer + negotiate("Negotiate", "krb5", 2, 1) + offer + strings.ReplaceAll(conn2+get+offer+negotiate("Negotiate", "krb5", 2, 2)+token, "Host: web", "Host: app"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := grouped(t, tt.script).Handshakes[0]
			if tt.want == nil {
				if h.Compared != nil {
					t.Errorf("compared with %d", h.Compared.With)
				}
				return
			}
			if h.Compared == nil || h.Compared.With != 2 {
				t.Fatalf("compared: %+v, want with handshake 2", h.Compared)
			}
			got := []string{}
			for _, d := range h.Compared.Differs {
				got = append(got, d.What+": "+d.Bad+", "+d.Good)
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
