package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"negotrace/analysis"
)

const (
	laneWidth  = 9 // columns between two lanes
	msWidth    = len("123456.7")
	frameWidth = len(" 123456")
	leastLabel = 26 // columns that labels need beside the lanes
)

// ladder writes a ladder with a line for each step: the milliseconds since the first one,
// the frame, the arrow, and what was said. unit is what positions count, see unitOf.
func (p *page) ladder(l ladder, unit string, decode bool) {
	p.legend(l)
	p.WriteByte('\n')
	beside := msWidth + frameWidth + 2 + laneWidth*(len(l.lanes)-1) + len("| ")
	drawn := p.width-beside >= leastLabel
	if !drawn {
		beside = msWidth + frameWidth + 2
	}
	head := fmt.Sprintf("%*s%*s  ", msWidth, "ms", frameWidth, unit)
	if drawn {
		head += roles(l.lanes)
	}
	p.line(strings.TrimRight(head, " "))
	several, stream := len(l.streams()) > 1, -1
	for i := range l.steps {
		s := &l.steps[i]
		label := s.label
		if several && s.overHTTP() && s.at.Stream != stream {
			stream = s.at.Stream
			label = fmt.Sprintf("(%s %d) %s", s.streamName(), stream, label)
		}
		place := strconv.Itoa(s.at.Frame)
		if s.at.File != l.steps[0].at.File {
			place, label = "", label+" ("+s.at.String()+")"
		}
		lead := fmt.Sprintf("%*s%*s  ", msWidth, s.milliseconds(), frameWidth, place)
		if drawn {
			lead += l.arrow(s) + " "
		} else {
			label = fmt.Sprintf("%s -> %s: %s", l.lanes[s.from].role, l.lanes[s.to].role, label)
		}
		p.step(lead, l.indent(drawn), beside, label, s)
		if decode {
			s.writeFields(p, beside)
		}
	}
}

// streamName says what the number of the stream is: Wireshark's, if there is only one file.
func (s *step) streamName() string {
	if s.at.File.IsZero() {
		return "tcp.stream"
	}
	return "connection"
}

// step writes the label of a step after its arrow, and below it what it carries.
func (p *page) step(lead, rest string, beside int, label string, s *step) {
	write := func(text string, c sgr) {
		for _, line := range wrap(text, min(p.width, broadest+beside)-beside) {
			p.line(lead + c.apply(line, p.color))
			lead = rest
		}
	}
	write(label, s.tone.color())
	if d := s.detail(); d != "" {
		write(d, plain)
	}
}

// legend says which machines the lanes are.
func (p *page) legend(l ladder) {
	for _, m := range l.lanes {
		p.item(0, fmt.Sprintf("%-*s", len(roleNameServer)+2, m.role), dash(m.text()))
	}
}

// text returns the address of a machine and its name.
func (m lane) text() string {
	if m.name == analysis.HostOnly(m.address) {
		return m.address
	}
	return joined(m.address, ", ", m.name)
}

// roles writes the names of the lanes above them.
func roles(lanes []lane) string {
	var b strings.Builder
	for _, m := range lanes {
		name := string(m.role)
		if m.role == roleNameServer {
			name = "DNS"
		}
		fmt.Fprintf(&b, "%-*s", laneWidth, name)
	}
	return strings.TrimRight(b.String(), " ")
}

// arrow draws a step across the lanes: "|<-------|        |".
func (l *ladder) arrow(s *step) string {
	row := []byte(l.bars())
	from, to := s.from*laneWidth, s.to*laneWidth
	switch {
	case from < to:
		for i := from + 1; i < to; i++ {
			row[i] = '-'
		}
		row[to-1] = '>'
	case from > to:
		for i := to + 1; i < from; i++ {
			row[i] = '-'
		}
		row[to+1] = '<'
	default:
		row[from] = '*'
	}
	return string(row)
}

// bars draws the lanes.
func (l *ladder) bars() string {
	return strings.Repeat("|"+strings.Repeat(" ", laneWidth-1), len(l.lanes)-1) + "|"
}

// indent returns what precedes the further lines of a step.
func (l *ladder) indent(drawn bool) string {
	margin := strings.Repeat(" ", msWidth+frameWidth+2)
	if drawn {
		margin += l.bars() + " "
	}
	return margin
}

// streams lists the TCP streams of the HTTP messages.
func (l *ladder) streams() []int {
	var all []int
	for i := range l.steps {
		if s := &l.steps[i]; s.overHTTP() && !slices.Contains(all, s.at.Stream) {
			all = append(all, s.at.Stream)
		}
	}
	return all
}

// overHTTP reports whether a step is an HTTP message in a TCP stream.
func (s *step) overHTTP() bool {
	return s.at.Stream >= 0 && s.from <= targetLane && s.to <= targetLane
}

// writeFields writes every field of the tokens of a step as a tree.
func (s *step) writeFields(p *page, indent int) {
	s.writeTree(tokenTree{w: p, indent: indent})
}

// writeTree writes every field of the tokens of a step.
func (s *step) writeTree(out tokenTree) {
	for i := range s.tokens {
		s.tokens[i].writeTree(out)
	}
	if s.kerberos != nil {
		out.fields(0, s.kerberos.Fields)
	}
}

// milliseconds returns those since the first step, a dash where the time is not known.
func (s *step) milliseconds() string {
	if s.at.Time.IsZero() {
		return "-"
	}
	return fmt.Sprintf("%.1f", float64(s.after.Microseconds())/1000)
}

func (t tone) color() sgr {
	switch t {
	case toneAsking:
		return yellow
	case toneGranted:
		return green
	case toneRefused:
		return red
	}
	return plain
}
