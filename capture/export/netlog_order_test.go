package export

import (
	"fmt"
	"strings"
	"testing"
)

// The members of a NetLog may come in any order, and its events may have theirs in any.
func TestNetLogOrder(t *testing.T) {
	t.Parallel()
	text := netlogOf("", netlogDirect)
	want := readExport(ReadNetLog, []byte(text)).lines()
	constants, rest, _ := strings.Cut(text[1:], `"events":`)
	events, _, _ := strings.Cut(rest, `"polledData"`)
	constants = strings.TrimRight(constants, ", \n")
	events = strings.TrimRight(events, ", \n")
	for name, text := range map[string]string{
		"events first":       `{"events":` + events + `,` + constants + `}`,
		"another first":      `{"comment":"x",` + constants + `,"events":` + events + `}`,
		"spaces in an event": strings.ReplaceAll(text, `"type":`, `"type": `),
		"ended in an event":  text[:len(text)-1],
	} {
		got := readExport(ReadNetLog, []byte(text))
		got.sound(t)
		if !IsNetLog([]byte(text)) || got.lines() != want || got.err != nil || len(got.counters.Damage) > 0 && name != "ended in an event" {
			t.Errorf("%s: recognised %v, err %v, damage %v\n%s", name, IsNetLog([]byte(text)), got.err, got.counters.Damage, got.lines())
		}
	}
	for _, text := range []string{`{"events":` + events + `}`, `{"events":` + events} {
		if got := readExport(ReadNetLog, []byte(text)); !IsNetLog([]byte(text)) || got.err == nil || !strings.Contains(got.err.Error(), "without \"constants\"") {
			t.Errorf("without constants: err %v", got.err)
		}
	}
}

func TestIsNotNetLog(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " ", "\n\n", "{", "[]", "\"constants\"", `{"events":[]}`, `{"log":{"entries":[]}}`, `[{"events":1,"phase":1,"source":1,"time":1}]`} {
		if IsNetLog([]byte(text)) {
			t.Errorf("%q is recognised", text)
		}
	}
}

// Credentials that were removed as a whole have the scheme that the page's request shows.
func TestNetLogPageScheme(t *testing.T) {
	t.Parallel()
	log := `0 B URL_REQUEST:1 URL_REQUEST_START_JOB {"method":"GET","url":"http://api/"}
0 B URL_REQUEST:1 CORS_REQUEST {"request_headers":%s}
1 - URL_REQUEST:1 HTTP_TRANSACTION_SEND_REQUEST_HEADERS {"headers":["Host: api","Authorization: [53 bytes were stripped]"],"line":"GET / HTTP/1.1\r\n"}
2 - URL_REQUEST:1 HTTP_TRANSACTION_READ_RESPONSE_HEADERS {"headers":["HTTP/1.1 200 OK"]}
`
	for headers, want := range map[string]string{
		`"Accept: */*\r\nAuthorization: Bearer eyJhbGciOi\r\n"`:                "Bearer [53 bytes were stripped]",
		`{"headers":["Accept: */*","authorization: Basic YTpi"]}`:              "Basic [53 bytes were stripped]",
		`{"headers":["Authorization: [53 bytes were stripped]"]}`:              "[53 bytes were stripped]",
		`{"headers":["Accept: */*","X-Authorization: Bearer eyJ","A: \"b\""]}`: "[53 bytes were stripped]",
	} {
		got := readExport(ReadNetLog, []byte(netlogOf(`"logCaptureMode":"Default",`, fmt.Sprintf(log, headers))))
		if len(got.exchanges) != 1 {
			t.Fatalf("%s: err %v, damage %v", headers, got.err, got.counters.Damage)
		}
		if v := got.exchanges[0].Request.Header.Value("Authorization"); v != want {
			t.Errorf("%s: %q, want %q", headers, v, want)
		}
		if inClear := strings.Contains(got.kinds(), "netlog-credentials-in-clear"); inClear != (want[0] != '[') {
			t.Errorf("%s: limitations %s", headers, got.kinds())
		}
	}
}
