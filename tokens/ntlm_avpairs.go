package tokens

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// NTLMAVPairs is a sequence of AV_PAIR (MS-NLMP 2.2.2.1). A nil pointer is an
// absent pair.
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
	Order []uint16 `json:"order"`
}

// The AvIds of MS-NLMP 2.2.2.1.
const (
	avEOL             = 0
	avComputerName    = 1
	avDomainName      = 2
	avDNSComputerName = 3
	avDNSDomainName   = 4
	avDNSTreeName     = 5
	avFlags           = 6
	avTimestamp       = 7
	avSingleHost      = 8
	avTargetName      = 9
	avChannelBindings = 10
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

// avPairs reads a sequence of AV_PAIR. Its strings are UTF-16 whatever the flags say.
func (p *parser) avPairs(name string, b []byte) *NTLMAVPairs {
	pairs := &NTLMAVPairs{}
	p.group(name, b, func() {
		rest := b
		for {
			if len(rest) < 4 {
				if p.err == nil {
					p.wrong(rest, "AV pairs end without MsvAvEOL")
				}
				return
			}
			id, n := le16(rest), le16(rest[2:])
			if n > len(rest)-4 {
				p.fail(rest, avName(id), "says it has %d bytes, %d are there", n, len(rest)-4)
				return
			}
			pair := rest[:4+n]
			rest = rest[4+n:]
			if id == avEOL {
				if len(strings.Trim(string(rest), "\x00")) > 0 {
					p.odd(rest, "%d bytes follow MsvAvEOL", len(rest))
				}
				return
			}
			pairs.Order = append(pairs.Order, uint16(id))
			p.avPair(id, pair, pairs)
		}
	})
	return pairs
}

func avName(id int) string {
	if id < len(avNames) {
		return avNames[id]
	}
	return fmt.Sprintf("AvId %d", id)
}

// avPair reads one pair into the field it belongs to.
func (p *parser) avPair(id int, pair []byte, pairs *NTLMAVPairs) {
	value, name := pair[4:], avName(id)
	if want := map[int]int{avFlags: 4, avTimestamp: 8, avSingleHost: 48, avChannelBindings: 16}[id]; want > 0 && len(value) != want {
		p.wrong(pair, "%s of %d bytes where %d belong", name, len(value), want)
		if id == avSingleHost {
			pairs.SingleHost = len(value)
		}
		p.field(name, pair, value)
		return
	}
	switch id {
	case avFlags:
		v := le32(value)
		pairs.Flags = &v
		p.fieldf(name, pair, "0x%08x%s", v, avFlagNames(v))
	case avTimestamp:
		t := filetime(binary.LittleEndian.Uint64(value))
		pairs.Timestamp = &t
		p.field(name, pair, t.Format(time.RFC3339Nano))
	case avSingleHost:
		pairs.SingleHost = len(value)
		p.field(name, pair, value)
	case avChannelBindings:
		pairs.ChannelBindings = (*[16]byte)(value)
		p.field(name, pair, value)
	default:
		into := pairs.name(id)
		if into == nil {
			p.odd(pair, "AvId %d is not defined", id)
			p.field(name, pair, value)
			return
		}
		s := utf16String(value)
		*into = &s
		p.field(name, pair, s)
		if len(value)%2 == 1 {
			p.wrong(pair, "%s of an odd number of bytes", name)
		}
	}
}

// name returns where the string of an AvId is kept, nil for one that holds no string.
func (a *NTLMAVPairs) name(id int) **string {
	switch id {
	case avComputerName:
		return &a.ComputerName
	case avDomainName:
		return &a.DomainName
	case avDNSComputerName:
		return &a.DNSComputerName
	case avDNSDomainName:
		return &a.DNSDomainName
	case avDNSTreeName:
		return &a.DNSTreeName
	case avTargetName:
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

// filetime reads a FILETIME: tenths of microseconds since 1601 (MS-DTYP 2.3.3). 0 is no
// time at all.
func filetime(v uint64) time.Time {
	if v == 0 || v > 1<<63-1 {
		return time.Time{}
	}
	const to1970 = 11644473600
	return time.Unix(int64(v/1e7)-to1970, int64(v%1e7)*100).UTC()
}
