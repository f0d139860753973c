package message

import (
	"bytes"
	"strings"

	"negotrace/capture/redact/standin"
	"negotrace/capture/redact/tls"
)

// Ports of protocols of lines of text.
const (
	portSMTP       = 25
	portPOP        = 110
	portIMAP       = 143
	portSubmission = 587
	portSSDP       = 1900
	portSIP        = 5060
)

// longestLine is the longest line that is taken for one of text.
const longestLine = 64 << 10

// lineSize returns the length of the line that b begins with, as Stream.Size does.
func lineSize(b []byte) int {
	if tls.IsRecord(b) {
		return -1
	}
	end := bytes.IndexByte(b[:min(len(b), longestLine)], '\n') + 1
	if end == 0 && len(b) >= longestLine {
		return -1
	}
	return end
}

// isLine reports whether b begins with a line of text.
func isLine(b []byte) bool { return lineSize(b) > 0 }

// Words that say what a line is for in SMTP (RFC 5321), POP (RFC 1939), IMAP (RFC 9051), SIP (RFC 3261) and SSDP, the
// names of protocols and mechanisms, and statuses.
const (
	lineVerbs = " EHLO HELO MAIL RCPT DATA QUIT RSET NOOP VRFY EXPN STARTTLS AUTH BDAT +OK -ERR USER PASS STAT RETR DELE UIDL APOP CAPA STLS " +
		"* + OK NO BAD BYE PREAUTH CAPABILITY LOGOUT AUTHENTICATE SELECT EXAMINE FETCH STORE UID IDLE " +
		"INVITE ACK CANCEL REGISTER OPTIONS PRACK SUBSCRIBE UPDATE REFER M-SEARCH NOTIFY . "
	lineAlways   = " SIP/2.0 HTTP/1.1 LOGIN PLAIN NTLM GSSAPI GSS-SPNEGO CRAM-MD5 DIGEST-MD5 XOAUTH2 "
	lineStatuses = " 100 180 183 200 202 211 214 220 221 235 250 251 252 334 354 401 403 404 407 408 421 450 451 452 454 480 486 487 " +
		"500 501 502 503 504 530 534 535 538 550 551 552 553 554 555 603 "
)

// textLines rewrites lines of text. What a line is for stays, and its status; letters take the place of all else.
func textLines(v *standin.Values, b []byte) {
	for len(b) > 0 {
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			textLine(b)
			return
		}
		textLine(bytes.TrimSuffix(b[:end], []byte("\r")))
		b = b[end+1:]
	}
}

// textLine rewrites one line. A verb or a status is the first word, or the second behind a tag or a protocol.
func textLine(line []byte) {
	is := func(words string, word []byte) bool {
		return len(word) > 0 && strings.Contains(words, " "+strings.ToUpper(string(word))+" ")
	}
	for n, isFirst := 0, true; len(line) > 0; n++ {
		word, rest, _ := bytes.Cut(line, []byte(" "))
		keep, end := 0, len(word)
		const status = 3
		switch {
		case is(lineAlways, word):
			keep = end
		case isFirst && (is(lineVerbs, word) || is(lineStatuses, word)):
			keep, isFirst = end, string(word) == "*"
		case n == 0 && end > status && word[status] == '-' && is(lineStatuses, word[:status]): // more lines follow
			keep = status + 1
		case bytes.HasPrefix(word, []byte("sip:")):
			keep = len("sip:")
		case n == 0 && bytes.HasSuffix(word, []byte(":")): // the name of a header line
			end--
		}
		standin.Letters.Fill(word[keep:end], 0)
		isFirst = isFirst && n == 0
		line = rest
	}
}
