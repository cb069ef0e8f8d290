"""Servers whose clocks a test sets: the time of day of one process, changed by a library that is loaded into it.

    clocks = WrongClocks(tmp_path)           compiles the library (clock_shim.c) once
    clocks.put_on(server)                    before its start
    clocks.jump(server, 30)                  its clock is set forward by 30 s; -30: back
    clocks.run(server, extra=0.5)            from now on it runs 1.5 times as fast

It works for every program that asks the C library for the time, as redis-server and ours do. `put_on` has the server say
what time it is, so that a test cannot pass because nothing happened.
"""

from __future__ import annotations

import os
import struct
import subprocess
import time
from pathlib import Path

from strata_harness.server import Server

SHIM = Path(__file__).with_name("clock_shim.c")
_LAYOUT = struct.Struct("=qqq")


class WrongClocks:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._library = folder / "clock_shim.so"
        self._offset_ns: dict[Server, int] = {}
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", self._library, SHIM, "-ldl"], check=True)

    def put_on(self, server: Server) -> Server:
        """Starts the server, with the right time to begin with, and tries its clock."""
        self._write(server, 0, 0)
        sanitizer = os.environ.get("ASAN_OPTIONS", "")
        server.command = ["env", f"LD_PRELOAD={self._library}", f"CLOCK_FILE={self._file(server)}",
                          f"ASAN_OPTIONS={sanitizer}:verify_asan_link_order=0", *server.command]
        server.start()
        self.jump(server, 1000)
        ahead = int(server.wire()("TIME")[0]) - time.time()
        assert 990 < ahead < 1010, f"its clock was set forward by 1000 s, and is {ahead:.0f} s ahead"
        self.jump(server, -1000)
        return server

    def jump(self, server: Server, seconds: float) -> None:
        self._write(server, self._offset_ns[server] + int(seconds * 1e9), 0)

    def run(self, server: Server, extra: float) -> None:
        self._write(server, self._offset_ns[server], int(extra * 1000))

    def _file(self, server: Server) -> Path:
        return server.dir / "clock"

    def _write(self, server: Server, offset_ns: int, extra_permille: int) -> None:
        """In place: the server has the file mapped."""
        self._offset_ns[server] = offset_ns
        file = os.open(self._file(server), os.O_WRONLY | os.O_CREAT)
        os.pwrite(file, _LAYOUT.pack(offset_ns, time.time_ns(), extra_permille), 0)
        os.close(file)
