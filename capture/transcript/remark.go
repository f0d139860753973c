package transcript

import (
	"net/netip"
	"strconv"
	"strings"

	"negotrace/httpstream"
	"negotrace/internal/lazyregexp"
	"negotrace/internal/publictext"
)

var (
	trying    = lazyregexp.New(`^ *Trying [0-9a-fA-F.:\[\]]+\.\.\.$`)
	connected = lazyregexp.New(`^(?:Connected|Established connection) to \S+ \(([0-9a-fA-F.:]+)\)? port (\d+)\)?(?: from ([0-9a-fA-F.:]+) port (\d+))?`)
	secured   = lazyregexp.New(`^(?:SSL connection using TLSv?(\d\.\d)|ALPN[:,] server |using HTTP/2|Using HTTP2|Initiating SSL handshake|schannel: )`)
	noToken   = lazyregexp.New(`^(gss_init_sec_context|InitializeSecurityContext)(?:\(\))? failed[ :]*(.*)$`)
	closing   = lazyregexp.New(`(?i)^(?:closing connection|shutting down connection|connection #?\d* ?.*(?:died|closed|left intact))`)
	// failing are remarks about authentication that show what went wrong.
	failing = lazyregexp.New(`(?i)gss_|spnego|InitializeSecurityContext|SEC_E_|NTLM|authentication (?:problem|error)|mechanism|Recv failure|Empty reply|schannel|URI blocked|^Unknown authentication scheme|^HTTP FAILED: |^ERROR \w+: `)
)

const (
	overLine   = "Escape character is " // of telnet, which knows no TLS
	notTrusted = " URI blocked"         // of Firefox, which does not log on there by itself
)

// remark takes a line that the program says itself.
func (a *assembler) remark(c *conn, text string) {
	switch m, tls := connected().FindStringSubmatch(text), secured().FindStringSubmatch(text); {
	case trying().MatchString(text):
		if c.Start.Frame > 0 {
			a.emitOver(c)
			a.close(c)
			c.Conn, c.waiting, c.tunnel, c.inner, c.status = a.newConn(), nil, nil, nil, 0
		}
		c.SYN, c.trying = true, true
	case m != nil && c.trying: // curl since 8.13 says so when TLS is done, in a tunnel, too
		c.Server, c.Client, c.trying = address(m[1], m[2]), address(m[3], m[4]), false
	case m != nil:
		a.emitOver(c)
		a.close(c)
		c.Conn, c.waiting, c.tunnel, c.inner, c.status = a.newConn(), nil, nil, nil, 0
		c.Server, c.Client = address(m[1], m[2]), address(m[3], m[4])
		c.SYN = true
	case strings.HasPrefix(text, overLine):
		c.SYN = true
	case tls != nil && c.tunnel != nil:
		c.inner = withTLS(c.inner, tls[1])
	case tls != nil:
		c.TLS = withTLS(c.TLS, tls[1])
	case c.claim(text):
	case closing().MatchString(text):
		if c.waiting = nil; c.current != nil && c.current.Response == nil {
			a.emit(c)
		} else if c.current != nil {
			a.notes(c)
			c.over = true
		}
	case len(c.remarks) < maxRemarks && failing().MatchString(text):
		said := publictext.Of(strings.Clone(text[:min(len(text), maxRemark)]))
		c.remarks = append(c.remarks, said)
		if callFailed().MatchString(text) {
			if a.failed++; a.failed == 1 {
				a.failure = said
			}
		}
	}
}

func withTLS(t *httpstream.TLS, version string) *httpstream.TLS {
	if t == nil {
		t = &httpstream.TLS{Opened: true}
	}
	if version != "" {
		t.Version = version
	}
	return t
}

// byPort sets that there is TLS where its lines are not in the text: a client names in Host any port that is not the
// usual one of its scheme (RFC 9110 section 7.2).
func (c *conn) byPort() {
	const https = 443
	if q := c.current.Request; c.TLS == nil && c.Tunnel == nil && c.Server.Port() == https && q != nil && q.Host != "" && q.Method != "CONNECT" && !strings.HasSuffix(q.Host, ":443") && !strings.Contains(q.Target, "://") {
		c.TLS, c.TLSUnknown = withTLS(nil, ""), false
	}
}

// usuallyTLS reports whether servers mostly have TLS on a port: those of HTTPS and WinRM.
func usuallyTLS(port uint16) bool { return port%1000 == 443 || port == 5986 }

func address(ip, port string) netip.AddrPort {
	addr, err := netip.ParseAddr(ip)
	n, bad := strconv.ParseUint(port, 10, 16)
	if err != nil || bad != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(addr, uint16(n))
}

// notes adds the remarks to the exchange to which they belong.
func (a *assembler) notes(c *conn) {
	for _, text := range c.remarks {
		c.current.Notes = append(c.current.Notes, httpstream.Note{Pos: c.current.Pos(), Text: a.program.Program + " says: " + text})
		e := httpstream.AuthEvent{Pos: c.current.Pos(), Proxy: c.current.Response != nil && c.current.Response.Status == 407}
		if m := noToken().FindStringSubmatch(text); m != nil {
			e.Name, e.Result, e.Status = m[1], "error", m[2]
		} else if name, ok := strings.CutSuffix(text, notTrusted); ok {
			e.Name, e.Result = name, "no-default-credentials"
		}
		if text == knowsNoScheme {
			e.Name, e.Result = a.program.Program, "unknown-scheme"
		}
		if e.Result != "" {
			c.current.Events = append(c.current.Events, e)
		}
	}
	c.remarks = nil
}
