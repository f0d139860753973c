// Package etw reads the packet captures of Windows: event traces (ETL), as `netsh trace` and
// `pktmon` write them, and captures of Network Monitor, which hold frames or the same events.
package etw

import (
	"container/heap"
	"errors"
	"fmt"
	"io"

	"negotrace/capture/block"
	"negotrace/capture/pcap"
	"negotrace/internal/plural"
)

// errCompressed is the error for a compressed buffer.
var errCompressed = errors.New("compressed")

// An etlFile reads packets of an event trace. Each processor of a machine logs into buffers of
// its own, and each buffer is written when it is full. So the buffers of a file overlap in time,
// and a buffer that filled slowly comes long after others of the same time.
type etlFile struct {
	*pcap.File
	log            *packetLog
	size           int          // of a buffer
	waiting        []bufferInfo // not loaded yet, in the order of time; nil for a stream
	load           func() bool
	queues         queues
	heldBytes      int // in queues
	maxHeld        int
	pool           *block.Pool
	freeQueues     []*queue // empty, for reuse
	finishedBuffer []byte   // buffer whose last packet was returned by the last call of next
	disorder       int64    // how much earlier an event may be than the one before it in a buffer
	last           int64    // latest timestamp of the packets so far
	late           int      // packets that could not be put in order
	compressed     int
	cut            bool
	packets        int
	loaded         int   // buffers with packets
	err            error // why there is nothing more to load
}

// OpenETL begins reading an event trace. The error is of a file that is cut in its header.
func OpenETL(f *pcap.File) (pcap.Next, error) {
	if f.At == nil {
		return openETL(f, maxHeldOfStream)
	}
	return openETL(f, maxHeld)
}

func openETL(f *pcap.File, maxHeld int) (pcap.Next, error) {
	const least = bufferHeaderLen + 32 // the header of the event that describes the trace
	head, err := f.Blocks.Peek(least + logfileHeaderLen)
	if len(head) < least {
		return nil, fmt.Errorf("event trace is cut short in its header, after %d bytes: %w", len(head), err)
	}
	header := readLogfileHeader(int64(le.Uint64(head[bufferHeaderLen+16:])), head[least:])
	e := &etlFile{File: f, log: newPacketLog(f), size: int(le.Uint32(head)), maxHeld: maxHeld}
	const perSecond = 100 // 10 ms: a thread that is interrupted writes its event later
	e.disorder = int64(header.frequency) / perSecond
	if header.isFiletime {
		e.disorder = ticksPerSecond / perSecond
	}
	e.pool = block.NewPool(e.size, maxHeld/e.size+1)
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

// describe notes damage and limitations that the header of a trace shows.
func (e *etlFile) describe(h *logfileHeader) {
	switch {
	case !h.known():
		e.Damage("the header of the trace does not say what its times mean: packets have none")
	case h.clockKind == clockCycles:
		e.Limited("times-approximate", "The trace was stamped by the clock cycles of a processor, whose speed Windows rounds to whole MHz: its times are approximate. `logman` and `netsh trace` use the performance counter unless asked otherwise")
	}
	if h.eventsLost > 0 || h.buffersLost > 0 {
		e.Limited("capture-incomplete", "Windows lost %s and %s while it recorded the trace, among them perhaps packets: give it more buffers (netsh trace start ... bufferSize=1024) or filter what is recorded", plural.Count(int64(h.eventsLost), "event"), plural.Count(int64(h.buffersLost), "buffer"))
	}
	if h.isOpen && h.known() {
		e.Limited("capture-incomplete", "The trace was not ended (netsh trace stop, pktmon stop), or copied before that: its last packets may be missing")
	}
}

// next reads the next packet in the order of time, and reports whether there was one.
func (e *etlFile) next(k *pcap.Packet) bool {
	e.releaseBuffer()
	for {
		for e.wantsMore() && e.load() {
		}
		if len(e.queues) == 0 {
			return e.end()
		}
		q := e.queues[0]
		p := q.first()
		if e.packets > 0 && p.at < e.last-e.disorder {
			e.late++
		}
		e.last = max(e.last, p.at)
		isNew := e.log.admit(p)
		if isNew {
			e.packets++
			*k = e.log.packet(p)
		}
		if q.next++; q.next < len(q.packets) {
			heap.Fix(&e.queues, 0)
		} else {
			e.popQueue(q)
		}
		if isNew {
			return true
		}
		e.releaseBuffer()
	}
}

// releaseBuffer releases the buffer of the packet that was returned last, if no other is in it.
func (e *etlFile) releaseBuffer() {
	if e.finishedBuffer != nil {
		e.Blocks.RetireForeign(e.pool, e.finishedBuffer)
		e.finishedBuffer = nil
	}
}

// end reports damage and other events of the trace. It returns false, for next.
func (e *etlFile) end() bool {
	if e.load == nil {
		return false
	}
	e.load = nil
	if e.compressed > 0 {
		e.Damage("compressed buffers of the trace are not read (%d): "+compressedAdvice, e.compressed)
	}
	if e.late > 0 {
		e.Damage("packets of the trace come so far behind later ones that they could not be put in order (%d): give the file itself, if it came packed or through a pipe", e.late)
	}
	if e.packets == 0 {
		e.Err = e.withoutPackets()
		return false
	}
	e.log.report()
	return e.End(e.err)
}

// withoutPackets returns the error for a trace without packets: what it has instead, and how to
// record packets.
func (e *etlFile) withoutPackets() error {
	switch {
	case e.err != io.EOF:
		return e.err
	case e.compressed > 0:
		return errors.New("event trace with compressed buffers, which are not read: " + compressedAdvice)
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

// compressedAdvice is the advice for a compressed trace.
const compressedAdvice = "convert it with `pktmon etl2pcap` or Microsoft's etl2pcapng, or record it without compression"
