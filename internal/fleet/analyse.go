package fleet

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"runtime/debug"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/analysis/inventory"
	"negotrace/capture"
	"negotrace/httpstream"
	"negotrace/internal/diagnosis"
	"negotrace/internal/handoff"
	"negotrace/tokens"
)

// An Out takes records, each with the key that groups it with others.
type Out struct {
	Row     func(key string, row []byte)     // of a table; see Rows
	Request func(key string, request []byte) // see JoinRequests
	Client  func(key string, client []byte)  // see JoinKDC
	Finding func(key string, finding []byte)
	Case    func(key string, one []byte)

	Overview func(part []byte)
}

// An Analyser analyses sets.
type Analyser struct {
	// Source makes the source of a file; its Open may fail.
	Source  func(ctx context.Context, name string) capture.Source
	Secrets *httpstream.Secrets // to open TLS with; nil for none
	Keytab  *tokens.Keytab      // nil for none
	SumKey  *tokens.SumKey      // the same on all machines of the run
	Shards  int                 // of each table
}

// Analyse analyses a set and emits its records. Files that cannot be read get a record too.
func (a *Analyser) Analyse(ctx context.Context, s Set, out Out) {
	x := &setAnalysis{Analyser: a, set: s, out: out, findings: newMerger()}
	x.origin = Origin{versioned: versioned{version}, Set: s.Name, CaptureHost: s.Host}
	sources := x.sources(ctx)
	if len(sources) == 0 {
		x.summary(nil, nil)
		return
	}
	r, err := x.read(ctx, sources)
	x.conclude()
	x.summary(r, err)
	x.findings.flush(out.Finding)
}

// A setAnalysis is the analysis of one set.
type setAnalysis struct {
	*Analyser
	set    Set
	origin Origin
	out    Out

	handshake *analysis.Handshake // whose findings are being added
	checks    []string
	findings  *merger
	lookups   lookupsSeen
}

// sources returns the sources of the files that exist.
func (x *setAnalysis) sources(ctx context.Context) []capture.Source {
	var all []capture.Source
	for _, f := range x.set.Files {
		if f.Failure == "" {
			s := x.Source(ctx, f.path())
			s.Name = f.Name
			all = append(all, s)
		}
	}
	return all
}

// read analyses the files. A bug that panics in one set must not stop the others.
func (x *setAnalysis) read(ctx context.Context, sources []capture.Source) (r *analysis.Report, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			stack := string(debug.Stack())
			if from, ok := fault.(*handoff.Fault); ok { // of another goroutine
				fault, stack = from.Value, from.Stack
			}
			at := faultPlace(stack)
			err = errors.Join(err, fmt.Errorf("a bug of negotrace ended the analysis of this set early: %v%s", fault, at))
		}
	}()
	return diagnosis.Read(ctx, sources, diagnosis.Options{
		Capture: capture.Options{Secrets: x.Secrets, Decoder: tokens.Decoder{Keytab: x.Keytab, SumKey: x.SumKey}},
		Correlate: correlate.Options{OmitLists: true, Sink: analysis.Sink{
			DNS: x.lookup, KDC: x.kdc, Handshake: x.begin, Finding: x.finding,
		}},
	})
}

// faultPlace returns the first line of a stack that names a file of the analysis, without
// directory and addresses, which differ between machines. It skips the code that recovered the
// panic and raised it again.
func faultPlace(stack string) string {
	stack = stack[max(0, strings.LastIndex(stack, "\npanic(")):]
	for line := range strings.Lines(stack) {
		name, _, ok := strings.Cut(strings.TrimSpace(line), " +0x")
		isRuntime := strings.Contains(name, "/runtime/") || strings.HasPrefix(name, "runtime/") // as -trimpath has it
		if i := strings.LastIndexByte(name, '/'); ok && i >= 0 && !strings.Contains(name, "/fleet/analyse.go") && !isRuntime {
			return " at " + name[i+1:]
		}
	}
	return ""
}

