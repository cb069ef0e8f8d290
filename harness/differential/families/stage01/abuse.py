"""Abuse: every command with the wrong number of arguments, names that do not exist, arguments that make no sense, and
bytes that are not the protocol - in whole, in pieces, and almost."""

from __future__ import annotations

from ... import facts, resp
from ...gen import BAD_TIMES, Gen
from ...items import Cmd, Script
from .. import Family, mix

ANY_ARITY = {name: arity for name, arity in {**facts.COMMANDS, **facts.SUBCOMMANDS}.items()
             if arity not in (-1, -2) or b"|" in name}
# Random arguments are harmless here, and each command answers exactly one frame.
SAFE = [name for name in facts.COMMANDS if name not in facts.NOT_FOR_JUNK]
TIMED = {b"set", b"getex", b"setex", b"psetex", b"expire", b"pexpire", b"expireat", b"pexpireat"}
LENGTHENING = {b"setrange", b"setbit", b"bitfield"}
WORDS = [b"NX", b"XX", b"GT", b"LT", b"EX", b"PX", b"EXAT", b"PXAT", b"GET", b"KEEPTTL", b"PERSIST", b"DB", b"REPLACE",
         b"LEN", b"IDX", b"MINMATCHLEN",
         b"WITHMATCHLEN", b"MATCH", b"COUNT", b"TYPE", b"HELP", b"ENCODING"]


def junk(g: Gen) -> bytes:
    return g.pick([g.key, g.value, g.integer, g.float, lambda: g.pick(WORDS), lambda: g.bytes(g.int(0, 8)),
                   lambda: b"x" * g.pick([127, 128, 129, 300])])()


def wrong_arity(g: Gen):
    name = g.pick(list(ANY_ARITY))
    arity, words = ANY_ARITY[name], name.split(b"|")
    least = len(words)
    if arity < 0 or (abs(arity) > least and g.chance(0.5)):
        total = g.int(least, abs(arity) - 1) if abs(arity) > least else least
    else:
        total = arity + g.int(1, 4)
    if arity < 0 and total >= -arity:  # `client|list`: any number will do
        return too_few_for_container(g)
    return Cmd(tuple([g.case(word) for word in words] + [junk(g) for _ in range(total - least)]))


def too_few_for_container(g: Gen):
    return Cmd((g.case(g.pick(facts.CONTAINERS[:1] + facts.CONTAINERS[2:])),))  # not COMMAND, which may stand alone


def unknown(g: Gen):
    name = g.pick([b"bogus", b"", b" get", b"get ", b"ge", b"gett", b"\xff\xfe", b"a\r\nb", b"x" * 127, b"x" * 128,
                   b"x" * 129, b"x" * 500, b"'quoted'", b"%s%n", b"get\x00",
                   b"config|get", b"client|id", g.bytes(g.int(1, 12))])
    if name.lower() in facts.COMMANDS:
        name = b"bogus"
    return Cmd((name, *[junk(g) for _ in range(g.pick([0, 1, 2, 3, 10, 40]))]))


def unknown_subcommand(g: Gen):
    return Cmd((g.case(g.pick(facts.CONTAINERS)), g.pick([b"bogus", b"", b"\xff\x00", b"a\r\nb", b"x" * 200, b"get|x",
                                                          b"%s"]), *[junk(g) for _ in range(g.int(0, 3))]))


def _tame(name: bytes, arg: bytes, g: Gen) -> bytes:
    """No TTL that ends during the run, no string of half a gigabyte, no reply of a billion elements."""
    try:
        number = int(arg)
    except ValueError:
        return arg
    if name in TIMED and 0 < number < 20_000_000_000:
        return g.pick(BAD_TIMES + [b"9999999999999"]) if name != b"set" else b"0"
    if name in LENGTHENING and number > 100_000:
        return g.pick([b"1000", b"9999999999999"])
    if name in facts.BY_CHANCE and number < -1000:
        return b"-7"
    return arg


