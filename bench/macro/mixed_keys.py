"""A data set like that of a busy application, the same in every run: what the snapshot benches save and load.

    of 20 keys   8 strings of 16 bytes, one more with an expiry
                 3 integers of all sizes
                 2 texts of some 120 bytes that compress, with an expiry
                 2 hashes of 6 fields, 1 list of 10, 1 set of 8 integers, 1 set and 1 sorted set of 8 members
    and          a hash, a list, a set and a sorted set with an element for every 50 keys

Whoever loads a server can ask for the strings again by `string_key`; their values keep their length.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator

from client import BenchError, load_all
from servers import Server

SEED = 1
STRINGS_OF_20 = 8
KEY = b"$16\r\nkey:%012d\r\n"
SET = b"*3\r\n$3\r\nSET\r\n" + KEY
SET_EXPIRING = b"*5\r\n$3\r\nSET\r\n" + KEY
HASH = b"*14\r\n$4\r\nHSET\r\n" + KEY + b"".join(b"$6\r\nfield%d\r\n$10\r\n%%010d\r\n" % i for i in range(6))
LIST = b"*12\r\n$5\r\nRPUSH\r\n" + KEY + 10 * b"$15\r\nitem:%010d\r\n"
INTEGER_SET = b"*10\r\n$4\r\nSADD\r\n" + KEY + 8 * b"$7\r\n1%06d\r\n"
MEMBER_SET = b"*10\r\n$4\r\nSADD\r\n" + KEY + 8 * b"$11\r\nm%010d\r\n"
SORTED_SET = b"*18\r\n$4\r\nZADD\r\n" + KEY + 8 * b"$5\r\n%05d\r\n$11\r\nz%010d\r\n"
LONG_STEP = 100  # elements that a long collection gets by one command
LONG = [b"*202\r\n$4\r\nHSET\r\n$8\r\nlonghash\r\n" + LONG_STEP * b"$12\r\n%012d\r\n$15\r\nvalue%010d\r\n",
        b"*102\r\n$5\r\nRPUSH\r\n$8\r\nlonglist\r\n" + LONG_STEP * b"$17\r\nelement%010d\r\n",
        b"*102\r\n$4\r\nSADD\r\n$7\r\nlongset\r\n" + LONG_STEP * b"$19\r\nmember:%012d\r\n",
        b"*202\r\n$4\r\nZADD\r\n$8\r\nlongzset\r\n" + LONG_STEP * b"$12\r\n0.%010d\r\n$13\r\nz%012d\r\n"]


def fill(servers: list[Server], keys: int) -> None:
    """The same for all of them."""
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(server.connect()) for server in servers]
        load_all(connections, commands(keys))
        sizes = {connection.must("DBSIZE") for connection in connections}
    if len(sizes) != 1:
        raise BenchError(f"the servers hold different numbers of keys: {sizes}")


def commands(keys: int) -> Iterator[bytes]:
    """Encoded commands, each with a one-line reply."""
    rng = random.Random(SEED)
    for number in range(keys):
        yield _command(number, rng.getrandbits)
    for step in range(keys // (50 * LONG_STEP)):
        names = range(step * LONG_STEP, (step + 1) * LONG_STEP)
        any_number = [rng.getrandbits(33) for _ in names]
        yield LONG[0] % tuple(word for pair in zip(names, any_number) for word in pair)
        yield LONG[1] % tuple(any_number)
        yield LONG[2] % tuple(names)
        yield LONG[3] % tuple(word for pair in zip(any_number, names) for word in pair)


def string_key(rng: random.Random, keys: int) -> int:
    """The number of one of the 16-byte strings, any of them equally likely."""
    return rng.randrange(keys // 20) * 20 + rng.randrange(STRINGS_OF_20)


def _command(number: int, bits) -> bytes:
    kind = number % 20
    if kind < STRINGS_OF_20:
        return SET % number + b"$16\r\nv%015d\r\n" % bits(48)
    if kind < 11:
        value = b"%d" % bits((7, 15, 31, 40)[bits(2)])
        return SET % number + b"$%d\r\n%s\r\n" % (len(value), value)
    if kind < 13:
        text = 4 * (b"lorem ipsum %d dolor sit amet " % number)
        seconds = 1_000_000 + bits(20)
        return SET_EXPIRING % number + b"$%d\r\n%s\r\n$2\r\nEX\r\n$7\r\n%d\r\n" % (len(text), text, seconds)
    if kind < 15:
        return HASH % (number, *(bits(20) for _ in range(6)))
    if kind == 15:
        return LIST % (number, *(bits(33) for _ in range(10)))
    if kind == 16:
        return INTEGER_SET % (number, *(bits(19) for _ in range(8)))
    if kind == 17:
        return MEMBER_SET % (number, *(bits(33) for _ in range(8)))
    if kind == 18:
        return SORTED_SET % (number, *(word for _ in range(8) for word in (bits(16), bits(33))))
    return SET_EXPIRING % number + b"$16\r\nv%015d\r\n$2\r\nPX\r\n$10\r\n1%09d\r\n" % (bits(48), bits(29))
