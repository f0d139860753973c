package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// secrets reads the key logs, or the one that the environment names.
func (t *tool) secrets(keylogs []string) (*httpstream.Secrets, error) {
	s := &httpstream.Secrets{}
	if name := t.env("SSLKEYLOGFILE"); len(keylogs) == 0 && name != "" {
		// A browser may not have written it yet, and a pipe would keep us waiting.
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			keylogs = []string{name}
		}
	}
	for _, name := range keylogs {
		if err := t.keyLog(s, name); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// keyLog reads one key log. An empty one only gives a warning; a file of another kind is an error.
func (t *tool) keyLog(s *httpstream.Secrets, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	before := *s
	err = s.Read(f)
	switch {
	case err != nil && !errors.Is(err, httpstream.ErrNoKeyLog):
		return fmt.Errorf("key log %s: %v", name, err)
	case s.Kept > before.Kept || s.Ignored > before.Ignored:
	case s.Malformed > before.Malformed || err != nil:
		return fmt.Errorf("key log %s: it has no line of a key log, such as CLIENT_RANDOM", name)
	default:
		t.warn(fmt.Errorf("key log %s: holds no secrets", name))
	}
	return nil
}

// rsaKeys reads the files of private keys.
func rsaKeys(s *httpstream.Secrets, files []string) error {
	for _, name := range files {
		text, err := readKeys("RSA key", name)
		if err != nil {
			return err
		}
		if err := s.AddRSAKeys(text); err != nil {
			return fmt.Errorf("RSA key %s: %v", name, err)
		}
	}
	return nil
}

// decoder decodes tokens with the keys of a keytab, if one is named.
func decoder(keytab string) (tokens.Decoder, error) {
	if keytab == "" {
		return tokens.Decoder{}, nil
	}
	b, err := readKeys("keytab", keytab)
	if err != nil {
		return tokens.Decoder{}, err
	}
	k, err := tokens.ParseKeytab(b)
	if err != nil {
		return tokens.Decoder{}, fmt.Errorf("keytab %s: %v", keytab, err)
	}
	return tokens.Decoder{Keytab: k}, nil
}

// maxKeyFile is how many bytes a file of keys may have: those of ten thousand services.
const maxKeyFile = 1 << 20

// readKeys reads a file of keys. The size is limited, since a device may have no end.
func readKeys(what, name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s %s: %v", what, name, err)
	case len(b) > maxKeyFile:
		return nil, fmt.Errorf("%s %s: longer than 1 MiB", what, name)
	}
	return b, nil
}
