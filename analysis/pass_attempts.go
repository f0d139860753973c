package analysis

import (
	"net/netip"
	"slices"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// A caller is a machine, and whom it authenticates to.
type caller struct {
	client netip.Addr
	target Target
	host   string
	export httpstream.File // where packets do not show it
}

func callerOf(h *Handshake) caller {
	c := caller{client: h.ClientAddr(), target: h.Target, host: h.Host}
	if h.Browser() {
		c.export = h.Start.File // another file may show the same again
	}
	return c
}

// By these a program is known: its User-Agent, how it begins TLS, and how it writes the scheme.
type programMarks struct{ name, hello, spelling string }

func marksOf(h *Handshake) programMarks {
	m := programMarks{name: h.Program, hello: h.ClientHello}
	if h.OpeningLeg() != nil {
		m.spelling = h.SchemeAsSent()
	}
	return m
}

// A history is what one program of a caller did. Its lists are in order.
type history struct {
	attempts        []*Handshake
	withCredentials []*Handshake // of attempts
	letIn           []*Handshake // likewise
	// answered is how many challenges it answered. How it writes the scheme does not count: who
	// never answered wrote none.
	answered int
	// severalUsers reports whether it shows two users or workstations: several machines may be
	// behind the address.
	severalUsers bool
}

// histories are what the programs of one caller did.
type histories struct {
	all []*Handshake
	by  map[programMarks]*history // those that were asked for
	// answered counts the challenges that each program answered, all but how it writes the scheme known.
	answered map[programMarks]int
}

// histories returns what each caller did.
func (p *Pass) histories() map[caller]*histories {
	if p.lookups.callers == nil {
		p.lookups.callers = map[caller]*histories{}
		for _, h := range p.Context {
			by := cached(&p.lookups.callers, callerOf(h), func() *histories { return &histories{answered: map[programMarks]int{}} })
			by.all = append(by.all, h)
			if answersChallenge(h) {
				by.answered[programMarks{name: h.Program, hello: h.ClientHello}]++
			}
		}
	}
	return p.lookups.callers
}

// history returns what the program of h did.
func (p *Pass) history(h *Handshake) *history {
	return cached(&p.lookups.histories, h, func() *history {
		of := p.histories()[callerOf(h)]
		if of == nil {
			return &history{} // a log alone shows h
		}
		return of.history(h)
	})
}

func (of *histories) history(h *Handshake) *history {
	return cached(&of.by, marksOf(h), func() *history {
		same := those(of.all, func(o *Handshake) bool { return SameProgram(o, h) })
		return &history{
			attempts:        same,
			withCredentials: those(same, func(o *Handshake) bool { return o.OpeningLeg() != nil }),
			letIn:           those(same, func(o *Handshake) bool { return o.Outcome == Succeeded }),
			answered:        of.answered[programMarks{name: h.Program, hello: h.ClientHello}],
			severalUsers:    severalUsers(same),
		}
	})
}

// those returns the handshakes that are as asked, in most cases all.
func those(all []*Handshake, is func(*Handshake) bool) (some []*Handshake) {
	if !slices.ContainsFunc(all, func(h *Handshake) bool { return !is(h) }) {
		return all
	}
	for _, h := range all {
		if is(h) {
			some = append(some, h)
		}
	}
	return some
}

func severalUsers(attempts []*Handshake) bool {
	first := map[Mechanism]*Handshake{}
	for _, o := range attempts {
		switch known := first[o.Mechanism]; {
		case o.User == "" && o.Workstation() == "":
		case known == nil:
			first[o.Mechanism] = o
		case OtherUser(known, o):
			return true
		}
	}
	return false
}

// Attempts returns the handshakes of the same program with the same host and target as h,
// in order; h is one of them. What one program of a machine does says nothing of another;
// a handshake that does not show its program counts for all of them.
func (p *Pass) Attempts(h *Handshake) []*Handshake { return p.history(h).attempts }

// WithCredentials returns those of Attempts in which the client sent credentials.
func (p *Pass) WithCredentials(h *Handshake) []*Handshake { return p.history(h).withCredentials }

// LetIn returns those of Attempts that succeeded.
func (p *Pass) LetIn(h *Handshake) []*Handshake { return p.history(h).letIn }

// answeredOthers reports whether the program of h answered challenges other than that of h, and
// nothing shows that it runs on several machines: another one has other zones.
func (p *Pass) answeredOthers(h *Handshake) bool {
	did := p.history(h)
	others := did.answered
	if answersChallenge(h) {
		others--
	}
	return others > 0 && !did.severalUsers
}

func answersChallenge(h *Handshake) bool {
	return h.OpeningLeg() != nil && tokens.IsTokenScheme(h.Scheme)
}
