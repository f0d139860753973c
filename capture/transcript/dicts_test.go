package transcript

import "testing"

// ofRequests is what exchangelib logs of a request.
const ofRequests = `DEBUG:exchangelib.util:Retry: 0
URL: https://mail.corp.test/EWS/Exchange.asmx
Status code: 401
Request headers: {'Content-Length': '471', 'User-Agent': "it's me", 'Authorization': u'NTLM TOKEN=', 'X': 'a, \'b\': c'}
Response headers: {'WWW-Authenticate': 'Negotiate, NTLM', 'Content-Length': '0'}
Request data: <a URL: b>
Response data: b''
`

// Header lines as dictionaries of Python are read; of a handshake the last request is there.
func TestDicts(t *testing.T) {
	t.Parallel()
	got, counters, err := result(t, []byte(ofRequests))
	want := "1 c1 POST mail.corp.test https://mail.corp.test/EWS/Exchange.asmx HTTP/1.1 [NTLM TOKEN=] -> 401 [\"Negotiate, NTLM\"]\n"
	if !Is([]byte(ofRequests)) || got != want || err != nil || counters.Requests != 1 {
		t.Errorf("%v, err %v, %+v\ngot\n%swant\n%s", Is([]byte(ofRequests)), err, counters, got, want)
	}
	for n := range len(ofRequests) {
		if _, counters, _ := result(t, []byte(ofRequests[:n])); counters.Requests > 1 {
			t.Fatalf("%d bytes: %+v", n, counters)
		}
	}
}
