"""A group of real processes: a master, its replicas, and the sentinels that watch them, of whatever make each is.

    sentinel 1 (127.0.0.2) ---.            .--> proxy --> server 1
    sentinel 2 (127.0.0.3) ---+-- loopback-+--> proxy --> server 2      announced to everybody: the proxy's port
    server 1  (127.0.0.12) ---'            '--> proxy --> sentinel 1

Each process connects from an address of its own, so that a proxy can tell who is who: `part` separates some members from
the others, in both directions, as a broken network would; a client of the test's own reaches everybody all the time.
Without `apart` there are no proxies.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable, Sequence

from .fault_proxy import FaultProxy
from .replicas import replication
from .sentinels import HOST, Events, Sentinel
from .server import Server
from .wait import wait_until
from .wire import Wire

OPTIONS = {"repl_diskless_sync_delay": 0, "repl_ping_replica_period": 1}


class Member:
    """A process and how the others reach it."""

    def __init__(self, process: Server, source: str, proxy: FaultProxy | None) -> None:
        self.process = process
        self.source = source
        self.proxy = proxy

    @property
    def port(self) -> int:
        return self.proxy.port if self.proxy else self.process.port


class Group:
    """`make_server(reference=..., **options)` and `make_sentinel(*lines, reference=...)` return unstarted processes.

    `servers` and `sentinels` say of each whether it is "ours" or "redis"; the first server is the master, called m.
    """

    def __init__(self, make_server: Callable[..., Server], make_sentinel: Callable[..., Sentinel],
                 servers: Sequence[str] = ("ours",) * 3, sentinels: Sequence[str] = ("ours",) * 3, quorum: int = 2,
                 apart: bool = False, server_options: dict[str, Any] | None = None, sentinel_password: str = "",
                 **settings: Any) -> None:
        self._apart = apart
        self._password = sentinel_password
        self._proxies: list[FaultProxy] = []
        self._servers: list[Member] = []
        for number, make in enumerate(servers):
            process = make_server(reference=make == "redis", start=False, **OPTIONS, **(server_options or {}))
            self._servers.append(self._member(process, f"127.0.0.{12 + number}"))
            self._announce_server(self._servers[-1])
            if number:
                process.options["replicaof"] = [HOST, self._servers[0].port]
            process.start()
        self._sentinels = [self._start_sentinel(make_sentinel, make == "redis", number, quorum, settings)
                           for number, make in enumerate(sentinels)]

    def _member(self, process: Server, source: str) -> Member:
        proxy = FaultProxy(process.port) if self._apart else None
        if proxy:
            self._proxies.append(proxy)
        return Member(process, source, proxy)

    def _announce_server(self, member: Member) -> None:
        if self._apart:
            member.process.options.update({"bind_source_addr": member.source, "replica_announce_ip": HOST,
                                           "replica_announce_port": member.port})

    def _start_sentinel(self, make: Callable[..., Sentinel], reference: bool, number: int, quorum: int,
                        settings: dict[str, Any]) -> Member:
        settings = {"down_after_milliseconds": 500, "failover_timeout": 2500, **settings}
        lines = [f"sentinel monitor m {HOST} {self._servers[0].port} {quorum}"]
        lines += [f"sentinel {name.replace('_', '-')} m {value}" for name, value in settings.items()]
        sentinel = make(start=False, reference=reference, password=self._password)
        if self._password:
            lines.append(f"requirepass {self._password}")
        member = self._member(sentinel, f"127.0.0.{2 + number}")
        if self._apart:
            lines += [f"sentinel announce-ip {HOST}", f"sentinel announce-port {member.port}",
                      f"bind-source-addr {member.source}"]
        sentinel.lines = lines
        sentinel.start()
        return member

    def close(self) -> None:
        for proxy in self._proxies:
            proxy.close()

    # -- its members ------------------------------------------------------------------------------------------------

    @property
    def servers(self) -> list[Server]:
        return [member.process for member in self._servers]

    @property
    def sentinels(self) -> list[Sentinel]:
        return [member.process for member in self._sentinels if isinstance(member.process, Sentinel)]

    def server_at(self, port: int) -> Server:
        """The server that is known by this port."""
        return next(member.process for member in self._servers if member.port == port)

    def port(self, process: Server) -> int:
        """By which the others know it."""
        return next(member.port for member in self._servers + self._sentinels if member.process is process)

    def wire(self, server: Server) -> Wire:
        """A connection to a server, past its password."""
        wire = server.wire(name=server.name)
        if password := server.options.get("requirepass"):
            wire.ok("AUTH", str(password))
        return wire

    # -- faults -----------------------------------------------------------------------------------------------------

    def part(self, some: Iterable[Server]) -> None:
        """Nothing passes between these processes and the others any more, until `heal`."""
        some = list(some)
        processes = [member.process for member in self._servers + self._sentinels]
        for one in some:
            for other in processes:
                if other not in some:
                    self.part_pair(one, other)

    def part_pair(self, one: Server, other: Server) -> None:
        """Nothing passes between these two."""
        pair = [member for member in self._servers + self._sentinels if member.process in (one, other)]
        for member, peer in (pair, reversed(pair)):
            assert member.proxy is not None, "a group without proxies cannot be parted"
            member.proxy.hold(peer.source)

    def heal(self) -> None:
        for proxy in self._proxies:
            proxy.heal()

    # -- what must become true --------------------------------------------------------------------------------------

    def complete(self, sentinels: Sequence[Sentinel] | None = None) -> "Group":
        """Waits until every sentinel knows everybody, and the replicas are in step."""
        for sentinel in sentinels or self.sentinels:
            sentinel.wait_complete(replicas=len(self._servers) - 1, others=len(self._sentinels) - 1)
        for server in self.servers[1:]:
            with self.wire(server) as wire:
                wait_until(lambda: replication(wire)["master_link_status"] == "up", 10, "a replica to be in step")
        return self

    def events(self) -> list[Events]:
        return [sentinel.events() for sentinel in self.sentinels]

    def agreed(self, sentinels: Sequence[Sentinel] | None = None, instead_of: Server | None = None,
               timeout: float = 15.0) -> Server:
        """Waits until all these sentinels name the same master in the same epoch, which calls itself a master; returns it."""
        def same() -> Server | None:
            views = {(one.master_port(), one.master()["config-epoch"]) for one in sentinels or self.sentinels
                     if one.alive()}
            if len(views) != 1:
                return None
            server = self.server_at(views.pop()[0])
            return server if server is not instead_of and self.role(server) == "master" else None
        return wait_until(same, timeout, "all sentinels to agree on one master")

    def settled(self, timeout: float = 15.0) -> Server:
        """The one master, when all sentinels agree on it and every other living server follows it."""
        master = self.agreed(timeout=timeout)
        for server in self.servers:
            if server is not master and server.alive():
                wait_until(lambda: self._follows(server, master), timeout, f"{server.name} to follow the new master")
        return master

    def role(self, server: Server) -> str:
        with self.wire(server) as wire:
            return replication(wire)["role"]

    def _follows(self, server: Server, master: Server) -> bool:
        with self.wire(server) as wire:
            told = replication(wire)
        return (told["role"], told.get("master_port"), told.get("master_link_status")) == (
            "slave", str(self.port(master)), "up")
