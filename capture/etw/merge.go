package etw

import (
	"cmp"
	"container/heap"
	"io"
	"slices"

	"negotrace/internal/plural"
)

// A bufferInfo is the offset of a buffer in a file, and the earliest time in it.
type bufferInfo struct {
	offset, firstTime int64
}

// A queue holds the packets of a buffer, in the order of time.
type queue struct {
	packets []loggedPacket
	next    int    // index of the next packet
	buffer  []byte // memory of the packets; nil if they have their own
	size    int
	order   int // number of the buffer, in the order of loading
}

func (q *queue) first() *loggedPacket { return &q.packets[q.next] }

// queues is a heap of queues, the one with the earliest packet on top.
type queues []*queue

func (q queues) Len() int { return len(q) }
func (q queues) Less(i, j int) bool {
	a, b := q[i], q[j]
	return cmp.Or(cmp.Compare(a.first().at, b.first().at), a.order-b.order) < 0
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

// wantsMore reports whether a buffer that is not loaded yet may hold the next packet.
func (e *etlFile) wantsMore() bool {
	switch {
	case e.err != nil:
		return false
	case len(e.queues) == 0:
		return true
	case e.heldBytes >= e.maxHeld:
		return false
	}
	return e.waiting == nil || e.waiting[0].firstTime-e.disorder <= e.queues[0].first().at
}

// popQueue removes the first queue, whose packets have all been read.
func (e *etlFile) popQueue(q *queue) {
	heap.Pop(&e.queues)
	e.heldBytes -= q.size
	e.finishedBuffer = q.buffer
	clear(q.packets)
	*q = queue{packets: q.packets[:0]}
	e.freeQueues = append(e.freeQueues, q)
}

// loadWaiting loads the waiting buffer with the earliest time, and reports whether there was
// one.
func (e *etlFile) loadWaiting() bool {
	if len(e.waiting) == 0 {
		e.err = io.EOF
		return false
	}
	at := e.waiting[0].offset
	if e.waiting = e.waiting[1:]; len(e.waiting) == 0 {
		e.waiting = nil
	}
	memory := e.pool.Take()
	b, err := readFull(e.At, memory, at)
	if err != nil {
		e.err = err
		return false
	}
	e.addBuffer(memory, b)
	if e.waiting == nil {
		e.close(io.EOF)
	}
	return true
}

// loadNext loads the next buffer of the file, and reports whether there was one.
func (e *etlFile) loadNext() bool {
	b, err := e.Blocks.Peek(e.size)
	if err != nil && (err != io.ErrUnexpectedEOF || len(b) == 0) {
		e.close(err)
		return false
	}
	memory := e.pool.Take()
	b = memory[:copy(memory, b)]
	e.Blocks.Take(len(b))
	e.addBuffer(memory, b)
	return true
}

// close notes that there are no more buffers.
func (e *etlFile) close(err error) {
	e.err = err
	e.log.close()
	e.enqueue(nil)
}

// addBuffer reads the events of a buffer and queues its packets. b is the part of memory that
// was read from the file.
func (e *etlFile) addBuffer(memory, b []byte) {
	if !e.readEvents(b) || !e.enqueue(memory) {
		e.pool.Release(memory)
	}
}

// readEvents reads the events of a buffer, and reports whether the buffer may have packets.
func (e *etlFile) readEvents(b []byte) bool {
	cut := len(b) < e.size
	if cut {
		e.cut = true
		e.Damage("cut short: the file ends in the middle of a buffer, after %d of its %d bytes", len(b), e.size)
	}
	events, err := usedBytes(b, e.size)
	switch {
	case err == errCompressed:
		e.compressed++
		return false
	case err != nil:
		e.Damage("damaged: %v", err)
		return false
	}
	r := eventReader{b: events}
	for v := new(event); r.next(v); {
		e.log.event(v)
	}
	if r.err != nil && !cut {
		e.Damage("damaged: %v; the rest of its buffer, %s, is passed over", r.err, plural.Count(len(r.b), "byte"))
	}
	return true
}

// enqueue makes a queue of the packets that were found in a buffer. It reports whether there
// were any.
func (e *etlFile) enqueue(buffer []byte) bool {
	found := e.log.found
	if len(found) == 0 {
		return false
	}
	var q *queue
	if last := len(e.freeQueues) - 1; last >= 0 {
		q, e.freeQueues = e.freeQueues[last], e.freeQueues[:last]
	} else {
		q = new(queue)
	}
	e.log.found = q.packets
	*q = queue{packets: found, buffer: buffer, size: len(buffer) + len(found)*packetOverhead, order: e.loaded}
	e.loaded++
	byTime := func(a, b loggedPacket) int { return cmp.Compare(a.at, b.at) }
	if !slices.IsSortedFunc(q.packets, byTime) {
		slices.SortStableFunc(q.packets, byTime)
	}
	e.heldBytes += q.size
	heap.Push(&e.queues, q)
	return true
}

// packetOverhead is roughly the memory of a queued packet besides its data.
const packetOverhead = 96

// index lists the buffers of the file in the order of their earliest times.
func (e *etlFile) index() ([]bufferInfo, error) {
	var list []bufferInfo
	head := make([]byte, min(e.size, 1024))
	for at := int64(0); at < e.Size; at += int64(e.size) {
		b, err := readFull(e.At, head, at)
		if err != nil {
			return list, err
		}
		begin, ok := earliestTime(b, e.size)
		if !ok && len(head) < e.size {
			whole, err := readFull(e.At, make([]byte, e.size), at)
			if err != nil {
				return list, err
			}
			begin, ok = earliestTime(whole, e.size)
		}
		if !ok && len(list) > 0 {
			begin = list[len(list)-1].firstTime // it has no packets, but perhaps damage
		}
		list = append(list, bufferInfo{at, begin})
	}
	slices.SortStableFunc(list, func(a, b bufferInfo) int { return cmp.Compare(a.firstTime, b.firstTime) })
	return list, nil
}
