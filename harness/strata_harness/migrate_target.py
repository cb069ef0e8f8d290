"""What MIGRATE talks to, as a test wants it: takes commands, keeps them, and answers, errs, hangs up or is silent."""

from __future__ import annotations

import socket
import threading
from typing import Any, Callable

from .ports import claim_port
from .resp import Decoder, ProtocolViolation

Answer = Callable[[list[bytes]], "bytes | None"]


class MigrateTarget:
    """A server of a test's own. `answer(words)` returns the reply's bytes, b"" for silence, None to hang up."""

    def __init__(self, answer: Answer = lambda words: b"+OK\r\n") -> None:
        self.answer = answer
        self.connections: list[list[list[bytes]]] = []  # of each the commands that came
        self._sockets: list[socket.socket] = []
        self._claim = claim_port()
        self.port = self._claim.number
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "MigrateTarget":
        return self

    def __exit__(self, *_: object) -> None:
        for one in [self._listener, *self._sockets]:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()
        self._claim.release()

    @property
    def commands(self) -> list[list[bytes]]:
        """All that came, on whatever connection."""
        return [words for connection in self.connections for words in connection]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(connection)
            self.connections.append([])
            threading.Thread(target=self._serve, args=(connection, self.connections[-1]), daemon=True).start()

    def _serve(self, connection: socket.socket, commands: list[list[bytes]]) -> None:
        file = connection.makefile("rb")

        def line() -> bytes:
            data: bytes = file.readline()
            if not data:
                raise EOFError
            return data[:-2]
        decoder: Any = Decoder(line, file.read)
        try:
            while True:
                words = decoder.value()
                commands.append(words)
                reply = self.answer(words)
                if reply is None:
                    connection.shutdown(socket.SHUT_RDWR)
                    return
                connection.sendall(reply)
        except (OSError, EOFError, ValueError, ProtocolViolation):
            connection.close()
