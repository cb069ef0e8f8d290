"""Lists: pushing, popping and reading, on short and long lists, in both protocols; lists as keys, and chance."""

import pytest

from strata_harness.lists import elements, fill, shape
from strata_harness.resp import encode

WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value"
NOT_INTEGER = "ERR value is not an integer or out of range"
NOT_POSITIVE = "ERR value is out of range, must be positive"
SYNTAX = "ERR syntax error"


# --- pushing and popping ---


@pytest.mark.goal("LPUSH adds in front one by one, RPUSH behind; both answer the new length")
def test_push(wire, shape):
    assert wire("RPUSH", "l", "a", "b") == 2
    assert wire("LPUSH", "l", "c", "d", "e") == 5
    assert wire("RPUSH", "l", "f") == 6
    assert elements(wire) == [b"e", b"d", b"c", b"a", b"b", b"f"]
    assert wire("TYPE", "l") == "list" and wire("OBJECT", "ENCODING", "l") == b"quicklist"


@pytest.mark.goal("LPUSHX and RPUSHX add to a list that exists and do not make one")
def test_pushx(wire):
    assert wire("LPUSHX", "l", "a") == 0 and wire("RPUSHX", "l", "a", "b") == 0
    assert wire("EXISTS", "l") == 0
    wire("RPUSH", "l", "m")
    assert wire("LPUSHX", "l", "a", "b") == 3 and wire("RPUSHX", "l", "z") == 4
    assert elements(wire) == [b"b", b"a", b"m", b"z"]


@pytest.mark.goal("LPOP and RPOP take from their ends, and an emptied list is gone")
def test_pop(wire, shape):
    items = fill(wire, 12)
    for number in range(6):
        assert wire("LPOP", "l") == items[number]
        assert wire("RPOP", "l") == items[-1 - number]
    assert wire("EXISTS", "l") == 0
    assert wire("LPOP", "l") is None and wire("RPOP", "l") is None


@pytest.mark.parametrize("count", [1, 2, 3, 7, 10, 11, 12, 1000, 2**63 - 1])
@pytest.mark.goal("LPOP and RPOP with a count answer so many elements in the order in which they leave")
def test_pop_count(wire, shape, count):
    items = fill(wire, 11)
    assert wire("LPOP", "l", count) == items[:count]
    assert elements(wire) == items[count:]
    wire("DEL", "l")
    fill(wire, 11)
    assert wire("RPOP", "l", count) == items[::-1][:count]
    assert elements(wire) == items[:max(0, 11 - count)]
    assert wire("EXISTS", "l") == (1 if count < 11 else 0)


@pytest.mark.goal("A pop count of zero answers an empty array; of a missing key there is nothing at all")
def test_pop_count_bytes(wire, wire3):
    wire("RPUSH", "l", "a")
    ask = b"".join(encode(*words) for words in (("LPOP", "l", "0"), ("RPOP", "none", "1"), ("LPOP", "none", "0"),
                                                ("LPOP", "none"), ("LMPOP", "1", "none", "LEFT")))
    wire.exchange(ask, b"*0\r\n*-1\r\n*-1\r\n$-1\r\n*-1\r\n")
    wire3.exchange(ask, b"*0\r\n" + b"_\r\n" * 4)


@pytest.mark.goal("Pop counts that are no natural number are refused before the key is looked at")
def test_pop_count_errors(wire):
    wire.ok("SET", "s", "text")
    for count in ("-1", "x", "1.5", "", "9223372036854775808"):
        for key in ("none", "s"):
            assert wire.error("LPOP", key, count) == NOT_POSITIVE
            assert wire.error("RPOP", key, count) == NOT_POSITIVE
    assert wire.error("LPOP", "l", 1, 2) == "ERR wrong number of arguments for 'lpop' command"
    assert wire.error("RPOP", "l", 1, 2) == "ERR wrong number of arguments for 'rpop' command"


