"""The fixtures that tests ask for.

    server         the module's shared server, empty and with its start-up configuration; module variable SERVER_OPTIONS
    fresh_server   a factory: servers of this test alone, with their own options
    reference      the same for redis-server, whatever server is under test
    r              redis-py on `server`, replies decoded to str
    wire, wire3    raw clients on `server` in RESP2 and RESP3
    connect        a factory of more raw clients on `server`
    fake_replica   a factory: replicas of `server` that say what the test wants (fake_replica.py)
    fake_master    a factory: masters that answer what the test wants (fake_master.py)
    proxy          a factory: TCP proxies to a server, which cut, delay, throttle, hold (fault_proxy.py)
    rng            random.Random, seeded by --seed and the test's name: the same seed gives the same data
"""

from __future__ import annotations

import random
import shutil
import warnings
from typing import Any, Callable, Iterator

import pytest

from .context import context_of
from .fake_master import FakeMaster
from .fake_replica import FakeReplica
from .fault_proxy import FaultProxy
from .pyclient import connect as connect_redis_py
from .server import Options, Server, ServerError
from .transcript import Transcript
from .wire import Wire

Connect = Callable[..., Wire]


class SharedServer:
    """A server that serves one test after another: made as new between them, replaced when that fails."""

    def __init__(self, command: str, options: Options) -> None:
        self.server = Server(command, options, name="server")
        self._password = options.get("requirepass")
        self._first_config: dict[bytes, bytes] = {}
        self._start_failure: ServerError | None = None

    def ready(self) -> Server:
        """The server, empty and configured as at its start."""
        if not (self.server.alive() and self._reset()):
            if problem := self.server.failure():
                warnings.warn(f"between two tests, so that neither is blamed: {problem}")
            self.server.kill()
            self.server.log_path.unlink(missing_ok=True)
            self._start()
            with self._admin() as wire:
                self._first_config = _config(wire)
        return self.server

    def _start(self) -> None:
        """A server that did not start once is not waited for again, or each of the module's tests would wait."""
        if self._start_failure is not None:
            raise self._start_failure
        try:
            self.server.start()
        except ServerError as failure:
            self._start_failure = failure
            raise

    def _admin(self) -> Wire:
        wire = Wire(self.server.address, timeout=2, name="reset")
        if self._password:
            wire("AUTH", str(self._password))
        return wire

    def _reset(self) -> bool:
        """Undoes what a test may have done. False when the server does not play along: a restart is the way then."""
        try:
            with self._admin() as wire:
                pairs: list[bytes] = []
                for name, value in _config(wire).items():
                    if self._first_config.get(name, value) != value:
                        pairs += [name, self._first_config[name]]
                if pairs:
                    wire.ok("CONFIG", "SET", *pairs)
                wire.ok("CLIENT", "UNPAUSE")
                wire.ok("FLUSHALL")
                wire.ok("CONFIG", "RESETSTAT")
                wire.ok("SLOWLOG", "RESET")
                wire("LATENCY", "RESET")
            return True
        except (AssertionError, OSError):
            return False


def _config(wire: Wire) -> dict[bytes, bytes]:
    """Every option, or nothing when the server cannot tell."""
    flat = wire("CONFIG", "GET", "*")
    return dict(zip(flat[::2], flat[1::2])) if isinstance(flat, list) else {}


@pytest.fixture(scope="module")
def _shared_server(request: pytest.FixtureRequest) -> Iterator[SharedServer]:
    options = getattr(request.module, "SERVER_OPTIONS", {})
    shared = SharedServer(request.config.getoption("--server"), options)
    yield shared
    shared.server.close()


def _check_survived(server: Server) -> None:
    """Told with the log, since the server and its directory may be gone when the report is made.

    The PING gives a server that is just about to crash on this test's last command the time to do so. One that does not
    answer it may have closed its sockets already and still be dying.
    """
    if not server.answers():
        server.wait_dying()
    if problem := server.failure():
        text = f"{problem}\n{server.log_tail()}"
        server.kill()  # blamed once; the next test gets a new one
        raise ServerError(text)


@pytest.fixture
def server(request: pytest.FixtureRequest, _shared_server: SharedServer) -> Iterator[Server]:
    context_of(request.node).servers.append(_shared_server.server)
    yield _shared_server.ready()
    _check_survived(_shared_server.server)


@pytest.fixture
def fresh_server(request: pytest.FixtureRequest) -> Iterator[Callable[..., Server]]:
    made: list[Server] = []
    context = context_of(request.node)

    def make(conf: str | None = None, start: bool = True, leading: tuple[str, ...] = (), stdin: str | None = None,
             **options: Any) -> Server:
        """`fresh_server(maxclients=5)`. With start=False the server is returned unstarted."""
        name = f"server {len(made) + 1}" if made else "server"
        server = Server(request.config.getoption("--server"), options, conf, leading, stdin, name)
        made.append(server)
        context.servers.append(server)
        return server.start() if start else server

    yield make
    problems = [f"{problem}\n{server.log_tail()}" for server in made if (problem := server.failure())]
    for server in made:
        server.close()
    if problems:
        raise ServerError("\n".join(problems))


@pytest.fixture
def reference(fresh_server: Callable[..., Server]) -> Callable[..., Server]:
    """Makes a redis-server: `reference(start=False, appendonly="yes")`."""
    def make(start: bool = True, **options: Any) -> Server:
        assert shutil.which("redis-server"), "redis-server is missing: it comes with the package redis-server"
        server = fresh_server(start=False, **options)
        server.command = ["redis-server"]
        server.name = "redis-server"
        return server.start() if start else server
    return make


@pytest.fixture
def connect(server: Server) -> Iterator[Connect]:
    made: list[Wire] = []

    def make(protocol: int = 2, name: str = "", **arguments: Any) -> Wire:
        wire = server.wire(protocol, name or f"connection {len(made) + 1}", **arguments)
        made.append(wire)
        return wire

    yield make
    for wire in made:
        wire.close()
        server.wires.remove(wire)


@pytest.fixture
def wire(connect: Connect) -> Wire:
    return connect(2, "wire")


@pytest.fixture
def wire3(connect: Connect) -> Wire:
    return connect(3, "wire3")


@pytest.fixture
def r(request: pytest.FixtureRequest, server: Server) -> Iterator[Any]:
    transcript = Transcript("redis-py", decoded=True)
    context_of(request.node).transcripts.append(transcript)
    client = connect_redis_py(server.address, transcript)
    yield client
    client.close()
    client.connection_pool.disconnect()


@pytest.fixture
def fake_replica(server: Server) -> Iterator[Callable[..., FakeReplica]]:
    made: list[FakeReplica] = []

    def make(**arguments: Any) -> FakeReplica:
        made.append(FakeReplica(server, name=f"fake replica {len(made) + 1}", **arguments))
        return made[-1]

    yield make
    for replica in made:
        replica.close()
        server.wires.remove(replica)


@pytest.fixture
def fake_master(request: pytest.FixtureRequest) -> Iterator[Callable[[], FakeMaster]]:
    made: list[FakeMaster] = []

    def make() -> FakeMaster:
        made.append(FakeMaster(transcripts=context_of(request.node).transcripts))
        return made[-1]

    yield make
    for master in made:
        master.close()


@pytest.fixture
def proxy() -> Iterator[Callable[[Server], FaultProxy]]:
    made: list[FaultProxy] = []

    def make(target: Server) -> FaultProxy:
        made.append(FaultProxy(target.port))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    name = request.node.nodeid.split("/")[-1]
    return random.Random(f"{request.config.getoption('--seed')}:{name}")
