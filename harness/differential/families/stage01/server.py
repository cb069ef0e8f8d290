"""Server: options, statistics, slow log, memory and debug commands, as far as their replies are deterministic."""

from __future__ import annotations

from ... import resp, rules
from ...gen import Gen
from ...items import Cmd, Script
from .. import Family, mix

# Options with a value or two that are right, and some that are not.  engine.DEFAULTS puts them back.
OPTIONS = {
    b"slowlog-max-len": [b"0", b"10", b"128", b"-1", b"abc", b""],
    b"slowlog-log-slower-than": [b"-1", b"9223372036854775807", b"-2", b"abc"],
    b"latency-monitor-threshold": [b"0", b"1000000", b"-1", b"x"],
    b"maxclients": [b"10000", b"5000", b"0", b"-1", b"abc", b"1.5"],
    b"timeout": [b"0", b"100000", b"2147483647", b"2147483648", b"-1", b"abc"],
    b"tcp-keepalive": [b"0", b"300", b"-1", b"1e3"],
    b"proto-max-bulk-len": [b"512mb", b"536870912", b"100mb", b"1mb", b"1048575", b"1k", b"-1", b"abc", b"1mbx", b"0"],
    b"client-query-buffer-limit": [b"1gb", b"1048576", b"2mb", b"10", b"lots", b"-1"],
    b"client-output-buffer-limit": [b"normal 0 0 0", b"pubsub 32mb 8mb 60", b"normal 0 0 0 pubsub 1gb 1gb 1",
                                    b"slave 256mb 64mb 60",
                                    b"replica 256mb 64mb 60", b"normal 0 0", b"bogus 0 0 0", b"normal a b c",
                                    b"master 0 0 0", b"normal 0 0 -1",
                                    b"", b"normal 10g 0 0"],
    b"loglevel": [b"notice", b"warning", b"verbose", b"NOTICE", b"loud", b""],
    b"latency-tracking": [b"yes", b"no", b"YES", b"maybe"],
    b"latency-tracking-info-percentiles": [b"50 99 99.9", b"0", b"100", b"101", b"-1", b"a", b"", b"50.0 50"],
    b"databases": [b"16", b"4"],
    b"tcp-backlog": [b"511"],
    b"unixsocketperm": [b"0"],
    b"enable-debug-command": [b"yes"],
    b"no-such-option": [b"1"],
    b"": [b""],
}

GET_PATTERNS = [b"slowlog-*", b"latency-*", b"tcp-*", b"SLOWLOG-MAX-LEN", b"nothing*", b"?imeout", b"max[c]lients",
                b"proto-max*",
                b"client-*-limit", b"no-such-option", b"", b"requirepass", b"databases", b"\xff*", b"slowlog-max-le?",
                b"unixsocketperm",
                b"*slower*", b"enable-debug-command", b"save"]

STATISTICS = [b"keyspace", b"commandstats", b"errorstats", b"KEYSPACE", b"ErrorStats", b"latencystats"]
SECTIONS = [b"server", b"clients", b"memory", b"stats", b"cpu", b"default", b"all", b"everything", b"bogus", b"",
            b"persistence",
            b"replication", b"modules"]


def cmd(*args: bytes) -> Cmd:
    return Cmd(args)


def config_set(g: Gen):
    args = [g.case(b"CONFIG"), g.case(b"SET")]
    for _ in range(g.pick([1, 1, 1, 2, 2, 3])):
        option = g.pick(list(OPTIONS))
        args += [g.case(option), g.pick(OPTIONS[option])]
    if g.chance(0.03):
        args.append(b"timeout")
    return [Cmd(tuple(args)), cmd(b"CONFIG", b"GET", *args[2::2])]


