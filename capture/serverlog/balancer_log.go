package serverlog

import (
	"bytes"
	"io"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"negotrace/httpstream"
)

// IsBalancerLog reports whether the first line of a file that begins with head, or the one after it, is one that
// Envoy writes as text by default, with what Istio adds, or an Application or Classic Load Balancer of AWS.
func IsBalancerLog(head []byte) bool {
	return beginsWith(head, func(line []byte) bool { return new(Request).parseBalancer(line) })
}

// ReadBalancerLog reads such a log and gives each request with a status to take, which may keep it. The error is of
// reading.
func ReadBalancerLog(r io.Reader, take func(*Request)) (Lines, error) {
	others := 0
	lines, err := eachLine(r, func(line []byte, number int, of string) bool {
		q := &Request{Pos: httpstream.Pos{Frame: number, Stream: -1}, Site: of}
		if !q.parseBalancer(line) || q.Status == 0 {
			others++ // of a start, of a connection without HTTP, of a request without a response
			return true
		}
		take(q)
		return true
	})
	lines.Others = others
	return lines, err
}

func (q *Request) parseBalancer(line []byte) bool {
	f := fieldsOf(line)
	return q.parseEnvoy(f) || q.parseAWS(f)
}

// A field is one of a line: a text between quotation marks, or a word.
type field struct {
	text   string
	quoted bool
}

// maxFields is how many fields of a line are read: AWS has thirty, Istio twenty.
const maxFields = 40

// fieldsOf splits a line at its blanks.
func fieldsOf(line []byte) (fields []field) {
	for len(fields) < maxFields {
		if line = bytes.TrimLeft(line, " "); len(line) == 0 {
			break
		}
		if line[0] == '"' {
			text, rest, ok := quotedText(line[1:])
			if !ok {
				break // cut short
			}
			fields, line = append(fields, field{text, true}), rest
			continue
		}
		word, rest, _ := bytes.Cut(line, []byte(" "))
		fields, line = append(fields, field{limited(word), false}), rest
	}
	return fields
}

// parseEnvoy reads the fields of a line of Envoy: [begin] "request" status flags, what Istio has of reasons, bytes
// received, bytes sent, duration, that of the server, "X-Forwarded-For" "User-Agent" "X-Request-ID" "authority"
// "server", and what Istio has of names and addresses.
func (q *Request) parseEnvoy(f []field) bool {
	if len(f) < 5 || !strings.HasPrefix(f[0].text, "[") || !f[1].quoted {
		return false
	}
	at, err := time.Parse("[2006-01-02T15:04:05.999Z]", f[0].text)
	if err != nil || !q.setGatewayRequest(f[1].text) || f[2].text != "0" && !q.setStatus([]byte(f[2].text)) {
		return false
	}
	of := f[4:]
	if len(of) > 4 && of[2].quoted { // reasons, and those of the server's connection
		if own := of[0].text; slices.ContainsFunc(ownDetails, func(begin string) bool { return strings.HasPrefix(own, begin) }) && !strings.Contains(own, noToken) {
			q.Details = own
		}
		of = of[3:]
	}
	if len(of) < 9 || !of[4].quoted || !isCount([]byte(of[0].text)) || !isCount([]byte(of[1].text)) {
		return false
	}
	if ms, err := strconv.ParseUint(of[2].text, 10, 40); err == nil {
		q.TimeTaken = time.Duration(ms) * time.Millisecond
	}
	q.Pos.Time = httpstream.TimeOf(at.Add(q.TimeTaken))
	if client := of[4].text; isAddressList(client) {
		q.ForwardedFor = client
	}
	if agent := of[5].text; agent != "-" {
		q.UserAgent = agent
	}
	if host := of[7].text; host != "-" {
		q.Host = host
	}
	if to := of[8].text; to != "-" {
		q.Upstream = strings.TrimPrefix(to, "tcp://")
	}
	if len(of) > 12 {
		if client, err := netip.ParseAddrPort(of[12].text); err == nil {
			q.Client = netip.AddrPortFrom(client.Addr().WithZone("").Unmap(), client.Port())
		}
	}
	if first, _, _ := strings.Cut(q.ForwardedFor, ","); !q.Client.IsValid() {
		if addr, err := netip.ParseAddr(strings.TrimSpace(first)); err == nil {
			q.Client = netip.AddrPortFrom(addr.WithZone("").Unmap(), 0)
		}
	}
	return true
}

// ownDetails begin the reasons for which a filter of Envoy refuses the credentials of a request without asking the
// server (Envoy, response code details). That none came is the beginning of every logon.
var ownDetails = []string{"jwt_authn_access_denied", "ext_authz_error", "invalid_credential_for_basic_auth"}

const noToken = "Jwt_is_missing"

// awsTypes are the words with which lines of an Application Load Balancer begin.
var awsTypes = map[string]bool{"http": true, "https": true, "h2": true, "grpcs": true, "ws": true, "wss": true}

// parseAWS reads the fields of a line of AWS: the type, but of a Classic Load Balancer, end, name of the balancer, client,
// server, three durations, status, that of the server, bytes received, bytes sent, "request" "User-Agent".
func (q *Request) parseAWS(f []field) bool {
	if len(f) > 0 && awsTypes[f[0].text] {
		f = f[1:]
	}
	if len(f) < 13 || !f[11].quoted || !f[12].quoted {
		return false
	}
	at, err := time.Parse(time.RFC3339, f[0].text)
	client, err2 := netip.ParseAddrPort(f[2].text)
	if err != nil || err2 != nil || f[7].text != "-" && !q.setStatus([]byte(f[7].text)) || !isCount([]byte(f[9].text)) || !q.setGatewayRequest(f[11].text) {
		return false
	}
	q.Pos.Time = httpstream.TimeOf(at)
	q.Client = netip.AddrPortFrom(client.Addr().WithZone("").Unmap(), client.Port())
	if f[3].text != "-" {
		q.Upstream = f[3].text
	}
	if f[12].text != "-" {
		q.UserAgent = f[12].text
	}
	for _, part := range f[4:7] {
		if s, err := strconv.ParseFloat(part.text, 64); err == nil && s > 0 && s < 1e6 {
			q.TimeTaken += time.Duration(s * float64(time.Second))
		}
	}
	return true
}

// setGatewayRequest sets method, path and host from a request line, whose target may be a URL.
func (q *Request) setGatewayRequest(line string) bool {
	method, rest, ok := strings.Cut(line, " ")
	target, protocol, ok2 := strings.Cut(rest, " ")
	if !ok || !ok2 || !strings.HasPrefix(protocol, "HTTP/") && protocol != "-" {
		return false
	}
	q.setRequestLine(method + " " + target)
	if u, err := url.Parse(target); err == nil && u.Host != "" {
		q.Host, q.Path = u.Hostname(), u.EscapedPath()
	}
	return true
}
