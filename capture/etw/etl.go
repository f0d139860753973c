// Package etw reads Windows' own files of packets: event traces (ETL), as `netsh trace` and
// `pktmon` write them, and captures of Network Monitor, which hold frames or such events.
package etw

import (
	"cmp"
	"container/heap"
	"errors"
	"fmt"
	"io"
	"slices"

	"negotrace/capture/pcap"
)

// errCompressed is of a buffer that is compressed.
var errCompressed = errors.New("compressed")

// An etlFile reads packets of an event trace. Each processor of a machine logs into buffers
// of its own, and each buffer is written when it is full: the buffers of a file overlap in
// time, and one that filled slowly stands far behind others of the same time.
type etlFile struct {
	*pcap.File
	log        *packetLog
	size       int        // of a buffer
	waiting    []bufferAt // where the file can be read at any place: in the order of time
	load       func() bool
	queues     queues
	held       int // bytes in queues
	maxHeld    int
	scratch    []byte // a buffer
	last       int64  // time of the packet before
	late       int    // packets that come after later ones
	compressed int
	cut        bool
	packets    int
	loaded     int   // buffers with packets
	err        error // why there is nothing more to load
}

// A bufferAt is where a buffer lies in a file, and the time of its first event.
type bufferAt struct {
	offset, begin int64
}

// A queue is the packets of a buffer, in the order of time.
type queue struct {
	packets []logged
	size    int // of their data
	order   int // in which buffers were loaded
}

// queues is a heap of queues, the one with the earliest packet on top.
type queues []*queue

func (q queues) Len() int { return len(q) }
func (q queues) Less(i, j int) bool {
	a, b := q[i], q[j]
	return cmp.Or(cmp.Compare(a.packets[0].at, b.packets[0].at), a.order-b.order) < 0
}
func (q queues) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push is part of heap.Interface.
func (q *queues) Push(x any) { *q = append(*q, x.(*queue)) }

// Pop is part of heap.Interface.
func (q *queues) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// OpenETL begins reading an event trace. The error is of a file that is cut in its header.
func OpenETL(f *pcap.File) (pcap.Next, error) { return openETL(f, maxHeld) }

func openETL(f *pcap.File, maxHeld int) (pcap.Next, error) {
	const least = bufferHeaderLen + 32 // the header of the event that describes the trace
	head, err := f.Blocks.Peek(least + logfileHeaderLen)
	if len(head) < least {
		return nil, fmt.Errorf("event trace is cut short in its header, after %d bytes: %w", len(head), err)
	}
	e := &etlFile{File: f, log: newPacketLog(f), size: int(le.Uint32(head)), maxHeld: maxHeld}
	header := readLogfileHeader(int64(le.Uint64(head[bufferHeaderLen+16:])), head[least:])
	e.log.clock = header.clock
	e.describe(&header)
	e.load = e.loadNext
	if f.At != nil && f.Size/int64(e.size) < maxBuffers {
		e.load = e.loadWaiting
		if e.waiting, err = e.index(); err != nil {
			return nil, err
		}
	}
	return e.next, nil
}

// describe says what the header of a trace shows of it.
func (e *etlFile) describe(h *logfileHeader) {
	switch {
	case !h.known():
		e.Damage("the header of the trace does not say what its times mean: packets have none")
	case h.kind == clockCycles:
		e.Limited("times-approximate", "The trace was stamped by the clock cycles of a processor, whose speed Windows rounds to whole MHz: its times are approximate. `logman` and `netsh trace` use the performance counter unless asked otherwise")
	}
	if h.eventsLost > 0 {
		e.Limited("capture-incomplete", "Windows lost %d events while it recorded the trace, among them perhaps packets: give it more buffers (netsh trace start ... bufferSize=1024) or filter what is recorded", h.eventsLost)
	}
}

// next reads the next packet in the order of time.
func (e *etlFile) next(k *pcap.Packet) bool {
	for {
		for e.wantsMore() && e.load() {
		}
		if len(e.queues) == 0 {
			return e.end()
		}
		p := e.pop()
		if e.packets > 0 && p.at < e.last {
			e.late++
		}
		e.last = max(e.last, p.at)
		if e.log.admit(&p) {
			e.packets++
			*k = p.packet(e.log.clock.time(p.at))
			return true
		}
	}
}

// wantsMore reports whether a buffer that is not loaded yet may hold the next packet.
func (e *etlFile) wantsMore() bool {
	switch {
	case e.err != nil:
		return false
	case len(e.queues) == 0:
		return true
	case e.held >= e.maxHeld:
		return false
	}
	return e.waiting == nil || e.waiting[0].begin <= e.queues[0].packets[0].at
}

// pop takes the earliest packet out of its queue.
func (e *etlFile) pop() logged {
	q := e.queues[0]
	p := q.packets[0]
	if q.packets = q.packets[1:]; len(q.packets) > 0 {
		heap.Fix(&e.queues, 0)
		return p
	}
	heap.Pop(&e.queues)
	e.held -= q.size
	return p
}

