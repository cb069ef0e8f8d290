"""A redis-server behind a relay that ends the whole server when a client sends LCS, twice: for test_differential.py."""

from __future__ import annotations

import ctypes
import os
import select
import signal
import socket
import subprocess
import sys


def main() -> None:
    arguments = sys.argv[1:]
    at = arguments.index("--port") + 1
    port, inner = int(arguments[at]), os.path.abspath("inner.sock")
    arguments[at] = "0"
    server = subprocess.Popen(["redis-server", *arguments, "--unixsocket", inner], preexec_fn=die_with_parent)
    listener = socket.create_server(("127.0.0.1", port))
    peers: dict[socket.socket, socket.socket] = {}
    assert server.poll() is None
    while True:
        for ready in select.select([listener, *peers], [], [])[0]:
            if ready is listener:
                client = listener.accept()[0]
                upstream = socket.socket(socket.AF_UNIX)
                try:
                    upstream.connect(inner)
                except OSError:  # not up yet: the caller tries again
                    client.close()
                    continue
                peers[client], peers[upstream] = upstream, client
            elif ready in peers and not relay(ready, peers):
                peers.pop(peers.pop(ready), None)


def die() -> None:
    """Twice in this directory: on the pipeline, and when its commands are tried one by one. Then all is well."""
    with open("deaths", "a+") as deaths:
        deaths.seek(0)
        if len(deaths.read()) < 2:
            deaths.write("x")
            deaths.flush()
            os._exit(7)


def die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def relay(source: socket.socket, peers: dict) -> bool:
    target = peers[source]
    try:
        data = source.recv(1 << 16)
        if source.family == socket.AF_INET and b"$3\r\nLCS\r\n" in data.upper():  # a client's, not a list of commands
            die()
        if data:
            target.sendall(data)
            return True
    except OSError:
        pass
    for one in (source, target):
        one.close()
    return False


if __name__ == "__main__":
    main()
