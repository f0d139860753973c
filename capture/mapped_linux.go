//go:build linux

package capture

import (
	"context"
	"io"
	"os"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// A mapped is a feed whose blocks are pieces of a file, mapped one by one. What is left
// of a block is mapped again in front of the next.
type mapped struct {
	stop context.Context
	file *os.File
	pos  int64 // up to where it was mapped
	read *atomic.Int64
	room chan struct{} // for one more block
}

// mapped returns a feed of what is in a file from an offset on, nil if that is not much
// or cannot be mapped.
func (r *run) mapped(file *os.File, from int64) feed {
	m := &mapped{stop: r.stop, file: file, pos: from, read: &r.bytes}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size()-from < int64(mappedStride.size) {
		return nil
	}
	trial, _, err := m.show(from, 1)
	if err != nil {
		return nil
	}
	_ = unix.Munmap(trial)
	m.room = make(chan struct{}, mappedStride.ahead)
	for range mappedStride.ahead {
		m.room <- struct{}{}
	}
	return m
}

func (m *mapped) next(left []byte) (block []byte, begin int, err error) {
	if m.stop.Err() != nil {
		return nil, 0, errStopped
	}
	info, err := m.file.Stat() // it may grow, and it may have become shorter
	if err != nil {
		return nil, 0, err
	}
	n := min(info.Size()-m.pos, int64(mappedStride.size))
	if n <= 0 {
		return nil, 0, io.EOF
	}
	<-m.room
	block, begin, err = m.show(m.pos, int(n))
	if err != nil {
		block, begin, err = m.copy(left, int(n))
	}
	m.pos += int64(len(block) - begin)
	m.read.Add(int64(len(block) - begin))
	return block, begin, err
}

// show maps n bytes, with headroom bytes in front of them or all that the file has.
func (m *mapped) show(at int64, n int) (block []byte, begin int, err error) {
	first := max(at-headroom, 0) / int64(os.Getpagesize()) * int64(os.Getpagesize())
	begin = int(at - first)
	block, err = unix.Mmap(int(m.file.Fd()), first, begin+n, unix.PROT_READ, unix.MAP_PRIVATE)
	if err != nil {
		return nil, 0, err
	}
	// One call for all pages costs a tenth of a fault for each. A system that does not
	// know it has the faults.
	if err = unix.Madvise(block, unix.MADV_POPULATE_READ); err != nil && err != unix.EINVAL {
		_ = unix.Munmap(block)
		return nil, 0, err
	}
	return block, begin, nil
}

// copy reads n bytes that cannot be mapped, or finds out why they cannot be read.
func (m *mapped) copy(left []byte, n int) (block []byte, begin int, err error) {
	block = make([]byte, headroom+n)
	lead(block, left)
	n, err = m.file.ReadAt(block[headroom:], m.pos)
	return block[:headroom+n], headroom, err
}

// release unmaps a block. One that was copied is unknown to Munmap, which says so.
func (m *mapped) release(block []byte) {
	_ = unix.Munmap(block)
	m.room <- struct{}{}
}

func (m *mapped) close() {}
