package export

import "strings"

// scan takes the next value, and keeps its text in buf if keep is set.
func (j *jsonReader) scan(keep bool) error {
	c, err := j.peek()
	switch {
	case err != nil:
		return err
	case c == '"':
		return j.scanString(keep)
	case c == '{' || c == '[':
		return j.scanNested(keep)
	case c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == 'N' || c == 'I': // NaN, Infinity
		return j.scanLiteral(keep)
	}
	return j.unexpected(c, nil)
}

// scanNested takes an object or array. It counts brackets and does not match them: encoding/json
// checks a text that is kept.
func (j *jsonReader) scanNested(keep bool) error {
	for level := 0; ; {
		b, err := j.chunk()
		if err != nil {
			return err
		}
		i := 0
	scan:
		for i < len(b) {
			switch b[i] {
			case '"':
				break scan
			case '{', '[':
				if level++; j.depth+level > maxJSONDepth {
					return errJSONDepth
				}
			case '}', ']':
				level--
			}
			if i++; level == 0 {
				return j.take(b[:i], keep)
			}
		}
		quote := i < len(b)
		if err := j.take(b[:i], keep); err != nil {
			return err
		}
		if quote {
			if err := j.scanString(keep); err != nil {
				return err
			}
		}
	}
}

// scanString takes a string. What is kept of it is cut between characters and escape sequences.
func (j *jsonReader) scanString(keep bool) error {
	if err := j.take([]byte{'"'}, keep); err != nil {
		return err
	}
	for room := maxJSONString; ; {
		b, err := j.chunk()
		if err != nil {
			return err
		}
		n := plainLen(b)
		fits := min(n, room)
		room -= fits
		if err := j.take(b[:fits], keep); err != nil {
			return err
		}
		j.discard(n - fits)
		j.cut = j.cut || keep && fits < n
		if n == len(b) {
			continue
		}
		if b[n] == '"' {
			return j.take(b[n:n+1], keep)
		}
		escape, err := j.src.Peek(2)
		if err == nil && escape[1] == 'u' {
			escape, err = j.src.Peek(6)
		}
		if err != nil {
			return cutShort(err)
		}
		if room -= len(escape); room < 0 {
			room, j.cut = 0, j.cut || keep
			j.discard(len(escape))
		} else if err := j.take(escape, keep); err != nil {
			return err
		}
	}
}

// plainLen returns how many bytes at the beginning of b mean themselves in a string.
func plainLen(b []byte) int {
	for i, c := range b {
		if c == '"' || c == '\\' {
			return i
		}
	}
	return len(b)
}

func (j *jsonReader) scanLiteral(keep bool) error {
	for n := 0; n <= maxJSONLiteral; n++ {
		b, err := j.src.Peek(1)
		if err != nil {
			return cutShort(err)
		}
		if strings.IndexByte(",]}: \t\r\n\"", b[0]) >= 0 {
			return nil
		}
		if err := j.take(b, keep); err != nil {
			return err
		}
	}
	return errJSONValue
}
