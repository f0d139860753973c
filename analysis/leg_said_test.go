package analysis

import (
	"strings"
	"testing"

	"negotrace/capture/serverlog"
	"negotrace/httpstream"
	"negotrace/tokens"
)

func refusal(status int, name, value string) *Leg {
	r := &httpstream.Response{Status: status, Header: httpstream.Header{{Name: name, Value: value}}}
	return &Leg{Exchange: &httpstream.Exchange{Response: r}, Sent: &tokens.Auth{Scheme: "Negotiate"}, Asks: status == 401, Verdict: Rejected}
}

func TestReadHeaderReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status         int
		name, value    string
		wantErr, wants string
	}{
		{401, "x-ms-diagnostics", `28030;source="pool";reason="The user is not enabled."`, "x-ms-diagnostics: 28030; The user is not enabled.", ""},
		{403, "X-MSDAVEXT_Error", "917656%3b%20Access%20denied", "", "X-MSDAVEXT_Error: 917656; Access denied"},
		{403, "X-MSDAVEXT_Error", "917656; Access denied, token=abc", "", "X-MSDAVEXT_Error: 917656; Access denied, token=..."},
		{502, "Proxy-Status", `edge; error=connection_timeout; details="no answer in 5 s"`, "", "Proxy-Status: edge; connection_timeout; no answer in 5 s"},
		{502, "Proxy-Status", "edge; received-status=200", "", ""},
		{401, "X-Seraph-LoginReason", "OUT", "", ""},
		{401, "X-Seraph-LoginReason", "AUTHENTICATED_FAILED", "X-Seraph-LoginReason: AUTHENTICATED_FAILED", ""},
		{200, "x-ms-diagnostics", "1;reason=\"x\"", "", ""},
		{401, "x-ms-diagnostics", "", "", ""},
		{401, "x-ms-diagnostics", "%zz%20;;reason=", "x-ms-diagnostics: %zz%20", ""},
		{401, "x-ms-diagnostics", strings.Repeat("a b ", 1000), "x-ms-diagnostics: " + strings.Repeat("a b ", 46)[:182] + "...", ""},
	} {
		l := refusal(c.status, c.name, c.value)
		if l.ReadHeaderReason(); l.ErrorText != c.wantErr || l.Words != c.wants {
			t.Errorf("%d %s: %q: error text %q, words %q", c.status, c.name, c.value, l.ErrorText, l.Words)
		}
		for n := range len(c.value) {
			refusal(c.status, c.name, c.value[:n]).ReadHeaderReason()
		}
	}
}

func TestReadHeaderReasonOfBearer(t *testing.T) {
	t.Parallel()
	var d tokens.Decoder
	for line, want := range map[string]string{
		`Bearer error="invalid_token", error_description="The token has expired"`: "invalid_token: The token has expired",
		`Bearer error="invalid_token"`:                                            "invalid_token: x-ms-diagnostics: 2000003; no audience",
		`Bearer realm="x"`:                                                        "x-ms-diagnostics: 2000003; no audience",
		`Basic error="no"`:                                                        "x-ms-diagnostics: 2000003; no audience",
	} {
		l := refusal(401, "x-ms-diagnostics", `2000003;reason="no audience"`)
		l.Sent.Scheme, l.Got = "Bearer", d.Challenges([]string{line})
		if l.ReadHeaderReason(); l.ErrorText != want {
			t.Errorf("%s: %q, want %q", line, l.ErrorText, want)
		}
	}
	page := refusal(401, "Server", "envoy")
	page.Sent.Scheme, page.Words, page.Got = "Bearer", "Jwt is expired", d.Challenges([]string{`Bearer error="invalid_token"`})
	if page.ReadHeaderReason(); page.ErrorText != "invalid_token: Jwt is expired" {
		t.Errorf("with the words of the page: %q", page.ErrorText)
	}
	anonymous := refusal(401, "x-ms-diagnostics", "1;reason=x")
	anonymous.Sent = nil
	if anonymous.ReadHeaderReason(); anonymous.ErrorText != "" {
		t.Errorf("without credentials: %q", anonymous.ErrorText)
	}
}

// TestErrorLogReason holds which line of an error log is taken for the reason: the first whose
// meaning is known, else the last that is not Apache's own summary.
func TestErrorLogReason(t *testing.T) {
	const (
		summary  = `AH01631: user alice: authorization failure for "/": `
		decision = "AH01709: auth_ldap authorize: User DN not found, User not found"
		skew     = "gss_accept_sec_context(): [Unspecified GSS failure (Clock skew too great)]"
	)
	for _, tt := range []struct {
		lines []string
		want  string
	}{
		{[]string{decision, summary}, decision},
		{[]string{summary, decision}, decision},
		{[]string{summary}, summary},
		{[]string{decision, skew, summary}, skew},
		{nil, ""},
	} {
		l := &Leg{Asks: true, Sent: &tokens.Auth{}}
		for _, text := range tt.lines {
			l.ErrorLog = append(l.ErrorLog, &serverlog.AuthError{Level: "error", Text: text})
		}
		got := ""
		if e := l.ErrorLogReason(); e != nil {
			got = e.Text
		}
		if got != tt.want {
			t.Errorf("%q: %q, want %q", tt.lines, got, tt.want)
		}
	}
}
