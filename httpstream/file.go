package httpstream

import "unique"

// A File is the name of an input file, where there are several. The zero File is the
// only one there is. It is as long as a pointer.
type File struct{ name unique.Handle[string] }

// FileOf returns the File called name, the zero File for an empty name.
func FileOf(name string) File {
	if name == "" {
		return File{}
	}
	return File{unique.Make(name)}
}

// String returns the name, empty for the zero File.
func (f File) String() string {
	if f == (File{}) {
		return ""
	}
	return f.name.Value()
}

// IsZero reports whether there is only one file.
func (f File) IsZero() bool { return f == File{} }

// MarshalText writes the name.
func (f File) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (f *File) UnmarshalText(b []byte) error {
	*f = FileOf(string(b))
	return nil
}
