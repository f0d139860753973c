package tokens

import "fmt"

// An NTLMVersion is the VERSION structure (MS-NLMP 2.2.2.10). It is advisory.
type NTLMVersion struct {
	Major    uint8  `json:"major"`             // ProductMajorVersion of the operating system: 10
	Minor    uint8  `json:"minor"`             // ProductMinorVersion
	Build    uint16 `json:"build"`             // ProductBuild: 20348
	Revision uint8  `json:"revision"`          // NTLMRevisionCurrent, 15 in use
	Product  string `json:"product,omitempty"` // what is known to send it: "Windows Server 2022", "Samba"
}

// String returns "10.0.20348", with the product if it is known.
func (v *NTLMVersion) String() string {
	if v == nil {
		return ""
	}
	s := fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Build)
	if v.Product != "" {
		s += " (" + v.Product + ")"
	}
	return s
}

func (p *parser) ntlmVersion(b []byte, m *ntlmMessage) {
	m.version = NTLMVersion{Major: b[0], Minor: b[1], Build: uint16(le16(b[2:])), Revision: b[7]}
	m.version.Product = ntlmProduct(m.version.Major, m.version.Minor, m.version.Build)
	m.Version = &m.version
	if p.tree != nil {
		p.field("Version", b, m.Version.String())
	}
}

// ntlmProduct returns which products send a version. Client and server editions share a build, and
// some libraries send the version of a Windows that they are not.
func ntlmProduct(major, minor uint8, build uint16) string {
	switch {
	case major == 0 && minor == 0 && build > 0:
		return "pyspnego"
	case major == 6 && minor == 1 && build == 0:
		return "Samba"
	case major == 6 && minor == 2 && build == 0:
		return "gss-ntlmssp"
	}
	for _, w := range windowsBuilds {
		if w.major == major && w.minor == minor && w.build == build {
			return w.name
		}
	}
	if major == 10 && minor == 0 && build > 0 {
		return "Windows 10 or later"
	}
	return ""
}

var windowsBuilds = []struct {
	major, minor uint8
	build        uint16
	name         string
}{
	{5, 0, 2195, "Windows 2000"},
	{5, 1, 2600, "Windows XP"},
	{5, 2, 3790, "Windows Server 2003"},
	{6, 0, 6000, "Windows Vista"},
	{6, 0, 6001, "Windows Vista SP1 or Server 2008"},
	{6, 0, 6002, "Windows Vista SP2 or Server 2008 SP2"},
	{6, 0, 6003, "Windows Server 2008 SP2"},
	{6, 1, 7600, "Windows 7 or Server 2008 R2, or Heimdal"},
	{6, 1, 7601, "Windows 7 SP1 or Server 2008 R2 SP1"},
	{6, 2, 9200, "Windows 8 or Server 2012"},
	{6, 3, 9600, "Windows 8.1 or Server 2012 R2"},
	{10, 0, 10240, "Windows 10 1507"},
	{10, 0, 10586, "Windows 10 1511"},
	{10, 0, 14393, "Windows 10 1607 or Server 2016"},
	{10, 0, 15063, "Windows 10 1703"},
	{10, 0, 16299, "Windows 10 1709"},
	{10, 0, 17134, "Windows 10 1803"},
	{10, 0, 17763, "Windows 10 1809 or Server 2019"},
	{10, 0, 18362, "Windows 10 1903"},
	{10, 0, 18363, "Windows 10 1909"},
	{10, 0, 19041, "Windows 10 2004 to 22H2"},
	{10, 0, 19042, "Windows 10 20H2"},
	{10, 0, 19043, "Windows 10 21H1"},
	{10, 0, 19044, "Windows 10 21H2"},
	{10, 0, 19045, "Windows 10 22H2"},
	{10, 0, 20348, "Windows Server 2022"},
	{10, 0, 22000, "Windows 11 21H2"},
	{10, 0, 22621, "Windows 11 22H2"},
	{10, 0, 22631, "Windows 11 23H2"},
	{10, 0, 25398, "Windows Server 23H2"},
	{10, 0, 26100, "Windows 11 24H2 or Server 2025"},
	{10, 0, 26200, "Windows 11 25H2"},
}