@pytest.mark.goal("A queue that is pushed to at one end and popped at the other for long stays in order")
@pytest.mark.parametrize("push, pop", [("LPUSH", "RPOP"), ("RPUSH", "LPOP")])
def test_queue(wire, shape, push, pop):
    commands, expected = [], []
    for number in range(3000):
        commands.append((push, "q", b"job:%d" % number))
        expected.append(min(number, 30) + 1)
        if number >= 30:
            commands.append((pop, "q"))
            expected.append(b"job:%d" % (number - 30))
    wire.send(b"".join(encode(*command) for command in commands))
    assert wire.read_many(len(commands)) == expected
    assert wire("LLEN", "q") == 30


@pytest.mark.goal("A stack that grows and shrinks at one end, beyond several nodes, gives back what was pushed")
@pytest.mark.parametrize("push, pop", [("LPUSH", "LPOP"), ("RPUSH", "RPOP")])
def test_stack(wire, rng, push, pop):
    model, commands, expected = [], [], []
    for _ in range(4000):
        if model and rng.random() < 0.4:
            commands.append((pop, "l"))
            expected.append(model.pop())
        else:
            model.append(rng.randbytes(rng.randrange(40)))
            commands.append((push, "l", model[-1]))
            expected.append(len(model))
    wire.send(b"".join(encode(*command) for command in commands))
    assert wire.read_many(len(commands)) == expected
    assert elements(wire) == (model[::-1] if push == "LPUSH" else model)


# --- values ---


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 125, 126, 127, 4095, 4096, 8000, 8192, 8193, 70000, 200000])
@pytest.mark.goal("Elements around every size boundary come back byte for byte from anywhere in a list")
def test_sizes(wire, rng, size):
    data = rng.randbytes(size)
    wire("RPUSH", "l", "first", data, "last")
    wire("LPUSH", "l", data)
    assert elements(wire) == [data, b"first", data, b"last"]
    assert wire("LINDEX", "l", 2) == data and wire("LPOS", "l", data, "RANK", 2) == 2
    assert wire("LPOS", "l", "first", "RANK", -1) == 1, "walking from the tail"
    assert wire("LSET", "l", 1, data) == "OK" and wire("LINSERT", "l", "AFTER", "last", data) == 5
    assert wire("LREM", "l", 0, data) == 4 and elements(wire) == [b"last"]


@pytest.mark.parametrize("text", ["0", "-1", "127", "128", "-4096", "4095", "-4097", "32767", "8388607", "8388608",
                                  "-2147483648", "2147483648", "9223372036854775807", "-9223372036854775808",
                                  "9223372036854775808", "007", "+5", "-0", "1.5", " 1", "1 ", "0x10", "1e3"])
@pytest.mark.goal("Elements that look like numbers come back, and are found, as they were spelled")
def test_numbers(wire, text):
    wire("RPUSH", "l", "x", text, "y", text)
    assert elements(wire) == [b"x", text.encode(), b"y", text.encode()]
    assert wire("LPOS", "l", text) == 1 and wire("LPOS", "l", text + "0") is None
    assert wire("LINSERT", "l", "BEFORE", text, "new") == 5
    assert wire("LREM", "l", 1, text) == 1
    assert wire("RPOP", "l") == text.encode() and wire("RPOP", "l") == b"y" and wire("RPOP", "l") == b"new"


# --- reading ---


@pytest.mark.parametrize("start, stop", [
    (0, -1), (0, 0), (-1, -1), (3, 7), (7, 3), (-4, -2), (-2, -4), (5, 100), (100, 200), (-100, 2), (-100, -90),
    (0, -12), (0, -13), (11, 11), (12, 12), (-2**63, 2**63 - 1), (2**63 - 1, -2**63)])
@pytest.mark.goal("LRANGE and LTRIM take inclusive ranges, count from the end below zero, and never fail outside")
def test_ranges(wire, shape, start, stop):
    items = fill(wire, 12)
    first = max(start + 12, 0) if start < 0 else start
    last = stop + 12 if stop < 0 else stop
    wanted = items[first:last + 1] if last >= 0 else []
    assert wire("LRANGE", "l", start, stop) == wanted
    wire.ok("LTRIM", "l", start, stop)
    assert elements(wire) == wanted
    assert wire("EXISTS", "l") == (1 if wanted else 0)


