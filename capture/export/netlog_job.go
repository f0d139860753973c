package export

// bind takes the events that connect a source with the one that it works for.
func (n *netlogReader) bind(e *netlogEvent) {
	from, to := n.sourceType(e.Source), n.sourceType(e.Dependency)
	switch {
	case e.name == "HTTP_STREAM_JOB":
		if n.ends(e) && !n.inUse(e.Source.ID) {
			n.forgetJob(e.Source.ID)
		}
	case from == "HTTP_STREAM_JOB" && (to == "SOCKET" || to == "HTTP2_SESSION" || to == "QUIC_SESSION"):
		// An HTTP/2 session is made of a socket that the job got before.
		keep(n, n.jobs, e.Source.ID, e.Dependency.ID)
	case from == "HTTP_STREAM_JOB" && to == "URL_REQUEST":
		keep(n, n.owners, e.Source.ID, e.Dependency.ID)
	case from == "HTTP2_SESSION":
		n.sessionEvent(e, to)
	}
}

// bindJob binds a request to the job that got it a stream, in place of an earlier job.
func (n *netlogReader) bindJob(t *netlogRequester, e *netlogEvent) {
	if t.job != e.Dependency.ID {
		n.forgetJob(t.job)
	}
	t.job = e.Dependency.ID
	keep(n, n.owners, t.job, e.Source.ID)
}

// inUse reports whether a request is bound to a job.
func (n *netlogReader) inUse(job int64) bool {
	t := n.requesters[n.owners[job]]
	return t != nil && t.job == job
}

func (n *netlogReader) forgetJob(id int64) {
	delete(n.jobs, id)
	delete(n.owners, id)
}

// keep puts what is known of a source into m, and empties m first if it is full: what may be lost
// is the connection of a request, and its events.
func keep[V any](n *netlogReader, m map[int64]V, id int64, v V) {
	if _, known := m[id]; !known && len(m) >= maxNetLogSources {
		n.out.Counters.Drop(netlogSourcesDropped, len(m), n.here())
		clear(m)
	}
	m[id] = v
}

// connOf returns the connection that the stream job of a request got; nil if the log
// does not say.
func (n *netlogReader) connOf(t *netlogRequester) *netlogSocket {
	to, ok := n.jobs[t.job]
	if !ok {
		return nil
	}
	if s := n.sessions[to]; s != nil {
		return s.socket
	}
	return n.sockets[to]
}
