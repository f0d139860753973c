package logs

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
)

// loggedFields begin the logs of these tests.
const loggedFields = "#Fields: date time s-ip s-port cs-method cs-uri-stem cs-username c-ip cs(User-Agent) X-Forwarded-For cs-host sc-status sc-substatus sc-win32-status\n"

// logonsOf reads lines, of which $ stands for what most of them say alike: "12:00:01 192.0.2.1 -
// 401 2 5" is the second, the client, the user and the status.
func logonsOf(t *testing.T, text string) *loggedLogons {
	t.Helper()
	s := newLoggedLogons(&httpstream.Counters{})
	var log strings.Builder
	log.WriteString(loggedFields)
	for line := range strings.Lines(text) {
		var clock, client, user, agent, via string
		var status, sub int
		var win32 uint32
		n, _ := fmt.Sscan(line, &clock, &client, &user, &status, &sub, &win32, &agent, &via)
		if n < 6 {
			t.Fatalf("%q", line)
		}
		if agent == "" {
			agent = "-"
		}
		if via == "" {
			via = "-"
		}
		fmt.Fprintf(&log, "2026-11-23 %s 198.51.100.20 443 GET /a %s %s %s %s web.corp.test %d %d %d\n", clock, user, client, agent, via, status, sub, win32)
	}
	if n, err := serverlog.ReadW3C(strings.NewReader(log.String()), s.add); err != nil || n.Malformed > 0 {
		t.Fatal(n, err)
	}
	return s
}

// TestLoggedLogons holds which lines are one logon, how it ended, and what is said alike.
func TestLoggedLogons(t *testing.T) {
	t.Parallel()
	const handshake = "12:00:01 192.0.2.1 - 401 2 5\n12:00:01 192.0.2.1 - 401 1 2148074254\n"
	const end = "13:00:00 192.0.2.99 - 200 0 0"
	for name, tt := range map[string]struct{ log, want string }{
		"NTLM":                            {handshake + "12:00:01 192.0.2.1 CORP\\alice 200 0 0", "2-4 CORP\\alice succeeded proven x1+0"},
		"NTLM, three times":               {strings.Repeat(handshake+"12:00:01 192.0.2.1 CORP\\alice 200 0 0\n", 3), "2-4 CORP\\alice succeeded proven x3+0"},
		"further requests":                {handshake + strings.Repeat("12:00:01 192.0.2.1 CORP\\alice 200 0 0\n", 3), "2-4 CORP\\alice succeeded proven x1+2"},
		"begun before the log":            {"12:00:01 192.0.2.1 CORP\\alice 304 0 0\n", "2-2 CORP\\alice succeeded proven x1+0"},
		"refused":                         {handshake + "12:00:01 192.0.2.1 - 401 1 2148074252", "2-4  failed proven x1+0"},
		"refused again and again":         {strings.Repeat(handshake+"12:00:01 192.0.2.1 - 401 1 2148074252\n", 3), "2-4  failed proven x3+0"},
		"two clients at one time":         {handshake + "12:00:01 192.0.2.2 - 401 2 5\n12:00:01 192.0.2.1 - 401 1 2148074252\n12:00:02 192.0.2.2 CORP\\bob 200 0 0", "2-5  failed proven x1+0; 4-6 CORP\\bob succeeded proven x1+0"},
		"two behind a proxy":              {"12:00:01 192.0.2.1 - 401 2 5 a 203.0.113.1\n12:00:01 192.0.2.1 - 401 2 5 a 203.0.113.2,+10.0.0.1\n12:00:01 192.0.2.1 - 401 1 1326 a 203.0.113.1\n12:00:01 192.0.2.1 bob 200 0 0 a 203.0.113.2,+10.0.0.1", "2-4  failed proven x1+0; 3-5 bob succeeded proven x1+0"},
		"two programs of one client":      {"12:00:01 192.0.2.1 - 401 2 5 a\n12:00:01 192.0.2.1 - 401 2 5 b\n12:00:01 192.0.2.1 bob 200 0 0 b\n" + end, "2-2  unanswered inferred x1+0; 3-4 bob succeeded proven x1+0"},
		"what a browser asks beside":      {handshake + "12:00:01 192.0.2.1 - 401 2 5\n12:00:02 192.0.2.1 bob 200 0 0\n12:00:02 192.0.2.1 - 401 2 5\n" + end, "2-5 bob succeeded proven x1+0"},
		"never answered":                  {"12:00:01 192.0.2.1 - 401 2 5\n" + end, "2-2  unanswered inferred x1+0"},
		"stopped":                         {handshake + end, "2-3  abandoned inferred x1+0"},
		"the log ends":                    {handshake, "2-3  unknown  x1+0"},
		"a user who looks at the prompt":  {"12:00:01 192.0.2.1 - 401 2 5\n12:01:50 192.0.2.1 bob 200 0 0\n", "2-3 bob succeeded proven x1+0"},
		"a clock that is put back":        {"12:00:01 192.0.2.1 - 401 2 5\n11:00:01 192.0.2.1 - 401 1 2148074254\n11:00:01 192.0.2.1 bob 200 0 0\n", "3-4 bob succeeded proven x1+0"},
		"anybody is served the same":      {"12:00:01 192.0.2.1 - 401 2 5\n12:00:02 192.0.2.1 - 200 0 0\n" + end, ""},
		"anonymous":                       {strings.Repeat(end+"\n", 3), ""},
		"no right, after the logon":       {handshake + "12:00:02 192.0.2.1 - 401 3 5", "2-4  failed proven x1+0"},
		"no right for anybody, and asked": {"12:00:02 192.0.2.1 - 401 3 5\n12:00:03 192.0.2.1 bob 200 0 0", "2-3 bob succeeded proven x1+0"},
		"forbidden, and not elsewhere":    {"12:00:02 192.0.2.1 bob 403 0 5\n12:00:03 192.0.2.1 bob 200 0 0\n12:00:03 192.0.2.1 bob 403 0 5", "2-2 bob succeeded proven x2+0; 3-3 bob succeeded proven x1+0"},
	} {
		var got []string
		for _, h := range logonsOf(t, tt.log).handshakes() {
			got = append(got, fmt.Sprintf("%d-%d %s %s %s x%d+%d", h.Start.Frame, h.Last().Logged.Pos.Frame, h.User, h.Outcome, h.OutcomeEvidence, 1+h.Repeats, h.FollowOnCount))
		}
		if text := strings.Join(got, "; "); text != tt.want {
			t.Errorf("%s: %q, want %q", name, text, tt.want)
		}
	}
}