def senseless(g: Gen):
    name = g.pick(SAFE)
    arity = facts.COMMANDS[name]
    count = abs(arity) - 1 + (g.pick([0, 1, 2, 3, 6]) if arity < 0 else 0)
    args = tuple(_tame(name, junk(g), g) for _ in range(count))
    command = Cmd((g.case(name), *args))
    if name in (b"set", b"getex"):  # see strings.with_touch
        return [command, Cmd((b"EXISTS", *args[:1]))]
    return command


# --- Bytes -----------------------------------------------------------------------------------------------------------

MALFORMED = [
    b"*1\r\n$-1\r\n", b"*1\r\n$abc\r\n", b"*1\r\n$536870913\r\nx", b"*1\r\n$9223372036854775808\r\n",
    b"*1\r\n+PING\r\n", b"*1\r\n:1\r\n", b"*abc\r\nPING\r\n",
    b"*1048577\r\n", b"*2147483648\r\n", b"*99999999999999999999\r\n", b"*-1\r\nPING\r\n", b"*0\r\nPING\r\n",
    b"*-100\r\nPING\r\n", b"*\r\nPING\r\n", b"*1\nPING\r\n",
    b"*1\r\n$4\nPING\r\n", b"*1\r\n$4\r\nPINGxx*1\r\n$4\r\nPING\r\n", b"*1\r\n$4\r\nPING", b"*1\r\n$5\r\nPING\r\n",
    b"*1\r\n$3\r\nPING\r\n", b"*1\r\n$ 4\r\nPING\r\n",
    b"*1\r\n$04\r\nPING\r\n", b"*1\r\n$+4\r\nPING\r\n", b"*01\r\n$4\r\nPING\r\n", b"*1 \r\n$4\r\nPING\r\n",
    b"*1\r\n$4 \r\nPING\r\n", b"*2\r\n$4\r\nECHO\r\n$0\r\n\r\n",
    b"*1\r\n$0\r\n\r\nPING\r\n", b"*1\r\n\r\n", b"*1\r\n$\r\n\r\n", b"*3\r\n$3\r\nSET\r\n$1\r\na\r\nPING\r\n",
    b"$4\r\nPING\r\n", b"+PING\r\n", b":1\r\nPING\r\n", b"-ERR\r\nPING\r\n",
    b"\r\n\r\nPING\r\n", b"\n\nPING\n", b" PING\r\n", b"\tPING \r\n", b"PING\n", b"PING\r", b"PING",
    b"ECHO \"a b\"\r\n", b"ECHO 'a\\'b'\r\n", b"ECHO \"\\x41\\n\\t\\\"\\\\\"\r\n",
    b"ECHO \"unbalanced\r\nPING\r\n", b"ECHO 'unbalanced\r\n", b"ECHO \"a\"b\r\n", b"ECHO 'a'b\r\n", b"ECHO a\"b\"\r\n",
    b"ECHO \"\"\r\n", b"ECHO ''\r\n", b"ECHO \"\\xzz\"\r\n",
    b"ECHO a\x00b\r\nPING\r\n", b"\x00PING\r\n", b"PING\x00\r\n", b"ECHO \xff\xfe\r\n", b"GET\r\n", b"get k1 k2\r\n",
    b"SET k1 \"v 1\"\r\nGET k1\r\n", b"'PING'\r\n", b"\"PI\\x4eG\"\r\n",
    b"ECHO " + b"x" * 60000 + b"\r\n", b"ECHO " + b"x" * 200000 + b"\r\n", b"x" * 200000, b"*" + b"1" * 70000,
    b"*1\r\n$" + b"1" * 70000, b"*2\r\n$4\r\nECHO\r\n$40000\r\n" + b"y" * 40000 + b"\r\nPING\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"POST / HTTP/1.1\r\n\r\n", b"Host: localhost\r\nPING\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"%1\r\n$1\r\na\r\n$1\r\nb\r\n", b"*2\r\n*1\r\n$1\r\na\r\n$1\r\nb\r\n", b"_\r\n", b"#t\r\n",
    b"*2\r\n$4\r\nECHO\r\n_\r\n", b"*1025\r\n" + b"$1\r\na\r\n" * 1025, b"*11\r\n", b"*1\r\n$16385\r\n",
    b"*4294967297\r\n$4\r\nPING\r\n", b"*1\r\n$4294967300\r\nPING\r\n", b"*1\r\n$-0\r\n\r\n", b"*-0\r\nPING\r\n",
    b"*+1\r\n$4\r\nPING\r\n", b"QUIT\r\nPING\r\n", b"*1\r\n$4\r\nquit\r\nPING\r\n",
]