// loadWaiting loads the buffer that begins first.
func (e *etlFile) loadWaiting() bool {
	if len(e.waiting) == 0 {
		e.err = io.EOF
		return false
	}
	at := e.waiting[0].offset
	if e.waiting = e.waiting[1:]; len(e.waiting) == 0 {
		e.waiting = nil
	}
	if e.scratch == nil {
		e.scratch = make([]byte, e.size)
	}
	b, err := readFull(e.At, e.scratch, at)
	if err != nil {
		e.err = err
		return false
	}
	e.buffer(b)
	if e.waiting == nil {
		e.close(io.EOF)
	}
	return true
}

// loadNext loads the buffer that is next in the file.
func (e *etlFile) loadNext() bool {
	b, err := e.Blocks.Peek(e.size)
	if err != nil && (err != io.ErrUnexpectedEOF || len(b) == 0) {
		e.close(err)
		return false
	}
	b = b[:min(len(b), e.size)]
	e.buffer(b)
	e.Blocks.Take(len(b))
	return true
}

// close notes that there are no more buffers.
func (e *etlFile) close(err error) {
	e.err = err
	e.log.close()
	e.enqueue()
}

// buffer takes the events of a buffer, of which b is what the file holds.
func (e *etlFile) buffer(b []byte) {
	cut := len(b) < e.size
	if cut {
		e.cut = true
		e.Damage("cut short: the file ends in the middle of a buffer, after %d of its %d bytes", len(b), e.size)
	}
	events, err := usedPart(b, e.size)
	switch {
	case err == errCompressed:
		e.compressed++
		return
	case err != nil:
		e.Damage("damaged: %v", err)
		return
	}
	r := eventReader{b: events}
	for v := new(event); r.next(v); {
		e.log.event(v)
	}
	if r.err != nil && !cut {
		e.Damage("damaged: %v; the rest of its buffer, %d bytes, is passed over", r.err, len(r.b))
	}
	e.enqueue()
}

// enqueue puts the packets that were found into a queue of their own.
func (e *etlFile) enqueue() {
	found := e.log.found
	if len(found) == 0 {
		return
	}
	size := 0
	for i := range found {
		size += len(found[i].data)
	}
	q := &queue{packets: slices.Clone(found), size: size + len(found)*loggedSize, order: e.loaded}
	e.loaded++
	data := make([]byte, 0, size) // what was found lies in a buffer that will be used again
	for i := range q.packets {
		p := &q.packets[i]
		from := len(data)
		data = append(data, p.data...)
		p.data = data[from:len(data):len(data)]
	}
	clear(found)
	e.log.found = found[:0]
	byTime := func(a, b logged) int { return cmp.Compare(a.at, b.at) }
	if !slices.IsSortedFunc(q.packets, byTime) {
		slices.SortStableFunc(q.packets, byTime)
	}
	e.held += q.size
	heap.Push(&e.queues, q)
}

// loggedSize is about what a packet takes beside its data.
const loggedSize = 96

// index lists the buffers of the file in the order of the times at which they begin.
func (e *etlFile) index() ([]bufferAt, error) {
	var list []bufferAt
	head := make([]byte, min(e.size, 1024))
	for at := int64(0); at < e.Size; at += int64(e.size) {
		b, err := readFull(e.At, head, at)
		if err != nil {
			return list, err
		}
		begin, ok := beginsAt(b, e.size)
		if !ok && len(head) < e.size {
			whole, err := readFull(e.At, make([]byte, e.size), at)
			if err != nil {
				return list, err
			}
			begin, ok = beginsAt(whole, e.size)
		}
		if !ok && len(list) > 0 {
			begin = list[len(list)-1].begin // it has no packets, but perhaps damage
		}
		list = append(list, bufferAt{at, begin})
	}
	slices.SortStableFunc(list, func(a, b bufferAt) int { return cmp.Compare(a.begin, b.begin) })
	return list, nil
}

// end reports what the trace held, and returns false.
func (e *etlFile) end() bool {
	if e.load == nil {
		return false
	}
	e.load = nil
	if e.compressed > 0 {
		e.Damage("%d buffers of the trace are compressed, which is not read: "+uncompressed, e.compressed)
	}
	if e.late > 0 {
		e.Damage("%d packets of the trace come too far behind later ones to be put in order: unpack it, if it is packed, and give the file itself", e.late)
	}
	if e.packets == 0 {
		e.Err = e.withoutPackets()
		return false
	}
	e.log.report()
	return e.End(e.err)
}

// withoutPackets says that the trace has no packets, what it has, and how to take one with
// packets.
func (e *etlFile) withoutPackets() error {
	switch {
	case e.err != io.EOF:
		return e.err
	case e.compressed > 0:
		return errors.New("event trace whose buffers are compressed, which is not read: " + uncompressed)
	case e.cut:
		return errors.New("event trace (ETL) that is cut short before its first packet")
	}
	what := "and no other events"
	if len(e.log.others) > 0 {
		what = "but events of " + e.log.others.String()
	}
	return errors.New("event trace (ETL) that holds no packets " + what + ". Record packets with " +
		"`netsh trace start capture=yes tracefile=auth.etl` and `netsh trace stop`, or with `pktmon start --capture --pkt-size 0` and `pktmon stop`")
}

// uncompressed is what to do with a trace that is compressed.
const uncompressed = "convert it with `pktmon etl2pcap` or Microsoft's etl2pcapng, or record it without compression"