def config(g: Gen):
    p = g.random.random()
    if p < 0.3:
        return config_set(g)
    if p < 0.8:
        count = g.pick([1, 1, 2, 3])
        return Cmd((b"CONFIG", g.case(b"GET"), *[g.pick(GET_PATTERNS + list(OPTIONS)[:10]) for _ in range(count)]))
    return g.pick([cmd(b"CONFIG", b"HELP"), cmd(b"CONFIG", b"REWRITE"), cmd(b"CONFIG", b"bogus"),
                   cmd(b"CONFIG", b"GET"),
                   cmd(b"CONFIG", b"SET", b"timeout"), cmd(b"CONFIG", b"RESETSTAT"),
                   cmd(b"CONFIG", b"RESETSTAT", b"x")])


def info(g: Gen):
    if g.chance(0.7):
        return Cmd((b"INFO", *g.random.sample(STATISTICS, g.pick([1, 1, 2]))), rules.statistics)
    return Cmd((g.case(b"INFO"), *g.random.sample(SECTIONS, g.pick([0, 1, 1, 2]))))


def latency(g: Gen):
    return Cmd((b"LATENCY", *g.pick([
        [b"LATEST"], [b"HISTORY", b"command"], [b"HISTORY", b"bogus"], [b"RESET"], [b"RESET", b"command", b"bogus"],
        [b"HELP"], [b"GRAPH", b"command"],
        [b"DOCTOR"], [b"HISTOGRAM"], [b"HISTOGRAM", b"set"], [b"HISTOGRAM", b"set", b"get", b"bogus"],
        [b"HISTOGRAM", b"config"], [b"HISTOGRAM", b"config|get"],
        [b"bogus"], [b"HISTORY"]])))


def memory(g: Gen):
    return Cmd((b"MEMORY", *g.pick([
        [b"USAGE", g.key()], [b"USAGE", g.key(), b"SAMPLES", g.integer(0.3)], [b"USAGE", g.key(), b"SAMPLES"],
        [b"USAGE", g.key(), b"bogus", b"1"],
        [b"STATS"], [b"DOCTOR"], [b"PURGE"], [b"HELP"], [b"bogus"], [b"MALLOC-STATS"], [b"USAGE"]])))


def debug(g: Gen):
    return Cmd((g.case(b"DEBUG"), *g.pick([
        [b"STRINGMATCH-LEN"],  # with arguments, an addition to what Redis 7.0.15 has
        [b"OBJECT", g.key()], [b"OBJECT"], [b"PROTOCOL", b"string"], [b"PROTOCOL", b"integer"],
        [b"PROTOCOL", b"double"], [b"PROTOCOL", b"null"],
        [b"PROTOCOL", b"array"], [b"PROTOCOL", b"set"], [b"PROTOCOL", b"map"], [b"PROTOCOL", b"attrib"],
        [b"PROTOCOL", b"push"], [b"PROTOCOL", b"verbatim"],
        [b"PROTOCOL", b"true"], [b"PROTOCOL", b"false"], [b"PROTOCOL", b"bignum"], [b"PROTOCOL", b"bogus"],
        [b"PROTOCOL"], [b"bogus"], [b"SLEEP", b"0"],
        [b"SET-ACTIVE-EXPIRE", b"1"], [b"HTSTATS"], [b"HTSTATS", b"abc"], [b"HTSTATS", b"99"]])))


def protocol_frames(command: Cmd) -> Cmd | Script:
    """DEBUG PROTOCOL attrib answers more than one frame in RESP3, and a push frame is none: a script."""
    words = [word.lower() for word in command.args]
    if words[1:2] == [b"protocol"] and words[-1] in (b"attrib", b"push"):
        return Script("debug protocol", on_main, [command.args])
    return command


def on_main(server, steps) -> list[bytes]:
    return [frame for args in steps for frame in server.main.batch([args])]


