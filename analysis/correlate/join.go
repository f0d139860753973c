package correlate

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"negotrace/httpstream"
)

// A joiner finds exchanges that several files show, such as a packet capture and the browser's
// log of the same minute. The exchange of the best file is kept. The others add what only they
// know, and are not counted.
// The same token is proof. On a connection that carried the same token, or that has the same
// ports, exchanges are matched by kind and time. The rest is matched by method, host, path,
// status and time, unless a header line, an address or a port differs.
type joiner struct {
	rank       map[httpstream.File]int // 0 for the files that prove most
	exports    []httpstream.File       // the best first
	sources    map[httpstream.File]*httpstream.Input
	sightings  []*sighting
	latest     map[repeatKey]*sighting // the last request of its kind
	conns      map[httpstream.ConnKey]*sighting
	offsets    map[filePair][]time.Duration
	pairs      map[filePair]int            // exchanges that were joined
	duplicates httpstream.Counters         // what was counted in two files
	packets    bool                        // there are packet files
	clocks     map[httpstream.File]*clocks // of machines, as exports show them beside packets
	endpoints  endpoints
}

// A filePair is a file, and a better one.
type filePair struct{ file, better httpstream.File }

// A repeatKey is what a request and its repetition have in common.
type repeatKey struct {
	file   httpstream.File
	client netip.Addr
	key    uint64
}

const (
	// maxOffset is how far two clocks may be apart if exchanges are matched by time and kind
	// alone. A browser notes a request before it looks up the name and connects.
	maxOffset = time.Second
	// maxPortOffset is the same where the client's port is the same, and maxConnOffset
	// where the connection is, after the difference of the clocks is taken off.
	maxPortOffset = 10 * time.Second
	maxConnOffset = 2 * time.Second
	// maxSpread is how far from the usual difference of two clocks one exchange may be.
	maxSpread = 300 * time.Millisecond
	// maxRepeat is how soon a request is made again that was answered with a challenge: the
	// user may be asked for a password.
	maxRepeat = 2 * time.Minute
	// otherClock is from which difference on two files are by different clocks.
	otherClock = time.Second
)

// newJoiner returns the joiner for some files, nil if there is nothing to join.
func newJoiner(files []httpstream.File) *joiner {
	files = slices.DeleteFunc(slices.Clone(files), func(f httpstream.File) bool { return f.Unit().OfLog() })
	if !slices.ContainsFunc(files, func(f httpstream.File) bool { return f.Unit() != httpstream.Frames }) {
		return nil
	}
	j := &joiner{
		rank: map[httpstream.File]int{}, sources: map[httpstream.File]*httpstream.Input{}, latest: map[repeatKey]*sighting{},
		conns: map[httpstream.ConnKey]*sighting{}, offsets: map[filePair][]time.Duration{}, pairs: map[filePair]int{}, clocks: map[httpstream.File]*clocks{},
	}
	for i, f := range files {
		j.rank[f] = i + 1
		switch f.Unit() {
		case httpstream.Frames:
			j.rank[f], j.packets = 0, true // packets are not joined with packets here
		case httpstream.Entries:
			j.rank[f] += len(files)
		}
		j.sources[f] = &httpstream.Input{File: f}
		if j.rank[f] > 0 {
			j.exports = append(j.exports, f)
		}
	}
	slices.SortFunc(j.exports, func(a, b httpstream.File) int { return cmp.Compare(j.rank[a], j.rank[b]) })
	return j
}

// add takes what a file shows of an exchange.
func (j *joiner) add(s *sighting) {
	src := j.sources[s.at.File]
	if src == nil {
		return
	}
	if s.method != "" {
		src.Requests++
	}
	key := repeatKey{s.at.File, s.client.Addr(), s.key}
	if before := j.latest[key]; before != nil && before.mayBeRepeated() && s.at.Time.Sub(before.at.Time) < maxRepeat {
		s.began = before.began
	}
	j.latest[key] = s
	j.sightings = append(j.sightings, s)
	if len(j.sightings) > maxSightings {
		j.match()
		j.dropOld(maxSightings / 2)
	}
}

// dropOld drops all but the last n sightings.
func (j *joiner) dropOld(n int) {
	j.countAmbiguous(j.sightings[:len(j.sightings)-n])
	j.sightings = slices.Delete(j.sightings, 0, len(j.sightings)-n)
	kept := map[*sighting]bool{}
	for _, s := range j.sightings {
		kept[s] = true
	}
	for key, s := range j.latest {
		if !kept[s] {
			delete(j.latest, key)
		}
	}
	for c, s := range j.conns {
		if !kept[s] {
			delete(j.conns, c)
		}
	}
}

