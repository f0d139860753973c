package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/internal/plural"
)

// An answer says what the verdict leaves open: who is concerned and when, why it happened or may
// have happened, what to do first, and where to read on. It is empty if the headline
// speaks of no finding.
type answer struct {
	who, when, why string
	also           string // other possible causes, written after why
	do             []string
	more           string
}

func answerOf(r *analysis.Report, c clock) answer {
	lead := r.Spoken()
	if lead == nil {
		return withoutRequests(r)
	}
	a := answer{more: "negotrace explain " + lead.Check}
	concerned := concerned(r, lead)
	if len(concerned) > 0 {
		a.who = who(concerned)
		more := mayConcernMore(r, lead, concerned)
		switch {
		case namesSome(lead):
			a.who += fmt.Sprintf("; found %d times in all", lead.Count)
		case more:
			a.who += ", and maybe others"
		}
		first, last := concerned[0].Start.Time, concerned[len(concerned)-1].Start.Time
		switch {
		case first.IsZero():
		case more:
			a.when = "from " + c.at(first) + " on"
		default:
			a.when = strings.TrimPrefix(c.span(first, last), "at ")
		}
		a.more = fmt.Sprintf("negotrace show %d FILE; %s", concerned[0].ID, a.more)
	} else if a.who = whoAlone(lead); a.who != "" && !lead.Time.IsZero() {
		if a.when = c.at(lead.Time); lead.LocalTime {
			a.when = onWall(lead.Time)
		}
	}
	a.why, a.also, a.do = reasons(lead, concerned)
	return a
}

// withoutRequests says what to do with a file that holds responses alone; it is empty for any other.
func withoutRequests(r *analysis.Report) answer {
	s := r.Summary
	if s.Counters == nil || s.Requests > 0 || len(s.Responses) == 0 || s.Filter != nil {
		return answer{}
	}
	a := answer{why: "The file has responses alone: what was asked for, and with which credentials, is not in it.", more: "negotrace explain capture-or-har-limitations"}
	switch {
	case hasNote(&s, "request-lines-missing"):
		a.why = "The first lines of the requests (as GET / HTTP/1.1) are not in the text: what was asked for, and with which credentials, was not read."
		a.do = []string{"Give the text as the program printed it, from its first line on."}
	case hasNote(&s, "transcript-incomplete"):
		a.do = []string{"curl -v in place of curl -i, wget -d in place of wget -S: they print the requests too."}
	default:
		a.do = []string{"Capture both directions, at the client or the server itself: a mirror port or a route of its own for each direction shows one."}
	}
	return a
}

// answer writes the answer after the verdict, so that it stands on the first screen.
func (p *page) answer(r *analysis.Report) {
	a := answerOf(r, p.clock)
	if a.more == "" {
		return
	}
	p.WriteByte('\n')
	write := func(label, text string) {
		if text != "" {
			p.item(0, fmt.Sprintf("%-6s", label), reflow(text))
		}
	}
	write("Who", a.who)
	write("When", a.when)
	write("Why", a.why+a.also)
	label := "Do"
	for _, text := range a.do {
		write(label, text)
		label = ""
	}
	write("More", a.more)
}

// concerned lists the handshakes that a finding is about, as far as they are listed.
func concerned(r *analysis.Report, f *analysis.Finding) []*analysis.Handshake {
	var all []*analysis.Handshake
	for _, h := range r.Handshakes {
		if h.ID == f.Handshake || slices.Contains(f.Handshakes, h.ID) {
			all = append(all, h)
		}
	}
	return all
}

// mayConcernMore reports whether a finding may be about more handshakes than it names: a finding
// names only the first of many, and some checks look only at the first handshake with each host.
func mayConcernMore(r *analysis.Report, f *analysis.Finding, concerned []*analysis.Handshake) bool {
	if namesSome(f) {
		return true
	}
	return f.By.OncePerHost && slices.ContainsFunc(r.Handshakes, func(h *analysis.Handshake) bool {
		return h.Host == concerned[0].Host && h.Target == concerned[0].Target && !slices.Contains(concerned, h)
	})
}

