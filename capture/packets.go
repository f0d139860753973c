package capture

import (
	"errors"
	"fmt"

	"negotrace/capture/block"
	"negotrace/httpstream"
)

// packets reads the packets of sources as one timeline. begin is called before, with whether
// there are several files. A browser export among them is an error, and one that was found in
// a directory is passed over.
func (r *run) packets(sources []Source, to consumer, begin func(several bool)) error {
	if len(sources) == 0 {
		return errors.New("nothing to read")
	}
	sources, notExpanded := r.expand(sources)
	r.total = totalSize(sources)
	begin(len(sources) > 1)
	switch len(sources) {
	case 0:
		return notExpanded
	case 1:
		f, err := r.openOnly(&sources[0])
		if err == nil {
			r.unlessTruncated(func() { f.readTo(to) })
			err = f.err()
		}
		return errors.Join(notExpanded, err)
	}
	label(sources)
	t, err := r.survey(sources)
	errs := []error{notExpanded, err}
	for _, e := range t.exports {
		if e.source.Found {
			r.damageAt(httpstream.Pos{Stream: -1, File: e.file}, "passed over: %v", noPackets(e.source, e.format.name))
		} else {
			errs = append(errs, noPackets(e.source, e.format.name))
		}
		if e.in != nil {
			e.in.close()
		}
	}
	r.unlessTruncated(func() { t.read(to) })
	return errors.Join(append(errs, t.errs...)...)
}

// openOnly opens the only source, which must have packets.
func (r *run) openOnly(s *Source) (*packetFile, error) {
	in, err := r.open(s, block.Sequential)
	if err != nil {
		return nil, err
	}
	if in.format.packets == nil {
		in.close()
		return nil, noPackets(s, in.kind())
	}
	f, err := r.openPackets(in, httpstream.File{}, false)
	if err != nil {
		in.close()
	}
	return f, err
}

// unlessTruncated reads, and says so if a file became shorter meanwhile.
func (r *run) unlessTruncated(read func()) {
	if block.TruncatedDuring(read) {
		r.damage("the file became shorter while it was read")
	}
}

// noPackets is why a browser export of that format has none.
func noPackets(s *Source, format string) error {
	return fmt.Errorf("%q is a %s: it holds requests and responses, and no packets", s.Name, format)
}
