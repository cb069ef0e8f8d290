"""Stand-ins that a sentinel takes for a redis server or for another sentinel, and that obey a test.

    sentinel under test --- cmd ----> FakeRedis      PING, INFO, PUBLISH, MULTI SLAVEOF ... EXEC: answered from its fields
                        --- pubsub -> FakeRedis      SUBSCRIBE __sentinel__:hello; `hello` pushes a message there
                        --- cmd ----> FakeSentinel   PING, PUBLISH, SENTINEL is-master-down-by-addr

All fakes of a `FakeNet` know each other: a master's INFO lists the fakes that follow it. Every command is kept with the
time at which it came. Threads serve the connections; a test may change the fields at any time.
"""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from typing import Any, NamedTuple

from .ports import claim_port
from .resp import Arg, Decoder, RespError, Simple, as_bytes
from .transcript import Transcript
from .wait import wait_until

HOST = "127.0.0.1"
HELLO_CHANNEL = b"__sentinel__:hello"
_DULL = {b"PING", b"INFO", b"PUBLISH"}  # too many to be kept in a report


def random_id() -> str:
    """A run id: 40 hexadecimal digits."""
    return f"{random.SystemRandom().getrandbits(160):040x}"


def reply_bytes(value: Any) -> bytes:
    """A value as a server sends it: str is a simple string, bytes a bulk."""
    if isinstance(value, RespError):
        return b"-%b\r\n" % value.text.encode()
    if isinstance(value, str):
        return b"+%b\r\n" % value.encode()
    if isinstance(value, int):
        return b":%d\r\n" % value
    if isinstance(value, list):
        return b"*%d\r\n" % len(value) + b"".join(map(reply_bytes, value))
    return b"$-1\r\n" if value is None else b"$%d\r\n%b\r\n" % (len(value), value)


class Command(NamedTuple):
    at: float  # time.monotonic()
    client: str  # the name that its connection has given itself
    words: tuple[bytes, ...]

    @property
    def text(self) -> str:
        return b" ".join(self.words).decode(errors="replace")


class Connection:
    def __init__(self, peer: socket.socket) -> None:
        self.peer = peer
        self.name = ""
        self.queue: list[tuple[bytes, ...]] | None = None  # of an open MULTI

    def send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self.peer.sendall(data)

    def cut(self) -> None:
        with contextlib.suppress(OSError):
            self.peer.shutdown(socket.SHUT_RDWR)
        self.peer.close()


class FakeNet:
    """The fakes of one test."""

    def __init__(self) -> None:
        self.members: list[Fake] = []
        self.transcripts: list[Transcript] = []

    def close(self) -> None:
        for member in self.members:
            member.close()

    def redis(self, **fields: Any) -> "FakeRedis":
        return self._add(FakeRedis(self, **fields))

    def sentinel(self, **fields: Any) -> "FakeSentinel":
        return self._add(FakeSentinel(self, **fields))

    def _add(self, fake: Any) -> Any:
        self.members.append(fake)
        self.transcripts.append(fake.transcript)
        return fake


