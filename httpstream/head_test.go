package httpstream

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseFields(t *testing.T) {
	got, malformed := appendFields(nil, "WWW-Authenticate: Negotiate\r\nwww-authenticate:NTLM \r\nX: a\r\n\t b\r\nempty:\r\nbad line\r\n: none\r\n\r\n")
	want := Header{{Name: "WWW-Authenticate", Value: "Negotiate"}, {Name: "www-authenticate", Value: "NTLM"}, {Name: "X", Value: "a b"}, {Name: "empty"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("fields (-want +got):\n%s", d)
	}
	if malformed != 2 {
		t.Errorf("got %d malformed lines, want 2", malformed)
	}
}

func TestParseStartLine(t *testing.T) {
	for _, tt := range []struct {
		head     string
		request  string
		response int
	}{
		{"GET http://a.test:8080/x?y HTTP/1.1\r\n\r\n", "GET http://a.test:8080/x?y", 0},
		{"GET /a b HTTP/1.0\r\n\r\n", "GET /a b", 0},
		{"OPTIONS * HTTP/1.1\n\n", "OPTIONS *", 0},
		{"GET /\r\n\r\n", "", 0},
		{"GET / HTTP/2.0\r\n\r\n", "", 0},
		{"G(T / HTTP/1.1\r\n\r\n", "", 0},
		{" / HTTP/1.1\r\n\r\n", "", 0},
		{"HTTP/1.1 401\r\n\r\n", "", 401},
		{"HTTP/1.0 200 \r\n\r\n", "", 200},
		{"HTTP/1.1 2000 x\r\n\r\n", "", 0},
		{"HTTP/1.1 099 x\r\n\r\n", "", 0},
		{"HTTP/1.1 +20 x\r\n\r\n", "", 0},
	} {
		got, status := "", 0
		var request Request
		if _, ok := request.parse(tt.head); ok {
			got = request.Method + " " + request.Target
		}
		var response Response
		if _, ok := response.parse(tt.head); ok {
			status = response.Status
		}
		if got != tt.request || status != tt.response {
			t.Errorf("%q: got %q, %d, want %q, %d", tt.head, got, status, tt.request, tt.response)
		}
	}
}
