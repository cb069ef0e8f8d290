"""Connections: handshakes and names in the stream; passwords, kills, pauses and silences in scripts of their own."""

from __future__ import annotations

import re

from ... import resp
from ...gen import Gen
from ...items import Cmd, Script
from ...session import CLOSED
from .. import Family, mix

TOKENS = [b"abc", b"-1", b"0", b"999999999", b"", b"1.5", b"yes", b"no", b"127.0.0.1:1", b"normal", b"bogus"]


def cmd(*args: bytes) -> Cmd:
    return Cmd(args)


def name(g: Gen) -> bytes:
    return g.pick([b"worker", b"a", b"", b"a b", b"a\nb", b"\xff", b"n" * 50, b"~!@", b"\x7f"])


def hello(g: Gen):
    args = [g.case(b"HELLO")]
    if g.chance(0.9):
        args.append(g.pick([b"2", b"3", b"3", b"2", b"3", b"1", b"4", b"abc", b"", b"-3", b"9999999999999999999"]))
    if g.chance(0.3):
        args += [g.case(b"AUTH"), g.pick([b"default", b"nobody"]), b"secret"]
    if g.chance(0.3):
        args += [g.case(b"SETNAME"), name(g)]
    if g.chance(0.08):
        args.append(g.pick([b"AUTH", b"SETNAME", b"bogus", b""]))
    return cmd(*args)


def reset(g: Gen):
    return [cmd(b"RESET"), cmd(b"HELLO", b"3" if g.resp3 else b"2")]


def client(g: Gen):
    sub = g.pick([b"ID", b"INFO", b"GETNAME", b"GETNAME", b"SETNAME", b"SETNAME", b"LIST", b"GETREDIR", b"NO-EVICT",
                  b"UNPAUSE", b"HELP", b"REPLY",
                  b"KILL", b"PAUSE", b"TRACKINGINFO", b"UNBLOCK"])
    args = [g.case(b"CLIENT"), g.case(sub)]
    if sub == b"SETNAME":
        args.append(name(g))
    elif sub == b"NO-EVICT":
        args.append(g.pick([b"on", b"OFF", b"off", b"maybe", b""]))
    elif sub == b"REPLY":
        args.append(g.pick([b"ON", b"on", b"bogus", b""]))  # OFF and SKIP: the script below
    elif sub == b"PAUSE":
        args += g.pick([[b"abc"], [b"-1"], [b""], [b"10", b"bogus"], [b"9223372036854775808"], [b"-1", b"WRITE"],
                        [b"1.5", b"ALL"]])
    elif sub == b"UNBLOCK":
        args += g.pick([[b"99999999"], [b"abc"], [b"-1", b"ERROR"], [b"99999999", b"TIMEOUT"], [b"99999999", b"bogus"],
                        [b"1", b"error", b"x"]])
    elif sub == b"LIST":
        args += g.pick([[], [], [b"TYPE", b"normal"], [b"TYPE", b"pubsub"], [b"TYPE", b"replica"], [b"TYPE", b"master"],
                        [b"TYPE", b"bogus"], [b"TYPE"],
                        [b"ID"], [b"ID", b"0"], [b"ID", b"99999999"], [b"ID", b"abc"], [b"ID", b"-1", b"99999998"], [b"bogus"],
                        [b"TYPE", b"normal", b"ID", b"99999999"]])
    elif sub == b"KILL":
        args += g.pick([[g.pick(TOKENS[:-2])], [b"ID", g.pick(TOKENS[:5])], [b"ADDR", b"127.0.0.1:1"],
                        [b"LADDR", b"1.2.3.4:5"],
                        [b"TYPE", g.pick([b"master", b"replica", b"slave", b"bogus", b""])], [b"USER", b"nobody"],
                        [b"SKIPME", b"maybe"], [b"ID"],
                        [b"bogus", b"1"], [b"ID", b"99999999", b"SKIPME"], [b"ID", b"99999999", b"TYPE", b"normal"],
                        [b"TYPE", b"pubsub", b"SKIPME", b"no"]])
    return cmd(*args)


