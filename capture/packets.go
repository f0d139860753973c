package capture

import (
	"errors"
	"fmt"

	"negotrace/capture/block"
	"negotrace/httpstream"
)

// packets reads the packets of sources as one timeline. A browser export or a log among them is an error; one that was found in a
// directory is skipped.
func (r *run) packets(sources []Source, take taker) error {
	if len(sources) == 0 {
		return errors.New("nothing to read")
	}
	sources, notExpanded := r.expand(sources)
	r.total = totalSize(sources)
	r.merged = len(sources) > 1
	switch len(sources) {
	case 0:
		return notExpanded
	case 1:
		f, err := r.openOnly(&sources[0])
		if err == nil {
			f.readTo(take)
			err = f.err()
		}
		return errors.Join(notExpanded, err)
	}
	label(sources)
	t, err := r.survey(sources)
	errs := []error{notExpanded, err}
	passOver := func(s *Source, f format, in *input, file httpstream.File) {
		if why := noPackets(s, f, f.name); s.FoundInDirectory {
			r.damageAt(httpstream.Pos{Stream: -1, File: file}, "passed over: %v", why)
		} else {
			errs = append(errs, why)
		}
		if in != nil {
			in.close()
		}
	}
	for _, e := range t.exports {
		passOver(e.source, e.format, e.in, e.file)
	}
	for _, l := range t.logs {
		passOver(l.source, l.format, l.in, l.file)
	}
	t.read(take)
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
		return nil, noPackets(s, in.format, in.formatName())
	}
	f, err := r.openPackets(in, httpstream.File{}, false)
	if err != nil {
		in.close()
	}
	return f, err
}

// noPackets returns why a file of that format, which is kind, has none.
func noPackets(s *Source, f format, kind string) error {
	holds := "requests and responses"
	switch {
	case f.name == hostTextName:
		holds = "what a command printed"
	case f.records != nil:
		holds = "what a server noted"
	}
	return fmt.Errorf("%q is %s: it holds %s, and no packets", s.Name, withArticle(kind), holds)
}
