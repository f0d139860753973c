package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"negotrace/internal/capturetest"
)

// messages counts the HTTP messages of a capture: requests, and responses by status without
// interim ones.
type messages struct {
	requests  int
	responses map[int]int
}

func (m messages) String() string {
	text := fmt.Sprintf("%d requests", m.requests)
	for _, status := range slices.Sorted(maps.Keys(m.responses)) {
		text += fmt.Sprintf(", %d x%d", status, m.responses[status])
	}
	return text
}

// readByTshark runs tshark once over all captures, one behind the other in one file, since
// it takes longer to start than to read a capture.
func readByTshark(t *testing.T, program string, captures []recording) []decoded {
	t.Helper()
	file, ends := joined(t, captures)
	args := []string{"-n", "-o", "tcp.reassemble_out_of_order:TRUE", "-o", "tls.keylog_file:" + keylog(file), "-r", file,
		"-Y", "ntlmssp||spnego||kerberos||http||http2", "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=\x1f",
		"-e", "frame.number", "-e", "http.request.method", "-e", "http2.headers.method",
		"-e", "http.response.code", "-e", "http2.headers.status"}
	for _, c := range compared {
		args = append(args, "-e", c.theirs)
	}
	c := exec.Command(program, args...)
	c.Env = append(os.Environ(), "TZ=UTC")
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	all := make([]decoded, len(captures))
	for i := range all {
		all[i] = decoded{map[string][]occurrence{}, messages{responses: map[int]int{}}}
	}
	for line := range strings.Lines(string(out)) {
		cells := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		frame, err := strconv.Atoi(cells[0])
		if err != nil {
			t.Fatalf("%q", line)
		}
		i, _ := slices.BinarySearch(ends, frame)
		if i > 0 {
			frame -= ends[i-1]
		}
		all[i].messages.add(t, cells[1:5])
		all[i].add(frame, cells[5:])
	}
	return all
}

// joined writes all captures and their key logs into one file each, and returns the number
// of the last frame of each capture. Each capture gets addresses of its own, so that no
// connection goes on in the next.
func joined(t *testing.T, captures []recording) (file string, ends []int) {
	t.Helper()
	all := &capturetest.Recording{}
	var secrets []byte
	for i, r := range captures {
		rec := r.take(t)
		for _, p := range rec.Packets {
			switch binary.BigEndian.Uint16(p.Data[12:]) {
			case 0x0800:
				p.Data[27], p.Data[31] = byte(i), byte(i)
			case 0x86dd:
				p.Data[24], p.Data[40] = byte(i), byte(i)
			}
		}
		all.Link = rec.Link
		all.Packets = append(all.Packets, rec.Packets...)
		ends = append(ends, len(all.Packets))
		if b, err := os.ReadFile(keylog(r.path)); err == nil {
			secrets = append(append(secrets, b...), '\n')
		}
	}
	if len(captures) > 256 {
		t.Fatalf("%d captures, and a byte to distinguish them", len(captures))
	}
	file = write(t, filepath.Join(t.TempDir(), "all.pcapng"), all.Pcapng(binary.LittleEndian))
	write(t, keylog(file), secrets)
	return file, ends
}

// add counts the methods and statuses of HTTP/1 and HTTP/2 in a frame.
func (m *messages) add(t *testing.T, cells []string) {
	t.Helper()
	split := func(cell string) []string {
		return strings.FieldsFunc(cell, func(r rune) bool { return r == '\x1f' })
	}
	m.requests += len(split(cells[0])) + len(split(cells[1]))
	for _, code := range append(split(cells[2]), split(cells[3])...) {
		status, err := strconv.Atoi(code)
		if err != nil {
			t.Fatalf("status %q", code)
		}
		if status >= 200 {
			m.responses[status]++
		}
	}
}

// add adds the values of the compared fields in a frame.
func (all decoded) add(frame int, cells []string) {
	for i, c := range compared {
		if cells[i] == "" {
			continue
		}
		for v := range strings.SplitSeq(cells[i], "\x1f") {
			if c.theirs == "kerberos.ap_options" || c.theirs == "kerberos.kdc_options" {
				v = "0x" + v
			}
			all.fields[c.theirs] = append(all.fields[c.theirs], occurrence{frame, c.same(v)})
		}
	}
}
