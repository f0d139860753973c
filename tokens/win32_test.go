package tokens

import "testing"

func TestWin32Status(t *testing.T) {
	t.Parallel()
	for s, want := range map[Win32Status]string{
		0: "0", 5: "ERROR_ACCESS_DENIED (5)", 0x80070005: "ERROR_ACCESS_DENIED (5)", 4: "4", 1326: "ERROR_LOGON_FAILURE (1326)",
		0x8009030C: "SEC_E_LOGON_DENIED (0x8009030C)", 0xC000006D: "STATUS_LOGON_FAILURE (0xC000006D)", 0x80040001: "0x80040001", 0xFFFFFFFF: "0xFFFFFFFF",
	} {
		if got, err := s.MarshalText(); string(got) != want || err != nil {
			t.Errorf("%#x: %s, want %s", uint32(s), got, want)
		}
	}
	for _, s := range Win32Errors() {
		if NTStatus(s).Name() != "" || s >= 1<<16 {
			t.Errorf("%d is no error of Win32 alone", s)
		}
	}
}
