package capture

import (
	"errors"
	"fmt"
)

// read reads all sources: packet files as one timeline, then everything else one
// after the other.
func (r *run) read(sources []Source) error {
	if len(sources) == 0 {
		return errors.New("nothing to read")
	}
	d := newDecoder(r)
	var errs []error
	for i := range sources {
		in, err := r.open(&sources[i], nil)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if in.format.transactions != nil {
			if err := in.format.transactions(in.blocks, r, ""); err != nil {
				errs = append(errs, fmt.Errorf("%q: %w", in.source.Name, err))
			}
			in.close()
			continue
		}
		f := &packetFile{blocks: in.blocks, damage: r.damage, keyLog: r.keyLog}
		next, err := in.format.packets(f)
		if err != nil {
			errs = append(errs, fmt.Errorf("%q: %w", in.source.Name, err))
			in.close()
			continue
		}
		var k packet
		for next(&k) {
			d.packet(&k, 0, "")
		}
		in.close()
	}
	d.close()
	return errors.Join(errs...)
}
