"""A network between the nodes of a cluster that can be cut: every node is reached at a proxy in front of its bus port.

    node A --own link--> proxy of B --> node B's bus port
                             |
                     drops what A says to B, and B's answers on that connection, while the two are apart

A connection's packets tell who opened it. The nodes announce the proxies' ports (cluster-announce-bus-port), so gossip
leads every node through them. What is cut off is lost, and the connections stay, as on a network that drops packets; healing
closes those that lost something, because TCP never delivers the rest of a stream without its middle. (A node that still hears
the other on the other's connection would wait for ever for the lost answer.)
"""

from __future__ import annotations

import socket
import threading
from typing import Iterable

from .cluster_stand_in import HOST, receive_packet
from .cluster_bus import BusError
from .ports import Port, claim_port


class BusNetwork:
    """Made before the nodes start; `with`, or `close`."""

    def __init__(self) -> None:
        self._apart: set[frozenset[str]] = set()
        self._sockets: list[socket.socket] = []
        self._claims: list[Port] = []
        self._lock = threading.Lock()  # guards what follows
        self._damaged: set[_Pair] = set()
        self.dropped = 0

    def __enter__(self) -> "BusNetwork":
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()
        for claim in self._claims:
            claim.release()

    def proxy(self, node_id: str, cport: int) -> int:
        """A port at which that node's bus is reached from now on."""
        claim = claim_port()
        self._claims.append(claim)
        listener = socket.create_server((HOST, claim.number))
        self._sockets.append(listener)
        threading.Thread(target=self._accept, args=(listener, node_id, cport), daemon=True).start()
        return claim.number

    def cut(self, side: Iterable[str], other_side: Iterable[str]) -> None:
        """Nothing passes any more between a node of one side and a node of the other."""
        self._apart |= {frozenset((one, other)) for one in side for other in other_side}

    def heal(self) -> None:
        with self._lock:
            self._apart = set()
            damaged, self._damaged = self._damaged, set()
        for pair in damaged:
            pair.close()

    def _accept(self, listener: socket.socket, node_id: str, cport: int) -> None:
        while True:
            try:
                inbound, _ = listener.accept()
                outbound = socket.create_connection((HOST, cport))
            except OSError:
                if listener.fileno() < 0:
                    return  # closed
                inbound.close()  # the node is down
                continue
            self._sockets += [inbound, outbound]
            pair = _Pair(self, node_id, inbound, outbound)
            for source, target in ((inbound, outbound), (outbound, inbound)):
                threading.Thread(target=pair.pump, args=(source, target), daemon=True).start()

    def drops(self, pair: "_Pair") -> bool:
        """Whether a packet on this connection is lost; counts it."""
        with self._lock:
            if frozenset((pair.opener, pair.node_id)) not in self._apart:
                return False
            self.dropped += 1
            self._damaged.add(pair)
            return True


class _Pair:
    """One connection through a proxy."""

    def __init__(self, network: BusNetwork, node_id: str, inbound: socket.socket, outbound: socket.socket) -> None:
        self._network = network
        self.node_id = node_id
        self.opener = ""
        self._inbound, self._outbound = inbound, outbound

    def pump(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := receive_packet(source):
                if source is self._inbound:
                    self.opener = data[40:80].decode("latin-1")
                if not self._network.drops(self):
                    target.sendall(data)
        except (OSError, BusError):
            pass
        self.close()

    def close(self) -> None:
        for one in (self._inbound, self._outbound):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
