"""PINGs a port until a line comes on stdin; then prints the seconds that each round trip took.

A process of its own, so that what the stress run itself does does not count as the server's latency.
"""

from __future__ import annotations

import select
import socket
import sys
import time

PAUSE = 0.002  # seconds between PINGs, so that the pinger is no load itself


def main() -> int:
    sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=60)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    seconds = []
    print("started", flush=True)
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        began = time.monotonic()
        sock.sendall(b"PING\r\n")
        reply = b""
        while not reply.endswith(b"\r\n"):
            chunk = sock.recv(100)
            if not chunk:
                return 1
            reply += chunk
        if reply != b"+PONG\r\n":
            return 1
        seconds.append(time.monotonic() - began)
    print(*(f"{value:.6f}" for value in seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
