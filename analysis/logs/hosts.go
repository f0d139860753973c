package logs

import (
	"net/netip"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/capture/hosttext"
	"negotrace/httpstream"
)

// Hosts are facts about hosts from the output of commands. They are read before the capture.
type Hosts struct {
	list     []*hosttext.Entry
	byName   map[string][]*hosttext.Entry // tickets, keys, registrations and errors, by SPN in small letters
	names    map[netip.Addr][]string      // of hosts
	counters *httpstream.Counters
}

// NewHosts returns Hosts without facts. What is over a limit is counted in counters.
func NewHosts(counters *httpstream.Counters) *Hosts {
	return &Hosts{byName: map[string][]*hosttext.Entry{}, names: map[netip.Addr][]string{}, counters: counters}
}

// Add takes a fact.
func (f *Hosts) Add(e *hosttext.Entry) {
	if len(f.list) == maxHostFacts {
		f.counters.Drop("facts of texts about hosts", 1, e.Pos)
		return
	}
	f.list = append(f.list, e)
	name := ""
	switch {
	case e.Ticket != nil:
		name = e.Ticket.Server
	case e.Key != nil:
		name = e.Key.Principal
	case e.Registration != nil:
		name = e.Registration.SPN
	case e.KDCError != nil:
		name = e.KDCError.Server
	case e.Host != nil:
		for _, a := range e.Host.Addresses {
			f.names[a] = append(f.names[a], e.Host.Name)
		}
	}
	if name = strings.ToLower(analysis.WithoutRealm(name)); name != "" {
		f.byName[name] = append(f.byName[name], e)
	}
}

// Join adds to handshakes the facts about their SPN or, where it is not known, about that of the URL's
// host.
func (f *Hosts) Join(handshakes []*analysis.Handshake) {
	for _, h := range handshakes {
		all := f.byName[strings.ToLower(analysis.WithoutRealm(h.ExpectedSPN()))]
		h.HostTexts = slices.Clone(all[:min(len(all), maxEventsOfOne)])
	}
}

// List returns all facts, in the order in which they were read. It is safe on nil.
func (f *Hosts) List() []*hosttext.Entry {
	if f == nil {
		return nil
	}
	return f.list
}

// namesOf returns the names of the host that has an address.
func (f *Hosts) namesOf(a netip.Addr) []string {
	if f == nil {
		return nil
	}
	return f.names[a.Unmap()]
}