// namesSome reports whether a finding was made more often than it names handshakes.
func namesSome(f *analysis.Finding) bool { return len(f.Handshakes) > 0 && f.Count > len(f.Handshakes) }

// who says whom handshakes are about: "alice@LAB.TEST at 10.0.0.10 (curl/8.5.0) to http://web/".
func who(all []*analysis.Handshake) string {
	var users, clients, programs, places []string
	add := func(list *[]string, s string) {
		if s != "" && !slices.Contains(*list, s) {
			*list = append(*list, s)
		}
	}
	for _, h := range all {
		add(&users, h.User)
		add(&clients, analysis.HostOnly(h.Client))
		add(&programs, h.Product())
		if h.Target == analysis.ToProxy {
			add(&places, strings.TrimSpace("the proxy "+cmp.Or(h.Host, h.Server)))
		} else {
			add(&places, h.URL)
		}
	}
	text := strings.Join(slices.DeleteFunc([]string{namesOrCount(users, "user"), namesOrCount(clients, "client")}, func(s string) bool { return s == "" }), " at ")
	if text == "" {
		text = "a client"
	}
	if len(programs) == 1 {
		text += " (" + elide(Printable(programs[0]), 40) + ")"
	}
	if to := namesOrCount(places, "address"); to != "" {
		text += " to " + to
	}
	if len(all) > 1 {
		text += ", " + plural.Count(len(all), "handshake")
	}
	return text
}

// whoAlone says whom a finding is about that belongs to no handshake: "alice@LAB.TEST at 10.0.0.10 to 10.0.0.1:88".
// It is empty where the finding names nobody.
func whoAlone(f *analysis.Finding) string {
	from := slices.DeleteFunc([]string{f.User, analysis.HostOnly(f.Client)}, func(s string) bool { return s == "" })
	to := cmp.Or(f.Host, f.Server)
	if f.SPN != "" { // its host is of the service, which a KDC was asked for
		to = f.Server
	}
	if len(from) == 0 || to == "" {
		return strings.Join(from, " at ")
	}
	return strings.Join(from, " at ") + " to " + to
}

// namesOrCount names one or two things, and counts more of them.
func namesOrCount(all []string, thing string) string {
	switch len(all) {
	case 0:
		return ""
	case 1, 2:
		return strings.Join(all, " and ")
	}
	if thing == "address" {
		return fmt.Sprintf("%s and %d more", all[0], len(all)-1)
	}
	return fmt.Sprintf("%s (%s, %s ...)", plural.Count(len(all), thing), all[0], all[1])
}

// reasons says why something happened and what to do about it. The reason is what the capture
// shows, else the likeliest candidate, else a frequent cause.
func reasons(f *analysis.Finding, concerned []*analysis.Handshake) (why, also string, do []string) {
	do = first(f.Fix, 2)
	if f.Cause != "" {
		return f.Cause, "", do
	}
	for _, h := range concerned {
		for i, c := range h.Candidates {
			if c.Status != analysis.Possible {
				continue
			}
			if len(c.Fix) > 0 {
				do = c.Fix[:1]
			}
			return fmt.Sprintf("possible: %s: %s", c.Label, c.Because), alsoPossible(h.Candidates[i+1:]), do
		}
	}
	if len(f.Causes) > 0 {
		return "often: " + f.Causes[0], "", do
	}
	for _, h := range concerned {
		if c := h.Compared; c != nil && len(c.Differs) > 0 {
			return fmt.Sprintf("compared with handshake %d, which was let in: %s", c.With, differences(h)), "", do
		}
	}
	return "", "", do
}

// alsoPossible names the other causes that come into question.
func alsoPossible(others []analysis.Candidate) string {
	var labels []string
	for _, c := range others {
		if c.Status == analysis.Possible {
			labels = append(labels, c.Label)
		}
	}
	if len(labels) == 0 {
		return ""
	}
	return "; possible too: " + strings.Join(labels, ", ")
}
