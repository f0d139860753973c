package report

import (
	"fmt"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/internal/plural"
)

const (
	headSteps     = 40       // of a ladder: a screen or two; a loop of refusals has hundreds
	tailSteps     = 20       // its end says how it came out
	maxHTMLFields = 16 << 10 // bytes of the fields of a step: those of a ticket have 4 KB
	allHTMLFields = 8 << 20  // bytes of the fields of all steps: a browser opens it at once
	maxHTMLText   = 400      // columns of a line that a capture fills: some lines of a page
)

// An htmlLadder is a ladder in the page: a list of steps, of which each draws its part of
// the lanes.
type htmlLadder struct {
	ladder
	handshake *analysis.Handshake
	page      *htmlPage
}

// ladder returns the ladder of a handshake, nil if it has no step.
func (p *htmlPage) ladder(h *analysis.Handshake) *htmlLadder {
	l := &htmlLadder{newLadder(h, p.related[h.ID]), h, p}
	if len(l.steps) == 0 {
		return nil
	}
	p.lanes[len(l.lanes)] = true
	return l
}

// Begin says when the milliseconds of the steps begin, "" where the steps have no times.
func (l *htmlLadder) Begin() string {
	if l.steps[0].at.Time.IsZero() {
		return ""
	}
	return "ms since " + l.page.time(l.steps[0].at.Time)
}

// Alt says what the ladder shows.
func (l *htmlLadder) Alt() string {
	roles := make([]string, len(l.lanes))
	for i, m := range l.lanes {
		roles[i] = string(m.role)
	}
	return fmt.Sprintf("Ladder of handshake %d: %s between %s", l.handshake.ID, plural.Count(len(l.steps), "message"), strings.Join(roles, ", "))
}

// Count returns how many lanes there are.
func (l *htmlLadder) Count() int { return len(l.lanes) }

// An htmlLane is a lane of a ladder.
type htmlLane struct {
	Role string
	Text string // address and name
	X    string // place in per cent of the width
}

// Lanes returns the machines, from left to right.
func (l *htmlLadder) Lanes() []htmlLane {
	var all []htmlLane
	for i, m := range l.lanes {
		all = append(all, htmlLane{string(m.role), dash(m.text()), l.x(i)})
	}
	return all
}

func (l *htmlLadder) x(lane int) string { return lanePlace(lane, len(l.lanes)) }

// lanePlace returns where one of n lanes is, in per cent of the width.
func lanePlace(lane, n int) string { return percent((float64(lane) + 0.5) * 100 / float64(n)) }

// An htmlStep is a message of a ladder.
type htmlStep struct {
	*step
	ladder *htmlLadder
	stream string // the TCP stream, where another one begins
	Before string // what is left out before it
}

// Steps returns the messages, in order; of a long ladder only the first and the last.
func (l *htmlLadder) Steps() []htmlStep {
	var all []htmlStep
	several, stream := len(l.streams()) > 1, -1
	left := len(l.steps) - headSteps - tailSteps
	for i := range l.steps {
		if left > 0 && i >= headSteps && i < headSteps+left {
			continue
		}
		s := htmlStep{step: &l.steps[i], ladder: l}
		if left > 0 && i == headSteps+left {
			s.Before = fmt.Sprintf("%s left out: negotrace show %d FILE.", plural.Count(left, "message"), l.handshake.ID)
		}
		if several && s.overHTTP() && s.at.Stream != stream {
			stream = s.at.Stream
			s.stream = fmt.Sprintf("%s %d", s.streamName(), stream)
		}
		all = append(all, s)
	}
	return all
}

// Filters returns display filters: of its frames, and of its connections.
func (l *htmlLadder) Filters() []string {
	if !l.handshake.InPackets() {
		return nil
	}
	const most = 200 // frames that a filter names; more than that nobody copies
	var frames []int
	for i := range l.steps {
		if at := l.steps[i].at; at.Frame > 0 && at.File == l.handshake.Start.File {
			frames = append(frames, at.Frame)
		}
	}
	slices.Sort(frames)
	var all []string
	if frames = slices.Compact(frames); 0 < len(frames) && len(frames) <= most {
		all = append(all, analysis.FramesFilter(frames))
	}
	if filter := streamsFilter(l.handshake); filter != "" && len(l.streams()) <= most {
		all = append(all, filter)
	}
	return all
}

// From names the lane that the message comes from.
func (s htmlStep) From() string { return string(s.ladder.lanes[s.from].role) }

// To names the lane that it goes to.
func (s htmlStep) To() string { return string(s.ladder.lanes[s.to].role) }

// X1 returns where the arrow begins, in per cent.
func (s htmlStep) X1() string { return s.ladder.x(s.from) }

// X2 returns where it ends.
func (s htmlStep) X2() string { return s.ladder.x(s.to) }

// Inside reports whether it is an event inside the client.
func (s htmlStep) Inside() bool { return s.from == s.to }

// Rightward reports whether the arrow goes to the right.
func (s htmlStep) Rightward() bool { return s.to > s.from }

// Lanes returns how many lanes the ladder has.
func (s htmlStep) Lanes() int { return len(s.ladder.lanes) }

// Milliseconds returns the time since the first message.
func (s htmlStep) Milliseconds() string { return s.milliseconds() }

// Label says what it is.
func (s htmlStep) Label() string { return elide(s.label, maxHTMLText) }

// Detail says what tokens it carries.
func (s htmlStep) Detail() string { return elide(s.detail(), maxHTMLText) }

// Place says where it is in the capture.
func (s htmlStep) Place() string { return joined(s.at.String(), ", ", s.stream) }

// Class returns what the message means.
func (s htmlStep) Class() string {
	class := [...]string{"neutral", "asking", "granted", "refused"}[s.tone]
	if s.Inside() {
		class += " inside"
	}
	return class
}

// Fields returns the fields of its tokens, one a line, "" if they add nothing to Detail.
func (s htmlStep) Fields() string {
	page := s.ladder.page
	if len(s.tokens) == 0 && s.kerberos == nil {
		return ""
	}
	if page.fields > allHTMLFields {
		return fmt.Sprintf("left out: negotrace show %d --decode FILE", s.ladder.handshake.ID)
	}
	var b strings.Builder
	s.writeTree(tokenTree{w: &b})
	text := strings.TrimSuffix(b.String(), "\n")
	if strings.Count(text, "\n") < 2 {
		return ""
	}
	if len(text) > maxHTMLFields {
		text = text[:strings.LastIndexByte(text[:maxHTMLFields], '\n')+1] + "..."
	}
	page.fields += len(text)
	return text
}

// An htmlLaneSet are the lines that all ladders with the same number of lanes share.
type htmlLaneSet struct {
	Count  int
	Places []string
}

// LaneSets returns the lines of the ladders.
func (p *htmlPage) LaneSets() []htmlLaneSet {
	var all []htmlLaneSet
	for _, n := range sortedKeys(p.lanes) {
		set := htmlLaneSet{Count: n}
		for i := range n {
			set.Places = append(set.Places, lanePlace(i, n))
		}
		all = append(all, set)
	}
	return all
}
