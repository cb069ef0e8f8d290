"""redis-py, with its traffic recorded in a Transcript like the raw client's.

redis-py reads through its own parser, so replies are recorded as the values it made of them rather than as bytes. A
test to which the bytes matter uses the raw client.
"""

from __future__ import annotations

from typing import Any

import redis
from redis.connection import Connection, UnixDomainSocketConnection

from .timing import scaled
from .transcript import Transcript
from .wire import Address


def connect(address: Address, transcript: Transcript, **options: Any) -> "redis.Redis[Any]":
    """A client of `address` that decodes replies to str and gives up after a while; `options` go to redis-py."""
    options = {"decode_responses": True, "socket_timeout": scaled(10), "socket_connect_timeout": scaled(5), **options}
    if isinstance(address, str):
        base: type = UnixDomainSocketConnection
        options["path"] = address
        options.pop("socket_connect_timeout")
    else:
        base = Connection
        options["host"], options["port"] = address

    class Recorded(base):  # type: ignore[misc, valid-type]
        def send_packed_command(self, command: Any, check_health: bool = True) -> None:
            transcript.sent(command.encode() if isinstance(command, str) else b"".join(command))
            super().send_packed_command(command, check_health)

        def read_response(self, *arguments: Any, **keywords: Any) -> Any:
            try:
                reply = super().read_response(*arguments, **keywords)
            except Exception as error:
                transcript.note(f"{type(error).__name__}: {error}")
                raise
            transcript.received(repr(reply).encode() + b" ")
            return reply

    return redis.Redis(connection_pool=redis.ConnectionPool(connection_class=Recorded, **options))
