//go:build linux

package block

import (
	"context"
	"io"
	"os"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// A mmapSource has pieces of a file as its blocks, mapped one by one. The rest of a block is
// mapped again before the next.
type mmapSource struct {
	stop context.Context
	file *os.File
	pos  int64 // up to where it was mapped
	read *atomic.Int64
	// room has an entry for each block that may still be mapped: nil, or a block that was released.
	// Next unmaps it, since the releasing goroutine has less time.
	room chan []byte
	over atomic.Bool // there was no next block
}

// NewMmap returns a source of a file from an offset on, nil if the rest is short or cannot be
// mapped. It adds the mapped bytes to read. It ends with ErrInterrupted when stop is done.
//
// If a mapped file becomes shorter, or its disk fails, access to the missing part ends the program,
// unless it happens in TruncatedDuring.
func NewMmap(stop context.Context, file *os.File, from int64, read *atomic.Int64) Source {
	m := &mmapSource{stop: stop, file: file, pos: from, read: read}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size()-from < int64(mapping.Size) {
		return nil
	}
	trial, _, err := m.mmap(from, 1)
	if err != nil {
		return nil
	}
	_ = unix.Munmap(trial)
	m.room = make(chan []byte, mapping.Ahead)
	for range mapping.Ahead {
		m.room <- nil
	}
	return m
}

func (m *mmapSource) Next(tail []byte) (block []byte, begin int, err error) {
	if block, begin, err = m.next(tail); err != nil {
		m.over.Store(true)
		m.unmapReleased()
	}
	return block, begin, err
}

func (m *mmapSource) next(tail []byte) (block []byte, begin int, err error) {
	if m.stop.Err() != nil {
		return nil, 0, ErrInterrupted
	}
	info, err := m.file.Stat() // it may grow, and it may have become shorter
	if err != nil {
		return nil, 0, err
	}
	n := min(info.Size()-m.pos, int64(mapping.Size))
	if n <= 0 {
		return nil, 0, io.EOF
	}
	unmap(<-m.room)
	block, begin, err = m.mmap(m.pos, int(n))
	if err != nil {
		block, begin, err = m.copy(tail, int(n))
	}
	m.pos += int64(len(block) - begin)
	m.read.Add(int64(len(block) - begin))
	return block, begin, err
}

// mmap maps n bytes, with Headroom bytes in front of them or all that the file has. The first access
// brings the pages around it too, as many as are worth a fault: to ask for all at once took longer.
func (m *mmapSource) mmap(at int64, n int) (block []byte, begin int, err error) {
	first := max(at-Headroom, 0) / int64(os.Getpagesize()) * int64(os.Getpagesize())
	begin = int(at - first)
	block, err = unix.Mmap(int(m.file.Fd()), first, begin+n, unix.PROT_READ, unix.MAP_PRIVATE)
	return block, begin, err
}

// copy reads n bytes that cannot be mapped, or finds out why they cannot be read.
func (m *mmapSource) copy(tail []byte, n int) (block []byte, begin int, err error) {
	block = make([]byte, Headroom+n)
	copyTail(block, tail)
	n, err = m.file.ReadAt(block[Headroom:], m.pos)
	return block[:Headroom+n], Headroom, err
}

// Release takes back a block. It never waits: there are no more blocks than room.
func (m *mmapSource) Release(block []byte) {
	m.room <- block
	if m.over.Load() {
		m.unmapReleased()
	}
}

func (m *mmapSource) Close() {
	m.over.Store(true)
	m.unmapReleased()
}

// unmapReleased unmaps what was released so far.
func (m *mmapSource) unmapReleased() {
	for range cap(m.room) {
		select {
		case block := <-m.room:
			unmap(block)
			m.room <- nil
		default:
			return
		}
	}
}

// unmap unmaps a block, unless it is nil. Munmap rejects a block that was copied, which does no
// harm.
func unmap(block []byte) {
	if block != nil {
		_ = unix.Munmap(block)
	}
}
