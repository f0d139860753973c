package etw

// Limits of what is held in memory. What a limit leaves out is counted, or noted as damage.
const (
	// maxHeld is how many bytes of packets are held to put them in order. On a large server
	// the buffers of 64 processors with 1 MiB each overlap in time. maxHeldOfStream is the same
	// for a pipe or a compressed file.
	maxHeld         = 64 << 20
	maxHeldOfStream = 32 << 20
	// maxBuffers is how many buffers of a file are put in order by their first times: 64 GiB
	// with buffers of 64 KiB. The buffers of a longer file are read in file order.
	maxBuffers = 1 << 20
	// maxPartial is how many packets may be incomplete at once: Windows logs the events of a
	// packet one after the other, in each thread.
	maxPartial = 256
	// maxPacket is the longest packet of several events. Segmentation offload makes packets of
	// up to 256 KiB.
	maxPacket = 256 << 10
	// maxProviders is how many providers of other events are counted by name: a machine
	// has some thousands, a trace some dozens.
	maxProviders = 256
)
