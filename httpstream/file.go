package httpstream

import (
	"path/filepath"
	"unique"
)

// A Unit is what the numbers of an input file count.
type Unit string

// The units.
const (
	Frames  Unit = "frame"  // packets, as Wireshark numbers them
	Entries Unit = "entry"  // of a HAR, an archive of sessions, or a transcript
	Events  Unit = "event"  // of a NetLog
	Lines   Unit = "line"   // of a server's log
	Records Unit = "record" // of an event log, or of a trace of one request
)

// OfLog reports whether a file with such numbers is a log: it says what a machine noted about
// what happened, and holds no exchange.
func (u Unit) OfLog() bool { return u == Lines || u == Records }

// A File is an input file: its name, if there are several, and what its numbers count. The zero
// File is a packet file, and the only file.
type File struct{ id unique.Handle[fileID] }

type fileID struct {
	name, label string
	unit        Unit
}

// FileOf returns the file called name, empty for the only one. Sentences call it by its
// label, a part of the name that no other file has.
func FileOf(name, label string, unit Unit) File {
	if unit == "" {
		unit = Frames
	}
	if name == "" && unit == Frames {
		return File{}
	}
	return File{unique.Make(fileID{name, label, unit})}
}

// String returns the name, empty for the only file.
func (f File) String() string { return f.value().name }

// Label returns what sentences call the file, empty for the only one.
func (f File) Label() string { return f.value().label }

// Unit returns what the numbers of the file count.
func (f File) Unit() Unit { return f.value().unit }

func (f File) value() fileID {
	if f == (File{}) {
		return fileID{unit: Frames}
	}
	return f.id.Value()
}

// IsZero reports whether there is only one file.
func (f File) IsZero() bool { return f == File{} || f.id.Value().name == "" }

// MarshalText writes the name.
func (f File) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads what MarshalText writes, as the name of a packet file.
func (f *File) UnmarshalText(b []byte) error {
	*f = FileOf(string(b), filepath.Base(string(b)), Frames)
	return nil
}
