package main

import (
	"strings"
	"testing"
)

const sample = `negotrace reads captures.

It knows 'pcap'.

Usage:
  negotrace [flags] FILE...

Examples:
  negotrace C:\auth.etl

Commands:
  show        Show one handshake
  version     Print the version

Flags:
      --format FORMAT   FORMAT of the result:
                        table, json
`

func TestPage(t *testing.T) {
	t.Parallel()
	h := parse(sample)
	commands := h.commands()
	if strings.Join(commands, " ") != "show version" {
		t.Fatalf("the commands are %q", commands)
	}
	want := `.TH NEGOTRACE 1
.SH NAME
negotrace \- who authenticated how over HTTP, what went wrong, and why
.SH SYNOPSIS
.nf
  negotrace [flags] FILE...
.fi
.SH DESCRIPTION
negotrace reads captures.
.PP
It knows \(aqpcap\(aq.
.SH EXAMPLES
.nf
  negotrace C:\eauth.etl
.fi
.SH COMMANDS
.nf
  show        Show one handshake
  version     Print the version
.fi
.SH FLAGS
.nf
      \-\-format FORMAT   FORMAT of the result:
                        table, json
.fi
.SH SEE ALSO
negotrace\-show(1), negotrace\-version(1)
`
	if got := h.page("", h.short(""), commands); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if page := h.page("show", h.short("show"), commands); !strings.Contains(page, "negotrace\\-show \\- Show one handshake\n") || !strings.HasSuffix(page, "negotrace(1), negotrace\\-version(1)\n") {
		t.Errorf("the page of show is\n%s", page)
	}
}

func TestEscape(t *testing.T) {
	t.Parallel()
	if got, want := escape(`.so C:\x - 'y'`), `\&.so C:\ex \- \(aqy\(aq`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
