package analysis

import (
	"bytes"
	"strings"
	"testing"

	"negotrace/capture/serverlog"
	"negotrace/tokens"
)

// TestFirstMark holds the search against one that looks for each mark on its own.
func TestFirstMark(t *testing.T) {
	for n, mark := range errorMarks {
		other := errorMarks[(n+1)%len(errorMarks)]
		for before := range 2 * markSearch.shortest {
			for _, page := range []string{
				mark, mark[:len(mark)-1], mark[1:] + mark, mark[:3] + mark + other, mark[:len(mark)-1] + other + mark,
			} {
				page := []byte(strings.Repeat("E", before) + page + "\r\n")
				want := -1
				for _, m := range errorMarks {
					if i := bytes.Index(page, []byte(m)); i >= 0 && (want < 0 || i < want) {
						want = i
					}
				}
				if got := firstMark(page); got != want {
					t.Errorf("%q: %d, want %d", page, got, want)
				}
			}
		}
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
