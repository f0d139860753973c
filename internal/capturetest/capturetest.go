// Package capturetest turns text into captures, so that a test shows in a few readable
// lines what happened on the wire.
//
// A case is a script. Lines that begin with > are sent by the client of the current
// connection, lines that begin with < by its server; neighbouring lines are one HTTP
// message, its head up to an empty one and its body after that:
//
//	conn 1 10.0.0.10:50000 > 10.0.0.20:80
//	> GET / HTTP/1.1
//	> Host: web.contoso.com
//	< HTTP/1.1 401 Unauthorized
//	< WWW-Authenticate: Negotiate
//
//	> GET / HTTP/1.1
//	> Host: web.contoso.com
//	> Authorization: Negotiate {spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM}}
//	< HTTP/1.1 200 OK
//	close server fin
//	want kerberos-authenticated info proven handshake 1: HTTP/web.contoso.com
//
// A Content-Length that is true is added to each response, and to each request
// with a body, unless there is one or a Transfer-Encoding; "Content-Length: none"
// keeps it away. With "Transfer-Encoding: chunked" the body is sent as one chunk.
//
// The other lines are:
//
//	# comment
//	conn NAME [CLIENT > SERVER] [nosyn] [refused] [unanswered[=once]] [tls|tls12] [h2] [sni=NAME]
//	                           opens a connection, or goes on with one that is open
//	tls [1.2] [h2] [sni=NAME]  starts TLS on the current connection (inside a tunnel)
//	h2                         goes on in HTTP/2 (inside a tunnel)
//	h2c                        goes on in HTTP/2 after a response 101: that answers the request, too
//	body N                     N more bytes of body of the last message, which must
//	                           announce them itself
//	close [client|server] [fin|rst]
//	reset [client|server] NAME ends the last HTTP/2 stream with an error (HTTP_1_1_REQUIRED)
//	lost client|server N       N bytes that the capture does not hold
//	kdc [tcp] [CLIENT >|< KDC] MESSAGE   a message to or from a KDC: {as-req} and its
//	                           kin without braces; "kdc > tgs-req ..." uses usual addresses
//	kdc-proxy >|< MESSAGE      such a message to or from a KDC proxy, on the current connection
//	dns CLIENT NAME [TYPE VALUE]... | nxdomain|servfail|nodata [AAAA|SRV] | unnamed | silence [anew]
//	                           a question and its answer (unnamed: a refusal without the question), or none
//	event NAME key=value ...   an authentication event of the client's log on the last
//	                           request: proxy scheme spn package user result net_error status
//	logged ID COMPUTER NAME=VALUE ...   an event of a log of Windows at this time
//	printed LINE               a line that a command printed about a host; \t is a tab
//	failed TEXT                why the last request got no response, in the words of a browser
//	log LINE                   a line of the log that the server wrote beside it
//	export CREATOR             the case is a HAR that this program wrote, and no packets
//	wait DURATION, time RFC3339
//	want CHECK[/VARIANT] SEVERITY EVIDENCE [handshake N]: part of the message
//	want none
//
// Macros in braces become tokens, in base64 where they stand in a header line. The
// builder of each, with its arguments and their usual values, is documented with it:
// ntlm1, ntlm2, ntlm3 (ntlm.go), apreq, aprep, krberror, and for kdc lines as-req,
// as-rep, tgs-req, tgs-rep, krb-error (kerberos.go), spnego-init, spnego-resp, negoex
// (spnego.go), basic, bearer, raw, cut, fill (macro.go). All are written after the
// specifications, without the parsers they test.
package capturetest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/txtar"
)

// A Case is one scenario: packets, and what a test wants to find in them.
type Case struct {
	Name  string // without "fires:" or "silent:"
	Line  int    // of the archive, where it begins
	Fires bool   // the archive says that the check must fire
	Wants []Want
	// KeyLog holds the TLS secrets of the case in NSS key log format.
	KeyLog []byte
	// Events are authentication events by the number of their request, from 0.
	Events map[int][]Event

	// Logged are events of logs of Windows, in XML; empty for none.
	Logged []byte
	// Printed is what commands printed about hosts; empty for nothing.
	Printed []byte

	// Log is what the server wrote into its log; empty for none.
	Log []byte

	// Export is the creator of the HAR that the case is; empty for a case of packets.
	Export string

	packets []packet
	entries []*entry
	text    []string // why there is no HAR of it
	vlan    uint16
	snap    int // how much of each frame is kept, 0 for all of it
	embed   bool
}

// A Want is a finding that must be there.
type Want struct {
	Check, Variant, Severity, Evidence string
	Handshake                          int    // 0 if it does not matter
	Message                            string // a part of it
	Line                               int    // where it stands
}

// An Event is one authentication event of a client's log.
type Event struct {
	Name, Scheme, SPN, Package, User, Result, Status string
	NetError                                         int
	Proxy                                            bool
}

// Parse reads the script of one case. An error names the line.
func Parse(text string) (*Case, error) { return parseFrom(text, 1) }

// parseFrom reads a script that begins at a line of its file.
func parseFrom(text string, first int) (*Case, error) {
	s := newScript()
	s.out.Line = first
	for i, line := range strings.Split(text, "\n") {
		s.number = first + i
		if err := s.line(strings.TrimRight(line, " \t\r")); err != nil {
			return nil, fmt.Errorf("line %d: %w", s.number, err)
		}
	}
	if err := s.flush(); err != nil {
		return nil, fmt.Errorf("line %d: %w", s.number, err)
	}
	return s.finish(), nil
}

// ParseArchive reads the cases of a txtar archive. Each file is one; its name begins
// with "fires:" or "silent:". An error names the line of the archive.
func ParseArchive(data []byte) ([]*Case, error) {
	var cases []*Case
	archive := txtar.Parse(data)
	line := 1 + bytes.Count(archive.Comment, []byte("\n"))
	for _, f := range archive.Files {
		kind, name, _ := strings.Cut(f.Name, ":")
		if kind != "fires" && kind != "silent" {
			return nil, fmt.Errorf("line %d: case %q is neither fires nor silent", line, f.Name)
		}
		line++ // that of the name
		c, err := parseFrom(string(f.Data), line)
		if err != nil {
			return nil, fmt.Errorf("%w (case %q)", err, f.Name)
		}
		line += bytes.Count(f.Data, []byte("\n"))
		c.Name, c.Fires = strings.TrimSpace(name), kind == "fires"
		cases = append(cases, c)
	}
	return cases, nil
}

// OnlyHTTP reports whether nothing but HTTP happens in the case: no KDC, no name server.
func (c *Case) OnlyHTTP() bool {
	return !slices.ContainsFunc(c.packets, func(p packet) bool { return p.udp || isKDCPort(p.src.Port()) || isKDCPort(p.dst.Port()) })
}

// start returns when cases begin that do not say otherwise.
func start() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
