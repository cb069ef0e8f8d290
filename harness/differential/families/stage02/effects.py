"""What a command leaves behind besides its reply and the values: keyspace events, and how many changes it counts as."""

from __future__ import annotations

from ... import rules
from ...gen import Gen
from ...items import Script
from .. import Family
from .any_command import command

CLASSES = [b"KEA", b"KEA", b"KEA", b"EA", b"KA", b"K$lshzg", b"Eg", b"KEAn", b"KEn", b"E$", b"Kz", b"A", b"", b"KEmA"]


def changes(server) -> int:
    info = server.main.ask(b"INFO", b"persistence")
    at = info.index(b"rdb_changes_since_last_save:")
    return int(info[at:info.index(b"\r", at)].partition(b":")[2])


def watched(server, steps) -> list[bytes]:
    """The commands one by one; a subscriber hears what happens to keys."""
    (classes, *commands), out = steps, []
    listener = server.conn("listener")
    listener.ask(b"PSUBSCRIBE", b"__key*__:*", b"end of effects")
    server.main.ask(b"CONFIG", b"SET", b"notify-keyspace-events", classes[0])
    before = changes(server)
    for args in commands:
        listener.buf.clear()
        frame = rules.normal(args, server.main.ask(*args))
        server.main.ask(b"PUBLISH", b"end of effects", b"=heard=")
        events = listener.until(b"=heard=")[:-1]
        after = changes(server)
        out += [frame, *events, b"%d changes" % (after - before)]
        before = after
    server.main.ask(b"CONFIG", b"SET", b"notify-keyspace-events", b"")
    return out


def effects(g: Gen):
    return Script("effects", watched, [(g.pick(CLASSES),), *[command(g) for _ in range(g.int(1, 6))]])


FAMILY = Family("effects", 2, 2, effects)
