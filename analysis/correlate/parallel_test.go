package correlate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestParallelLogons holds that of logons that one client begins at once each has its own challenge, and
// that a note says where nothing shows which; a challenge that nothing answers stays where it is.
func TestParallelLogons(t *testing.T) {
	t.Parallel()
	const ask = `conn 1 10.0.0.10:50000 > 10.0.0.20:80
conn 2 10.0.0.10:50001 > 10.0.0.20:80
conn 1
> GET / HTTP/1.1
> Host: web.contoso.com
conn 2
> GET / HTTP/1.1
> Host: web.contoso.com
conn 1
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
conn 2
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
`
	answer := func(conn string, id int) string {
		return fmt.Sprintf(`conn %s
> GET / HTTP/1.1
> Host: web.contoso.com
> Authorization: Negotiate {spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM id=%d}}
< HTTP/1.1 200 OK
`, conn, id)
	}
	const elsewhere = "conn 1\nclose client fin\nconn 2\nclose client fin\nconn 3 10.0.0.10:50002 > 10.0.0.20:80\nconn 4 10.0.0.10:50003 > 10.0.0.20:80\n"
	for _, tt := range []struct {
		name, script string
		want         []string // the streams of the legs of each handshake
		said         bool
	}{
		{"in order", ask + answer("1", 1) + answer("2", 2), []string{"0 0", "1 1"}, false},
		{"the second first", ask + answer("2", 1) + answer("1", 2), []string{"1 1", "0 0"}, false},
		{"on other connections", ask + elsewhere + answer("3", 1) + answer("4", 2), []string{"0 2", "1 3"}, true},
		{"one alone", ask + answer("1", 1), []string{"0 1 0"}, false},
	} {
		r := grouped(t, tt.script)
		var got []string
		said := false
		for _, h := range r.Handshakes {
			var legs []string
			for _, l := range h.Legs {
				legs = append(legs, fmt.Sprint(l.Conn.Stream))
				said = said || len(l.Notes) > 0 && strings.Contains(l.Notes[0].Text, "several connections at the same time")
			}
			got = append(got, strings.Join(legs, " "))
		}
		slices.Sort(got)
		slices.Sort(tt.want)
		if !slices.Equal(got, tt.want) || said != tt.said {
			t.Errorf("%s: %q, said %v; want %q, %v", tt.name, got, said, tt.want, tt.said)
		}
	}
}
