package tokens

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/types"
)

// A Keytab holds the long-term keys of a keytab file.
type Keytab struct {
	keys []key
}

// A key is one entry of a keytab, without its principal: clients often ask for a service by
// another name than the keytab has, so a ticket is tried with every key of its encryption type.
type key struct {
	etype EType
	kvno  uint32
	value []byte
}

// ParseKeytab reads a keytab file's bytes (MIT krb5, "The keytab file format", version
// 0x502). On an error the Keytab holds the entries before it.
func ParseKeytab(b []byte) (*Keytab, error) {
	k := &Keytab{}
	if len(b) < 2 || b[0] != 5 || b[1] != 2 {
		return k, errors.New("is no keytab of version 2: it does not begin with the bytes 05 02")
	}
	for at := 2; at < len(b); {
		if len(b)-at < 4 {
			return k, fmt.Errorf("is cut at offset %d", at)
		}
		size := int64(int32(binary.BigEndian.Uint32(b[at:])))
		at += 4
		if size == 0 {
			break
		}
		hole := size < 0
		if hole {
			size = -size
		}
		if size > int64(len(b)-at) {
			return k, fmt.Errorf("has an entry of %v at offset %d, and ends at %d", byteCount(size), at, len(b))
		}
		entry := b[at : at+int(size)]
		at += int(size)
		if hole {
			continue
		}
		e, ok := keytabEntry(entry)
		if !ok {
			return k, fmt.Errorf("has a malformed entry before offset %d", at)
		}
		k.keys = append(k.keys, e)
	}
	return k, nil
}

// Len returns the number of keys.
func (k *Keytab) Len() int { return len(k.keys) }

// keytabEntry reads one entry. It skips the name and its type.
func keytabEntry(b []byte) (key, bool) {
	counted := func() ([]byte, bool) {
		if len(b) < 2 || len(b)-2 < int(binary.BigEndian.Uint16(b)) {
			return nil, false
		}
		n := int(binary.BigEndian.Uint16(b))
		v := b[2 : 2+n]
		b = b[2+n:]
		return v, true
	}
	if len(b) < 2 {
		return key{}, false
	}
	components := int(binary.BigEndian.Uint16(b))
	b = b[2:]
	for range components + 1 { // one more for the realm
		if _, ok := counted(); !ok {
			return key{}, false
		}
	}
	if len(b) < 4+4+1+2 {
		return key{}, false
	}
	e := key{kvno: uint32(b[8]), etype: EType(int16(binary.BigEndian.Uint16(b[9:])))}
	b = b[11:]
	var ok bool
	if e.value, ok = counted(); !ok {
		return key{}, false
	}
	if len(b) >= 4 {
		if kvno := binary.BigEndian.Uint32(b); kvno != 0 {
			e.kvno = kvno
		}
	}
	return e, true
}

// The key usages of RFC 4120 section 7.5.1.
const (
	usageTicket              = 2
	usageTGSReqAuthenticator = 7
	usageAPReqAuthenticator  = 11
)

// open decrypts a ticket with the first key that fits: first those of its kvno, then all others.
// It returns nil if none does.
func (k *Keytab) open(e Encrypted, cipher []byte) []byte {
	if k == nil {
		return nil
	}
	for _, sameKVNO := range []bool{true, false} {
		for _, key := range k.keys {
			if key.etype != e.EType || sameKVNO != (int(key.kvno) == e.KVNO) {
				continue
			}
			if b := key.decrypt(cipher, usageTicket); b != nil {
				return b
			}
		}
	}
	return nil
}

// keyLen has the length of the keys of each encryption type that can be opened.
var keyLen = map[EType]int{16: 24, ETypeAES128: 16, ETypeAES256: 32, ETypeAES128SHA2: 16,
	ETypeAES256SHA2: 32, ETypeRC4: 16}

// decrypt returns the decrypted text, nil if this is not the key. gokrb5 slices without checking
// lengths, so it must get neither a key of a wrong length nor a cipher shorter than confounder and
// checksum.
func (k key) decrypt(cipher []byte, usage uint32) []byte {
	if n, ok := keyLen[k.etype]; !ok || n != len(k.value) || len(cipher) < 64 {
		return nil
	}
	if k.etype == 16 && len(cipher)%8 != 20%8 {
		return nil
	}
	b, err := crypto.DecryptMessage(cipher, types.EncryptionKey{KeyType: int32(k.etype), KeyValue: k.value}, usage)
	if err != nil {
		return nil
	}
	return b
}
