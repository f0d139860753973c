package capture

import (
	"crypto/sha256"
	"hash"
	"io"
	"sync/atomic"

	"negotrace/httpstream"
)

// A record is what is known about a source while it is read.
type record struct {
	httpstream.Input
	came atomic.Int64 // bytes of a source that can be opened only once
	hash hash.Hash    // of these, nil if it is not asked for
}

// packet notes a packet.
func (r *record) packet(at httpstream.Time) {
	if r.Packets++; r.Packets == 1 {
		r.First = at
	}
	r.Last = at
}

// record begins the record of a source.
func (r *run) record(s *Source) {
	if s.record != nil {
		return
	}
	s.record = &record{Input: httpstream.Input{Name: s.Name, Bytes: s.Size}}
	if s.OpensOnce && r.opts.Hash {
		s.record.hash = sha256.New()
	}
}

// watched makes the record of a source that can be opened only once follow its bytes.
func (s *Source) watched(from io.Reader) io.Reader {
	if !s.OpensOnce {
		return from
	}
	from = &counter{from, &s.record.came}
	if s.record.hash != nil {
		from = io.TeeReader(from, s.record.hash)
	}
	return from
}

// hashes computes the hashes of files while they are read, if they were asked for. It returns a
// function that waits for them.
func (r *run) hashes(sources []Source) (wait func()) {
	if !r.opts.Hash {
		return func() {}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range sources {
			if s := &sources[i]; !s.OpensOnce {
				s.record.SHA256 = r.hashOf(s)
			}
		}
	}()
	return func() { <-done }
}

// hashOf returns the hash of a file, zero if it cannot be read to its end.
func (r *run) hashOf(s *Source) (none httpstream.Digest) {
	f, err := s.Open()
	if err != nil {
		return none // reading it reports why
	}
	defer f.Close()
	sum := sha256.New()
	for {
		const piece = 16 << 20
		switch _, err := io.CopyN(sum, f, piece); {
		case err == io.EOF:
			return httpstream.Digest(sum.Sum(nil))
		case err != nil || r.stop.Err() != nil:
			return none
		}
	}
}

// inputs returns the records of the sources that were read, in their order.
func inputs(sources []Source) []httpstream.Input {
	var all []httpstream.Input
	for i := range sources {
		k := sources[i].record
		if k.Format == "" {
			continue
		}
		if sources[i].OpensOnce {
			k.Bytes = k.came.Load()
			if k.hash != nil {
				k.SHA256 = httpstream.Digest(k.hash.Sum(nil))
			}
		}
		all = append(all, k.Input)
	}
	return all
}
