"""Cluster nodes as a test sees them: keys of a slot, the text of CLUSTER NODES, nodes.conf files that were never lived.

    members of a cluster  --conf_text-->  nodes.conf  --start-->  a node that knows them all from its first moment

A node that starts from a written nodes.conf needs no MEET, and its peers need not exist: until cluster-node-timeout
has passed it takes them for healthy. So one process is enough to test where clients are sent.
"""

from __future__ import annotations

import binascii
import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Iterable, Sequence

from .fixtures import SharedServer
from .server import Options, Server
from .wait import wait_until
from .wire import Wire

SLOTS = 16384
NODE_TIMEOUT = 1000
OPTIONS: Options = {"cluster_enabled": "yes", "cluster_node_timeout": NODE_TIMEOUT, "enable_debug_command": "yes",
                    "repl_diskless_sync_delay": 0, "repl_ping_replica_period": 1}
CONF = "nodes.conf"
FIRST_START = 2000
"""A master serves keys this many ms after its start at the earliest."""


# -- keys and slots ----------------------------------------------------------------------------------------------------


def slot_of(key: bytes | str) -> int:
    """CRC16 of the key, or of what its first pair of braces holds, modulo 16384."""
    key = key.encode() if isinstance(key, str) else key
    start = key.find(b"{")
    end = key.find(b"}", start + 1)
    if start >= 0 and end > start + 1:
        key = key[start + 1:end]
    return binascii.crc_hqx(key, 0) % SLOTS


_tags: dict[int, str] = {}
_untried = itertools.count()


def tag_of(slot: int) -> str:
    """A short string whose slot this is."""
    while slot not in _tags:
        tag = str(next(_untried))
        _tags.setdefault(slot_of(tag), tag)
    return _tags[slot]


def key_in(slot: int, name: object = "k") -> str:
    """A key of that slot; another name makes another key."""
    return f"{name}{{{tag_of(slot)}}}"


def ranges(slots: Iterable[int]) -> list[tuple[int, int]]:
    """Slots as ascending ranges without gaps."""
    found: list[tuple[int, int]] = []
    for slot in sorted(slots):
        if found and found[-1][1] == slot - 1:
            found[-1] = (found[-1][0], slot)
        else:
            found.append((slot, slot))
    return found


def slot_words(slots: Iterable[int]) -> list[str]:
    """As CLUSTER NODES prints them: `a-b` or `n`."""
    return [f"{first}-{last}" if last > first else str(first) for first, last in ranges(slots)]


def slots_in(words: Sequence[str]) -> set[int]:
    found: set[int] = set()
    for word in words:
        first, _, last = word.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


# -- the text of CLUSTER NODES and nodes.conf ------------------------------------------------------------------------


@dataclass
class Member:
    """One node, as a line of CLUSTER NODES tells of it or as a nodes.conf is to. With a `master` it is a replica."""

    id: str
    port: int = 0
    slots: set[int] = field(default_factory=set)
    master: str = "-"
    epoch: int = 0
    flags: set[str] = field(default_factory=set)
    cport: int | None = None
    host: str = "127.0.0.1"
    hostname: str = ""
    ping: int = 0
    pong: int = 0
    link: str = "connected"
    open_slots: list[str] = field(default_factory=list)

    def line(self, myself: bool = False) -> str:
        """As nodes.conf has it."""
        role = "master" if self.master == "-" else "slave"
        flags = (["myself"] if myself else []) + [role] + sorted(self.flags)
        address = f"{self.host}:{self.port}@{self.cport if self.cport is not None else self.port + 10000}"
        name = f",{self.hostname}" if self.hostname else ""
        words = [self.id, address + name, ",".join(flags), self.master, "0", "0", str(self.epoch), self.link]
        return " ".join(words + slot_words(self.slots) + self.open_slots) + "\n"


def conf_text(members: Sequence[Member], myself: str, current_epoch: int = 0, last_vote_epoch: int = 0) -> str:
    """A nodes.conf of the node whose id is `myself`."""
    lines = [member.line(member.id == myself) for member in members]
    current_epoch = max([current_epoch] + [member.epoch for member in members])
    return "".join(lines) + f"vars currentEpoch {current_epoch} lastVoteEpoch {last_vote_epoch}\n"


def parse_member(line: str) -> Member:
    """One line of CLUSTER NODES."""
    node_id, address, flags, master, ping, pong, epoch, link, *slots = line.split(" ")
    address, _, hostname = address.partition(",")
    host_port, _, cport = address.rpartition("@")
    host, _, port = host_port.rpartition(":")
    return Member(node_id, int(port), slots_in([word for word in slots if word[0] != "["]), master, int(epoch),
                  set(flags.split(",")), int(cport), host, hostname, int(ping), int(pong), link,
                  [word for word in slots if word[0] == "["])


def members(wire: Wire) -> dict[str, Member]:
    """CLUSTER NODES by id; the asked node has the flag `myself`."""
    text = wire("CLUSTER", "NODES").decode()
    return {member.id: member for member in map(parse_member, text.splitlines())}


