package capture

import (
	"bytes"
	"io"
	"os"
)

// A growingLog is a key log that a browser writes while its connections are captured.
type growingLog struct {
	path string
	read int64 // up to the end of a line
}

// news returns the lines that came since the last call, at most maxKeyLogNews bytes; none if the
// file does not exist.
func (l *growingLog) news() []byte {
	info, err := os.Stat(l.path)
	if err != nil || !info.Mode().IsRegular() || info.Size() == l.read {
		return nil
	}
	file, err := os.Open(l.path)
	if err != nil {
		return nil
	}
	defer file.Close()
	if info.Size() < l.read {
		l.read = 0 // begun anew
	}
	b := make([]byte, min(info.Size()-l.read, maxKeyLogNews))
	n, err := file.ReadAt(b, l.read)
	if err != nil && err != io.EOF {
		return nil
	}
	b = b[:bytes.LastIndexByte(b[:n], '\n')+1]
	l.read += int64(len(b))
	return b
}

// newSecrets hands over the TLS secrets that were written since the last call.
func (f *follower) newSecrets() {
	for i := range f.logs {
		if news := f.logs[i].news(); len(news) > 0 {
			f.to.batch.keyLog = news
			f.to.decoder.HandOver()
		}
	}
}
