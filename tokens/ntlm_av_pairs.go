package tokens

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// NTLMAVPairs is a sequence of AV_PAIR (MS-NLMP 2.2.2.1). What is nil was not sent.
type NTLMAVPairs struct {
	ComputerName    *string    `json:"nb_computer_name,omitempty"`  // MsvAvNbComputerName
	DomainName      *string    `json:"nb_domain_name,omitempty"`    // MsvAvNbDomainName
	DNSComputerName *string    `json:"dns_computer_name,omitempty"` // MsvAvDnsComputerName
	DNSDomainName   *string    `json:"dns_domain_name,omitempty"`   // MsvAvDnsDomainName
	DNSTreeName     *string    `json:"dns_tree_name,omitempty"`     // MsvAvDnsTreeName
	Flags           *uint32    `json:"flags,omitempty"`             // MsvAvFlags
	Timestamp       *time.Time `json:"timestamp,omitempty"`         // MsvAvTimestamp
	SingleHost      int        `json:"single_host_len,omitempty"`   // MsvAvSingleHost: its length
	TargetName      *string    `json:"target_name,omitempty"`       // MsvAvTargetName
	// ChannelBindings is MsvAvChannelBindings: an MD5 hash, zeros for none.
	ChannelBindings *[16]byte `json:"-"`
	// Order lists the AvIds as they came, MsvAvEOL left out.
	Order []uint16 `json:"order,omitempty"`
}

// The AvIds of MS-NLMP 2.2.2.1.
const (
	MsvAvEOL             = 0
	MsvAvNbComputerName  = 1
	MsvAvNbDomainName    = 2
	MsvAvDNSComputerName = 3
	MsvAvDNSDomainName   = 4
	MsvAvDNSTreeName     = 5
	MsvAvFlags           = 6
	MsvAvTimestamp       = 7
	MsvAvSingleHost      = 8
	MsvAvTargetName      = 9
	MsvAvChannelBindings = 10
)

// The bits of MsvAvFlags.
const (
	AVConstrained     uint32 = 1 // the account is limited to some servers
	AVMIC             uint32 = 2 // the AUTHENTICATE_MESSAGE carries a MIC
	AVUntrustedTarget uint32 = 4 // the target name came from an untrusted source
)

var avNames = [...]string{"MsvAvEOL", "MsvAvNbComputerName", "MsvAvNbDomainName",
	"MsvAvDnsComputerName", "MsvAvDnsDomainName", "MsvAvDnsTreeName", "MsvAvFlags",
	"MsvAvTimestamp", "MsvAvSingleHost", "MsvAvTargetName", "MsvAvChannelBindings"}

// avValues holds what the pointers of its NTLMAVPairs point to. Most sequences have most of the
// pairs, so one allocation serves all. Nothing points into the message, which would otherwise be
// kept for a few of its bytes.
type avValues struct {
	NTLMAVPairs
	names     [6]string // one for each AvId with a string, in the order of the message
	used      int
	flags     uint32
	timestamp time.Time
	bindings  [16]byte
	order     [12]uint16
}

// avPairs reads a sequence of AV_PAIR. Its strings are always UTF-16, whatever the flags say.
func (p *parser) avPairs(name string, b []byte) *NTLMAVPairs {
	pairs := &avValues{}
	p.group(name, b, func() {
		rest, count := b, 0
		for {
			if len(rest) < 4 {
				if p.err == nil {
					p.wrong(rest, "AV pairs end without MsvAvEOL")
				}
				return
			}
			id, n := le16(rest), le16(rest[2:])
			if n > len(rest)-4 {
				p.fail(rest, avName(id), "says it has %v, %s there", byteCount(n), isOrAre(len(rest)-4))
				return
			}
			pair := rest[:4+n]
			rest = rest[4+n:]
			if id == MsvAvEOL {
				if !zeros(rest) {
					p.odd(rest, "%s MsvAvEOL", byteCount(len(rest)).verb("follows", "follow"))
				}
				return
			}
			if pairs.Order == nil {
				pairs.Order = pairs.order[:0]
			}
			switch count++; {
			case count <= maxPairs:
				pairs.Order = append(pairs.Order, uint16(id))
			case count == maxPairs+1:
				p.odd(pair, "more than %d AV pairs: the order of the others is not kept", maxPairs)
			}
			p.avPair(id, pair, pairs)
		}
	})
	return &pairs.NTLMAVPairs
}

