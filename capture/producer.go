package capture

import (
	"negotrace/capture/block"
	"negotrace/capture/decode"
	"negotrace/capture/pcap"
	"negotrace/httpstream"
	"negotrace/internal/handoff"
)

// One goroutine reads and decodes packets, another follows connections. What was found in packets
// goes from one to the other in batches, with the blocks that it lies in. Each looks at every
// packet once, so that the handover costs little.

const (
	// batchLen is how many events are handed over at once, if a block has so many: enough to make
	// the handover cheap, and few enough to be in the cache still.
	batchLen = 1024
	// batches is how many there are, one of them being filled.
	batches = 5
)

// A batch is what was found in some packets, in the order of the capture.
type batch struct {
	events []decode.Event
	keyLog []byte // TLS secrets of the file that came after the events; nil if none did
	// caughtUp says that nothing more is there yet, and idle that nothing has come for a while.
	caughtUp, idle bool
	// block is released to source after this batch, the last that needs it; nil if it is still
	// needed.
	block  []byte
	source block.Releaser
}

func newBatch() *batch { return new(batch) }

// release releases the block that goes with a batch, and empties the batch.
func (b *batch) release() {
	if b.block != nil {
		b.source.Release(b.block)
	}
	*b = batch{events: b.events[:0]}
}

// A producer decodes packets and puts what is found in them into a queue.
type producer struct {
	decoder *decode.Decoder
	queue   *handoff.Queue[*batch]
	batch   *batch                // being filled
	begin   func(httpstream.Time) // takes the time of the first packet; nil once it did
}

func newProducer(c *httpstream.Counters, begin func(httpstream.Time), address func([]byte, httpstream.Pos)) *producer {
	p := &producer{begin: begin}
	p.queue, p.batch = handoff.NewQueue(batches, newBatch)
	p.decoder = decode.New(c, batchLen, p.put)
	if address != nil {
		p.decoder.Visit = eachAddress(func(b []byte) { address(b, p.decoder.At()) })
	}
	return p
}

// put puts the batch into the queue, with what was found since the one before.
func (p *producer) put(events []decode.Event) []decode.Event {
	p.batch.events = events
	p.batch = p.queue.Put(p.batch)
	return p.batch.events
}

// attach releases the blocks of a file when everything found in them was dispatched, the last one
// even after the file is closed, and adds its TLS secrets in their place among the packets.
func (p *producer) attach(f *packetFile) {
	f.blocks.OnRetire = func(s block.Releaser, b []byte) {
		p.batch.source, p.batch.block = s, b
		p.decoder.HandOver()
	}
	f.records.KeyLog = func(secrets []byte) {
		p.batch.keyLog = secrets
		p.decoder.HandOver()
	}
}

// packet decodes the next packet of the timeline.
func (p *producer) packet(k *pcap.Packet, origin int, file httpstream.File) {
	if p.begin != nil {
		p.begin(k.Time)
		p.begin = nil
	}
	p.decoder.Packet(k, origin, file)
}

// decodeAndDispatch calls read in a goroutine of its own, which reads and decodes packets, and
// dispatches what is found in them.
func (r *run) decodeAndDispatch(read func(*producer)) {
	p := newProducer(r.counters, r.begin, r.opts.HeaderAddress)
	var fault *handoff.Fault // known when the queue is closed
	go func() {
		defer p.queue.Close()
		fault = handoff.Guard(func() {
			read(p)
			p.decoder.Close()
		})
	}()
	d := newDispatcher(r)
	for b := range p.queue.All() {
		d.dispatch(b)
	}
	fault.Raise()
	d.assembler.Close()
	r.begin = p.begin
	r.counters.Add(&d.counters)
}