class Fake:
    """Listens from its making on. `password` and `user` are demanded by AUTH; `renamed` maps names of commands, upper
    case, to what they are called here."""

    kind = "fake"

    def __init__(self, net: FakeNet, **fields: Any) -> None:
        self.net = net
        self.host = HOST  # the address where it listens
        self.run_id = random_id()
        self.ping: Any = Simple("PONG")  # the reply; bytes are sent as they are, None for silence
        self.password, self.user = b"", b"default"
        self.renamed: dict[bytes, bytes] = {}
        self.commands: list[Command] = []
        self.accepted = 0  # connections, all in all
        self._claim = claim_port()
        self._lock = threading.RLock()
        self._running = threading.Event()
        self._running.set()
        self._connections: list[Connection] = []
        self._listener: socket.socket | None = None
        self.transcript = Transcript(f"{self.kind} {self.port}")
        for name, value in fields.items():
            assert hasattr(self, name), f"{self.kind} has no field {name}"
            setattr(self, name, value)
        self.open()

    @property
    def port(self) -> int:
        return self._claim.number

    # -- faults -----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Listens again."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._listener = socket.create_server((self.host, self.port), family=family, backlog=32)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def die(self) -> None:
        """As after a kill: nothing listens, all connections are closed. `open` brings it back."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        self.cut()

    def cut(self) -> None:
        """Closes its connections, and may be reached again at once."""
        with self._lock:
            connections, self._connections = self._connections, []
        for connection in connections:
            connection.cut()

    def hang(self) -> None:
        """As under SIGSTOP: commands are taken by the kernel, and answered after `go_on`."""
        self._running.clear()

    def go_on(self) -> None:
        self._running.set()

    def close(self) -> None:
        self._running.set()
        self.die()
        self._claim.release()

    # -- what came --------------------------------------------------------------------------------------------------

    def came(self, *words: Arg) -> list[Command]:
        """The commands that begin with these words, in any case."""
        wanted = tuple(as_bytes(word).lower() for word in words)
        return [command for command in list(self.commands)
                if tuple(word.lower() for word in command.words[:len(wanted)]) == wanted]

    def wait(self, *words: Arg, count: int = 1, timeout: float = 8.0) -> Command:
        """Waits until `count` commands that begin with these words have come; the last of those."""
        text = b" ".join(map(as_bytes, words)).decode()
        return wait_until(lambda: self.came(*words)[count - 1:], timeout,
                          f"{count} of the command `{text}` to come to {self.kind} {self.port}")[0]

    def clients(self) -> list[str]:
        """The names of its connections."""
        with self._lock:
            return sorted(connection.name for connection in self._connections)

    # -- serving ----------------------------------------------------------------------------------------------------

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(peer)
            with self._lock:
                self.accepted += 1
                self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: Connection) -> None:
        stream = connection.peer.makefile("rb")

        def line() -> bytes:
            text = stream.readline()
            if not text.endswith(b"\r\n"):
                raise EOFError
            return text[:-2]

        def exactly(count: int) -> bytes:
            data = stream.read(count)
            if len(data) != count:
                raise EOFError
            return data

        decoder = Decoder(line, exactly)
        with contextlib.suppress(OSError, EOFError, ValueError, AssertionError):
            while True:
                words = tuple(decoder.value())
                self._running.wait()
                with self._lock:
                    if connection not in self._connections:
                        break
                    self._take(connection, words)
        with self._lock:
            if connection in self._connections:
                self._connections.remove(connection)
        connection.cut()

    def _take(self, connection: Connection, words: tuple[bytes, ...]) -> None:
        name = words[0].upper()
        self.commands.append(Command(time.monotonic(), connection.name, words))
        if name not in _DULL:
            self.transcript.note(f"{connection.name or 'a client'}: {self.commands[-1].text}")
        if name == b"PING" and isinstance(self.ping, bytes):
            connection.send(self.ping)
        elif name != b"PING" or self.ping is not None:
            connection.send(reply_bytes(self.answer(connection, words)))

    def answer(self, connection: Connection, words: tuple[bytes, ...]) -> Any:
        name = words[0].upper()
        for theirs, ours in self.renamed.items():
            if name == theirs:
                return RespError(f"ERR unknown command '{name.decode()}'")
            if name == ours.upper():
                name = theirs
        if name == b"AUTH":
            good = words[-1] == self.password and (len(words) == 2 or words[1] == self.user)
            connection.authenticated = good or not self.password  # type: ignore[attr-defined]
            return "OK" if good else RespError("WRONGPASS invalid username-password pair or user is disabled.")
        if self.password and not getattr(connection, "authenticated", False):
            return RespError("NOAUTH Authentication required.")
        if connection.queue is not None and name != b"EXEC":
            connection.queue.append((name, *words[1:]))
            return "QUEUED"
        if name == b"PING":
            return self.ping
        if name == b"CLIENT" and words[1].upper() == b"SETNAME":
            connection.name = words[2].decode()
            return "OK"
        return self.run(connection, name, words[1:])

    def run(self, connection: Connection, name: bytes, args: tuple[bytes, ...]) -> Any:
        """What only this kind of fake knows."""
        raise NotImplementedError


class FakeRedis(Fake):
    """A master, or with `master` (a fake) its replica. `obeys`: whether SLAVEOF changes anything."""

    kind = "fake redis"

    def __init__(self, net: FakeNet, **fields: Any) -> None:
        self.master: Fake | tuple[str, int] | None = None
        self.priority, self.offset, self.announced = 100, 1000, 1
        self.link_up, self.link_down_seconds = True, 0
        self.obeys = True
        self.deaf = False  # passes no hellos on
        self.more_info: list[str] = []  # lines
        self.hidden: list[Fake] = []  # that follow this one, and are not told
        self.hellos: list[str] = []  # that sentinels have published here
        self._subscribers: list[Connection] = []
        super().__init__(net, **fields)

    @property
    def master_address(self) -> tuple[str, int] | None:
        return (self.master.host, self.master.port) if isinstance(self.master, Fake) else self.master

    def followers(self) -> list["FakeRedis"]:
        return [one for one in self.net.members if isinstance(one, FakeRedis) and one not in self.hidden
                and one.master_address == (self.host, self.port)]

    def info(self) -> str:
        lines = ["# Server", f"run_id:{self.run_id}", "", "# Replication"]
        if (address := self.master_address) is None:
            followers = self.followers()
            lines += ["role:master", f"connected_slaves:{len(followers)}"]
            lines += [f"slave{number}:ip={one.host},port={one.port},state=online,offset={one.offset},lag=0"
                      for number, one in enumerate(followers)]
        else:
            lines += ["role:slave", f"master_host:{address[0]}", f"master_port:{address[1]}",
                      f"master_link_status:{'up' if self.link_up else 'down'}", f"slave_repl_offset:{self.offset}"]
            if self.link_down_seconds:
                lines += [f"master_link_down_since_seconds:{self.link_down_seconds}"]
            lines += [f"slave_priority:{self.priority}", f"replica_announced:{self.announced}"]
        return "\r\n".join(lines + self.more_info) + "\r\n"

    def say_hello(self, text: str) -> None:
        """A message in the hello channel, as if a sentinel had published it here."""
        with self._lock:
            for connection in self._subscribers:
                connection.send(reply_bytes([b"message", HELLO_CHANNEL, text.encode()]))

    def transaction(self) -> list[str]:
        """The commands of the last transaction that came, or is about to, without MULTI and EXEC."""
        self.wait("EXEC")
        commands = [command.text for command in list(self.commands) if command.words[0] not in _DULL]
        start = max(at for at, text in enumerate(commands) if text == "MULTI")
        return commands[start + 1:commands.index("EXEC", start)]

    def run(self, connection: Connection, name: bytes, args: tuple[bytes, ...]) -> Any:
        if name == b"INFO":
            return self.info().encode()
        if name == b"SUBSCRIBE":
            self._subscribers.append(connection)
            return [b"subscribe", args[0], 1]
        if name == b"PUBLISH":
            self.hellos.append(args[1].decode())
            if not self.deaf:
                self.say_hello(self.hellos[-1])
            return len(self._subscribers)
        if name == b"MULTI":
            connection.queue = []
            return "OK"
        if name == b"EXEC":
            queue, connection.queue = connection.queue or [], None
            return [self.run(connection, words[0], words[1:]) for words in queue]
        if name in (b"SLAVEOF", b"REPLICAOF"):
            if self.obeys:
                no_one = (args[0].upper(), args[1].upper()) == (b"NO", b"ONE")
                self.master = None if no_one else (args[0].decode(), int(args[1]))
            return "OK"
        return 0 if name == b"CLIENT" else "OK"


class FakeSentinel(Fake):
    """`down`: whether it sees every master down. `votes`: False, or for whom it votes: True is who asks, or an id."""

    kind = "fake sentinel"

    def __init__(self, net: FakeNet, **fields: Any) -> None:
        self.down = False
        self.votes: bool | str = False
        self.answer_to_ask: Any = None  # instead of all that
        super().__init__(net, **fields)

    def hello(self, master: FakeRedis, name: str = "m", epoch: int = 0, config_epoch: int = 0, host: str = HOST,
              moved_to: Fake | None = None, run_id: str = "") -> str:
        """Its hello message about `master`, or about where that has gone."""
        port = (moved_to or master).port
        return f"{host},{self.port},{run_id or self.run_id},{epoch},{name},{master.host},{port},{config_epoch}"

    def join(self, master: FakeRedis, name: str = "m", **fields: Any) -> "FakeSentinel":
        """Makes itself known to the sentinels that listen at `master`, which must connect to it."""
        def known() -> bool:
            master.say_hello(self.hello(master, name, **fields))
            return bool(self.came("PING"))
        wait_until(known, 8.0, "a sentinel that was told of another to connect to it")
        return self

    def run(self, connection: Connection, name: bytes, args: tuple[bytes, ...]) -> Any:
        if name == b"SENTINEL" and args[0].lower() == b"is-master-down-by-addr":
            if self.answer_to_ask is not None:
                return self.answer_to_ask
            if args[4] == b"*" or not self.votes:
                return [int(self.down), b"*", 0]
            return [int(self.down), args[4] if self.votes is True else self.votes.encode(), int(args[3])]
        return 1 if name == b"PUBLISH" else "OK"
