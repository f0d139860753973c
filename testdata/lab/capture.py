#!/usr/bin/python3
"""Writes the packets of an interface to a pcapng file until SIGTERM.

usage: capture.py INTERFACE FILE [dns] [not ADDRESS...]

Keeps TCP and, of UDP, Kerberos; with "dns" name resolution too; with "not" nothing to
or from these. FILE appears once packets are being taken, and says nothing of the
machine: no host, system, tool or filter.
"""
import signal
import socket
import struct
import sys

ETH_P_ALL, SO_RCVBUFFORCE, SO_TIMESTAMPNS = 3, 33, 35
interface, path, *options = sys.argv[1:]
udp_ports = {53, 88} if 'dns' in options else {88}
hidden = {socket.inet_aton(a) for a in options[options.index('not') + 1:]} if 'not' in options else set()
stopping = []


def wanted(frame):
    if frame[12:14] == b'\x08\x00':
        protocol, at = frame[23], 14 + 4 * (frame[14] & 15)
        if hidden & {frame[26:30], frame[30:34]}:
            return False
    elif frame[12:14] == b'\x86\xdd':
        protocol, at = frame[20], 54
    else:
        return False
    ports = set(struct.unpack_from('>HH', frame, at))
    return (protocol == 6 and 53 not in ports) or (protocol == 17 and bool(ports & udp_ports))


def block(kind, body):
    body += bytes(-len(body) % 4)
    length = struct.pack('<I', len(body) + 12)
    return struct.pack('<I', kind) + length + body + length


signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
link.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20)
link.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
link.bind((interface, 0))
link.settimeout(0.1)
with open(path, 'wb') as out:
    out.write(block(0x0A0D0D0A, struct.pack('<IHHq', 0x1A2B3C4D, 1, 0, -1)))
    out.write(block(1, struct.pack('<HHI', 1, 0, 262144)))
    out.flush()
    while True:
        try:
            frame, [(_, _, stamp)], _, _ = link.recvmsg(262144, 64)
        except TimeoutError:
            if stopping:
                break
            continue
        if wanted(frame):
            seconds, nanoseconds = struct.unpack('=qq', stamp)
            at = seconds * 1000000 + nanoseconds // 1000
            out.write(block(6, struct.pack('<5I', 0, at >> 32, at & 0xFFFFFFFF, len(frame), len(frame)) + frame))
