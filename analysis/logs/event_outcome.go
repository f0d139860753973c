package logs

import (
	"cmp"
	"slices"

	"negotrace/analysis"
)

// userBy returns the user that events of the server or a KDC name, with the strongest of these
// events. It is empty if they name none, or several.
func (s *eventQuery) userBy() (user string, by *analysis.LoggedEvent, evidence analysis.Evidence) {
	for _, e := range s.h.Events {
		name := analysis.EventUser(e.Event)
		if e.ID != 4624 && e.ID != 4769 || name == "" || e.Ticket != nil && e.Ticket.Status != 0 {
			continue
		}
		if by != nil && analysis.AccountName(user) != analysis.AccountName(name) {
			return "", nil, ""
		}
		if by == nil || by.Evidence != analysis.Proven && (e.Evidence == analysis.Proven || by.ID == 4769 && e.ID == 4624) {
			user, by = name, e
		}
	}
	if by == nil {
		return "", nil, ""
	}
	return user, by, by.Evidence
}

// finish sorts the events of a handshake, and fills in user and outcome where its messages
// leave them open.
func (s *eventQuery) finish() {
	for _, h := range append([]*analysis.Handshake{s.h}, s.views...) {
		slices.SortStableFunc(h.Events, func(a, b *analysis.LoggedEvent) int {
			return cmp.Or(cmp.Compare(stage(a), stage(b)), a.Pos.Time.Compare(b.Pos.Time), cmp.Compare(a.Pos.Frame, b.Pos.Frame))
		})
		if user, by, evidence := s.userBy(); user != "" && (h.User == "" || h.UserEvidence == analysis.Inferred && evidence == analysis.Proven) {
			h.User, h.UserFrom, h.UserEvidence = user, analysis.EventPlace(by.Event), evidence
			if evidence != analysis.Proven {
				h.UserFrom = "inferred: " + h.UserFrom + " by " + links(by)
			}
		}
		outcomeFromEvents(h)
	}
}

// links puts into words how an event was found.
func links(e *analysis.LoggedEvent) string {
	text := ""
	for i, l := range e.By {
		switch {
		case i > 0 && i == len(e.By)-1:
			text += " and "
		case i > 0:
			text += ", "
		}
		text += string(l)
	}
	return text
}

// stage orders events by the step of a logon that they are about, since the clocks of computers differ.
func stage(e *analysis.LoggedEvent) int {
	switch e.ID {
	case 4768, 4771:
		return 0
	case 4769:
		return 1
	case 4648, 4001, 8001, 4020, 4021:
		return 2
	}
	return 3
}

// outcomeFromEvents sets the outcome by the events of the server, if the messages do not prove it.
func outcomeFromEvents(h *analysis.Handshake) {
	for _, l := range h.Legs {
		if l.Conn.Lost != [2]int64{} {
			return // the lost bytes may hold the rest of the handshake
		}
	}
	in, out := eventOf(h, 4624), eventOf(h, 4625)
	switch {
	case in != nil && out != nil, h.OutcomeEvidence == analysis.Proven:
		return
	case in != nil && (h.Outcome == analysis.Unknown || h.Outcome == analysis.Succeeded):
		h.SetOutcome(analysis.Succeeded, in.Evidence, "%s says that %s, found by %s", analysis.EventPlace(in.Event), analysis.EventSays(in.Event), links(in))
	case out != nil && (h.Outcome == analysis.Unknown || h.Outcome == analysis.Failed || h.Outcome == analysis.Succeeded && out.Evidence == analysis.Proven):
		h.SetOutcome(analysis.Failed, out.Evidence, "%s says that %s, found by %s", analysis.EventPlace(out.Event), analysis.EventSays(out.Event), links(out))
	}
}

// eventOf returns the event of a handshake with that number, nil if there is none.
func eventOf(h *analysis.Handshake, id int) *analysis.LoggedEvent {
	i := slices.IndexFunc(h.Events, func(e *analysis.LoggedEvent) bool { return e.ID == id })
	if i < 0 {
		return nil
	}
	return h.Events[i]
}
