package serverlog

import (
	"bytes"
	"encoding/json"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"negotrace/httpstream"
	"negotrace/internal/publictext"
)

// An AuthError is a line of an error log about authentication. What a line does not say is
// empty.
type AuthError struct {
	// Pos is the line, and what the clock on the wall showed, as if that were UTC: these
	// logs say no time zone.
	Pos    httpstream.Pos `json:"pos"`
	Level  string         `json:"level"`            // error, notice ...
	Module string         `json:"module,omitempty"` // of Apache httpd 2.4: auth_gssapi; squid
	Client netip.AddrPort `json:"client,omitzero"`  // port 0 where the log has none
	Host   string         `json:"host,omitempty"`   // of nginx
	Method string         `json:"method,omitempty"` // of nginx
	Path   string         `json:"path,omitempty"`   // of nginx, without the query
	// Text is the message, without what looks like a token in it.
	Text string `json:"text"`
	// NTLM is set if the last token that came on this connection of nginx was NTLM, as a log of
	// level debug shows.
	NTLM bool `json:"ntlm,omitempty"`
}

// IsError reports whether its level is that of an error or worse.
func (e *AuthError) IsError() bool {
	switch e.Level {
	case "error", "crit", "alert", "emerg":
		return true
	}
	return false
}

// authTerms are terms of messages about authentication, in lower case.
var authTerms = []string{"gss", "krb5", "kerberos", "keytab", "spnego", "negotiate", "ntlm", "sspi", "winbind", "basic auth", "authentication iteration", "authentication failure", "password mismatch", `" was not found in "`}

// isAboutAuth reports whether a message is about authentication.
func isAboutAuth(module string, text []byte) bool {
	if strings.HasPrefix(module, "auth") {
		return true
	}
	small := bytes.ToLower(text)
	for _, s := range authTerms {
		if bytes.Contains(small, []byte(s)) {
			return true
		}
	}
	return false
}

// IsErrorLog reports whether the first line of a file that begins with head, or the one after it, is
// one of an error log of Apache httpd, of nginx or of Squid.
func IsErrorLog(head []byte) bool {
	return beginsWith(head, func(line []byte) bool {
		var e AuthError
		return e.parse(line)
	})
}

// parse reads a line, and reports whether it is one of an error log.
func (e *AuthError) parse(line []byte) bool {
	return e.parseApache(line) || e.parseNginx(line) || e.parseSquid(line)
}

// ReadServerLog reads an access log, or an error log of Apache httpd, of nginx or of Squid: containers write both into
// one. It gives each request, and each line of errors about authentication, to a function that may keep it. The
// error is of reading.
func ReadServerLog(r io.Reader, request func(*Request), failed func(*AuthError)) (Lines, error) {
	others := 0
	ntlm := map[string]bool{} // the connections of nginx whose last token was NTLM
	goesOn := false           // the lines behind it may be of the same message, or what a helper prints
	var debugged repeated
	lines, err := eachLine(r, func(line []byte, number int, of string) bool {
		at := httpstream.Pos{Frame: number, Stream: -1}
		if q := accessLine(line, at); q != nil {
			q.Site = of
			request(q)
			return true
		}
		if line[0] == '{' && json.Valid(line) { // about something else than a request
			others++
			return true
		}
		e := &AuthError{Pos: at}
		if !e.parse(line) {
			if goesOn {
				others++
			}
			return goesOn
		}
		goesOn = e.Module == "squid" || e.Level == "debug" && strings.HasPrefix(e.Text, "HTTP/1.")
		conn := nginxConn(line)
		if token := nginxToken(line); token != nil && len(ntlm) < maxDebugged {
			ntlm[conn] = bytes.HasPrefix(token, []byte("TlRM"))
		}
		if !isAboutAuth(e.Module, []byte(e.Text)) {
			others++
			return true
		}
		e.NTLM = ntlm[conn]
		if d := debugged.next(e, conn); d != nil {
			failed(d)
		} else if debugged.again {
			others++
		}
		if debugged.line == nil {
			failed(e)
		}
		return true
	})
	if debugged.line != nil {
		failed(debugged.line)
	}
	lines.Others = others
	return lines, err
}

// parseApache reads a line of Apache httpd, and reports whether it is one: groups in brackets
// (the time, the module and the level, the process, the client), and the message.
func (e *AuthError) parseApache(line []byte) bool {
	stamp, rest, ok := bracketed(line)
	if !ok || !e.setTime(stamp, "Mon Jan _2 15:04:05.999999 2006") {
		return false
	}
	hasPort := false
	for i := 0; ; i++ {
		group, more, ok := bracketed(rest)
		if !ok {
			break
		}
		rest = more
		client, isClient := bytes.CutPrefix(group, []byte("client "))
		switch {
		case isClient:
			e.Client = parseClient(string(client), hasPort)
		case i == 0:
			module, level, found := bytes.Cut(group, []byte(":"))
			if hasPort = found; !found { // before version 2.4
				module, level = nil, group
			}
			e.Module, e.Level = limited(module), limited(level)
		}
		if isClient {
			break
		}
	}
	if e.Level == "" {
		return false
	}
	text, _, _ := bytes.Cut(rest, []byte(", referer: "))
	e.Text = publictext.Of(limited(text))
	return true
}

// bracketed returns the text in brackets at the beginning of b, and what follows the blank after it.
func bracketed(b []byte) (inside, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '[' {
		return nil, b, false
	}
	inside, rest, ok = bytes.Cut(b[1:], []byte("]"))
	return inside, bytes.TrimLeft(rest, " "), ok
}

// parseClient reads the address of a client. Apache httpd writes an IPv6 address and its port
// without brackets.
func parseClient(text string, hasPort bool) netip.AddrPort {
	if both, err := netip.ParseAddrPort(text); err == nil {
		return netip.AddrPortFrom(both.Addr().Unmap(), both.Port())
	}
	if i := strings.LastIndexByte(text, ':'); hasPort && i > 0 {
		addr, err := netip.ParseAddr(text[:i])
		port, err2 := strconv.ParseUint(text[i+1:], 10, 16)
		if err == nil && err2 == nil {
			return netip.AddrPortFrom(addr.Unmap(), uint16(port))
		}
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(addr.Unmap(), 0)
}

func (e *AuthError) setTime(stamp []byte, layout string) bool {
	t, err := time.Parse(layout, string(stamp[:min(len(stamp), 40)]))
	e.Pos.Time = httpstream.TimeOf(t)
	return err == nil
}
