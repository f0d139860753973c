package fleet

import (
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"negotrace/httpstream"
)

// A tableOf is a table with its columns. Columns keep their names and meanings; new ones are added
// at the end.
type tableOf struct {
	name    tableName
	columns []string
	cells   func(record []byte) ([]string, error)
}

// tables are all tables.
var tables = []tableOf{
	{handshakeTable, []string{"set", "capture_host", "id", "time", "side", "client", "server", "host", "url", "program", "offered", "scheme", "mechanism",
		"outcome", "outcome_evidence", "outcome_reason", "user", "user_evidence", "spn", "legs", "status", "checks", "frame", "file"},
		cells(func(h *Handshake) []string {
			return []string{h.Set, h.CaptureHost, strconv.Itoa(h.ID), timeText(h.Start.Time), string(h.Target), h.Client, h.Server, h.Host, h.URL, h.Program,
				strings.Join(h.Offered, " "), h.Scheme, string(h.Mechanism), string(h.Outcome), string(h.OutcomeEvidence), h.OutcomeReason, h.User,
				string(h.UserEvidence), h.SPN, strconv.Itoa(len(h.Legs)), number(int(h.Last().Status())), strings.Join(h.Checks, " "), strconv.Itoa(h.Start.Frame), h.Start.File.String()}
		})},
	{kdcTable, []string{"set", "capture_host", "time", "client", "kdc", "service_ticket", "spn", "error", "retries", "frame", "file"},
		cells(func(k *KDCExchange) []string {
			spn, failed := "", ""
			if s := k.Service(); s != nil {
				spn = s.String()
			}
			if e := k.Err(); e != nil {
				failed = e.Code.String()
			}
			return []string{k.Set, k.CaptureHost, timeText(k.RequestPos.Time), k.Client.String(), k.KDC.String(), strconv.FormatBool(k.TGS()), spn, failed,
				strconv.Itoa(k.Retries), strconv.Itoa(k.Pos().Frame), k.Pos().File.String()}
		})},
	{dnsTable, []string{"set", "capture_host", "time", "client", "name", "type", "rcode", "cnames", "addresses", "targets", "frame", "file"},
		cells(func(l *Lookup) []string {
			return []string{l.Set, l.CaptureHost, timeText(l.Answer.Pos.Time), l.Client.String(), l.Answer.Name, l.Answer.Type, l.Answer.RCode.String(), strings.Join(l.Answer.CNAMEs, " "), addrText(l.Answer.Addrs),
				strings.Join(l.Answer.Targets, " "), strconv.Itoa(l.Answer.Pos.Frame), l.Answer.Pos.File.String()}
		})},
	{findingTable, []string{"check", "variant", "severity", "evidence", "message", "count", "sets", "hosts", "on", "first_time", "first_set", "first_handshake", "first_frame", "under"},
		cells(func(f *Finding) []string {
			return []string{f.Check, f.Variant, string(f.Severity), string(f.Evidence), f.Message, strconv.Itoa(f.Count), strconv.Itoa(f.Sets), strconv.Itoa(f.Hosts),
				strings.Join(f.On, " "), timeText(f.Time), f.Set, number(f.Finding.Handshake), number(f.Frame), f.RootCheck}
		})},
	{inventoryTable, []string{"host", "side", "server", "spn", "client", "user", "program", "mechanism", "version", "why", "count", "refused", "first", "last"},
		cells(func(e *entryRecord) []string {
			return []string{e.Host, string(e.Target), e.Server, e.SPN, e.Client, e.User, e.Program, string(e.Mechanism), e.Entry.Version, e.Why,
				strconv.Itoa(e.Count), strconv.Itoa(e.Refused), timeText(e.First), timeText(e.Last)}
		})},
	{joinTable, []string{"kind", "first_set", "first_handshake", "first_time", "second_set", "second_handshake", "second_time", "kdc_set", "kdc_frame", "kdc_time", "spn", "error", "checks", "evidence", "by", "user", "url"},
		cells(joinCells)},
	{captureTable, []string{"set", "capture_host", "name", "format", "bytes", "packets", "first", "last", "failure", "damage"},
		cells(func(c *Capture) []string {
			return []string{c.Set, c.CaptureHost, c.Name, c.Format, strconv.FormatInt(c.Bytes, 10), strconv.Itoa(c.Packets), timeText(c.First), timeText(c.Last),
				c.Failure, damageText(c.Damage)}
		})},
	{setTable, []string{"set", "capture_host", "verdict", "failure", "files", "failed", "damaged", "packets", "requests", "handshakes"},
		cells(func(s *Summary) []string {
			row := []string{s.Set, s.CaptureHost, s.Verdict, s.Failure, strconv.Itoa(s.Files), strconv.Itoa(s.Failed), strconv.Itoa(s.Damaged), "", "", ""}
			if s.Summary != nil && s.Counters != nil {
				row[7], row[8], row[9] = strconv.Itoa(s.Packets), strconv.Itoa(s.Requests), strconv.Itoa(s.Handshakes())
			}
			return row
		})},
}

func joinCells(j *Join) []string {
	row := []string{j.Kind, j.First.Set, strconv.Itoa(j.First.Handshake), timeText(j.First.Time), "", "", "", "", "", "", "", "", "", string(j.Evidence), j.By, j.User, j.URL}
	if s := j.Second; s != nil {
		row[4], row[5], row[6] = s.Set, strconv.Itoa(s.Handshake), timeText(s.Time)
	}
	if e := j.Exchange; e != nil {
		row[7], row[8], row[9], row[10], row[11], row[12] = e.Set, strconv.Itoa(e.Frame), timeText(e.Time), e.SPN, e.Error, strings.Join(e.Checks, " ")
	}
	return row
}

// cells returns a function that makes the cells of a record.
func cells[T any](of func(*T) []string) func([]byte) ([]string, error) {
	return func(record []byte) ([]string, error) {
		r := new(T)
		if err := json.Unmarshal(record, r); err != nil {
			return nil, err
		}
		return of(r), nil
	}
}

// timeText returns a time in UTC, empty for none.
func timeText(t httpstream.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// number returns a number as text, empty for 0.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func addrText(all []netip.Addr) string {
	var text []string
	for _, a := range all {
		text = append(text, a.String())
	}
	return strings.Join(text, " ")
}

func damageText(notes []httpstream.Note) string {
	var all []string
	for _, n := range notes {
		all = append(all, n.Pos.String()+": "+n.Text)
	}
	return strings.Join(all, "; ")
}
