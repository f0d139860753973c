package serverlog

import (
	"bytes"
	"io"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"negotrace/httpstream"
)

// IsSquidLog reports whether the first line of a file that begins with head, or the one after it, is
// one of Squid's access log in its own format (logformat squid).
func IsSquidLog(head []byte) bool {
	return beginsWith(head, func(line []byte) bool { return new(Request).parseSquid(line) })
}

// ReadSquidLog reads Squid's access log in its own format and gives each line with a status to take,
// which may keep it. The error is of reading.
func ReadSquidLog(r io.Reader, take func(*Request)) (Lines, error) {
	others := 0
	lines, err := eachLine(r, func(line []byte, number int, of string) bool {
		q := &Request{Pos: httpstream.Pos{Frame: number, Stream: -1}, Site: of, NamesUsers: true, AtProxy: true, MayBeStartTime: true}
		if !q.parseSquid(line) {
			return false
		}
		if q.Status == 0 {
			others++ // the client was gone before there was a response
			return true
		}
		take(q)
		return true
	})
	lines.Others = others
	return lines, err
}

// parseSquid reads a line, and reports whether it is one of Squid's own format: time, duration, client,
// result and status, bytes, method, URL, user, peer and media type.
func (q *Request) parseSquid(line []byte) bool {
	f := bytes.Fields(line)
	if len(f) < 10 {
		return false
	}
	seconds, millis, ok := strings.Cut(string(f[0]), ".")
	at, err := strconv.ParseInt(seconds, 10, 40)
	ms, err2 := strconv.ParseUint(millis, 10, 10)
	if !ok || err != nil || err2 != nil || at < 0 || len(millis) != 3 {
		return false
	}
	taken, err := strconv.ParseInt(string(f[1]), 10, 40)
	client, err2 := netip.ParseAddr(string(f[2]))
	result, status, ok := strings.Cut(string(f[3]), "/")
	if err != nil || err2 != nil || !ok || !isResult(result) || !setInt(&q.Status, []byte(status)) || q.Status > 599 || !isCount(f[4]) {
		return false
	}
	end := time.Unix(at, int64(ms)*int64(time.Millisecond))
	q.TimeTaken = time.Duration(max(taken, 0)) * time.Millisecond
	if q.Method = limited(f[5]); q.Method == "CONNECT" {
		end = end.Add(-q.TimeTaken) // the line is written at the end of the tunnel
	}
	q.Pos.Time = httpstream.TimeOf(end)
	q.Client = netip.AddrPortFrom(client.WithZone("").Unmap(), 0)
	q.asked(limited(f[6]))
	if user := string(f[7]); user != "-" {
		if plain, err := url.PathUnescape(user); err == nil {
			user = plain
		}
		q.User = limited([]byte(user))
	}
	if strings.Contains(result, "DENIED") && q.Status == httpstream.StatusForbidden {
		q.Module = "access rules of Squid"
	}
	return true
}

// asked takes apart the URL that a proxy was asked for: http://web/app, or web:443 of a CONNECT.
func (q *Request) asked(target string) {
	_, rest, ok := strings.Cut(target, "://")
	if !ok {
		q.Host = strings.TrimSuffix(strings.TrimSuffix(target, ":443"), ":80")
		return
	}
	host, path, _ := strings.Cut(rest, "/")
	q.Host = host
	q.Path, _, _ = strings.Cut("/"+path, "?")
}

// isResult reports whether a text is a result of Squid: TCP_DENIED, NONE_NONE.
func isResult(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return r != '_' && (r < 'A' || r > 'Z') })
}
