package transcript

import "testing"

// ofDotNet is what HttpClient's messages print of themselves.
const ofDotNet = `2026-11-23 10:00:00 DEBUG Method: GET, RequestUri: 'http://web/app', Version: 1.1, Content: <null>, Headers:
{
  Host: web
  Authorization: Negotiate TOKEN
}
2026-11-23 10:00:00 DEBUG StatusCode: 401, ReasonPhrase: 'Unauthorized', Version: 1.1, Content: System.Net.Http.HttpConnectionResponseContent, Headers:
{
  WWW-Authenticate: Negotiate
  WWW-Authenticate: NTLM
  Content-Length: 0
}
   at Some.Method(): Exception: x
`

// Messages of .NET are read, and a response alone, as exceptions have it.
func TestDotNet(t *testing.T) {
	t.Parallel()
	got, counters, err := result(t, []byte(ofDotNet))
	want := "1 c1 GET web http://web/app HTTP/1.1 [Negotiate TOKEN] -> 401 [\"Negotiate\" \"NTLM\"]\n"
	if !Is([]byte(ofDotNet)) || got != want || err != nil || counters.Requests != 1 {
		t.Errorf("%v, err %v, %+v\ngot\n%swant\n%s", Is([]byte(ofDotNet)), err, counters, got, want)
	}
	for n := range len(ofDotNet) {
		if _, counters, _ := result(t, []byte(ofDotNet[:n])); counters.Requests > 1 {
			t.Fatalf("%d bytes: %+v", n, counters)
		}
	}
}
