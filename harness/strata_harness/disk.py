"""A disk without room, for one server: its files may not grow beyond a limit, and writes fail as on a full disk."""

from __future__ import annotations

import resource

from .server import Server


def survives_full_disk(server: Server) -> Server:
    """A server, not yet started, to which a limit of file size is a failed write instead of its end."""
    server.command = ["env", "--ignore-signal=XFSZ", *server.command]
    return server


def limit_file_size(server: Server, size: int | None) -> None:
    """As if the disk had room for files of so many bytes; None: as if it had plenty again."""
    unlimited = resource.RLIM_INFINITY
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (unlimited if size is None else size, unlimited))