def slow_log(server, steps) -> list[bytes]:
    """Everything is slow for a while; entries compare without id, time, duration and address."""
    main = server.main
    slower_than = (b"CONFIG", b"SET", b"slowlog-log-slower-than")
    main.batch([(*slower_than, b"0", b"slowlog-max-len", b"20"), (b"SLOWLOG", b"RESET"), *steps, (*slower_than, b"-1")])
    out = [main.ask(b"SLOWLOG", b"LEN")]
    for count in (b"-1", b"3", b"0"):
        node = resp.parse(main.ask(b"SLOWLOG", b"GET", count))
        previous = None
        for entry in node.value:
            number, stamp, duration, args, address, name = entry.value
            out.append(repr((number.kind, stamp.kind, duration.kind, args, address.value[:10], name,
                             previous is None or previous - number.value == 1)).encode())
            previous = number.value
    return out + main.batch([(b"SLOWLOG", b"RESET"), (b"SLOWLOG", b"GET"), (b"SLOWLOG", b"LEN")])


def slow(g: Gen):
    return Script("slowlog entries", slow_log, [g.pick([
        (b"GET", g.key()), (b"SET", g.key(), g.value()), (b"MGET", *[g.key() for _ in range(g.int(25, 40))]),
        (b"ECHO", b"x" * g.int(120, 140)),
        (b"bogus",), (b"GET",), (b"CONFIG", b"GET", b"timeout"), (b"EXPIRE", g.key(), g.seconds()),
        (b"AUTH", b"secret"), (b"INCR", g.key()),
        (b"CONFIG", b"SET", b"requirepass", b""), (b"SLOWLOG", b"LEN")]) for _ in range(g.int(1, 8))])


def slowlog(g: Gen):
    return g.pick([cmd(b"SLOWLOG", b"GET"), cmd(b"SLOWLOG", b"GET", g.pick([b"5", b"-1", b"-2", b"abc", b"0"])),
                   cmd(b"SLOWLOG", b"LEN"), cmd(b"SLOWLOG", b"RESET"),
                   cmd(b"SLOWLOG", b"HELP"), cmd(b"SLOWLOG", b"bogus"), cmd(b"SLOWLOG", b"GET", b"1", b"2"),
                   cmd(b"SLOWLOG", b"LEN", b"x")])


def flush(g: Gen):
    return Cmd((g.case(g.pick([b"FLUSHDB", b"FLUSHALL"])),
                *g.pick([[], [b"SYNC"], [b"ASYNC"], [b"async"], [b"bogus"], [b"SYNC", b"ASYNC"], [b""]])))


def many_keys(server, steps) -> list[bytes]:
    """More than the pool's keys: a keyspace big enough to be resized, walked and counted."""
    out = []
    for count, drop in steps:
        keys = [b"many:%d" % i for i in range(count)]
        server.main.batch([(b"SET", key, b"v") for key in keys])
        out += server.main.batch([(b"DBSIZE",), *[(b"DEL", key) for key in keys[::drop]], (b"DBSIZE",)])
        cursor, seen = b"0", set()
        while True:
            reply = server.main.ask(b"SCAN", cursor, b"MATCH", b"many:*", b"COUNT", b"50")
            cursor, found = (node.value for node in resp.parse(reply).value)
            seen.update(key.value for key in found)
            if cursor == b"0":
                break
        out.append(b" ".join(sorted(seen)))
        server.main.batch([(b"UNLINK", key) for key in sorted(seen)])
    return out


FAMILY = Family("server", 1, 10, mix(
    (10, config), (6, info), (3, latency), (4, memory), (6, lambda g: protocol_frames(debug(g))), (1.5, slow),
    (2, slowlog), (0.5, flush),
    (2, lambda g: cmd(b"TIME")), (2, lambda g: cmd(b"DBSIZE")),
    (1, lambda g: Cmd((b"LOLWUT", *g.pick([[], [b"VERSION", b"1"], [b"VERSION", b"5"], [b"VERSION", b"abc"],
                                           [b"VERSION"], [b"5", b"1", b"1"]])))),
    (0.1, lambda g: Script("many keys", many_keys, [(g.pick([0, 10, 500, 3000]), g.int(1, 3))])),
    (0.5, lambda g: Cmd((b"SHUTDOWN", *g.pick([[b"bogus"], [b"SAVE", b"NOSAVE"], [b"ABORT"], [b"NOSAVE", b"x"],
                                               [b"ABORT", b"NOW"], [b""]])))),
))