@pytest.mark.goal("Random ranges of a long list agree with Python's slices")
def test_random_ranges(wire, rng, shape):
    items = fill(wire, 1500)
    for _ in range(200):
        start, stop = rng.randrange(1600), rng.randrange(1600)
        assert wire("LRANGE", "l", start, stop) == items[start:stop + 1]
        assert wire("LRANGE", "l", -1500 + start % 1500, -1) == items[start % 1500:]


@pytest.mark.goal("LINDEX finds every element of a long list from either end")
def test_lindex(wire, shape):
    items = fill(wire, 300)
    indexes = list(range(-302, 302))
    wire.send(b"".join(encode("LINDEX", "l", str(index)) for index in indexes))
    assert wire.read_many(len(indexes)) == [items[index] if -300 <= index < 300 else None for index in indexes]


@pytest.mark.goal("Of a key that is not there readers answer an empty list, and no command but a push makes one")
def test_missing(wire):
    assert [wire("LLEN", "none"), wire("LRANGE", "none", 0, -1), wire("LINDEX", "none", 0)] == [0, [], None]
    assert [wire("LPOS", "none", "a"), wire("LPOS", "none", "a", "COUNT", 0)] == [None, []]
    assert [wire("LREM", "none", 0, "a"), wire("LINSERT", "none", "BEFORE", "a", "b")] == [0, 0]
    assert wire("LTRIM", "none", 0, -1) == "OK"
    assert wire.error("LSET", "none", 0, "a") == "ERR no such key"
    assert wire("LMOVE", "none", "other", "LEFT", "LEFT") is None and wire("RPOPLPUSH", "none", "other") is None
    assert wire("EXISTS", "none", "other") == 0


@pytest.mark.goal("A hundred thousand elements come back in one reply, in order")
@pytest.mark.limit(40)
def test_large(wire):
    items = fill(wire, 100000)
    assert wire("LLEN", "l") == 100000
    assert elements(wire) == items
    assert wire("LINDEX", "l", 50000) == items[50000] and wire("LINDEX", "l", -2) == items[-2]
    assert wire("LPOS", "l", items[77777]) == 77777
    wire.ok("LTRIM", "l", 1000, -1001)
    assert elements(wire) == items[1000:-1000]


# --- LPOS ---


@pytest.mark.parametrize("options, expected", [
    ([], 0), (["RANK", 1], 0), (["RANK", 2], 2), (["RANK", 4], 6), (["RANK", 5], None), (["RANK", -1], 6),
    (["RANK", -4], 0), (["RANK", -5], None), (["COUNT", 0], [0, 2, 5, 6]), (["COUNT", 2], [0, 2]),
    (["COUNT", 9], [0, 2, 5, 6]), (["COUNT", 2, "RANK", 2], [2, 5]), (["RANK", -1, "COUNT", 0], [6, 5, 2, 0]),
    (["RANK", -2, "COUNT", 2], [5, 2]), (["RANK", 9, "COUNT", 0], []), (["MAXLEN", 0], 0), (["MAXLEN", 1], 0),
    (["MAXLEN", 2, "RANK", 2], None), (["MAXLEN", 3, "RANK", 2], 2), (["COUNT", 0, "MAXLEN", 3], [0, 2]),
    (["COUNT", 0, "MAXLEN", 3, "RANK", -1], [6, 5]), (["maxlen", 2**62, "count", 1, "rank", 3], [5]),
    (["RANK", 2, "RANK", 3], 5)])
@pytest.mark.goal("LPOS tells indexes of matches by RANK, COUNT and MAXLEN, from either end")
def test_lpos(wire, shape, options, expected):
    wire("RPUSH", "l", "a", "1", "a", "b", "2", "a", "a", "c")
    assert wire("LPOS", "l", "a", *options) == expected