def auth(g: Gen):
    return cmd(g.case(b"AUTH"), *g.pick([[b"secret"], [b"default", b"secret"], [b"nobody", b"secret"],
                                         [b"a", b"b", b"c"], [b""], [b"default", b""],
                                         [b"\xff\x00", b"\r\n"]]))


# --- Scripts ---------------------------------------------------------------------------------------------------------


def hide_id(frame: bytes) -> bytes:
    """HELLO's id inside a longer transcript."""
    return re.sub(rb"\$2\r\nid\r\n:\d+", b"$2\r\nid\r\n:*", frame)


def with_password(server, steps) -> list[bytes]:
    out = [server.main.ask(b"CONFIG", b"SET", b"requirepass", b"foobared")]
    for commands in steps:
        out.append(hide_id(server.conn("guest").raw(b"".join(map(resp.encode, commands)))))
    out.append(server.main.ask(b"CONFIG", b"SET", b"requirepass", b""))
    return out


def password(g: Gen):
    def one():
        return g.pick([
            (b"AUTH", b"foobared"), (b"AUTH", b"wrong"), (b"AUTH", b"default", b"foobared"),
            (b"AUTH", b"default", b"wrong"), (b"AUTH", b"nobody", b"foobared"),
            (b"AUTH",), (b"AUTH", b"a", b"b", b"c"), (b"PING",), (b"GET", g.key()), (b"HELLO",), (b"HELLO", b"3"),
            (b"HELLO", b"9"),
            (b"HELLO", b"3", b"AUTH", b"default", b"foobared"), (b"HELLO", b"2", b"AUTH", b"default", b"wrong"),
            (b"RESET",), (b"QUIT",),
            (b"nonsense", b"x"), (b"GET",), (b"CLIENT", b"GETNAME"), (b"CLIENT", b"bogus"), (b"SUBSCRIBE", b"c"),
            (b"COMMAND", b"COUNT")[:1] + (b"bogus",),
            (b"HELLO", b"3", b"AUTH", b"default", b"foobared", b"SETNAME", b"me"), (b"SET", g.key(), b"v"),
            (b"ECHO", b"x" * 20000),
            (b"DEL",) + (b"k1",) * 12, (b"CLIENT", b"REPLY", b"OFF"), (b"MONITOR", b"x"), (b"SHUTDOWN", b"bogus")])

    return Script("auth", with_password, [[one() for _ in range(g.int(1, 6))] for _ in range(g.int(1, 3))])


def whole_streams(server, steps) -> list[bytes]:
    """Each step is a connection of its own: commands in one write, then everything the server said until it closed."""
    return [hide_id(server.conn("stream").raw(b"".join(map(resp.encode, commands)))) for commands in steps]


def silence(g: Gen):
    def one():
        return g.pick([(b"CLIENT", b"REPLY", b"OFF"), (b"CLIENT", b"REPLY", b"SKIP"), (b"client", b"reply", b"on"),
                       (b"PING",), (b"SET", g.key(), g.value()),
                       (b"GET", g.key()), (b"bogus",), (b"CLIENT", b"REPLY", b"bogus"), (b"GET",), (b"HELLO", b"3"),
                       (b"RESET",),
                       (b"SUBSCRIBE", b"ch"), (b"ECHO", b"hi"), (b"QUIT",)[:g.int(0, 1)] or (b"PING", b"x")])

    return Script("client reply", whole_streams, [[one() for _ in range(g.int(2, 10))] for _ in range(2)])


def kill(server, steps) -> list[bytes]:
    """Connections x (plain), y (named) and p (subscribed); a killer; then who is still there."""
    ids, out = {}, []
    for who in ("x", "y", "p", "killer"):
        conn = server.conn(who)
        ids[who] = resp.parse(conn.ask(b"CLIENT", b"ID")).value
        ids["addr-" + who] = "%s:%d" % conn.sock.getsockname()
    server.conn("p").ask(b"SUBSCRIBE", b"kill-test")
    laddr = "%s:%d" % server.conn("x").sock.getpeername()
    places = {str(key): str(value).encode() for key, value in ids.items()} | {"laddr": laddr.encode()}
    for filters in steps:
        args = [places.get(part, part) if isinstance(part, str) else part for part in filters]
        if not server.conn("killer").open:
            break
        out.append(b" ".join(server.extra["killer"].batch([(b"CLIENT", b"KILL", *args)])))
        for who in ("x", "y", "p"):
            conn = server.extra[who]
            gone = not conn.open or CLOSED in conn.batch([])
            out.append(who.encode() + (b" is gone" if gone else b" is there"))
    server.main.close()  # TYPE normal and USER default hit the main connection as well
    return out


