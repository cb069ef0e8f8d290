"""The packets of the cluster bus as Python values: an encoder that can also build wrong ones, and a strict decoder.

    0     "RCmb" | length | version 1 | port | type | count | currentEpoch | configEpoch | offset
    40    sender's id | 80 slots, 2048 bytes of bits, lowest first | 2128 master's id | 2168 address, if announced
    2214  extensions | 30 zeros | 2246 pport | cport | flags | state | 3 message flags
    2256  what the type adds: gossip entries of 104 bytes and extensions, an id, an owner's slots, a message

Integers are big-endian. Texts are filled up with zeros. The layouts are Redis 7.0's.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Iterable

from .cluster import SLOTS, slot_words

PING, PONG, MEET, FAIL, PUBLISH, AUTH_REQUEST, AUTH_ACK, UPDATE, MFSTART, MODULE, PUBLISH_SHARD = range(11)
NAMES = ("ping", "pong", "meet", "fail", "publish", "auth-req", "auth-ack", "update", "mfstart", "module",
         "publishshard")

MASTER, SLAVE, PFAIL, FAILED, MYSELF, HANDSHAKE, NOADDR, WANTS_MEET, MIGRATE_TO, NOFAILOVER = [
    1 << bit for bit in range(10)]
PAUSED, FORCE_ACK, EXTENDED = 1, 2, 4
"""Message flags, the first byte of them."""

HEADER = struct.Struct(">4sIHHHHQQQ40s2048s40s46sH30sHHHB3s")
GOSSIP = struct.Struct(">40sII46sHHHHH")
HOSTNAME = 0
"""A type of extension."""

assert HEADER.size == 2256 and GOSSIP.size == 104


class BusError(AssertionError):
    """A packet that is not as it should be."""


def bitmap(slots: Iterable[int]) -> bytes:
    bits = bytearray(SLOTS // 8)
    for slot in slots:
        bits[slot // 8] |= 1 << slot % 8
    return bytes(bits)


def slots_of(bits: bytes) -> set[int]:
    return {byte * 8 + bit for byte, value in enumerate(bits) if value for bit in range(8) if value >> bit & 1}


def _text(field_bytes: bytes, what: str) -> str:
    text, _, rest = field_bytes.partition(b"\0")
    if rest.strip(b"\0"):
        raise BusError(f"{what} is not filled up with zeros: {field_bytes!r}")
    return text.decode("latin-1")


@dataclass
class Gossip:
    """What a packet says of a third node. Times are unix seconds, 0 is never."""

    id: str
    port: int = 0
    cport: int = 0
    flags: int = MASTER
    host: str = "127.0.0.1"
    ping_sent: int = 0
    pong_received: int = 0
    pport: int = 0

    def bytes(self) -> bytes:
        return GOSSIP.pack(self.id.encode(), self.ping_sent, self.pong_received, self.host.encode(), self.port,
                           self.cport, self.flags, self.pport, 0)


@dataclass
class Packet:
    """The header's fields, and those of the type's own part that apply."""

    type: int
    sender: str = ""
    port: int = 0
    cport: int = 0
    current_epoch: int = 0
    config_epoch: int = 0
    offset: int = 0
    slots: set[int] = field(default_factory=set)
    master: str = ""
    host: str = ""
    pport: int = 0
    flags: int = MASTER | MYSELF
    state: int = 0
    message_flags: int = 0

    gossip: list[Gossip] = field(default_factory=list)
    hostname: str | None = None

    node: str = ""  # FAIL: who has failed; UPDATE: whom it is about
    node_epoch: int = 0
    node_slots: set[int] = field(default_factory=set)
    channel: bytes = b""
    message: bytes = b""

    @property
    def name(self) -> str:
        return NAMES[self.type] if self.type < len(NAMES) else f"type {self.type}"

    def _payload(self) -> bytes:
        if self.type in (PING, PONG, MEET):
            return b"".join(entry.bytes() for entry in self.gossip) + extension(self.hostname)
        if self.type == FAIL:
            return self.node.encode()
        if self.type == UPDATE:
            return struct.pack(">Q40s", self.node_epoch, self.node.encode()) + bitmap(self.node_slots)
        if self.type in (PUBLISH, PUBLISH_SHARD):
            return struct.pack(">II", len(self.channel), len(self.message)) + self.channel + self.message
        return b""

    def bytes(self, payload: bytes | None = None, **header: int) -> bytes:
        """The packet; with other bytes behind the header, or other values in it (length, version, count, extensions,
        signature), if it is to be a wrong one."""
        payload = self._payload() if payload is None else payload
        extended = self.hostname is not None
        signature = header.get("signature", 0x52436D62).to_bytes(4, "big")
        return HEADER.pack(
            signature, header.get("length", HEADER.size + len(payload)), header.get("version", 1), self.port,
            self.type, header.get("count", len(self.gossip)), self.current_epoch, self.config_epoch, self.offset,
            self.sender.encode(), bitmap(self.slots), self.master.encode(), self.host.encode(),
            header.get("extensions", int(extended)), b"", self.pport, self.cport, self.flags, self.state,
            bytes([self.message_flags | (EXTENDED if extended else 0)])) + payload

    def summary(self) -> str:
        """In a few words."""
        words = [self.name.upper(), f"from {self.sender[:8]}", f"epoch {self.current_epoch}/{self.config_epoch}"]
        words += [f"slots {' '.join(slot_words(self.slots)[:4])}"] if self.slots else []
        words += [f"of {self.master[:8]}"] if self.master else []
        words += [f"gossip {' '.join(f'{entry.id[:8]}:{entry.flags}' for entry in self.gossip)}"] if self.gossip else []
        words += [f"about {self.node[:8]}"] if self.node else []
        words += [f"{self.channel!r} {self.message!r}"] if self.channel else []
        return ", ".join(words)


def extension(hostname: str | None, kind: int = HOSTNAME) -> bytes:
    """A hostname, ended and filled up with zeros to a multiple of eight."""
    if hostname is None:
        return b""
    data = hostname.encode() + b"\0"
    data += bytes(-len(data) % 8)
    return struct.pack(">IHH", 8 + len(data), kind, 0) + data


def decode(data: bytes) -> Packet:
    """A whole packet. Raises BusError for anything that Redis would not have sent."""
    if len(data) < HEADER.size:
        raise BusError(f"a packet of {len(data)} bytes is shorter than its header")
    (signature, length, version, port, kind, count, current, config, offset, sender, bits, master, host, extensions,
     zeros, pport, cport, flags, state, message_flags) = HEADER.unpack(data[:HEADER.size])
    payload = data[HEADER.size:]
    for wrong, what in [(signature != b"RCmb", f"the signature is {signature!r}"), (version != 1, f"version {version}"),
                        (length != len(data), f"its length says {length}, it has {len(data)} bytes"),
                        (any(zeros), f"bytes 2216 to 2245 are not zero: {zeros!r}"),
                        (any(message_flags[1:]), f"message flags {message_flags!r}"),
                        (kind >= len(NAMES), f"type {kind}"), (state > 1, f"state {state}")]:
        if wrong:
            raise BusError(f"a packet is wrong: {what}")
    packet = Packet(kind, _text(sender, "the sender"), port, cport, current, config, offset, slots_of(bits),
                    _text(master, "the master"), _text(host, "the address"), pport, flags, state,
                    message_flags[0] & ~EXTENDED)
    if kind in (PING, PONG, MEET):
        entries, rest = payload[:count * GOSSIP.size], payload[count * GOSSIP.size:]
        if len(entries) != count * GOSSIP.size:
            raise BusError(f"{count} gossip entries do not fit into {len(payload)} bytes")
        packet.gossip = [_gossip(entries[at:at + GOSSIP.size]) for at in range(0, len(entries), GOSSIP.size)]
        if bool(extensions) != bool(message_flags[0] & EXTENDED):
            raise BusError("the number of extensions and the flag that says that there are some do not agree")
        packet.hostname = _hostname(rest, extensions)
        return packet
    if count or extensions:
        raise BusError(f"a {packet.name} has no gossip and no extensions, but says that it has")
    _decode_payload(packet, payload)
    return packet


def _gossip(data: bytes) -> Gossip:
    node_id, ping, pong, host, port, cport, flags, pport, zero = GOSSIP.unpack(data)
    if zero:
        raise BusError(f"the end of a gossip entry is {zero}, not 0")
    return Gossip(_text(node_id, "an id"), port, cport, flags, _text(host, "an address"), ping, pong, pport)


def _hostname(data: bytes, extensions: int) -> str | None:
    if not extensions:
        if data:
            raise BusError(f"{len(data)} bytes behind the gossip")
        return None
    length, kind, zero = struct.unpack(">IHH", data[:8])
    if extensions != 1 or kind != HOSTNAME or zero or length != len(data) or length % 8:
        raise BusError(f"extensions: {extensions} of them in {data!r}")
    name = _text(data[8:], "the hostname")
    if not 1 <= len(data) - 8 - len(name) <= 8:
        raise BusError(f"the hostname's filling is wrong: {data!r}")
    return name


def _decode_payload(packet: Packet, payload: bytes) -> None:
    sizes = {FAIL: 40, UPDATE: 2096, AUTH_REQUEST: 0, AUTH_ACK: 0, MFSTART: 0}
    if packet.type in sizes and len(payload) != sizes[packet.type]:
        raise BusError(f"a {packet.name} carries {sizes[packet.type]} bytes, not {len(payload)}")
    if packet.type == FAIL:
        packet.node = payload.decode()
    elif packet.type == UPDATE:
        packet.node_epoch, node = struct.unpack(">Q40s", payload[:48])
        packet.node, packet.node_slots = node.decode(), slots_of(payload[48:])
    elif packet.type in (PUBLISH, PUBLISH_SHARD):
        channel, message = struct.unpack(">II", payload[:8])
        if len(payload) != 8 + channel + message:
            raise BusError(f"a {packet.name} of {channel} and {message} bytes has {len(payload)}")
        packet.channel, packet.message = payload[8:8 + channel], payload[8 + channel:]
