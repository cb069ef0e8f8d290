"""A node of a cluster that is no server: a test says what it claims, whom it votes for, and what it keeps silent about.

    node under test                                   stand-in
         cport  <------- own link: MEET, PING, ... -------   send(node, type, ...)
                --------- PONG -------------------------->   received
         own link -------- PING, FAIL, ... ------------->    cport: answered with PONG while `answers`, received

Every PING is answered from a thread with what the attributes say at that moment, so a real node keeps it for healthy.
It never acts by itself otherwise: no gossip, no vote, no epoch but those that the test sets. Its id is small, so that
it would be the one to change its epoch if both had the same. What real nodes send is decoded strictly; the first wrong
packet is told by the next call.
"""

from __future__ import annotations

import random
import socket
import threading
from dataclasses import dataclass
from typing import Any, Callable

from .cluster import Member, members
from .cluster_bus import HEADER, MASTER, MEET, MYSELF, PING, PONG, SLAVE, BusError, Gossip, Packet, decode
from .ports import claim_port
from .server import Server
from .timing import scaled
from .transcript import Transcript
from .wait import wait_until
from .wire import Wire

HOST = "127.0.0.1"


def bus_port(server: Server) -> int:
    return server.port + 10000


def receive_packet(connection: socket.socket) -> bytes:
    """One packet as it came; nothing at the end of the connection."""
    data = b""
    wanted = 8
    while len(data) < wanted:
        piece = connection.recv(wanted - len(data))
        if not piece:
            return b""
        data += piece
        if len(data) == 8:
            if data[:4] != b"RCmb":
                raise BusError(f"a packet starts with {data!r}")
            wanted = max(int.from_bytes(data[4:], "big"), HEADER.size)
    return data


class BusWire:
    """A bare connection to a node's bus port, for what no node would send."""

    def __init__(self, server: Server) -> None:
        self.socket = socket.create_connection((HOST, bus_port(server)), scaled(5))

    def __enter__(self) -> "BusWire":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def read(self) -> Packet:
        """The next packet, which must come."""
        data = receive_packet(self.socket)
        if not data:
            raise BusError("the node closed the connection instead of answering")
        return decode(data)

    def rest(self) -> bytes:
        """What the node still had to say, once it is told that nothing more will come."""
        self.socket.shutdown(socket.SHUT_WR)
        data = b""
        while piece := self.socket.recv(1 << 16):
            data += piece
        return data

    def closed(self) -> bool:
        """Waits for the node to close the connection. What it sends before is dropped."""
        try:
            while self.socket.recv(1 << 16):
                pass
        except ConnectionResetError:
            pass
        except socket.timeout:
            return False
        return True


@dataclass
class Received:
    """A packet, its bytes, and whether it came on a link that the sender opened."""

    packet: Packet
    data: bytes
    on_its_link: bool


