package serverlog

import "bytes"

// values are those of a line, valid until the next: with blanks between them, or tabs where programs
// have rewritten a log. Advanced Logging of IIS puts marks around those that have blanks in them.
func (f *fields) values(line []byte) [][]byte {
	between := byte(' ')
	if bytes.IndexByte(line, '\t') >= 0 {
		between = '\t'
	}
	f.split(line, between, false)
	if len(f.buffer) != len(f.columns) && bytes.IndexByte(line, '"') >= 0 {
		f.split(line, between, true)
	}
	return f.buffer
}

// split puts the values of a line into the buffer, up to one more than there are columns.
func (f *fields) split(line []byte, between byte, marks bool) {
	f.buffer = f.buffer[:0]
	for more := true; more && len(f.buffer) <= len(f.columns); {
		var value []byte
		if marks && len(line) > 0 && line[0] == '"' {
			value, line, _ = bytes.Cut(line[1:], []byte{'"'})
			if more = len(line) > 0; more {
				line = line[1:] // the blank
			}
			f.buffer = append(f.buffer, value)
			continue
		}
		i := bytes.IndexByte(line, between)
		if more = i >= 0; more {
			value, line = line[:i], line[i+1:]
		} else {
			value = line
		}
		f.buffer = append(f.buffer, value)
	}
}
