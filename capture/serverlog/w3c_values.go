package serverlog

import "bytes"

// values returns the values of a line, valid until the next call. They are separated by blanks, or
// by tabs where a program has rewritten the log. IIS Advanced Logging quotes values with blanks.
func (f *fields) values(line []byte) [][]byte {
	separator := byte(' ')
	if bytes.IndexByte(line, '\t') >= 0 {
		separator = '\t'
	}
	f.split(line, separator, false)
	if len(f.buffer) != len(f.columns) && bytes.IndexByte(line, '"') >= 0 {
		f.split(line, separator, true)
	}
	return f.buffer
}

// split puts the values of a line into the buffer, at most one more than there are columns.
func (f *fields) split(line []byte, separator byte, quotes bool) {
	f.buffer = f.buffer[:0]
	for more := true; more && len(f.buffer) <= len(f.columns); {
		var value []byte
		if quotes && len(line) > 0 && line[0] == '"' {
			value, line, _ = bytes.Cut(line[1:], []byte{'"'})
			if more = len(line) > 0; more {
				line = line[1:] // the blank
			}
			f.buffer = append(f.buffer, value)
			continue
		}
		i := bytes.IndexByte(line, separator)
		if more = i >= 0; more {
			value, line = line[:i], line[i+1:]
		} else {
			value = line
		}
		f.buffer = append(f.buffer, value)
	}
}
