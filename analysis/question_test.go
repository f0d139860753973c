package analysis

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"negotrace/httpstream"
)

// TestQuestions holds which questions to name servers count as not answered, how often they were asked, and that there is
// a limit.
func TestQuestions(t *testing.T) {
	t.Parallel()
	client, server, second := netip.MustParseAddr("10.0.0.10"), netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	at := func(ms int) httpstream.Pos {
		return httpstream.Pos{Frame: ms, Time: httpstream.UnixTime(0, int64(ms)*1e6)}
	}
	var s Questions
	s.Ask(at(1), client, server, 7, "web.test")
	s.Ask(at(2), client, server, 8, "web.test")       // the other family
	s.Ask(at(3), client, server, 9, "known.test")     // and answered
	s.Ask(at(4), second, server, 9, "known.test")     // by another client
	s.Answer(at(5), client, server, "known.test")     //
	s.Ask(at(1002), client, second, 7, "web.test")    // again
	s.Ask(at(1003), client, server, 8, "web.test")    //
	s.Ask(at(3100), client, server, 10, "web.test")   // another message
	s.Ask(at(3200), second, server, 11, "known.test") //
	s.Ask(at(9200), second, server, 12, "known.test") //
	var got []string
	for _, q := range s.Unanswered() {
		got = append(got, fmt.Sprint(q.Client, " ", q.Name, " ", q.ServerNames(), " ", q.Times, " ", q.Repeated, " ", q.First.Frame, " ", q.Last.Frame, " ", s.AnsweredSince(q)))
	}
	want := "10.0.0.10 web.test the name servers 10.0.0.1, 10.0.0.2 3 true 1 3100 true\n10.0.0.2 known.test the name server 10.0.0.1 3 false 4 9200 true"
	if strings.Join(got, "\n") != want || s.IsNameServer(client) || !s.IsNameServer(server) {
		t.Errorf("got %q, want %q", got, want)
	}
	if s.AnswerUnnamed(second); s.GotUnnamed(client) || !s.GotUnnamed(second) {
		t.Errorf("answers without questions: %t, %t", s.GotUnnamed(client), s.GotUnnamed(second))
	}
	for i := range maxQuestions {
		s.Ask(at(i), client, server, 1, fmt.Sprint(i))
	}
	if len(s.Unanswered()) != maxQuestions || s.Forgotten != 2 {
		t.Errorf("%d questions, %d forgotten", len(s.Unanswered()), s.Forgotten)
	}
}
