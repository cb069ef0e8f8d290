"""Scripts: random Lua built of values, commands of all kinds, conversions, libraries, errors at any place."""

from __future__ import annotations

from ...gen import Gen
from ...rules import exact, rule_for
from .. import Family, mix
from .any_command import command
from .pool import any_key, cmd, element

# Commands whose replies two correct servers order differently, or that scripts are refused anyway.
UNORDERED = {b"SMEMBERS", b"HGETALL", b"HKEYS", b"HVALS", b"SUNION", b"SINTER", b"SDIFF", b"SSCAN", b"HSCAN", b"ZSCAN",
             b"SCAN", b"KEYS", b"SPOP", b"SRANDMEMBER", b"HRANDFIELD", b"ZRANDMEMBER", b"RANDOMKEY", b"SORT", b"SORT_RO"}


def quoted(text: bytes) -> str:
    return "'" + "".join(chr(c) if 32 <= c < 127 and chr(c) not in "'\\" else f"\\{c:03d}" for c in text) + "'"


def number(g: Gen) -> str:
    return g.pick(["0", "1", "-1", "3.7", "-3.7", "1e15", "1e17", "2^53", "-2^31", "0.1", "1/3", "255", "65536"])


def value(g: Gen, depth: int = 0) -> str:
    plain = [lambda: number(g), lambda: quoted(element(g)), lambda: "true", lambda: "false", lambda: "nil",
             lambda: "KEYS[1]", lambda: "ARGV[1]", lambda: "#ARGV", lambda: "redis.sha1hex(ARGV[1])",
             lambda: f"tostring({number(g)})", lambda: "cjson.null == nil"]
    deep = [lambda: "{" + ", ".join(value(g, depth + 1) for _ in range(g.int(0, 4))) + "}",
            lambda: f"{{ok = {quoted(element(g))}}}", lambda: f"{{err = {quoted(b'E ' + element(g))}}}",
            lambda: f"{{double = {number(g)}}}", lambda: f"{{map = {{k = {value(g, depth + 1)}}}}}",
            lambda: f"redis.status_reply({quoted(element(g))})", lambda: f"redis.error_reply({quoted(element(g))})",
            lambda: call(g), lambda: f"cjson.encode({{{number(g)}, {quoted(element(g))}}})",
            lambda: f"cmsgpack.pack({value(g, depth + 1)})", lambda: f"struct.pack('>I2', {number(g)})",
            lambda: f"bit.band({number(g)}, 255)", lambda: f"{{cmsgpack.unpack(cmsgpack.pack({number(g)}))}}"]
    return g.pick(plain if depth > 2 else plain + deep)()


def call(g: Gen) -> str:
    for _ in range(20):
        args = command(g)
        if args[0].upper() not in UNORDERED and rule_for(args) is exact and sum(map(len, args)) < 2000:
            break
    else:
        args = (b"PING",)
    how = g.pick(["redis.call", "redis.pcall", "redis.pcall"])
    return f"{how}({', '.join(quoted(a) for a in args)})"


def statement(g: Gen) -> str:
    return g.pick([
        lambda: call(g), lambda: call(g), lambda: f"local v = {value(g)}",
        lambda: "redis.setresp(" + g.pick(["2", "3", "4"]) + ")",
        lambda: f"if {value(g, 3)} then {call(g)} end", lambda: f"for i = 1, {g.int(1, 5)} do {call(g)} end",
        lambda: f"pcall(function() {call(g)} end)", lambda: "redis.nope = 1", lambda: "undeclared = 1",
        lambda: f"error({value(g, 3)} or 'nothing')",
    ])()


def script(g: Gen) -> bytes:
    first = g.pick(["", "", "", "#!lua\n", "#!lua flags=no-writes\n", "#!lua flags=allow-oom,nope\n"])
    body = " ".join(statement(g) + ";" for _ in range(g.int(0, 4)))
    return f"{first}{body} return {value(g)}".encode("latin1")


def evaluate(g: Gen):
    name = g.pick([b"EVAL", b"EVAL", b"EVAL", b"EVAL_RO"])
    return cmd(name, script(g), b"1", any_key(g), element(g))


def load(g: Gen):
    library = g.pick([b"l1", b"l2"])
    body = (f"#!lua name={library.decode()}\nredis.register_function('f{g.int(1, 4)}', function(keys, args) "
            f"return {value(g).replace('KEYS', 'keys').replace('ARGV', 'args')} end)").encode("latin1")
    return cmd(b"FUNCTION", b"LOAD", *g.pick([(), (b"REPLACE",)]), body)


def manage(g: Gen):
    return g.pick([
        cmd(b"FCALL", b"f%d" % g.int(1, 4), b"1", any_key(g), element(g)),
        cmd(b"FCALL_RO", b"f%d" % g.int(1, 4), b"0"), cmd(b"FUNCTION", b"DELETE", g.pick([b"l1", b"l2"])),
        cmd(b"FUNCTION", b"FLUSH"), cmd(b"FUNCTION", b"STATS"), cmd(b"FUNCTION", b"KILL"), cmd(b"SCRIPT", b"KILL"),
        cmd(b"SCRIPT", b"LOAD", script(g)), cmd(b"SCRIPT", b"FLUSH"), cmd(b"SCRIPT", b"EXISTS", b"x"),
        cmd(b"EVALSHA", b"0" * 40, b"0"), cmd(b"EVAL", b"return 1", g.pick([b"x", b"-1", b"5"])),
    ])


FAMILY = Family("scripts", 2, 16, mix((12, evaluate), (3, load), (5, manage)))
