"""A server in a network of its own, joined to the rest by one cable that can be pulled out (Linux, as root).

    host 10.213.N.1 ---- veth pair ---- 10.213.N.2 namespace, a server in it

A pulled cable is what a proxy can only imitate: nothing is closed, nothing arrives, the kernels send again by themselves. The
server is talked to through its unix socket, which no network namespace hides; it has no port.
"""

from __future__ import annotations

import functools
import itertools
import os
import shutil
import subprocess

from .server import Server

_numbers = itertools.count(1)


def _ip(*words: str) -> bool:
    return subprocess.run(["ip", *words], capture_output=True, check=False).returncode == 0


@functools.cache
def allowed() -> bool:
    """Whether this machine lets us make namespaces."""
    if shutil.which("ip") is None or os.geteuid() != 0:
        return False
    name = f"strata-probe-{os.getpid()}"
    made = _ip("netns", "add", name)
    joined = made and _ip("link", "add", "name", f"sp{os.getpid()}", "type", "veth", "peer", "name", "eth0", "netns", name)
    if made:
        _ip("netns", "delete", name)  # takes the cable with it
    return joined


class Namespace:
    """`with`, around the life of the server in it."""

    def __init__(self) -> None:
        number = os.getpid() % 60 * 4 + next(_numbers) % 4 + 1  # of tests that run at the same time each has its own
        self._name = f"strata-{os.getpid()}-{number}"
        self._cable = f"sv{os.getpid()}n{number}"[:15]
        self.host = f"10.213.{number}.1"  # the rest of the world, seen from inside
        self._inside = f"10.213.{number}.2"

    def __enter__(self) -> "Namespace":
        steps = [["netns", "add", self._name],
                 ["link", "add", "name", self._cable, "type", "veth", "peer", "name", "eth0", "netns", self._name],
                 ["address", "add", f"{self.host}/30", "dev", self._cable], ["link", "set", self._cable, "up"],
                 ["-n", self._name, "address", "add", f"{self._inside}/30", "dev", "eth0"],
                 ["-n", self._name, "link", "set", "eth0", "up"], ["-n", self._name, "link", "set", "lo", "up"]]
        for step in steps:
            assert _ip(*step), f"ip {' '.join(step)} failed"
        return self

    def __exit__(self, *_: object) -> None:
        _ip("netns", "delete", self._name)

    def put(self, server: Server) -> Server:
        """A server, not yet started, that will run inside."""
        server.command = ["ip", "netns", "exec", self._name, *server.command]
        server.options |= {"port": 0, "unixsocket": str(server.dir / "socket")}
        return server

    def pull(self) -> None:
        _ip("link", "set", self._cable, "down")

    def plug(self) -> None:
        _ip("link", "set", self._cable, "up")