@pytest.mark.parametrize("options, message", [
    (["RANK", 0], "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative "
                  "to start from the end of the list"),
    (["RANK", "x"], NOT_INTEGER), (["COUNT", -1], "ERR COUNT can't be negative"),
    (["COUNT", "x"], "ERR COUNT can't be negative"), (["MAXLEN", -1], "ERR MAXLEN can't be negative"),
    (["MAXLEN", "1.5"], "ERR MAXLEN can't be negative"), (["RANK"], SYNTAX), (["RANK", 1, "COUNT"], SYNTAX),
    (["FOO", 1], SYNTAX)])
@pytest.mark.goal("LPOS refuses options that make no sense, even of a missing key")
def test_lpos_errors(wire, options, message):
    assert wire.error("LPOS", "none", "a", *options) == message


# --- as a key ---


@pytest.mark.parametrize("command", [
    ["LPUSH", "s", "a"], ["RPUSH", "s", "a"], ["LPUSHX", "s", "a"], ["RPUSHX", "s", "a"], ["LPOP", "s"], ["RPOP", "s"],
    ["LPOP", "s", 0], ["LLEN", "s"], ["LRANGE", "s", 0, -1], ["LINDEX", "s", "x"], ["LSET", "s", "x", "a"],
    ["LINSERT", "s", "BEFORE", "a", "b"], ["LREM", "s", 0, "a"], ["LTRIM", "s", 0, 0], ["LPOS", "s", "a"],
    ["LMOVE", "s", "l", "LEFT", "LEFT"], ["LMPOP", 1, "s", "LEFT"]], ids=lambda words: words[0])
@pytest.mark.goal("Every list command refuses a key of another type and leaves it alone")
def test_wrong_type(wire, command):
    wire.ok("SET", "s", "text")
    assert wire.error(*command) == WRONG_TYPE
    assert wire("GET", "s") == b"text"
    assert wire("DEL", "s") == 1 and wire("RPUSH", "s", "a") == 1, "the name is free for a list"


@pytest.mark.goal("COPY, RENAME and EXPIRE treat a list as one value; a push keeps its TTL")
def test_as_a_value(wire, shape):
    items = fill(wire, 30)
    wire("EXPIRE", "l", 100)
    assert wire("COPY", "l", "copy") == 1
    wire("LSET", "copy", 10, "changed")
    wire("LPOP", "copy")
    wire.ok("RENAME", "l", "moved")
    wire("RPUSH", "moved", "more")
    assert elements(wire, "moved") == items + [b"more"] and wire("TTL", "moved") > 90
    assert elements(wire, "copy") == items[1:10] + [b"changed"] + items[11:]
    assert wire("DEL", "moved", "copy") == 2


@pytest.mark.goal("MEMORY USAGE of a list grows with what it holds")
def test_memory_usage(wire):
    sizes = []
    for count in (1, 100, 5000):
        wire("DEL", "l")
        fill(wire, count)
        sizes.append(wire("MEMORY", "USAGE", "l", "SAMPLES", 0))
    assert sizes[0] < 300 and sizes[0] + 300 < sizes[1] and sizes[1] + 25000 < sizes[2] < 100000


@pytest.mark.parametrize("command, expected", [
    (["LPUSH", "l", "x", "y"], ["lpush"]), (["RPUSHX", "l", "x"], ["rpush"]), (["LPOP", "l"], ["lpop"]),
    (["RPOP", "l", "2"], ["rpop"]), (["RPOP", "l", "3"], ["rpop", "del"]), (["LSET", "l", "0", "x"], ["lset"]),
    (["LINSERT", "l", "BEFORE", "a", "x"], ["linsert"]), (["LREM", "l", "0", "a"], ["lrem"]),
    (["LTRIM", "l", "0", "-1"], ["ltrim"]), (["LTRIM", "l", "9", "9"], ["ltrim", "del"]),
    (["LMOVE", "l", "l", "LEFT", "RIGHT"], ["rpush", "lpop"]),
    (["LMPOP", "1", "l", "RIGHT", "COUNT", "9"], ["rpop", "del"]),
    (["LPOP", "l", "0"], []), (["LREM", "l", "0", "zz"], []), (["LINSERT", "l", "BEFORE", "zz", "x"], [])],
    ids=lambda value: "-".join(value) or "nothing")
