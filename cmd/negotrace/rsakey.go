package main

import (
	"fmt"
	"io"
	"os"

	"negotrace/httpstream"
)

const maxKeyFile = 1 << 20 // bytes of a file with private keys, certificates beside them

// rsaKeys reads the files of private keys.
func rsaKeys(s *httpstream.Secrets, files []string) error {
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		text, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
		f.Close()
		switch {
		case err != nil:
			return fmt.Errorf("RSA key %s: %v", name, err)
		case len(text) > maxKeyFile:
			return fmt.Errorf("RSA key %s: longer than 1 MiB", name)
		}
		if err := s.AddRSAKeys(text); err != nil {
			return fmt.Errorf("RSA key %s: %v", name, err)
		}
	}
	return nil
}