// TestLoggedLogonsWithoutUsers holds that a log without a column of users proves nothing.
func TestLoggedLogonsWithoutUsers(t *testing.T) {
	t.Parallel()
	s := newLoggedLogons(&httpstream.Counters{})
	log := "#Fields: date time cs-method cs-uri-stem c-ip sc-status sc-win32-status\n2026-11-23 12:00:01 GET /a 192.0.2.1 401 5\n2026-11-23 12:00:01 GET /a 192.0.2.1 200 0\n"
	if _, err := serverlog.ReadW3C(strings.NewReader(log), s.add); err != nil {
		t.Fatal(err)
	}
	all := s.handshakes()
	if len(all) != 1 || all[0].Outcome != analysis.Succeeded || all[0].OutcomeEvidence != analysis.Inferred || all[0].User != "" {
		t.Errorf("%+v", all)
	}
}

// TestLoggedLogonsLimits holds that logs with any number of clients, users and open logons are
// kept within limits, in the same way each time, and that what is over is counted.
func TestLoggedLogonsLimits(t *testing.T) {
	t.Parallel()
	const n = 5 * maxPendingLogons / 4
	var b bytes.Buffer
	b.WriteString(loggedFields)
	for i := range n {
		at := noon.Add(time.Duration(i) * 10 * time.Millisecond).Format("2006-01-02 15:04:05")
		client := fmt.Sprintf("2001:db8::%x", i+1)
		fmt.Fprintf(&b, "%s 198.51.100.20 443 GET /a - %s - - - 401 2 5\n", at, client)
		switch i % 4 {
		case 0:
			fmt.Fprintf(&b, "%s 198.51.100.20 443 GET /a - %s - - - 401 1 2148074252\n", at, client)
		case 1:
			fmt.Fprintf(&b, "%s 198.51.100.20 443 GET /a u%d %s - - - 200 0 0\n", at, i, client)
		}
	}
	run := func() (*loggedLogons, []*analysis.Handshake) {
		s := newLoggedLogons(&httpstream.Counters{})
		most := 0
		_, err := serverlog.ReadW3C(bytes.NewReader(b.Bytes()), func(q *serverlog.Request) {
			s.add(q)
			most = max(most, len(s.pending))
		})
		if err != nil || most > maxPendingLogons {
			t.Fatalf("%d are open, %v", most, err)
		}
		return s, s.handshakes()
	}
	s, all := run()
	if len(all) > 3*maxLoggedRows || s.refused != n/4 || s.accepted != n/4 {
		t.Errorf("%d rows, %d refused, %d accepted", len(all), s.refused, s.accepted)
	}
	if s.counters.Dropped["logons in server logs over the number that is listed"] == 0 {
		t.Errorf("%v", s.counters.Dropped)
	}
	_, again := run()
	if !slices.EqualFunc(all, again, func(a, b *analysis.Handshake) bool {
		return a.Start == b.Start && a.Outcome == b.Outcome && a.Client == b.Client
	}) {
		t.Error("other rows the second time")
	}
}
