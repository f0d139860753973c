// Package etw reads Windows' own files of packets: event traces (ETL), as `netsh trace` and
// `pktmon` write them, and captures of Network Monitor, which hold frames or such events.
package etw

import (
	"container/heap"
	"errors"
	"fmt"
	"io"

	"negotrace/capture/block"
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
	pool       *block.Pool
	spare      []*queue // that are empty
	emptied    []byte   // the buffer of the packet before, if it was the last in it
	disorder   int64    // how far apart in time events of a buffer may be that are not in order
	last       int64    // time of the packet before
	late       int      // packets that come after later ones
	compressed int
	cut        bool
	packets    int
	loaded     int   // buffers with packets
	err        error // why there is nothing more to load
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
	e.disorder = int64(header.ticks) / perSecond
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

// describe says what the header of a trace shows of it.
func (e *etlFile) describe(h *logfileHeader) {
	switch {
	case !h.known():
		e.Damage("the header of the trace does not say what its times mean: packets have none")
	case h.kind == clockCycles:
		e.Limited("times-approximate", "The trace was stamped by the clock cycles of a processor, whose speed Windows rounds to whole MHz: its times are approximate. `logman` and `netsh trace` use the performance counter unless asked otherwise")
	}
	if h.eventsLost > 0 || h.buffersLost > 0 {
		e.Limited("capture-incomplete", "Windows lost %d events and %d buffers while it recorded the trace, among them perhaps packets: give it more buffers (netsh trace start ... bufferSize=1024) or filter what is recorded", h.eventsLost, h.buffersLost)
	}
	if h.isOpen && h.known() {
		e.Limited("capture-incomplete", "The trace was not ended (netsh trace stop, pktmon stop), or copied before that: its last packets may be missing")
	}
}

// next reads the next packet in the order of time.
func (e *etlFile) next(k *pcap.Packet) bool {
	e.giveUp()
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
			e.empty(q)
		}
		if isNew {
			return true
		}
		e.giveUp()
	}
}

// giveUp gives up the buffer of which the last packet was shown.
func (e *etlFile) giveUp() {
	if e.emptied != nil {
		e.Blocks.GiveUp(e.pool, e.emptied)
		e.emptied = nil
	}
}

// end reports what the trace held, and returns false.
func (e *etlFile) end() bool {
	if e.load == nil {
		return false
	}
	e.load = nil
	if e.compressed > 0 {
		e.Damage("compressed buffers of the trace are not read (%d): "+uncompressed, e.compressed)
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
