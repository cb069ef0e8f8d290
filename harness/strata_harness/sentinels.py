"""Sentinels: one process with its config file, what it tells about itself, and the events that it publishes.

    sentinel = Sentinel(command, ["sentinel monitor m 127.0.0.1 7000 2"]).start()     COMMAND sentinel.conf --sentinel
    sentinel.monitor("m", port, quorum=2)                 at run time; further options go to SENTINEL SET
    sentinel.master("m")["flags"]                         SENTINEL MASTER as a dict of str
    events = sentinel.events(); events.wait("+sdown", "master m")

After each start the periods are made short by SENTINEL DEBUG, or a failover would take minutes. Nothing is waited for
by a clock: an event, or a field that has the awaited value, is.
"""

from __future__ import annotations

import re
import socket
import time
from typing import Any, NamedTuple, Sequence

from .resp import Arg
from .server import Server
from .timing import scaled
from .wait import wait_until
from .wire import Wire, WireTimeout

HOST = "127.0.0.1"
LOCALHOST = socket.getaddrinfo("localhost", None, type=socket.SOCK_STREAM)[0][4][0]  # its first address here: ::1, or HOST

FAST = {"info-period": 200, "ping-period": 250, "ask-period": 100, "publish-period": 200, "default-down-after": 400,
        "default-failover-timeout": 5000, "tilt-trigger": 20000, "tilt-period": 1000, "election-timeout": 10000,
        "slave-reconf-timeout": 10000, "min-link-reconnect-period": 15000, "script-max-runtime": 60000,
        "script-retry-delay": 100}
"""In ms. A replica is eligible if its INFO is younger than 5 ping periods, and it comes only once a second while the
master is down: a ping period below 220 would leave nobody to choose from."""


class Event(NamedTuple):
    type: str
    text: str
    at: float  # time.monotonic() when it was read

    def __str__(self) -> str:
        return f"{self.type} {self.text}"


