package analysis

import (
	"strings"

	"negotrace/analysis/fact"
	"negotrace/httpstream"
)

// A Finding is one thing a check found in this capture.
type Finding struct {
	// ID is its number from 1, in the order in which a report lists findings, or a stream
	// writes them.
	ID        int      `json:"id"`
	Check     string   `json:"check"`             // its name
	Variant   string   `json:"variant,omitempty"` // which of the check's variants, if it has some
	Severity  Severity `json:"severity"`
	Evidence  Evidence `json:"evidence"`
	Handshake int      `json:"handshake"` // ID, 0 if it belongs to none
	Frame     int      `json:"frame"`     // that proves it
	Stream    int      `json:"stream"`    // tcp.stream, -1 if none
	// Source is the ID of the source in a NetLog that proves it, 0 if it is none.
	Source int64           `json:"source,omitempty"`
	Time   httpstream.Time `json:"time,omitzero"` // of that frame
	// LocalTime is set where Time is what the clock on the wall showed, as if that were UTC: the
	// log names no time zone.
	LocalTime bool `json:"local_time,omitempty"`
	// Codes are the codes of the error in that frame, or in the server's log about it, and all
	// codes that the message names.
	Codes []Code `json:"codes,omitempty"`
	// CommunityID is the Community ID of the flow of that frame.
	CommunityID string `json:"community_id,omitempty"`
	// Client, Server, Host, User and SPN are those of its handshake, or of the exchange with a KDC
	// that it is about.
	Client string          `json:"client,omitempty"` // ip:port
	Server string          `json:"server,omitempty"` // or the KDC
	Host   string          `json:"host,omitempty"`   // of the server or proxy
	User   string          `json:"user,omitempty"`   // the handshake says how it is known
	SPN    string          `json:"spn,omitempty"`    // asked for, presented or refused
	File   httpstream.File `json:"file,omitzero"`
	Frames []int           `json:"frames,omitempty"` // all of the file that prove it, in order
	// Also is what proves it in other files.
	Also    []httpstream.Pos `json:"also,omitempty"`
	Message string           `json:"message"`         // one sentence of fact about this capture
	Cause   string           `json:"cause,omitempty"` // the likeliest cause here, where the capture narrows it
	// Causes and Fix are the first of the check's causes and remedies that are meant for
	// this case: what the capture refutes is left out.
	Causes []string `json:"causes,omitempty"`
	Fix    []string `json:"fix,omitempty"`
	Filter string   `json:"filter,omitempty"` // display filter that shows the proof in Wireshark
	// Count is how often the same was found. Last is the frame of the last time. Handshakes are
	// the first of the handshakes concerned. Frame and its time and file are of the first time;
	// all else is about the handshake that the finding belongs to.
	Count      int             `json:"count"`
	Last       int             `json:"last_frame,omitempty"` // of the last time, if it was found more than once
	LastFile   httpstream.File `json:"last_file,omitzero"`   // in which that is
	Handshakes []int           `json:"handshakes,omitempty"` // the first of those concerned, if there are several
	// RootCheck is the name of the check whose finding is the root cause of this one.
	RootCheck string `json:"under,omitempty"`
	// RootID is the ID of that finding; 0 if it is not listed, or if a stream wrote it long
	// before.
	RootID int      `json:"under_finding,omitempty"`
	Root   *Finding `json:"-"` // the finding itself

	// Export reports whether it comes from a browser export, which has no packets.
	Export bool `json:"-"`

	By *Check `json:"-"` // that found it

	shown    []fact.Fact // that the message states, see Shown
	named    []Code      // errors that a log names, by which advice is chosen
	event    int         // the number of the event of Windows that it is about; 0 for none
	said     []Code      // of the arguments of the message
	about    *Handshake  // nil if it is about none
	aboutKDC *KDCExchange
	last     httpstream.Pos // of the last time
}

// Shown notes facts that the message itself states, where no handshake shows them: advice is chosen
// by them.
func (f *Finding) Shown(facts ...fact.Fact) { f.shown = append(f.shown, facts...) }

// NamedErrors notes the errors that a log names, where no message in the packets carries them:
// advice is chosen by them.
func (f *Finding) NamedErrors(codes []Code) { f.named = codes }

// NamedEvent notes the number of the event of Windows that the finding is about: advice is chosen
// by it.
func (f *Finding) NamedEvent(id int) { f.event = id }

// AddCodes adds the codes that its message names but that were no arguments of Found.
func (f *Finding) AddCodes(args ...any) { f.said = append(f.said, codesIn(args)...) }

// SetCount sets how often logs have it, and the place of the last time.
func (f *Finding) SetCount(n int, last httpstream.Pos) {
	if f.Count = n; n > 1 {
		f.last, f.Last, f.LastFile = last, last.Frame, last.File
	}
}

// Pos returns the place that proves it.
func (f *Finding) Pos() httpstream.Pos {
	return httpstream.Pos{Frame: f.Frame, Time: f.Time, Stream: f.Stream, File: f.File}
}

// LastPos returns the place of the last time.
func (f *Finding) LastPos() httpstream.Pos {
	return httpstream.Pos{Frame: f.Last, File: f.LastFile}
}

// AddProof adds further places that prove it.
func (f *Finding) AddProof(at ...httpstream.Pos) {
	for _, p := range at {
		if p.File == f.File || f.Frame == 0 {
			f.Frames = append(f.Frames, p.Frame)
		} else {
			f.Also = append(f.Also, p)
		}
	}
}

// weaken makes a finding no more certain than the name in its sentence.
func (f *Finding) weaken() {
	if h := f.about; h != nil && h.User != "" && strings.Contains(f.Message, h.User) {
		f.Evidence = Weakest(f.Evidence, h.UserEvidence)
	}
}

// MayStandAbove reports whether f is severe enough to be shown as the cause of effect: information
// does not explain a warning or an error.
func (f *Finding) MayStandAbove(effect *Finding) bool {
	return f.Severity != Info || effect.Severity == Info
}

// MayCause reports whether f may have come before effect, by the frames that prove them and the
// exceptions that their checks declare.
func (f *Finding) MayCause(effect *Finding) bool {
	switch {
	case f.Frame == 0, effect.Frame == 0, effect.By.Awaits != "", f.By.ShownLater != "":
		return true
	case f.File == effect.File:
		return f.Pos().Compare(effect.Pos()) <= 0
	}
	return !effect.Time.Before(f.Time)
}
