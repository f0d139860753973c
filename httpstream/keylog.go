package httpstream

import (
	"bufio"
	"bytes"
	"crypto/rsa"
	"encoding/hex"
	"errors"
	"io"

	"negotrace/internal/utf8text"
)

// Secrets are TLS session secrets by client random, as NSS key log files hold them
// (draft-ietf-tls-keylogfile). The zero Secrets is empty and ready to use.
type Secrets struct {
	// Kept counts the secrets at hand.
	Kept int
	// Ignored counts lines that are well-formed but open nothing here: RSA,
	// EXPORTER_SECRET and other labels.
	Ignored int
	// Malformed counts lines that are no key log lines.
	Malformed int
	// Dropped counts secrets over the limit.
	Dropped int
	// Used counts how often a connection asked for a secret that was at hand, and Missed
	// the connections of which none is.
	Used, Missed int
	// Late counts the secrets that came when the connection that they open had been given up.
	Late int

	missed  map[[32]byte]struct{} // client randoms of connections that were given up for want of secrets
	held    map[secretName]secret
	rsaKeys []*rsa.PrivateKey
}

// A secretLabel is the first word of a key log line.
type secretLabel uint8

const (
	masterSecret secretLabel = iota + 1 // TLS 1.2
	earlySecret
	clientHandshakeSecret
	serverHandshakeSecret
	clientTrafficSecret
	serverTrafficSecret
)

// secretLabelOf returns the label that a line begins with, 0 if it is none we use.
func secretLabelOf(word []byte) secretLabel {
	switch string(word) {
	case "CLIENT_RANDOM":
		return masterSecret
	case "CLIENT_EARLY_TRAFFIC_SECRET":
		return earlySecret
	case "CLIENT_HANDSHAKE_TRAFFIC_SECRET":
		return clientHandshakeSecret
	case "SERVER_HANDSHAKE_TRAFFIC_SECRET":
		return serverHandshakeSecret
	case "CLIENT_TRAFFIC_SECRET_0":
		return clientTrafficSecret
	case "SERVER_TRAFFIC_SECRET_0":
		return serverTrafficSecret
	}
	return 0
}

type secretName struct {
	random [32]byte
	label  secretLabel
}

// A secret is as long as the hash of the cipher suite, 48 bytes in TLS 1.2.
type secret struct {
	n     uint8
	bytes [48]byte
}

// find returns the secret called label of the connection with that client random,
// nil if it is not at hand.
func (s *Secrets) find(random [32]byte, label secretLabel) []byte {
	if s == nil {
		return nil
	}
	found, ok := s.held[secretName{random, label}]
	if !ok {
		return nil
	}
	s.Used++
	return found.bytes[:found.n]
}

// ask looks whether any secret of the connection with that client random is at hand: it
// is counted as used then.
func (s *Secrets) ask(random [32]byte) {
	for label := masterSecret; label <= serverTrafficSecret; label++ {
		if s.find(random, label) != nil {
			return
		}
	}
}

// miss remembers a connection that is given up because none of its secrets is known.
func (s *Secrets) miss(random [32]byte) {
	if s == nil || len(s.missed) >= maxMissed {
		return
	}
	if s.missed == nil {
		s.missed = make(map[[32]byte]struct{})
	}
	s.missed[random] = struct{}{}
}

// Add adds the secrets of a key log that a capture brings along, see Read.
func (s *Secrets) Add(keyLog []byte) { s.Read(bytes.NewReader(keyLog)) }

// ErrNoKeyLog says that what was read is no key log, so far as it was read.
var ErrNoKeyLog = errors.New("not a key log")

// Read adds the secrets of a key log, which may be in UTF-16. Other lines are counted and are no
// error, unless there are more than maxNoKeyLog bytes of them before the first key log line: such
// input may have no end. All other errors are those of r.
func (s *Secrets) Read(r io.Reader) error {
	br := bufio.NewReaderSize(utf8text.NewReader(r), maxKeyLogLine)
	known, passed := s.Kept+s.Ignored+s.Dropped, 0
	isNone := func() bool { return passed > maxNoKeyLog && s.Kept+s.Ignored+s.Dropped == known }
	for {
		line, err := br.ReadSlice('\n')
		passed += len(line)
		if errors.Is(err, bufio.ErrBufferFull) {
			s.Malformed++
			for errors.Is(err, bufio.ErrBufferFull) && !isNone() {
				line, err = br.ReadSlice('\n')
				passed += len(line)
			}
			line = nil
		}
		if isNone() {
			return ErrNoKeyLog
		}
		s.add(bytes.TrimSpace(line))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// add takes one line without its end: label, client random, secret.
func (s *Secrets) add(line []byte) {
	if len(line) == 0 || line[0] == '#' {
		return
	}
	word, rest, _ := bytes.Cut(line, []byte(" "))
	label := secretLabelOf(word)
	random, value, ok := bytes.Cut(rest, []byte(" "))
	switch {
	case !ok || !isHex(random) || !isHex(value):
		s.Malformed++
		return
	case label == 0:
		s.Ignored++
		return
	}
	name := secretName{label: label}
	var held secret
	if len(random) != hex.EncodedLen(len(name.random)) || !label.fits(len(value)/2) {
		s.Malformed++
		return
	}
	hex.Decode(name.random[:], random)
	if _, late := s.missed[name.random]; late {
		s.Late++
	}
	n, _ := hex.Decode(held.bytes[:], value)
	held.n = uint8(n)
	if _, again := s.held[name]; !again {
		if s.Kept == maxSecrets {
			s.Dropped++
			return
		}
		s.Kept++
	}
	if s.held == nil {
		s.held = make(map[secretName]secret)
	}
	s.held[name] = held
}

// fits reports whether a secret of that label can be n bytes long: a master secret is
// 48 (RFC 5246 section 8.1), the others are as long as SHA-256 or SHA-384.
func (l secretLabel) fits(n int) bool {
	return n == 48 || n == 32 && l != masterSecret
}

func isHex(b []byte) bool {
	for _, c := range b {
		if c-'0' > 9 && (c|0x20)-'a' > 5 {
			return false
		}
	}
	return len(b) > 0 && len(b)%2 == 0
}
