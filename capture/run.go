package capture

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
	"negotrace/internal/plural"
)

// grace is how long reading goes on after it was asked to stop.
const grace = time.Second

// A run is one call of Read, Follow, Convert or Redact: where its results go, and what it counts.
type run struct {
	sink     Sink
	opts     Options
	counters *httpstream.Counters
	stop     context.Context                    // done when no more shall be read
	end      func()                             // releases what waits for stop
	bytes    atomic.Int64                       // read so far, as they lie in the sources
	total    int64                              // of all sources; 0 if unknown
	showing  sync.Mutex                         // held while Progress is called
	begin    func(httpstream.Time)              // Options.Begin, nil once it was called
	other    func(pcap.Block)                   // takes blocks without packets; nil for nobody
	lost     func(httpstream.File, pcap.Losses) // takes what machines lost while they captured; nil for nobody
	merged   bool                               // packets are of several files
}

func newRun(ctx context.Context, sink Sink, opts Options) *run {
	if opts.Secrets == nil {
		opts.Secrets = &httpstream.Secrets{} // a pcapng file may bring some
	}
	stop, cancel := context.WithCancel(context.WithoutCancel(ctx))
	unwatch := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	end := func() {
		unwatch()
		cancel()
	}
	return &run{sink: sink, opts: opts, begin: opts.Begin, stop: stop, end: end, counters: &httpstream.Counters{
		Undecoded:    map[string]int{},
		TLSNotOpened: map[string]int{},
		Responses:    map[int]int{},
		Dropped:      map[string]int{},
	}}
}

// damageAt notes that a file is cut or corrupt after a place.
func (r *run) damageAt(at httpstream.Pos, format string, args ...any) {
	damageAt(r.counters, at, format, args...)
}

func damageAt(c *httpstream.Counters, at httpstream.Pos, format string, args ...any) {
	if len(c.Damage) >= maxNotes {
		c.Drop("places of damage that are not listed", 1, at)
		return
	}
	c.Damage = append(c.Damage, httpstream.Note{
		Pos:  at,
		Text: fmt.Sprintf(format, args...),
	})
}

// judgeSecrets notes what is wrong with the TLS secrets if connections stayed closed.
func (r *run) judgeSecrets() {
	s := r.opts.Secrets
	r.counters.Drop("TLS secrets", s.Dropped, httpstream.Pos{})
	if len(r.counters.TLSNotOpened) == 0 {
		return
	}
	if s.Malformed > 0 {
		r.limited("tls-not-decrypted", "%s of the TLS secrets %s not in the format of a key log and %s left out", plural.Count(s.Malformed, "line"), plural.Verb(s.Malformed, "is", "are"), plural.Verb(s.Malformed, "was", "were"))
	}
	if s.Late > 0 {
		r.limited("tls-not-decrypted", "%d TLS secrets stand in the capture behind the connections that they open, which stayed closed: take them out with Wireshark's `editcap --extract-secrets IN keys.log`, and name them with --keylog", s.Late)
	} else if s.Kept > 0 && s.Used == 0 && s.Missed > 0 {
		r.limited("tls-not-decrypted", "None of the %d TLS secrets given belongs to a connection of this capture: they are of another time, another browser or another host", s.Kept)
	}
}

func (r *run) limited(kind, format string, args ...any) {
	r.counters.Notes = append(r.counters.Notes, httpstream.Limitation{Kind: kind, Text: fmt.Sprintf(format, args...)})
}