class StandIn:
    """Closed by `close`, or with `with`. The attributes may be changed at any time."""

    def __init__(self, node_id: str = "", name: str = "stand-in") -> None:
        self.id = node_id or "%040x" % random.SystemRandom().getrandbits(128)
        self.current_epoch = 0
        self.config_epoch = 0
        self.offset = 0
        self.slots: set[int] = set()
        self.master = ""
        self.more_flags = 0  # besides master or slave
        self.state = 0
        self.gossip: list[Gossip] = []
        self.hostname: str | None = None
        self.answers = True
        self.transcript = Transcript(name)
        self._received: list[Received] = []
        self._problem = ""
        self._lock = threading.Lock()
        self._own_links: dict[int, socket.socket] = {}
        self._connections: list[socket.socket] = []
        self._claim = claim_port()
        self.port, self.cport = self._claim.number, self._claim.number + 10000
        self._listener = socket.create_server((HOST, self.cport))
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "StandIn":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Gone, as a killed node is."""
        for connection in [self._listener, *self._connections]:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            connection.close()
        self._own_links.clear()
        self._claim.release()

    # -- what it says ------------------------------------------------------------------------------------------------

    def member(self, *flags: str) -> Member:
        """Its line in a nodes.conf, so that a node knows it from its start."""
        return Member(self.id, self.port, set() if self.master else set(self.slots), self.master or "-",
                      self.config_epoch, set(flags))

    def packet(self, kind: int, **fields: Any) -> Packet:
        """A packet of its own, with other values for some fields."""
        role = SLAVE if self.master else MASTER
        own: dict[str, Any] = dict(
            sender=self.id, port=self.port, cport=self.cport, current_epoch=self.current_epoch,
            config_epoch=self.config_epoch, offset=self.offset, slots=set(self.slots), master=self.master,
            flags=role | MYSELF | self.more_flags, state=self.state)
        if kind in (PING, PONG, MEET):
            own.update(gossip=list(self.gossip), hostname=self.hostname)
        return Packet(kind, **{**own, **fields})

    def send(self, server: Server, kind: int, **fields: Any) -> None:
        """Over its own link to the server, which is opened when there is none."""
        packet = self.packet(kind, **fields)
        self.transcript.note(f"sent {packet.summary()}")
        self.send_bytes(server, packet.bytes())

    def send_bytes(self, server: Server, data: bytes) -> None:
        with self._lock:
            link = self._own_links.get(server.port)
        if link is None:
            link = socket.create_connection((HOST, bus_port(server)), scaled(5))
            link.settimeout(None)
            with self._lock:
                self._own_links[server.port] = link
            self._read_from(link, on_its_link=False)
        link.sendall(data)

    def tell(self, server: Server, **fields: Any) -> Packet:
        """A PING and its PONG: the server has heard all that the PING says."""
        before = self.mark()
        self.send(server, PING, **fields)
        return self.wait(PONG, lambda got: not got.on_its_link, since=before)

    def join(self, server: Server, *others: Server) -> "StandIn":
        """MEET, until the servers know it under its id, with role and slots."""
        self.send(server, MEET)
        for each in (server, *others):
            with Wire(each.address, name="probe") as wire:
                wait_until(lambda: self.id in members(wire), 10, f"{each.name} to know the stand-in")
            self.tell(each)
        return self

    # -- what it hears -----------------------------------------------------------------------------------------------

    def mark(self) -> int:
        """How much has come so far, for `since`."""
        with self._lock:
            return len(self._received)

    def received(self, kind: int | None = None, since: int = 0) -> list[Received]:
        with self._lock:
            if self._problem:
                raise BusError(self._problem)
            return [got for got in self._received[since:] if kind is None or got.packet.type == kind]

    def wait(self, kind: int, condition: Callable[[Received], bool] = lambda got: True, timeout: float = 5,
             since: int = 0) -> Packet:
        """The first packet of that type for which the condition holds."""
        what = f"a packet of type {kind} at the stand-in"
        found = wait_until(lambda: [got for got in self.received(kind, since) if condition(got)], timeout, what)
        return found[0].packet

    def has_link(self, server: Server) -> bool:
        """Is the link that it has opened to that server still open?"""
        with self._lock:
            return server.port in self._own_links

    def hears_nothing(self, server: Server, kind: int, since: int = 0) -> bool:
        """Whether no such packet has come, by the time that the server has answered a PING that was sent now."""
        self.tell(server)
        return not self.received(kind, since)

    # -- threads -----------------------------------------------------------------------------------------------------

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # closed
            self._read_from(connection, on_its_link=True)

    def _read_from(self, connection: socket.socket, on_its_link: bool) -> None:
        self._connections.append(connection)
        threading.Thread(target=self._read, args=(connection, on_its_link), daemon=True).start()

    def _read(self, connection: socket.socket, on_its_link: bool) -> None:
        try:
            while data := receive_packet(connection):
                self._take(connection, data, on_its_link)
        except OSError:
            pass  # closed by one of the two
        except BusError as error:
            with self._lock:
                self._problem = self._problem or f"the node sent a wrong packet: {error}"
        finally:
            with self._lock:
                self._own_links = {port: link for port, link in self._own_links.items() if link is not connection}

    def _take(self, connection: socket.socket, data: bytes, on_its_link: bool) -> None:
        packet = decode(data)
        self.transcript.note(f"got {packet.summary()}")
        with self._lock:
            self._received.append(Received(packet, data, on_its_link))
        if self.answers and packet.type in (PING, MEET):
            connection.sendall(self.packet(PONG).bytes())
