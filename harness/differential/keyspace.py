"""Values of any type in a form in which those of two servers can be compared, and the dump of the whole keyspace."""

from __future__ import annotations

from dataclasses import dataclass

from . import facts, resp, rules
from .items import Script
from .session import Server

# Of these the order of the elements is known; a table is seeded by chance.
ORDERED = {b"listpack", b"intset", b"quicklist", b"skiplist"}


def look(server: Server, keys: list[bytes]) -> list[tuple]:
    """Of each key of the main connection's database: (type, encoding, value)."""
    heads = server.main.batch([command for key in keys for command in ((b"TYPE", key), (b"OBJECT", b"ENCODING", key))])
    heads += [b"?"] * (2 * len(keys) - len(heads))
    kinds = [frame[1:-2] for frame in heads[::2]]
    readers = [facts.READERS.get(kind, (b"EXISTS", None)) for kind in kinds]
    commands = [[key if word is None else word for word in reader] for reader, key in zip(readers, keys)]
    values = server.main.batch(commands)
    values += [b"?"] * (len(keys) - len(values))
    encodings = [frame.split(b"\r\n")[1] if frame.startswith(b"$") else frame for frame in heads[1::2]]
    return [(kind, encoding, value if encoding in ORDERED else rules.normal(command, value))
            for kind, encoding, command, value in zip(kinds, encodings, commands, values)]


def dump(server: Server, steps) -> list:
    """The whole keyspace: database, key, value, and the expiry time."""
    out = []
    for db in steps:
        head = server.main.batch([(b"SELECT", b"%d" % db), (b"KEYS", b"*")])
        if len(head) < 2 or head[1][:1] not in b"*~":
            out += [b"db %d: " % db + part for part in head]
            continue
        keys = sorted(node.value for node in resp.parse(head[1]).value)
        values = look(server, keys)
        expires = server.main.batch([(b"PEXPIRETIME", key) for key in keys])
        expires += [b"?"] * (len(keys) - len(expires))
        out += [(db, *entry) for entry in zip(keys, values, expires)]
    return out


@dataclass
class Dump(Script):
    """The dump as the last item of an episode: expiry times compare within a tolerance."""

    def compare(self, a: list, b: list) -> bool:
        if a == b:
            return True
        if len(a) != len(b):
            return False
        return all(x == y or _same_entry(x, y) for x, y in zip(a, b))


def _same_entry(x, y) -> bool:
    """Database, key and value equal, expiry about the same."""
    return isinstance(x, tuple) and isinstance(y, tuple) and x[:3] == y[:3] and _near(x[3], y[3])


def _near(a: bytes, b: bytes) -> bool:
    if a[:1] != b":" or b[:1] != b":":
        return False
    x, y = int(a[1:]), int(b[1:])
    return x >= 0 and y >= 0 and abs(x - y) <= 10_000
