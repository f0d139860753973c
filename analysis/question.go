package analysis

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"negotrace/httpstream"
)

// A Question is a name for whose addresses a client asked name servers, and got no answer.
type Question struct {
	Client  netip.Addr
	Name    string         // without trailing dot, lower case
	Servers []netip.Addr   // that it asked, in order
	First   httpstream.Pos // where it asked first
	Last    httpstream.Pos // and last
	Times   int            // how often it asked; what came within half a second counts once
	// Repeated says that the client sent the same message again: it had got no answer, whatever the
	// capture shows.
	Repeated bool

	ids   []uint16 // of its messages
	place int      // among all
}

const (
	// maxQuestions is how many names are remembered that were asked for and not answered, some 2 MB.
	maxQuestions = 8192
	// maxAskedServers is how many name servers of one question are remembered: a client has few.
	maxAskedServers = 8
	// maxNameServers is how many name servers are remembered.
	maxNameServers = 4096
	// atOnce is how long a client asks for addresses of both families, or a capture shows a message twice.
	atOnce = 500 * time.Millisecond
)

// Questions are what clients asked name servers for while the capture is read, as long as nobody answers.
type Questions struct {
	open     map[question]*Question
	asked    int
	answered map[netip.Addr]httpstream.Pos // where name servers answered last, whatever it was
	unnamed  map[netip.Addr]bool           // clients that got answers which do not repeat the question
	// Forgotten is how many questions were not remembered.
	Forgotten int
}

// Ask takes a question for the addresses of a name, and its ID.
func (s *Questions) Ask(at httpstream.Pos, client, server netip.Addr, id uint16, name string) {
	k := question{client, name}
	q := s.open[k]
	switch {
	case q == nil && len(s.open) == maxQuestions:
		s.Forgotten++
		return
	case q == nil:
		if s.open == nil {
			s.open = map[question]*Question{}
		}
		q = &Question{Client: client, Name: name, First: at, Last: at, Times: 1, place: s.asked}
		s.open[k] = q
		s.asked++
	case at.Time.Sub(q.Last.Time) >= atOnce:
		q.Times++
		q.Repeated = q.Repeated || slices.Contains(q.ids, id)
		q.Last = at
	}
	if len(q.ids) < maxAskedServers && !slices.Contains(q.ids, id) {
		q.ids = append(q.ids, id)
	}
	if len(q.Servers) < maxAskedServers && !slices.Contains(q.Servers, server) {
		q.Servers = append(q.Servers, server)
	}
}

// Answer takes an answer to a client about a name, of whatever type it is.
func (s *Questions) Answer(at httpstream.Pos, client, server netip.Addr, name string) {
	delete(s.open, question{client, name})
	if _, known := s.answered[server]; !known && len(s.answered) == maxNameServers {
		return
	}
	if s.answered == nil {
		s.answered = map[netip.Addr]httpstream.Pos{}
	}
	s.answered[server] = at
}

// AnswerUnnamed takes an answer to a client that does not say to which question: some name servers refuse with a header
// alone.
func (s *Questions) AnswerUnnamed(client netip.Addr) {
	if len(s.unnamed) == maxNameServers {
		return
	}
	if s.unnamed == nil {
		s.unnamed = map[netip.Addr]bool{}
	}
	s.unnamed[client] = true
}

// GotUnnamed reports whether a client may have got an answer that does not say to which question.
func (s *Questions) GotUnnamed(client netip.Addr) bool {
	return s.unnamed[client] || len(s.unnamed) == maxNameServers
}

// Unanswered returns the questions that nobody answered, in the order in which they were asked.
func (s *Questions) Unanswered() []*Question {
	var all []*Question
	for _, q := range s.open {
		all = append(all, q)
	}
	slices.SortFunc(all, func(a, b *Question) int { return a.place - b.place })
	return all
}

// AnsweredSince reports whether one of the servers that q was asked of answered another question at the time, or later.
func (s *Questions) AnsweredSince(q *Question) bool {
	return slices.ContainsFunc(q.Servers, func(server netip.Addr) bool {
		at, ok := s.answered[server]
		return ok && at.Time.Sub(q.First.Time) >= 0
	})
}

// IsNameServer reports whether anybody got an answer from an address.
func (s *Questions) IsNameServer(a netip.Addr) bool {
	_, ok := s.answered[a]
	return ok
}

// ServerNames lists the name servers of q.
func (q *Question) ServerNames() string {
	var names []string
	for _, s := range q.Servers {
		names = append(names, s.String())
	}
	if len(names) == 1 {
		return "the name server " + names[0]
	}
	return "the name servers " + strings.Join(names, ", ")
}
