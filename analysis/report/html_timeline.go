package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/internal/plural"
)

// An htmlChart shows how many handshakes began when, and how they ended.
type htmlChart struct {
	Bars     []htmlBar
	Height   int // in pixels
	Most     int // handshakes of the highest bar
	Step     time.Duration
	From, To string
	Partly   bool // whether more handshakes were counted than are listed
	Alt      string
}

// An htmlBar is a part of a bar of the chart; X and Width are in hundredths of its width.
type htmlBar struct {
	Class     string
	X, Width  string
	Y, Height int
}

const (
	chartFrom   = 8  // handshakes from which on there is a chart
	chartBars   = 60 // about the most that a small screen shows apart
	chartHeight = 96
)

// Chart returns the chart of the handshakes, nil if they are few or have no time.
func (p *htmlPage) Chart() *htmlChart {
	all := slices.DeleteFunc(slices.Clone(p.report.Handshakes), func(h *analysis.Handshake) bool { return h.Start.Time.IsZero() })
	if len(all) < chartFrom {
		return nil
	}
	from, to := all[0].Start.Time, all[0].Start.Time
	for _, h := range all {
		if h.Start.Time.Before(from) {
			from = h.Start.Time
		}
		if h.Start.Time.After(to) {
			to = h.Start.Time
		}
	}
	step := roundStep(to.Sub(from) / chartBars)
	bars := make([][3]int, to.Sub(from)/step+1) // not let in, not known, let in
	for _, h := range all {
		bars[h.Start.Time.Sub(from)/step][outcomeClass(h.Outcome)]++
	}
	c := &htmlChart{Height: chartHeight, Step: step, Partly: p.report.Summary.Handshakes() > len(p.report.Handshakes), From: p.time(from), To: p.time(to)}
	out := 0
	for _, b := range bars {
		c.Most = max(c.Most, b[0]+b[1]+b[2])
		out += b[0]
	}
	width := 100 / float64(len(bars))
	for i, b := range bars {
		y := chartHeight
		for class, n := range b {
			if n == 0 {
				continue
			}
			height := max(1, n*(chartHeight-8)/c.Most)
			y -= height
			c.Bars = append(c.Bars, htmlBar{chartClasses[class], percent(float64(i) * width), percent(width * 0.8), max(y, 0), height})
		}
	}
	c.Alt = fmt.Sprintf("Bar chart: %s from %s to %s, %d of them not let in. The list below has the moments that matter.", plural.Count(len(all), "handshake"), c.From, c.To, out)
	return c
}

// chartClasses are the classes of the parts of a bar, from below.
var chartClasses = [3]string{"out", "open", "in"}

func outcomeClass(o analysis.Outcome) int {
	switch {
	case o.Refused():
		return 0
	case o == analysis.Succeeded:
		return 2
	}
	return 1
}

func percent(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) }

// roundStep returns the next longer step that a person would choose.
func roundStep(d time.Duration) time.Duration {
	for _, step := range []time.Duration{
		time.Millisecond, 5 * time.Millisecond, 20 * time.Millisecond, 100 * time.Millisecond, 500 * time.Millisecond,
		time.Second, 5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute,
		time.Hour, 6 * time.Hour,
	} {
		if step >= d {
			return step
		}
	}
	return (d/(24*time.Hour) + 1) * 24 * time.Hour
}

// An htmlMoment is a line of the timeline.
type htmlMoment struct {
	at     httpstream.Time
	Time   string
	Class  string // a severity, or an outcome's class
	Text   string
	Anchor string
	Place  string // frames
}

const (
	eachHandshake   = 6  // handshakes up to which each is a moment
	perCheckMoments = 3  // of a check: its first findings
	maxMoments      = 60 // longer than that nobody reads
)

// Moments returns what happened, in order.
func (p *htmlPage) Moments() []htmlMoment {
	var all []htmlMoment
	add := func(at httpstream.Time, class, text, anchor, place string) {
		if !at.IsZero() {
			all = append(all, htmlMoment{at, p.time(at), class, text, anchor, place})
		}
	}
	for _, h := range p.turningPoints() {
		class := chartClasses[outcomeClass(h.Outcome)]
		add(h.Start.Time, class, joined(cmp.Or(h.User, analysis.HostOnly(h.Client)), " to ", hostText(h))+": "+outcomeText(h), p.handshakeAnchor(h.ID), fmt.Sprintf("handshake %d", h.ID))
	}
	found := map[string]int{}
	for _, f := range p.report.Findings {
		if f.Severity == analysis.Info || p.anchors[f] == "" {
			continue
		}
		if found[f.Check]++; found[f.Check] <= perCheckMoments {
			add(f.Time, string(f.Severity), sentence(f.Message), p.anchors[f], htmlFinding{f, p}.Where())
		}
	}
	slices.SortStableFunc(all, func(a, b htmlMoment) int { return a.at.Compare(b.at) })
	return first(all, maxMoments)
}

// outcomeText says how a handshake ended.
func outcomeText(h *analysis.Handshake) string {
	if h.Mechanism == analysis.None {
		return string(h.Outcome)
	}
	return capital(wentHow(h))
}

// wentHow says what a handshake was and how it ended, as a part of a sentence.
func wentHow(h *analysis.Handshake) string {
	what := string(h.Mechanism)
	switch h.Mechanism {
	case analysis.NTLM:
		what = "NTLM"
	case analysis.Other: // a line of a log, a token that nobody could read
		what = "logon"
	}
	return what + " " + string(h.Outcome)
}

// turningPoints returns all handshakes. If there are many, they are for each host the first and
// the last that was not let in, and the first that was let in after these.
func (p *htmlPage) turningPoints() []*analysis.Handshake {
	all := p.report.Handshakes
	if len(all) <= eachHandshake {
		return all
	}
	const mostHosts = 8
	var points []*analysis.Handshake
	for _, host := range first(p.hosts().Rows, mostHosts) {
		if host.Out == 0 {
			continue
		}
		points = append(points, host.first)
		if host.last != host.first {
			points = append(points, host.last)
		}
		for _, h := range all {
			if h.ID > host.last.ID && hostText(h) == host.Name && h.Outcome == analysis.Succeeded {
				points = append(points, h)
				break
			}
		}
	}
	return points
}
