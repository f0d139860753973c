package serverlog

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"negotrace/httpstream"
)

// IsHAProxyLog reports whether the first line of a file that begins with head, or the one after it, is
// one that HAProxy writes with option httplog.
func IsHAProxyLog(head []byte) bool {
	return beginsWith(head, func(line []byte) bool { return new(Request).parseHAProxy(line) })
}

// ReadHAProxyLog reads what HAProxy writes with option httplog and gives each request with a status to
// take, which may keep it. The times are those of HAProxy's zone, which the log does not name. The error is
// of reading.
func ReadHAProxyLog(r io.Reader, take func(*Request)) (Lines, error) {
	others := 0
	lines, err := eachLine(r, func(line []byte, number int, of string) bool {
		q := &Request{Pos: httpstream.Pos{Frame: number, Stream: -1}, Site: of, MayBeStartTime: true}
		if !q.parseHAProxy(line) || q.Status == 0 {
			others++ // of a start, a check, a connection without HTTP, a request without a response
			return true
		}
		take(q)
		return true
	})
	lines.Others = others
	return lines, err
}

// parseHAProxy reads a line, and reports whether it is one about a request: client and port, time,
// frontend, backend and server, durations, status, bytes, cookies, how it ended, counters, captured
// headers, request.
func (q *Request) parseHAProxy(line []byte) bool {
	if _, rest, ok := bytes.Cut(line, []byte("haproxy[")); ok {
		if _, rest, ok = bytes.Cut(rest, []byte("]: ")); ok {
			line = rest
		}
	}
	who, rest, ok := bytes.Cut(line, []byte(" ["))
	if !ok {
		return false
	}
	client, err := addressAndPort(string(who))
	stamp, rest, ok := bytes.Cut(rest, []byte("] "))
	if err != nil || !ok {
		return false
	}
	at, err := time.Parse("02/Jan/2006:15:04:05.000", string(stamp[:min(len(stamp), 40)]))
	f := bytes.SplitN(rest, []byte(" "), 11)
	if err != nil || len(f) < 11 || !q.setHAProxyStatus(f[3]) || !isCount(bytes.TrimPrefix(f[4], []byte("+"))) || !strings.Contains(string(f[1]), "/") {
		return false
	}
	begin := bytes.IndexByte(f[10], '"')
	if begin < 0 {
		return false
	}
	request, _, ok := quotedText(f[10][begin+1:])
	if !ok {
		return false
	}
	q.setRequestLine(request)
	q.Pos.Time = httpstream.TimeOf(at)
	q.Client = netip.AddrPortFrom(client.Addr().WithZone("").Unmap(), client.Port())
	if !bytes.Contains(f[1], []byte("/<")) { // HAProxy answered itself: <NOSRV>, <STATS>
		q.Upstream = limited(f[1])
	}
	durations := strings.Split(string(f[2]), "/")
	if ms, err := strconv.ParseInt(strings.TrimPrefix(durations[len(durations)-1], "+"), 10, 40); err == nil && ms > 0 {
		q.TimeTaken = time.Duration(ms) * time.Millisecond
	}
	return true
}

// addressAndPort reads an address and a port, between which stands a colon: IPv6 has no brackets here.
func addressAndPort(text string) (netip.AddrPort, error) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return netip.AddrPort{}, errNoPort
	}
	addr, err := netip.ParseAddr(strings.Trim(text[:i], "[]"))
	if err != nil {
		return netip.AddrPort{}, err
	}
	port, err := strconv.ParseUint(text[i+1:], 10, 16)
	return netip.AddrPortFrom(addr, uint16(port)), err
}

var errNoPort = errors.New("no port")

// setHAProxyStatus sets the status from its field, in which -1 stands for none, and reports whether it could.
func (q *Request) setHAProxyStatus(field []byte) bool {
	return string(field) == "-1" || q.setStatus(field)
}