// begin starts a handshake. Its findings come next.
func (x *setAnalysis) begin(h *analysis.Handshake) {
	x.conclude()
	x.handshake, x.checks = h, nil
}

func (x *setAnalysis) finding(f *analysis.Finding) {
	if x.handshake != nil && f.Handshake == x.handshake.ID {
		x.checks = append(x.checks, f.Check)
	} else if client, err := netip.ParseAddrPort(f.Client); err == nil && f.Handshake == 0 {
		x.emitClient(&clientRecord{Client: client.Addr(), Check: f.Check, At: f.Pos()}, f.Time.Add(-analysis.TicketWindow), f.Time)
	}
	x.findings.add(x.origin, f, x.out.Finding)
}

// conclude emits the handshake, after its last finding.
func (x *setAnalysis) conclude() {
	h := x.handshake
	if x.handshake = nil; h == nil {
		return
	}
	x.row(handshakeTable, fmt.Sprintf("%012d", h.ID), newHandshake(x.origin, h, x.checks))
	at := Place{Set: x.set.Name, CaptureHost: x.set.Host, Handshake: h.ID, Time: h.Start.Time}
	if one := inventory.CaseOf(h, x.checks); one != nil {
		x.out.Case(at.key(), encode(&caseRecord{versioned: versioned{version}, Place: at, Case: one}))
	}
	all, keys := requestRecords(at, h)
	for i, p := range all {
		x.out.Request(keys[i], encode(p))
	}
	x.emitHandshake(h)
}

// emitHandshake emits a handshake to be joined with the KDC exchanges of other captures.
func (x *setAnalysis) emitHandshake(h *analysis.Handshake) {
	if !h.ClientAddr().IsValid() {
		return
	}
	c := &clientRecord{Client: h.ClientAddr(), Server: h.First().Conn.Server, Handshake: newHandshake(x.origin, h, nil).Handshake}
	if _, ap := h.APReq(); ap != nil && ap.Ticket.EncPart.Len > 0 {
		c.Ticket = ap.Ticket.EncPart.Sum
	}
	end := h.Start.Time
	for _, l := range h.Legs {
		for _, t := range []httpstream.Time{l.RequestPos().Time, l.ResponsePos().Time} {
			if t.After(end) {
				end = t
			}
		}
	}
	x.emitClient(c, h.Start.Time.Add(-analysis.TicketWindow), end.Add(analysis.TicketWindow))
}

func (x *setAnalysis) kdc(k *analysis.KDCExchange) {
	x.row(kdcTable, orderKey(k.Pos()), &KDCExchange{x.origin.of("kdc"), k})
	if !k.Client.IsValid() {
		return
	}
	c := &clientRecord{Client: k.Client.Addr(), KDC: k}
	if r := k.Rep(); r != nil && r.Ticket.EncPart.Len > 0 {
		c.Ticket = r.Ticket.EncPart.Sum
	}
	x.emitClient(c, k.RequestPos.Time, k.RequestPos.Time)
}

func (x *setAnalysis) lookup(l *analysis.Lookup) {
	if !x.lookups.isNew(l) {
		return
	}
	x.row(dnsTable, orderKey(l.Pos), &Lookup{x.origin.of("dns"), l.Client.Addr(), l})
	if len(l.Addrs)+len(l.CNAMEs)+len(l.Targets) > 0 {
		x.emitClient(&clientRecord{Client: l.Client.Addr(), Lookup: l}, l.Pos.Time, l.Pos.Time.Add(lookupLifetime))
	}
}

// row emits a row of a table.
func (x *setAnalysis) row(t tableName, order string, record any) {
	x.out.Row(t.shard(Partition(x.set.Name, x.Shards)), encode(&Row{versioned{version}, x.set.Name + "\x00" + order, encode(record)}))
}

// orderKey returns text that sorts as places in a set do.
func orderKey(at httpstream.Pos) string {
	return fmt.Sprintf("%s\x00%012d\x00%s", at.Time.UTC().Format("2006-01-02T15:04:05.000000000"), at.Frame, at.File)
}
