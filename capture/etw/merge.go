package etw

import (
	"cmp"
	"container/heap"
	"io"
	"slices"
)

// A bufferAt is where a buffer lies in a file, and the time of its first event.
type bufferAt struct {
	offset, begin int64
}

// A queue is the packets of a buffer, in the order of time.
type queue struct {
	packets []logged
	next    int    // of those that are still to come the first
	buffer  []byte // in which they lie; nil if they have memory of their own
	size    int
	order   int // in which buffers were loaded
}

func (q *queue) first() *logged { return &q.packets[q.next] }

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
	case e.held >= e.maxHeld:
		return false
	}
	return e.waiting == nil || e.waiting[0].begin-e.disorder <= e.queues[0].first().at
}

// empty takes the queue on top away, whose packets have all been read.
func (e *etlFile) empty(q *queue) {
	heap.Pop(&e.queues)
	e.held -= q.size
	e.emptied = q.buffer
	clear(q.packets)
	*q = queue{packets: q.packets[:0]}
	e.spare = append(e.spare, q)
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
	memory := e.pool.Take()
	b, err := readFull(e.At, memory, at)
	if err != nil {
		e.err = err
		return false
	}
	e.buffer(memory, b)
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
	memory := e.pool.Take()
	b = memory[:copy(memory, b)]
	e.Blocks.Take(len(b))
	e.buffer(memory, b)
	return true
}

// close notes that there are no more buffers.
func (e *etlFile) close(err error) {
	e.err = err
	e.log.close()
	e.enqueue(nil)
}

// buffer takes the events of a buffer that lies in memory, of which b is what the file holds.
func (e *etlFile) buffer(memory, b []byte) {
	if !e.events(b) || !e.enqueue(memory) {
		e.pool.Release(memory)
	}
}

// events takes the events of a buffer, and reports whether there may be packets in it.
func (e *etlFile) events(b []byte) bool {
	cut := len(b) < e.size
	if cut {
		e.cut = true
		e.Damage("cut short: the file ends in the middle of a buffer, after %d of its %d bytes", len(b), e.size)
	}
	events, err := usedPart(b, e.size)
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
		e.Damage("damaged: %v; the rest of its buffer, %d bytes, is passed over", r.err, len(r.b))
	}
	return true
}

// enqueue puts the packets that were found in a buffer into a queue of their own. It reports
// whether there were some.
func (e *etlFile) enqueue(buffer []byte) bool {
	found := e.log.found
	if len(found) == 0 {
		return false
	}
	var q *queue
	if last := len(e.spare) - 1; last >= 0 {
		q, e.spare = e.spare[last], e.spare[:last]
	} else {
		q = new(queue)
	}
	e.log.found = q.packets
	*q = queue{packets: found, buffer: buffer, size: len(buffer) + len(found)*loggedSize, order: e.loaded}
	e.loaded++
	byTime := func(a, b logged) int { return cmp.Compare(a.at, b.at) }
	if !slices.IsSortedFunc(q.packets, byTime) {
		slices.SortStableFunc(q.packets, byTime)
	}
	e.held += q.size
	heap.Push(&e.queues, q)
	return true
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
