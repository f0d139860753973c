package serverlog

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"negotrace/httpstream"
)

// What a member of an object says that no column of a W3C log does.
const (
	requestLine column = iota + queue + 1
	instant
)

// members are the names of members of objects with which servers and gateways log requests, in lower case and
// without the signs between their words: those of nginx's variables (escape=json), of Envoy, Traefik, Caddy and
// Azure's Application Gateway, of the Elastic Common Schema (nested), of W3C columns that a program wrote as JSON, and such as people choose.
var members = map[string]column{
	"remoteaddr": clientIP, "remoteip": clientIP, "remotehost": clientIP, "clientip": clientIP, "clienthost": clientIP, "clientaddr": clientIP,
	"client": clientIP, "cip": clientIP, "downstreamremoteaddress": clientIP, "clientport": clientPort, "remoteport": clientPort, "cport": clientPort,
	"method": method, "requestmethod": method, "httpmethod": method, "csmethod": method,
	"uri": uri, "requesturi": uri, "path": uri, "requestpath": uri, "url": uri, "csuristem": uri, "request": requestLine, "requestline": requestLine,
	"host": host, "httphost": host, "requesthost": host, "authority": host, "cshost": host,
	"remoteuser": userName, "clientusername": userName, "userid": userName, "user": userName, "username": userName, "csusername": userName, "authuser": userName,
	"useragent": userAgent, "httpuseragent": userAgent, "requestuseragent": userAgent, "csuseragent": userAgent,
	"xforwardedfor": forwardedFor, "httpxforwardedfor": forwardedFor,
	"status": status, "statuscode": status, "responsecode": status, "responsestatus": status, "downstreamstatus": status, "httpstatus": status, "scstatus": status,
	"scsubstatus": subStatus, "substatus": subStatus, "scwin32status": win32Status,
	"time": instant, "timestamp": instant, "ts": instant, "msec": instant, "timelocal": instant, "timeiso8601": instant, "starttime": instant, "startutc": instant,
}

// nested are the names of members that mean something only with the object that they are in, or with the words before
// them: those of the Elastic Common Schema.
var nested = map[string]column{
	"sourceip": clientIP, "sourceaddress": clientIP, "clientip": clientIP, "clientaddress": clientIP, "sourceport": clientPort, "clientport": clientPort,
	"httprequestmethod": method, "httpresponsestatuscode": status, "urloriginal": uri, "urlpath": uri, "urlfull": uri, "urldomain": host,
	"username": userName, "useragentoriginal": userAgent, "networkforwardedip": forwardedFor,
}

// inOneObject is how deep members lie that are in one object: the name of a process' user lies deeper.
const inOneObject = 2

// betweenWords are the signs between the words of a name.
var betweenWords = strings.NewReplacer("_", "", "-", "", ".", "", "@", "", "(", "", ")", "", " ", "")

// parseJSON reads a line, and reports whether it is an object of JSON about a request: who asked, when, for what,
// and with which status it was answered. What lies deeper, such as what a server behind it answered, counts less.
func (q *Request) parseJSON(line []byte) bool {
	if !bytes.HasPrefix(line, []byte("{")) {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	seen := map[column]int{} // how deep what counts was
	err := eachMember(d, member{}, 0, func(m member, depth int, value string) {
		c := members[betweenWords.Replace(strings.ToLower(m.name))]
		if c == userName && strings.EqualFold(m.of, "url") {
			return // what the client wrote in front of the host: nobody need have checked it
		}
		if c == ignored && depth <= inOneObject {
			c = nested[betweenWords.Replace(strings.ToLower(m.of+m.name))]
		}
		if c == ignored || seen[c] > 0 && seen[c] <= depth || m.isHeaderLine() && c != host && c != userAgent && c != forwardedFor {
			return
		}
		q.NamesUsers = q.NamesUsers || c == userName
		if with := *q; value != "" && value != "-" && with.setMember(c, value) {
			*q, seen[c] = with, depth
		}
	})
	return err == nil && seen[clientIP] > 0 && seen[status] > 0 && seen[instant] > 0 && (seen[requestLine] > 0 || seen[method] > 0)
}

// setMember sets what a member says, and reports whether its value could be read.
func (q *Request) setMember(c column, value string) bool {
	value = limited([]byte(value))
	switch c {
	case clientIP:
		if at, err := netip.ParseAddrPort(value); err == nil {
			q.Client = netip.AddrPortFrom(at.Addr().WithZone("").Unmap(), at.Port())
			return true
		}
		return setAddr(&q.Client, []byte(value))
	case status:
		return q.setStatus([]byte(value))
	case requestLine:
		q.setRequestLine(value)
		return q.Method != ""
	case uri:
		if u, err := url.Parse(value); err == nil && u.Host != "" {
			q.Host, value = u.Host, u.EscapedPath()
		}
	case userName:
		q.User = value
		return true
	case userAgent:
		q.UserAgent = value
		return true
	case instant:
		at, ok := instantOf(value)
		q.Pos.Time = httpstream.TimeOf(at)
		return ok
	}
	return q.set(c, []byte(value))
}

// instantOf reads a time with its zone, or seconds since 1970.
func instantOf(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "02/Jan/2006:15:04:05 -0700", "2006-01-02T15:04:05Z0700"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	seconds, err := strconv.ParseFloat(text, 64)
	const first, last = 1e9, 1e10 // 2001, 2286: milliseconds are larger
	if err != nil || !(seconds >= first && seconds < last) {
		return time.Time{}, false
	}
	whole, part := math.Modf(seconds)
	return time.Unix(int64(whole), int64(math.Round(part*1e6))*1000), true
}

// maxDepth is how deep objects lie in an object about a request: the header lines of Caddy are in the third.
const maxDepth = 6

var errTooDeep = errors.New("objects lie too deep")

// A member is one of an object that is the value of the member of in another object.
type member struct{ of, name string }

// isHeaderLine reports whether it is a line of a header, as in headers of Caddy: its sender chose its name and value.
func (m member) isHeaderLine() bool { return strings.HasSuffix(strings.ToLower(m.of), "headers") }

// eachMember calls take with each text and each number in the next value of d, which is that of m and lies as deep as
// depth, and with an empty text for each null.
func eachMember(d *json.Decoder, m member, depth int, take func(m member, depth int, value string)) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	switch t := t.(type) {
	case nil:
		take(m, depth, "")
	case string:
		take(m, depth, t)
	case json.Number:
		take(m, depth, t.String())
	case json.Delim:
		if depth == maxDepth {
			return errTooDeep
		}
		for d.More() {
			in := m
			if t == '{' {
				key, err := d.Token()
				if err != nil {
					return err
				}
				name, _ := key.(string)
				in = member{m.name, name}
			}
			if err := eachMember(d, in, depth+1, take); err != nil {
				return err
			}
		}
		_, err = d.Token()
	}
	return err
}