def bytes_to_fresh_connections(server, steps) -> list[bytes]:
    return [server.conn("raw").raw(*pieces) for pieces in steps]


def good(g: Gen) -> bytes:
    """Valid commands with short replies: of a long one, a server that sees our half-close may keep the rest."""
    key = b"raw:%d" % g.int(0, 3)
    return g.pick([lambda: resp.encode((b"PING",)), lambda: resp.encode((b"GET", key)),
                   lambda: resp.encode((b"SET", key, g.bytes(g.int(0, 9)))),
                   lambda: b"PING\r\n", lambda: resp.encode((b"ECHO", g.bytes(g.int(0, 30)))),
                   lambda: b"echo 'inline text'\r\n",
                   lambda: resp.encode((b"MGET", key, key)),
                   lambda: resp.encode((b"APPEND", b"raw:big", b"y" * g.pick([10, 40000]))),
                   lambda: b"set %s \"a\\x00b\"\n" % key, lambda: resp.encode((b"STRLEN", b"raw:big"))])()


def cut(g: Gen, data: bytes) -> list[bytes]:
    """The same bytes in pieces: the parser must not care where a read ends.

    Only at the sight of HTTP the connection is dropped with all that was not sent yet, which depends on the pieces."""
    if b"ost:" in data or b"POST" in data:
        return [data]
    at = sorted(g.int(0, len(data)) for _ in range(g.pick([0, 1, 2, 5])))
    pieces = [data[start:end] for start, end in zip([0] + at, at + [len(data)])]
    return [piece for piece in pieces if piece] or [b"\r\n"]


def mutate(g: Gen, data: bytes) -> bytes:
    data = bytearray(data)
    for _ in range(g.pick([1, 1, 2, 4])):
        at = g.int(0, max(0, len(data) - 1))
        kind = g.int(0, 4)
        if kind == 0 and data:
            data[at] ^= 1 << g.int(0, 7)
        elif kind == 1:
            data[at:at] = g.pick([b"\r\n", b"\n", b"\x00", b"*", b"$", b"1", b"-", b" ", b'"', g.bytes(3)])
        elif kind == 2:
            del data[at:at + g.int(1, 4)]
        elif kind == 3:
            data[at:at] = data[at:at + g.int(1, 12)]
        else:
            data = data[:at + 1] if g.chance(0.3) else data
    return bytes(data)


def raw(g: Gen):
    def one() -> list[bytes]:
        p = g.random.random()
        if p < 0.35:
            return cut(g, g.pick(MALFORMED))
        if p < 0.45:
            return cut(g, good(g)[:1000] + g.pick(MALFORMED))
        commands = b"".join(good(g) for _ in range(g.int(1, 4)))
        return cut(g, commands if p < 0.65 else mutate(g, commands))

    return Script("raw bytes", bytes_to_fresh_connections, [one() for _ in range(g.int(1, 4))])


FAMILY = Family("abuse", 1, 12, mix((6, wrong_arity), (3, unknown), (2, unknown_subcommand), (8, senseless), (3, raw)))
