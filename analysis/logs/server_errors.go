package logs

import (
	"fmt"
	"slices"
	"time"

	"negotrace/capture/serverlog"
	"negotrace/httpstream"
)

// An errorLog is what the error log of a web server has about authentication. Apache httpd
// names the port of the client, nginx the request. Its times are in the server's local time.
type errorLog struct {
	file      httpstream.File
	lines     []*loggedError
	zones     map[time.Duration]int // how many lines fit a request, by how far the clock is ahead
	joined    int
	ambiguous int
}

// A loggedError is a line, and whether the request that it is about is known.
type loggedError struct {
	*serverlog.AuthError
	voted, joined, ambiguous bool
}

// AddError takes a line of an error log.
func (s *Servers) AddError(e *serverlog.AuthError) {
	hideSecrets(&e.Path, &e.Host)
	s.faults.addError(e)
	i := slices.IndexFunc(s.errors, func(l *errorLog) bool { return l.file == e.Pos.File })
	if i < 0 {
		i = len(s.errors)
		s.errors = append(s.errors, &errorLog{file: e.Pos.File, zones: map[time.Duration]int{}})
	}
	if l := s.errors[i]; len(l.lines) < maxErrors {
		l.lines = append(l.lines, &loggedError{AuthError: e})
		return
	}
	s.counters.Drop("lines of error logs over the number that is kept", 1, e.Pos)
}

// join finds the requests with credentials that lines are about.
func (l *errorLog) join(seen []*SeenRequest) {
	for _, e := range l.lines {
		if e.voted {
			continue
		}
		for _, s := range seen {
			if zone, ok := e.fits(s); ok {
				l.zones[zone]++
				e.voted = true
				break
			}
		}
	}
	zone, known := l.zone()
	if !known {
		return
	}
	for _, e := range l.lines {
		if !e.joined {
			e.join(seen, zone)
		}
	}
}

// zone returns how far the clock is ahead, in quarters of an hour: what fits most lines, of equals
// the smallest.
func (l *errorLog) zone() (best time.Duration, known bool) {
	for zone, n := range l.zones {
		m := l.zones[best]
		if !known || n > m || n == m && (zone.Abs() < best.Abs() || zone.Abs() == best.Abs() && zone < best) {
			best, known = zone, true
		}
	}
	return best, known
}

// fits reports whether a line may be about a request, and how far its clock is ahead if so, in
// quarters of an hour.
func (e *loggedError) fits(s *SeenRequest) (zone time.Duration, ok bool) {
	if !e.names(s) {
		return 0, false
	}
	zone = e.Pos.Time.Sub(s.requestedAt).Round(zoneStep)
	return zone, zone.Abs() <= maxLogAhead && e.within(s, zone, synced)
}

// names reports whether a line names the client of a request with credentials: its port, or
// where the log has none the path.
func (e *loggedError) names(s *SeenRequest) bool {
	if l := s.Legs[0]; l == nil || l.Sent == nil || e.Client.Addr() != s.client.Addr().Unmap() {
		return false
	}
	if e.Client.Port() != 0 {
		return e.Client.Port() == s.client.Port()
	}
	return e.Path != "" && plainPath(e.Path) == s.key.path && (e.Method == "" || e.Method == s.key.method)
}

// within reports whether a line was written while the server worked on a request, if the clock
// is exact to that.
func (e *loggedError) within(s *SeenRequest, zone, exact time.Duration) bool {
	at := e.Pos.Time.Add(-zone)
	return !at.Before(s.requestedAt.Add(-exact)) && !at.After(s.EndedAt.Add(exact))
}

// join joins a line with the one request that it may be about: first of those within a second,
// then of those within some seconds.
func (e *loggedError) join(seen []*SeenRequest, zone time.Duration) {
	for _, exact := range []time.Duration{logExact, synced} {
		var found *SeenRequest
		for _, s := range seen {
			if !e.names(s) || !e.within(s, zone, exact) {
				continue
			}
			if found != nil {
				e.ambiguous = true
				return
			}
			found = s
		}
		if found != nil {
			l := found.Legs[0]
			l.ErrorLog = append(l.ErrorLog, e.AuthError)
			e.joined, e.ambiguous = true, false
			return
		}
	}
}

// logExact is how far the time of a line may be from that of its request: nginx writes whole seconds.
const logExact = time.Second

// reportErrors reports of each error log how many lines were joined.
func (s *Servers) reportErrors(c *httpstream.Counters) {
	for _, l := range s.errors {
		left := 0
		for _, e := range l.lines {
			if e.joined {
				l.joined++
			} else {
				left++
			}
			if e.ambiguous {
				l.ambiguous++
			}
		}
		zone, _ := l.zone()
		for i := range c.Inputs {
			if in := &c.Inputs[i]; in.File == l.file {
				in.Joined, in.Ambiguous = l.joined, l.ambiguous
				if l.joined > 0 {
					in.With, in.Ahead = s.captureFile, zone
				}
			}
		}
		if left > 0 && c.Requests > 0 {
			c.Notes = append(c.Notes, httpstream.Limitation{Kind: "log-of-other-requests", File: l.file,
				Text: "Lines of this log about authentication that fit no request with credentials in the capture, or fit several: " + fmt.Sprint(left)})
		}
	}
}
