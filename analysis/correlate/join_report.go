package correlate

import (
	"cmp"
	"slices"

	"negotrace/httpstream"
)

// report subtracts what was counted twice, sets for each file how much was joined, and extends
// the time range by exchanges that only an export shows, by the clock of the packets.
func (j *joiner) report(c *httpstream.Counters, seen *span) {
	c.Requests -= j.duplicates.Requests
	for status, n := range j.duplicates.Responses {
		if c.Responses[status] -= n; c.Responses[status] <= 0 {
			delete(c.Responses, status)
		}
	}
	j.countAmbiguous(j.sightings)
	for i := range c.Inputs {
		s := &c.Inputs[i]
		known := j.sources[s.File]
		if known == nil {
			continue
		}
		s.Requests, s.Joined, s.Ambiguous = known.Requests, known.Joined, known.Ambiguous
		if s.File.Unit() != httpstream.Frames {
			both, within := j.endpoints.shared(s.File, j.clockAhead(s.File))
			c.Connections -= both
			s.Opened = within
		}
		if with, ok := j.mostJoined(s.File); ok {
			s.With = with
			s.Ahead = j.clockAhead(s.File)
		}
	}
	c.Notes = slices.DeleteFunc(c.Notes, func(l httpstream.Limitation) bool { return j.seenElsewhere(l) })
	for _, s := range j.sightings {
		if s.joinedTo == nil && j.packets && !s.at.InPackets() {
			at := s.at
			at.Time = at.Time.Add(-j.clockAhead(at.File))
			seen.addPos(at)
		}
	}
}

// seenElsewhere reports whether another file has what this one leaves out: it shows all
// exchanges of this file.
func (j *joiner) seenElsewhere(l httpstream.Limitation) bool {
	s := j.sources[l.File]
	if s == nil || s.Joined == 0 || s.Joined < s.Requests {
		return false
	}
	with, _ := j.mostJoined(l.File)
	switch l.Kind {
	case "har-legs-missing", "har-connections-unnamed":
		return with.Unit() != httpstream.Entries
	case "har-auth-stripped", "netlog-auth-stripped", "netlog-heads-missing":
		return with.Unit() == httpstream.Frames
	}
	return false
}

// mostJoined returns the file with which most exchanges of a file were joined.
func (j *joiner) mostJoined(f httpstream.File) (httpstream.File, bool) {
	var all []filePair
	for p := range j.pairs {
		if p.file == f {
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		return httpstream.File{}, false
	}
	best := slices.MinFunc(all, func(a, b filePair) int {
		return cmp.Or(cmp.Compare(j.pairs[b], j.pairs[a]), cmp.Compare(j.rank[a.better], j.rank[b.better]), cmp.Compare(a.better.String(), b.better.String()))
	})
	return best.better, true
}
