package etw

// What a trace may make us hold is bounded here. What is lost by a limit is counted, or
// said as damage.
const (
	// maxHeld is how many bytes of packets are held to put them in order. The buffers of 64
	// processors with 1 MiB each overlap in time on a large server.
	// What comes through a pipe or packed is held until there are maxHeldOfStream.
	maxHeld         = 64 << 20
	maxHeldOfStream = 32 << 20
	// maxBuffers is how many buffers of a file are put in order by the times at which they
	// begin: 64 GiB of the everyday size. A longer file is read as it lies.
	maxBuffers = 1 << 20
	// maxJoined is how many packets may be incomplete at once: Windows logs the events of a
	// packet one after the other, in each thread.
	maxJoined = 256
	// maxPacket is how long a packet of several events may be: segmentation offload has up
	// to 256 KiB.
	maxPacket = 256 << 10
	// maxProviders is how many providers of other events are counted by name: a machine
	// has some thousands, a trace some dozens.
	maxProviders = 256
)
