package capture

import (
	"context"
	"errors"
	"io"
	"slices"

	"negotrace/capture/pcap"
	"negotrace/capture/plain"
	"negotrace/httpstream"
)

// A plainer hands on packets, and beside them copies in plain text of what they hold in TLS or in
// HTTP/2.
type plainer struct {
	take   taker
	opener *plain.Opener // nil if nothing is to be read
	// begins is called, if there is no opener, when HTTP/2 without TLS may begin.
	begins func()
}

// packet hands on a packet, with the copies that come before and after it.
func (p *plainer) packet(k *pcap.Packet, origin int, file httpstream.File) {
	if p.opener == nil {
		if plain.BeginsHTTP2(k.Data) {
			p.begins()
		}
		p.take(k, origin, file)
		return
	}
	before, behind := p.opener.Packet(k, origin, file)
	p.hand(before)
	p.take(k, origin, file)
	p.hand(behind)
}

// close hands on what comes after the last packet.
func (p *plainer) close() {
	if p.opener != nil {
		p.hand(p.opener.Close())
	}
}

func (p *plainer) hand(made []plain.Packet) {
	for i := range made {
		p.take(&made[i].Packet, made[i].Origin, made[i].File)
	}
}

// WithPlainCopies returns sources with the packets of the given ones and, beside them, the packets
// that Redact makes of what the secrets open. They hold exactly what Redact rewrites: packets of
// HTTP/2 that it replaced when they were redacted are empty, and no source has secrets any more. Sources
// without packets stay.
func WithPlainCopies(ctx context.Context, sources []Source, secrets *httpstream.Secrets, redacted *Redaction) []Source {
	all := slices.Clone(sources)
	packets := packetsOf(ctx, sources)
	label(packets)
	at := 0
	for i := range all {
		if at == len(packets) || all[i].Name != packets[at].Name {
			continue
		}
		file := packets[at].file(httpstream.Frames)
		if len(packets) == 1 {
			file = httpstream.File{}
		}
		at++
		all[i].Size = 0
		all[i].Open = func() (io.ReadCloser, error) {
			in, out := io.Pipe()
			go func() { out.CloseWithError(writePlain(ctx, packets, file, secrets, redacted.Cleartext, out)) }()
			return in, nil
		}
	}
	return all
}

// packetsOf returns the sources that are packet files.
func packetsOf(ctx context.Context, sources []Source) (packets []Source) {
	r := newRun(ctx, Sink{}, Options{})
	defer r.end()
	for _, s := range sources {
		in, err := r.open(&s, probing)
		if err != nil {
			continue
		}
		if in.format.packets != nil {
			packets = append(packets, s)
		}
		in.close()
	}
	return packets
}

// writePlain writes the packets of one of the files, as WithPlainCopies says.
func writePlain(ctx context.Context, sources []Source, file httpstream.File, secrets *httpstream.Secrets, found plain.Cleartext, to io.Writer) error {
	r := newRun(ctx, Sink{}, Options{IgnoreCaptureSecrets: true})
	defer r.end()
	w := &fileWriter{writing: writing{run: r}, file: file, packetWriter: packetWriter{ng: pcap.NewWriter(to)}}
	p := &plainer{take: w.packet, opener: plain.New(secrets)}
	p.opener.Hide = found
	err := r.packets(sources, p.packet)
	p.close()
	return errors.Join(w.err, err, w.packetWriter.close())
}

// opens reports whether the secrets may open anything.
func opens(secrets *httpstream.Secrets) bool {
	return secrets != nil && (secrets.Kept > 0 || secrets.HasRSAKeys())
}

// A fileWriter writes the packets of a timeline that come from one file.
type fileWriter struct {
	writing
	packetWriter
	file httpstream.File
}

// packet writes a packet, if it is of the file.
func (w *fileWriter) packet(k *pcap.Packet, _ int, file httpstream.File) {
	if w.err == nil && file == w.file {
		w.written(w.packetWriter.packet(k))
	}
}