func avName(id int) string {
	if id < len(avNames) {
		return avNames[id]
	}
	return fmt.Sprintf("AvId %d", id)
}

// avLens has the lengths of values with a fixed length.
var avLens = [len(avNames)]int{MsvAvFlags: 4, MsvAvTimestamp: 8, MsvAvSingleHost: 48, MsvAvChannelBindings: 16}

// avPair reads one pair into its field.
func (p *parser) avPair(id int, pair []byte, pairs *avValues) {
	value, name := pair[4:], avName(id)
	if id < len(avLens) && avLens[id] > 0 && len(value) != avLens[id] {
		p.wrong(pair, "%s of %v where %d belong", name, byteCount(len(value)), avLens[id])
		if id == MsvAvSingleHost {
			pairs.SingleHost = len(value)
		}
		p.hex(name, pair, value)
		return
	}
	switch id {
	case MsvAvFlags:
		pairs.flags = le32(value)
		pairs.Flags = &pairs.flags
		if p.tree != nil {
			p.fieldf(name, pair, "0x%08x%s", pairs.flags, avFlagNames(pairs.flags))
		}
	case MsvAvTimestamp:
		pairs.timestamp = filetime(binary.LittleEndian.Uint64(value))
		pairs.Timestamp = &pairs.timestamp
		if p.tree != nil {
			p.field(name, pair, pairs.timestamp.Format(time.RFC3339Nano))
		}
	case MsvAvSingleHost:
		pairs.SingleHost = len(value)
		p.hex(name, pair, value)
	case MsvAvChannelBindings:
		copy(pairs.bindings[:], value)
		pairs.ChannelBindings = &pairs.bindings
		p.hex(name, pair, value)
	default:
		into := pairs.name(id)
		if into == nil {
			p.odd(pair, "AvId %d is not defined", id)
			p.hex(name, pair, value)
			return
		}
		if *into == nil {
			*into = &pairs.names[pairs.used]
			pairs.used++
		}
		**into = utf16String(value)
		p.field(name, pair, **into)
		**into = p.shortName(pair, name, **into)
		if len(value)%2 == 1 {
			p.wrong(pair, "%s of an odd number of bytes", name)
		}
	}
}

// name returns the address of the string of an AvId, nil for one without a string.
func (a *NTLMAVPairs) name(id int) **string {
	switch id {
	case MsvAvNbComputerName:
		return &a.ComputerName
	case MsvAvNbDomainName:
		return &a.DomainName
	case MsvAvDNSComputerName:
		return &a.DNSComputerName
	case MsvAvDNSDomainName:
		return &a.DNSDomainName
	case MsvAvDNSTreeName:
		return &a.DNSTreeName
	case MsvAvTargetName:
		return &a.TargetName
	}
	return nil
}

func avFlagNames(v uint32) string {
	var s []string
	for i, name := range []string{"account constrained", "MIC present", "target name untrusted"} {
		if v&(1<<i) != 0 {
			s = append(s, name)
		}
	}
	if len(s) == 0 {
		return ""
	}
	return " (" + strings.Join(s, ", ") + ")"
}

// filetime reads a FILETIME: units of 100 nanoseconds since 1601 (MS-DTYP 2.3.3). It returns no
// time for 0, and for a year after 9999, which RFC 3339 cannot write.
func filetime(v uint64) time.Time {
	const (
		to1970    = 11644473600
		year10000 = (253402300800 + to1970) * 1e7
	)
	if v == 0 || v >= year10000 {
		return time.Time{}
	}
	return time.Unix(int64(v/1e7)-to1970, int64(v%1e7)*100).UTC()
}
