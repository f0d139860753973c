package analysis

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"negotrace/httpstream"
)

// A Severity says how much a finding matters.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Rank orders severities: 0 for an error, 2 for information.
func (s Severity) Rank() int {
	switch s {
	case Error:
		return 0
	case Warning:
		return 1
	}
	return 2
}

// An Evidence says how a finding is known.
type Evidence string

// The levels of evidence.
const (
	Proven   Evidence = "proven"   // by a field of the protocol
	Inferred Evidence = "inferred" // from absence or timing
	Hint     Evidence = "hint"
)

// A Check is one diagnosis of the catalogue: what it means, said once, and how it is
// found.
type Check struct {
	Name     string   `json:"name"` // the slug, its stable identifier
	Variants []string `json:"variants,omitempty"`
	Title    string   `json:"title"`
	Severity Severity `json:"severity"`         // the usual one; a finding may be milder or worse
	Evidence Evidence `json:"evidence"`         // the usual one
	Means    string   `json:"means"`            // what it means to the reader of a report
	Proof    string   `json:"proof"`            // what in the packets proves it
	Not      string   `json:"not"`              // what looks like it and is not
	Causes   []string `json:"causes,omitempty"` // likeliest first
	Fix      []string `json:"fix,omitempty"`    // what to do, or type
	Sources  []string `json:"sources"`
	// Follows names the checks whose findings on the same handshake are the cause of
	// this one's: the report prints it beneath them. The first that was found counts.
	Follows []string `json:"follows,omitempty"`
	// JSONOnly keeps its findings out of the table: they only say that something usual
	// is usual. JSON has them.
	JSONOnly bool        `json:"quiet,omitempty"`
	Run      func(*Pass) `json:"-"`
}

// A Pass is what a check may look at. Checks must not change it. A long capture is judged
// in overlapping parts, each by a Pass of its own; DNS, MidStream and Baseline are about
// all of the capture so far, and the Counters are empty until its end.
type Pass struct {
	// Handshakes are those to look at: each is among them in one Pass, in which what came
	// before and after it is visible too.
	Handshakes []*Handshake
	// Context are the Handshakes and those around them, to compare with. A finding about
	// one that is not among the Handshakes is left to the Pass in which it is.
	Context []*Handshake
	KDC     []*KDCExchange
	// Conns are connections that ended and are not complete, were TLS, were never
	// answered, or went to a KDC; of others not all.
	Conns     []*httpstream.Conn
	DNS       *DNS
	Counters  *httpstream.Counters
	MidStream int // connections with HTTP whose beginning is not in the capture
	// Exchanges are those with authentication, and those that rode on it or are
	// worth a look for another reason, in order.
	Exchanges []*httpstream.Exchange

	// End is the time of the last thing seen.
	End httpstream.Time

	lookups  lookups
	twins    twins
	quiet    map[netip.AddrPort][]time.Duration
	check    *Check
	findings []*Finding
}

func (p *Pass) run(c *Check) {
	p.check = c
	c.Run(p)
}

// Found reports a finding about a handshake (nil if it is about none), proven at the
// given place. The message is one sentence of fact about this capture; it names users,
// hosts, SPNs and codes, but no frames, times and ports, so that repeats fall together.
// Severity, evidence and the rest are the check's usual ones until changed on what is
// returned.
func (p *Pass) Found(h *Handshake, at httpstream.Pos, format string, args ...any) *Finding {
	f := &Finding{
		Check: p.check.Name, Severity: p.check.Severity, Evidence: p.check.Evidence,
		Frame: at.Frame, Stream: at.Stream, File: at.File,
		Message: fmt.Sprintf(format, args...), Count: 1, export: h != nil && h.Start.Stream < 0, check: p.check,
	}
	if h != nil {
		f.Handshake = h.ID
	}
	p.findings = append(p.findings, f)
	return f
}

// ClientSide returns the exchange by which a client asked a proxy for what x is the proxy's
// request for, nil if x is none or the capture does not hold both sides.
func (p *Pass) ClientSide(x *httpstream.Exchange) *httpstream.Exchange { return p.twins.front[x] }

// ClientSideHandshake returns the client's handshake with a proxy that h continues on the
// proxy's other side, nil if there is none in the capture.
func (p *Pass) ClientSideHandshake(h *Handshake) *Handshake {
	if h.ClientSide == 0 {
		return nil
	}
	i := slices.IndexFunc(p.Context, func(o *Handshake) bool { return o.ID == h.ClientSide })
	if i < 0 {
		return nil
	}
	return p.Context[i]
}

// Baseline returns the median time that the server took to answer requests without
// credentials, and how many of them there were.
func (p *Pass) Baseline(server netip.AddrPort) (time.Duration, int) {
	q := p.quiet[server]
	if len(q) == 0 {
		return 0, 0
	}
	return q[len(q)/2], len(q)
}

// Whole tells that absence may be argued from: every connection of the handshake was
// seen from its beginning and without loss, and it does not come from a browser export.
func (p *Pass) Whole(h *Handshake) bool { return h.Complete && !h.Browser() }