class Events:
    """All events of a sentinel from now on. `wait` goes on behind the event that the wait before it has found."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._seen: list[Event] = []
        self._next = 0
        wire.send_command("PSUBSCRIBE", "*")
        wire.read()

    def until(self, type: str, part: str = "", timeout: float = 8.0) -> list[Event]:
        """The events up to the next one of that type whose text contains `part`, which is the last of them."""
        first, deadline = self._next, time.monotonic() + scaled(timeout)
        while True:
            while self._next == len(self._seen):
                if not self._receive(deadline - time.monotonic()):
                    came = "; ".join(map(str, self._seen[first:])) or "none at all"
                    raise AssertionError(f"waited {scaled(timeout):.1f} s for the event `{type} {part}`; "
                                         f"these came: {came}")
            event = self._seen[self._next]
            self._next += 1
            if event.type == type and part in event.text:
                return self._seen[first:self._next]

    def wait(self, type: str, part: str = "", timeout: float = 8.0) -> Event:
        """The next event of that type whose text contains `part`."""
        return self.until(type, part, timeout)[-1]

    def all(self) -> list[Event]:
        """Every event published by now."""
        self._wire.send_command("PING")
        while self._receive(scaled(5.0)) != "pong":
            pass
        return list(self._seen)

    def types(self) -> list[str]:
        return [event.type for event in self.all()]

    def forget(self) -> None:
        """Later waits, `all` and `types` know only what comes from now on."""
        self.all()
        self._seen.clear()
        self._next = 0

    def _receive(self, seconds: float) -> str:
        """Reads one message; "" when none came."""
        try:
            if seconds <= 0:
                return ""
            message = self._wire.read(seconds / scaled(1.0))
        except WireTimeout:
            return ""
        kind = message[0].decode()
        if kind == "pmessage":
            self._seen.append(Event(message[2].decode(), message[3].decode(errors="replace"), time.monotonic()))
        return kind


def as_text(flat: Any) -> Any:
    """Replies of SENTINEL with text instead of bytes; a flat list of an instance becomes a dict."""
    if isinstance(flat, list) and flat and isinstance(flat[0], list):
        return [as_text(one) for one in flat]
    assert isinstance(flat, list), f"fields and values were awaited, got {flat!r}"
    words = [word.decode(errors="replace") for word in flat]
    return dict(zip(words[::2], words[1::2]))


class Sentinel(Server):
    """`lines` go into its config file, which it rewrites; a restart therefore goes on from what it has saved."""

    def __init__(self, command: str, lines: Sequence[str] = (), name: str = "sentinel", fast: bool = True,
                 password: str = "") -> None:
        own = {"port": None, "bind": None, "dir": None, "save": None}  # they stand in the file
        super().__init__(command, own, conf="", leading=["--sentinel"], name=name)
        self.fast = fast
        self.password = password
        self.lines = list(lines)
        self._admin: Wire | None = None

    def _spawn(self) -> None:
        assert self.conf_path is not None
        text = self.conf_path.read_text() or "\n".join([f"port {self.port}", f"bind {HOST}", *self.lines]) + "\n"
        renewed = re.sub(r"(?m)^port .*$", f"port {self.port}", text, count=1)
        if renewed != text or self.process is None:
            self.conf_path.write_text(renewed)
        super()._spawn()

    def start(self, wait: bool = True) -> "Sentinel":
        self._admin = None
        super().start(wait)
        if wait and self.fast:
            self.periods()
        return self

    def periods(self, **other: int) -> None:
        """SENTINEL DEBUG: short periods, and what is given here, in ms (info_period=1000)."""
        periods = {**FAST, **{name.replace("_", "-"): value for name, value in other.items()}}
        self.admin("SENTINEL", "DEBUG", *(word for pair in periods.items() for word in pair))

    # -- commands ---------------------------------------------------------------------------------------------------

    def admin(self, *args: Arg) -> Any:
        """A command over a connection that is kept."""
        if self._admin is None:
            self._admin = self.wire(name=f"{self.name}'s admin")
            if self.password:
                self._admin.ok("AUTH", self.password)
        return self._admin(*args)

    def ask(self, *args: Arg) -> Any:
        """SENTINEL ..."""
        return self.admin("SENTINEL", *args)

    def monitor(self, name: str, port: int, quorum: int = 1, host: str = HOST, **options: Arg) -> None:
        reply = self.ask("MONITOR", name, host, port, quorum)
        assert reply == "OK", f"SENTINEL MONITOR answered {reply!r}"
        if options:
            self.set(name, **options)

    def set(self, name: str, **options: Arg) -> None:
        """SENTINEL SET: set("m", failover_timeout=3000)."""
        reply = self.ask("SET", name, *(word for option, value in options.items()
                                        for word in (option.replace("_", "-"), value)))
        assert reply == "OK", f"SENTINEL SET answered {reply!r}"

    def events(self) -> Events:
        wire = self.wire(name=f"{self.name}'s events")
        if self.password:
            wire.ok("AUTH", self.password)
        return Events(wire)

    # -- its view ---------------------------------------------------------------------------------------------------

    def master(self, name: str = "m") -> dict[str, str]:
        return as_text(self.ask("MASTER", name))

    def replicas(self, name: str = "m") -> dict[int, dict[str, str]]:
        """By port."""
        return {int(one["port"]): one for one in map(as_text, self.ask("REPLICAS", name))}

    def others(self, name: str = "m") -> dict[int, dict[str, str]]:
        """The other sentinels, by port."""
        return {int(one["port"]): one for one in map(as_text, self.ask("SENTINELS", name))}

    def master_port(self, name: str = "m") -> int:
        return int(self.ask("GET-MASTER-ADDR-BY-NAME", name)[1])

    @property
    def id(self) -> str:
        return self.ask("MYID").decode()

    def info(self) -> dict[str, str]:
        """INFO sentinel."""
        lines = self.admin("INFO", "sentinel").decode().splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)

    def wait_flag(self, flag: str, name: str = "m", there: bool = True, timeout: float = 8.0) -> None:
        wait_until(lambda: (flag in self.master(name)["flags"].split(",")) == there, timeout,
                   f"{self.name} to {'see' if there else 'see no more'} {flag} at master {name}")

    def wait_complete(self, replicas: int, others: int, name: str = "m", timeout: float = 10.0) -> None:
        """Waits until it knows so many replicas and other sentinels, with a link to each and to the master."""
        def complete() -> bool:
            known = [self.master(name), *self.replicas(name).values(), *self.others(name).values()]
            return (len(self.replicas(name)) == replicas and len(self.others(name)) == others
                    and not any("disconnected" in one["flags"] or "s_down" in one["flags"] for one in known)
                    and all(one["info-refresh"] != "0" or int(one["role-reported-time"]) < 5
                            for one in known[:1 + replicas]))
        wait_until(complete, timeout, f"{self.name} to know {replicas} replicas and {others} sentinels of {name}")

    # -- its file ---------------------------------------------------------------------------------------------------

    def config(self, directive: str = "") -> list[str]:
        """The lines of its config file, or those of one sentinel directive without the words `sentinel directive`."""
        assert self.conf_path is not None
        lines = self.conf_path.read_text().splitlines()
        start = f"sentinel {directive} "
        return [line[len(start):] for line in lines if line.startswith(start)] if directive else lines
