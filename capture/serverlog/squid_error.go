package serverlog

import (
	"bytes"
	"strings"

	"negotrace/internal/publictext"
)

// parseSquid reads a line of Squid's cache.log, and reports whether it is one: the time, the number of the
// process, a bar, and the message. That of a helper that logs on its own has its place in the source before
// the time; what it refuses Squid says again.
func (e *AuthError) parseSquid(line []byte) bool {
	const layout = "2006/01/02 15:04:05"
	before, _, ok := bytes.Cut(line[:min(len(line), maxSquidStamp)], []byte("|"))
	if !ok {
		return false
	}
	message := line[len(before)+1:]
	stamp, helper := before, false
	if _, behind, ok := bytes.Cut(before, []byte(" :")); ok { // negotiate_kerberos_auth.cc(489): pid=2012 :TIME
		stamp, helper = behind, true
	}
	if len(stamp) < len(layout) || !e.setTime(stamp[:len(layout)], layout) {
		return false
	}
	if process := bytes.TrimSpace(stamp[len(layout):]); len(process) > 0 && !bytes.HasPrefix(process, []byte("kid")) {
		return false
	}
	e.Module, e.Level = "squid", "notice"
	if helper {
		return true
	}
	text := limited(bytes.TrimSpace(message))
	for _, level := range []string{"ERROR", "WARNING", "FATAL"} {
		if rest, ok := strings.CutPrefix(text, level+": "); ok {
			text, e.Level = rest, map[string]string{"ERROR": "error", "WARNING": "warn", "FATAL": "crit"}[level]
		}
	}
	e.Text = publictext.Of(squidReason(text))
	return true
}

// maxSquidStamp is how much may be before the bar.
const maxSquidStamp = 120

// squidReason returns a message with what the helper said, and without how Squid wraps it.
func squidReason(text string) string {
	about, reply, ok := strings.Cut(text, " Result: {result=")
	if !ok {
		return text
	}
	_, said, ok := strings.Cut(reply, "message: ")
	if !ok {
		return text
	}
	said, _, _ = strings.Cut(said, "; }")
	return about + " " + strings.TrimSpace(said)
}