def my_id(wire: Wire) -> str:
    return wire("CLUSTER", "MYID").decode()


def myself(wire: Wire) -> Member:
    return next(member for member in members(wire).values() if "myself" in member.flags)


def cluster_info(wire: Wire) -> dict[str, str]:
    """CLUSTER INFO."""
    return dict(line.split(":", 1) for line in wire("CLUSTER", "INFO").decode().split("\r\n") if line)


def state_is(wire: Wire, state: str, timeout: float = 10) -> None:
    """Waits for cluster_state."""
    wait_until(lambda: cluster_info(wire)["cluster_state"] == state, timeout, f"cluster_state:{state}")


def knows_slots(wire: Wire) -> None:
    """A node that cannot tell a key's slot is of no use, whatever else it may do."""
    found = wire("CLUSTER", "KEYSLOT", "foo")
    assert found == slot_of("foo"), f"CLUSTER KEYSLOT foo answered {found!r} instead of {slot_of('foo')}"


# -- one node ----------------------------------------------------------------------------------------------------------


ME, FRIEND, OTHER, THIRD = "5" * 40, "f" * 40, "a" * 40, "b" * 40
NOWHERE = {FRIEND: 1, OTHER: 2, THIRD: 3}
"""Ports of nodes that do not exist: nobody listens there, nor on the bus ports 11 and so on beside them."""


def absent(node_id: str, **fields: object) -> Member:
    """A member whose process does not exist."""
    return Member(node_id, NOWHERE[node_id], cport=NOWHERE[node_id] + 10, **fields)  # type: ignore[arg-type]


@dataclass
class Scene:
    """What a single node believes when it starts. Without members it knows nobody and owns nothing. A hole in its slots
    wants the option cluster_require_full_coverage="no", or else `ok=False`."""

    members: list[Member] = field(default_factory=list)
    current_epoch: int = 0
    ok: bool = True  # the state that it has to reach

    def write(self, server: Server) -> None:
        """The nodes.conf of the member ME, for a server that does not run."""
        path = server.dir / CONF
        path.unlink(missing_ok=True)
        if self.members:
            path.write_text(conf_text(self.members, ME, self.current_epoch))

    def holds(self, wire: Wire) -> bool:
        """Does the node still believe it?"""
        def shape(of: Iterable[Member]) -> dict[str, tuple[object, ...]]:
            return {member.id: (member.host, member.master, member.slots, member.master == "-" and member.epoch)
                    for member in of}
        return shape(members(wire).values()) == shape(self.members)


WHOLE = Scene([Member(ME, slots=set(range(SLOTS)))])
"""One node that owns every slot."""


class SharedNode(SharedServer):
    """A cluster node that serves one test after another, each time in its scene again."""

    def __init__(self, command: str, options: Options, scene: Scene) -> None:
        super().__init__(command, {**OPTIONS, "cluster_node_timeout": 60000, **options})
        self._scene = scene

    def _start(self) -> None:
        self._scene.write(self.server)
        super()._start()
        with self._admin() as wire:
            knows_slots(wire)
            if self._scene.members and self._scene.ok:
                state_is(wire, "ok")

    def _reset(self) -> bool:
        try:
            with self._admin() as wire:
                return super()._reset() and self._restore(wire)
        except (AssertionError, OSError):
            return False

    def _restore(self, wire: Wire) -> bool:
        """Cheap when the test has left no trace, and else a restart."""
        if not self._scene.members:
            wire.ok("CLUSTER", "RESET", "HARD")
            return True
        for word in myself(wire).open_slots:
            wire.ok("CLUSTER", "SETSLOT", word[1:].split("-")[0], "STABLE")
        return self._scene.holds(wire) and (cluster_info(wire)["cluster_state"] == "ok") == self._scene.ok


def conf_path(server: Server) -> Path:
    return server.dir / CONF


def conf_lines(server: Server) -> list[str]:
    """nodes.conf without empty lines; the last one is of the variables."""
    return [line for line in conf_path(server).read_text().splitlines() if line]


def conf_members(server: Server) -> dict[str, Member]:
    """What nodes.conf says of each node."""
    return {member.id: member for member in map(parse_member, conf_lines(server)[:-1])}


def conf_variables(server: Server) -> dict[str, int]:
    """currentEpoch and lastVoteEpoch as nodes.conf has them."""
    words = conf_lines(server)[-1].split()
    assert words[0] == "vars", f"the last line of nodes.conf is {words}"
    return {name: int(value) for name, value in zip(words[1::2], words[2::2])}


def with_conf(fresh_server: Callable[..., Server], text: str | Scene, start: bool = True, **options: Any) -> Server:
    """A node whose nodes.conf was there before it. Its timeout is so long that nobody is missed."""
    server = fresh_server(start=False, **{**OPTIONS, "cluster_node_timeout": 60000, **options})
    conf_path(server).write_text(conf_text(text.members, ME, text.current_epoch) if isinstance(text, Scene) else text)
    return server.start() if start else server