def kills(g: Gen):
    def one():
        who = g.pick(["x", "y", "p", "killer"])
        plain = g.pick([["addr-" + who], [b"ID", who], [b"ADDR", "addr-" + who]])
        filters = [[b"ID", who], [b"ADDR", "addr-" + who],
                   [b"TYPE", g.pick([b"normal", b"pubsub", b"slave", b"master"])], [b"LADDR", "laddr"],
                   [b"USER", g.pick([b"default", b"nobody"])], [g.case(b"SKIPME"), g.pick([b"yes", b"no", b"YES"])]]
        return plain if g.chance(0.4) else [word for pair in g.random.sample(filters, g.int(1, 3)) for word in pair]

    return Script("client kill", kill, [one() for _ in range(g.int(1, 3))])


def pause(server, steps) -> list[bytes]:
    """While writes are paused a read is answered and a write waits; it runs once the pause ends."""
    out = [server.main.ask(b"CLIENT", b"PAUSE", b"100000", b"WRITE")]
    conn = server.conn("paused")
    for args in steps:
        conn.start(resp.encode(args), marker=False)
        conn._write()
        waits = conn.quiet(15)
        out.append(b"waits" if waits else b"is answered")
        if waits:
            out.append(server.main.ask(b"CLIENT", b"UNPAUSE"))
        out += conn.batch([])
        server.main.ask(b"CLIENT", b"PAUSE", b"100000", b"WRITE")
    out.append(server.main.ask(b"CLIENT", b"UNPAUSE"))
    return out


def pauses(g: Gen):
    return Script("client pause", pause, [g.pick([(b"SET", g.key(), b"v"), (b"GET", g.key()), (b"PING",),
                                                  (b"DEL", g.key()), (b"PUBLISH", b"c", b"m"), (b"FLUSHDB",),
                                                  (b"GETEX", g.key()), (b"INFO", b"bogus"), (b"TOUCH", g.key())])])


_ADDRESS = re.compile(rb"^\+\d+\.\d+ \[(\d+) [^\]]+\]")


def monitor(server, steps) -> list[bytes]:
    conn = server.conn("monitor")
    conn.start(resp.encode((b"MONITOR",)), marker=False)
    conn._write()
    out = conn.until(b"+OK")
    conn.buf.clear()
    server.main.batch(steps)
    server.main.ask(b"ECHO", b"=seen=")
    frames = conn.until(b"=seen=")
    return out + [_ADDRESS.sub(rb"+\1", frame) for frame in frames if b"=end-" not in frame]


def monitors(g: Gen):
    return Script("monitor", monitor, [g.pick([
        (b"SET", g.key(), g.value()), (b"get", g.key()), (b"GET",), (b"bogus", b"x"), (b"CONFIG", b"GET", b"timeout"),
        (b"ECHO", g.bytes(12)), (b"PING",),
        (b"MGET", *g.keys()), (b"SLOWLOG", b"LEN"), (b"ECHO", b'"\\\r\n\t\a\b')]) for _ in range(g.int(1, 6))])


FAMILY = Family("connection", 1, 10, mix(
    (10, lambda g: cmd(g.case(b"PING"), *([] if g.chance(0.4) else [g.value()] if g.chance(0.9) else [b"a", b"b"]))),
    (8, lambda g: cmd(g.case(b"ECHO"), g.value())),
    (6, hello), (2, reset), (24, client), (5, auth), (3, password), (3, silence), (2, kills), (0.4, pauses),
    (2, monitors),
    (1, lambda g: Script("quit", whole_streams, [g.pick([[(b"QUIT",), (b"PING",)], [(b"QUIT", b"x")],
                                                         [(b"PING",), (b"quit",)]])])),
))
