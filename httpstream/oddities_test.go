package httpstream

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOddities(t *testing.T) {
	for _, tt := range []struct {
		request string
		want    []string
	}{
		{"GET / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\nAuthorization: Basic YTpi\r\n\r\n", nil},
		{"GET http://u:p@A.test:8080/?x HTTP/1.1\r\nHost: a.test\r\n\r\n", nil},
		{"GET http://[::1]:8080/ HTTP/1.1\r\nHost: [::1]\r\n\r\n", nil},
		{"CONNECT b.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n", nil},
		{"POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", []string{oddLength}},
		{"GET / HTTP/1.1\r\nHost: a.test\r\nhost: b.test\r\n\r\n", []string{oddHosts}},
		{"GET / HTTP/1.1\r\nAuthorization: NTLM TlRM\r\nHost: a.test\r\nauthorization: Basic YTpi\r\n\r\n", []string{oddAuths}},
		{"GET http://b.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n", []string{oddURL}},
	} {
		w := newWire()
		w.play([]string{"> " + tt.request, "< " + ok5}, 1000)
		w.a.Close()
		var got []string
		for _, x := range w.exchanges {
			for _, n := range x.Notes {
				got = append(got, n.Text)
			}
		}
		if d := cmp.Diff(tt.want, got); d != "" || len(w.exchanges) != 1 {
			t.Errorf("%q: %d exchanges, notes (-want +got):\n%s", tt.request, len(w.exchanges), d)
		}
	}
	c, s := newSpeakers()
	got, _ := readHTTP2(testConn(), []flight{
		{Client, []byte(preface)},
		c.headers(1, flagEndStream, append(get, "authorization: NTLM TlRM", "authorization: Basic YTpi")...),
		s.headers(1, flagEndStream, ":status: 200"),
	})
	if line := outline(got); !strings.Contains(line, oddAuths) {
		t.Errorf("HTTP/2: %s", line)
	}
}
