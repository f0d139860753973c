// Package fleet analyses captures of many hosts. It analyses each set of files by itself, with
// small records as the result. By joining the records it finds what belongs together on different
// hosts. It knows no engine that distributes the work: cmd/negotrace-fleet adds one.
//
// A record holds what a report would show, and no bytes of a capture and no secrets. Tokens are
// compared by sums that only the machines of one run can make (see tokens.SumKey). No output has
// these sums.
package fleet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"iter"
	"slices"

	"negotrace/httpstream"
)

// A versioned record has the version of the records that a program writes. A reader refuses records of
// another version.
type versioned struct {
	Version int `json:"record"`
}

// version is the version that this program writes and reads.
const version = 1

// checkVersion returns an error for a record of another version.
func (v versioned) checkVersion() error {
	if v.Version != version {
		return fmt.Errorf("a record of version %d; this program reads version %d", v.Version, version)
	}
	return nil
}

// An Origin says where a record was made, and its type.
type Origin struct {
	versioned
	Type        string `json:"type"`
	Set         string `json:"set"`
	CaptureHost string `json:"capture_host"`
}

// of returns the origin of a record of that type.
func (o Origin) of(kind string) Origin {
	o.Type = kind
	return o
}

// A Place is a handshake of a set.
type Place struct {
	Set         string          `json:"set"`
	CaptureHost string          `json:"capture_host"`
	Handshake   int             `json:"handshake"`
	Time        httpstream.Time `json:"time,omitzero"`
}

// key returns the key of all records about one handshake.
func (p *Place) key() string { return fmt.Sprintf("%s\x00%d", p.Set, p.Handshake) }

// encode writes a record. It cannot fail: records hold no functions and no cycles.
func encode(record any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(record); err != nil {
		panic(fmt.Sprintf("a record that cannot be written: %v", err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// decode reads a record.
func decode[T interface{ checkVersion() error }](b []byte) (*T, error) {
	r := new(T)
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("a record that cannot be read: %w", err)
	}
	return r, (*r).checkVersion()
}

// readAll reads the records of a group. If there are more than most, it reads the first ones in
// the order of their bytes, so that the order in which they come does not matter. It returns how
// many it left out.
func readAll[T interface{ checkVersion() error }](records iter.Seq[[]byte], most int) (all []*T, left int, err error) {
	var texts []string
	for b := range records {
		texts = append(texts, string(b))
		if len(texts) >= 2*most {
			texts, left = firstOf(texts, most, left)
		}
	}
	texts, left = firstOf(texts, most, left)
	for _, text := range texts {
		r, err := decode[T]([]byte(text))
		if err != nil {
			return nil, 0, err
		}
		all = append(all, r)
	}
	return all, left, nil
}

// firstOf returns the first texts in sorted order, each once, and how many are left out.
func firstOf(texts []string, most, left int) ([]string, int) {
	slices.Sort(texts)
	texts = slices.Compact(texts)
	n := min(len(texts), most)
	return texts[:n], left + len(texts) - n
}

// Partition assigns a name to one of n partitions, the same on every machine.
func Partition(name string, n int) int {
	h := fnv.New64a()
	h.Write([]byte(name))
	return int(h.Sum64() % uint64(max(1, n)))
}