@pytest.mark.goal("Every change of a list tells its event, and the removal of an emptied list as well")
def test_events(wire, connect, command, expected):
    wire("RPUSH", "l", "a", "b", "c")
    wire.ok("CONFIG", "SET", "notify-keyspace-events", "Klg")
    listener = connect()
    listener("PSUBSCRIBE", "__keyspace@0__:*")
    wire(*command)
    wire("PUBLISH", "__keyspace@0__:end", "end")
    told = [listener.read()[3].decode() for _ in range(len(expected) + 1)]
    assert told == expected + ["end"]


@pytest.mark.parametrize("command, changes", [
    (["LPUSH", "l", "x", "y", "z"], 3), (["RPUSHX", "l", "x"], 1), (["LPUSHX", "none", "x"], 0), (["LPOP", "l"], 1),
    (["RPOP", "l", "2"], 2), (["RPOP", "l", "99"], 4), (["LPOP", "l", "0"], 0), (["LSET", "l", "0", "x"], 1),
    (["LINSERT", "l", "AFTER", "b", "x"], 1), (["LINSERT", "l", "AFTER", "zz", "x"], 0), (["LREM", "l", "0", "a"], 2),
    (["LREM", "l", "0", "zz"], 0), (["LTRIM", "l", "1", "1"], 3), (["LTRIM", "l", "0", "-1"], 0),
    (["LTRIM", "l", "9", "9"], 4), (["LMOVE", "l", "t", "LEFT", "LEFT"], 1), (["RPOPLPUSH", "l", "l"], 1),
    (["LMPOP", "1", "l", "LEFT", "COUNT", "3"], 3)],
    ids=lambda value: "-".join(value) if isinstance(value, list) else None)
@pytest.mark.goal("INFO counts the changes of every command: elements that were added or removed")
def test_changes(wire, command, changes):
    def total():
        return int(wire("INFO", "persistence").split(b"rdb_changes_since_last_save:")[1].split()[0])

    assert wire("RPUSH", "l", "a", "b", "a", "c") == 4
    before = total()
    wire(*command)
    assert total() - before == changes


# --- chance ---


@pytest.mark.goal("A random history of every list command leaves what Python's list would hold")
@pytest.mark.limit(40)
def test_history(wire, rng, shape):
    model, commands, expected = [], [], []

    def word():
        return rng.choice([b"%d" % rng.randrange(-200, 200), b"%d" % rng.randrange(10**15), rng.choice([b"a", b"b"]),
                           b"x" * rng.randrange(120), rng.randbytes(rng.randrange(30))])

    def run(answer, *words):
        commands.append(words)
        expected.append(answer)

    for _ in range(2500):
        kind = rng.randrange(12)
        item = word()
        if kind <= 2 or not model:
            model.append(item)
            run(len(model), "RPUSH", "l", item)
        elif kind == 3:
            model.insert(0, item)
            run(len(model), "LPUSH", "l", item)
        elif kind == 4:
            run(model.pop(0), "LPOP", "l")
        elif kind == 5:
            run(model.pop(), "RPOP", "l")
        elif kind == 6:
            index = rng.randrange(len(model))
            model[index] = item
            run("OK", "LSET", "l", b"%d" % index, item)
        elif kind <= 8:
            at = model.index(pivot := rng.choice(model))
            after = rng.random() < 0.5
            model.insert(at + after, item)
            run(len(model), "LINSERT", "l", "AFTER" if after else "BEFORE", pivot, item)
        elif kind == 9:
            victim = rng.choice(model)
            run(1, "LREM", "l", "1", victim)
            model.remove(victim)
        elif kind == 10:
            model.insert(0, model.pop())
            run(model[0], "RPOPLPUSH", "l", "l")
        else:
            index = rng.randrange(len(model))
            run(model[index], "LINDEX", "l", b"%d" % index)
            run(model.index(model[index]), "LPOS", "l", model[index])
    wire.send(b"".join(encode(*command) for command in commands))
    assert wire.read_many(len(commands)) == expected
    assert elements(wire) == model