// match joins what has not been joined yet, the surest first.
func (j *joiner) match() {
	for _, f := range j.exports {
		if m := j.matching(f); m != nil {
			m.byToken()
			m.byConnection()
			m.byTime()
		}
	}
	j.useBetterConns()
}

// countAmbiguous counts exchanges that may be one of several, for their files.
func (j *joiner) countAmbiguous(all []*sighting) {
	for _, s := range all {
		if s.ambiguous && s.joinedTo == nil {
			j.sources[s.at.File].Ambiguous++
		}
	}
}

// join notes that s is the same exchange as better, and adds to it what s knows.
func (j *joiner) join(s, better *sighting) {
	s.joinedTo = better
	better.joinedFrom = append(better.joinedFrom, s)
	j.sources[s.at.File].Joined++
	if s.method != "" && better.method != "" {
		j.duplicates.Requests++
	}
	if s.status != 0 && better.status != 0 {
		j.duplicates.Response(s.status)
	}
	if on := j.conns[s.conn]; on == nil || on.exchange == nil {
		j.conns[s.conn] = better
	}
	j.pairs[filePair{s.at.File, better.at.File}]++
	if x := better.exchange; x != nil {
		x.Also, x.Page = append(x.Also, s.at), cmp.Or(x.Page, s.page)
		if o := s.exchange; o != nil {
			x.Events = append(x.Events, o.Events...)
			x.Failure = cmp.Or(x.Failure, o.Failure)
			x.Source = cmp.Or(x.Source, o.Source)
		}
	}
}

// offset returns by how much the clock of a file is ahead of that of a better one, as far as
// exchanges that were joined show it.
func (j *joiner) offset(p filePair) (ahead time.Duration, known bool) {
	all := j.offsets[p]
	if len(all) == 0 {
		return 0, false
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2], true
}

// useBetterConns moves exchanges that only an export shows to the connection that the packets
// show, and to the clock of the packets.
func (j *joiner) useBetterConns() {
	ahead := map[httpstream.File]time.Duration{}
	for f := range j.sources {
		ahead[f] = j.clockAhead(f)
	}
	for _, s := range j.sightings {
		if s.exchange == nil || s.joinedTo != nil {
			continue
		}
		if on := j.conns[s.conn]; s.client.IsValid() && on != nil && on.exchange != nil && on.at.InPackets() && s.exchange.Conn != on.exchange.Conn {
			s.exchange.Conn = on.exchange.Conn
			for _, l := range s.legs {
				if l != nil {
					l.Conn = on.exchange.Conn
				}
			}
		}
		if by := ahead[s.at.File]; by != 0 && !s.shifted {
			s.shift(-by)
		}
	}
}

// clockAhead returns by how much the clock of a file differs from that of the packets, or of the
// best other file; 0 if it is the same clock, or unknown.
func (j *joiner) clockAhead(f httpstream.File) time.Duration {
	ahead, _ := j.clockOf(f)
	if ahead.Abs() < otherClock {
		return 0
	}
	return ahead
}

// shift moves an exchange in time, to the clock of a better file.
func (s *sighting) shift(by time.Duration) {
	s.shifted = true
	if r := s.exchange.Request; r != nil {
		r.Pos.Time, r.Done.Time = r.Pos.Time.Add(by), r.Done.Time.Add(by)
	}
	if r := s.exchange.Response; r != nil {
		r.Pos.Time, r.Done.Time = r.Pos.Time.Add(by), r.Done.Time.Add(by)
	}
	for i := range s.exchange.Events {
		s.exchange.Events[i].Pos.Time = s.exchange.Events[i].Pos.Time.Add(by)
	}
}

// mayBeDuplicate reports whether an exchange is of an export that lies beside packets. It is safe
// on nil.
func (j *joiner) mayBeDuplicate(x *httpstream.Exchange) bool {
	return j.besidePackets() && !x.Pos().InPackets()
}

// besidePackets reports whether there are exports beside packets. It is safe on nil.
func (j *joiner) besidePackets() bool { return j != nil && j.packets }

// withoutDuplicates returns the entries without those that a better file shows too.
func (j *joiner) withoutDuplicates(entries []entry) []entry {
	return slices.DeleteFunc(entries, func(n entry) bool {
		return n.seen != nil && n.seen.joinedTo != nil && n.seen.joinedTo.kept
	})
}
