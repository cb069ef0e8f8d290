"""Bit commands: single bits, counting, finding, combining, and BITFIELD's integers of any width."""

import pytest

from strata_harness.resp import encode

WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value"
NOT_INTEGER = "ERR value is not an integer or out of range"
BAD_OFFSET = "ERR bit offset is not an integer or out of range"
BAD_TYPE = "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is."


def bits_of(value):
    return "".join(f"{byte:08b}" for byte in value)


def changes(wire):
    return int(wire("INFO", "persistence").split(b"rdb_changes_since_last_save:")[1].split(b"\r\n")[0])


# --- SETBIT, GETBIT ---


@pytest.mark.goal("SETBIT sets the bit it names, counted from the highest of the first byte, and answers the old one")
def test_setbit(wire):
    assert [wire("SETBIT", "k", 7, 1), wire("SETBIT", "k", 7, 1), wire("GET", "k")] == [0, 1, b"\x01"]
    assert wire("SETBIT", "k", 0, 1) == 0 and wire("GET", "k") == b"\x81"
    assert wire("SETBIT", "k", 7, 0) == 1 and wire("GET", "k") == b"\x80"
    assert [wire("GETBIT", "k", offset) for offset in (0, 1, 7, 8, 4294967295)] == [1, 0, 0, 0, 0]
    assert wire("GETBIT", "none", 3) == 0 and wire("EXISTS", "none") == 0


@pytest.mark.parametrize("offset, length", [(8, 2), (100, 13), (1535, 192), (1536, 193), (80000, 10001),
                                            (8_000_007, 1_000_001)])
@pytest.mark.goal("A bit behind the end makes the string longer, with zeros between")
def test_setbit_grows(wire, offset, length):
    wire.ok("SET", "k", "\x01")
    assert wire("SETBIT", "k", offset, 1) == 0
    value = wire("GET", "k")
    assert len(value) == length and value[0] == 1
    assert wire("BITCOUNT", "k") == 2 and wire("GETBIT", "k", offset) == 1
    assert wire("SETBIT", "new", offset, 0) == 0 and wire("GET", "new") == bytes(length)


@pytest.mark.goal("Many random bits read back as they were set, whatever string was there before")
def test_setbit_random(wire, rng):
    wire.ok("SET", "k", "12345")
    model = bytearray(b"12345")
    commands = []
    for _ in range(2000):
        offset, bit = rng.randrange(rng.choice([40, 3000])), rng.randrange(2)
        model += bytes(max(0, offset // 8 + 1 - len(model)))
        model[offset // 8] = model[offset // 8] & ~(0x80 >> offset % 8) | bit * (0x80 >> offset % 8)
        commands.append(encode("SETBIT", "k", offset, bit))
    wire.send(b"".join(commands))
    wire.read_many(len(commands))
    assert wire("GET", "k") == bytes(model)


@pytest.mark.goal("SETBIT keeps the expiry and makes a number or short string raw")
def test_setbit_value(wire):
    wire.ok("SET", "k", "12", "EX", 100)
    assert wire("SETBIT", "k", 7, 0) == 1
    assert wire("GET", "k") == b"02" and wire("TTL", "k") > 90
    assert wire("OBJECT", "ENCODING", "k") == b"raw"
    assert wire("GETBIT", "k", 2) == 1


@pytest.mark.goal("Bad offsets and bits are refused with Redis's errors, the arguments being looked at before the key")
def test_setbit_errors(wire):
    wire("HSET", "h", "f", "v")
    for offset in ("-1", "4294967296", "x", "", "1.0", "9223372036854775808"):
        assert wire.error("SETBIT", "h", offset, 1) == BAD_OFFSET
        assert wire.error("GETBIT", "h", offset) == BAD_OFFSET
    for bit in ("2", "-1", "x", ""):
        assert wire.error("SETBIT", "h", 1, bit) == "ERR bit is not an integer or out of range"
    assert wire.error("SETBIT", "h", 1, 1) == wire.error("GETBIT", "h", 1) == WRONG_TYPE


@pytest.mark.goal("Only a SETBIT that changes a bit or lengthens the string is a change")
def test_setbit_changes(wire):
    for words, by in ((["k", 5, 1], 1), (["k", 5, 1], 0), (["k", 6, 0], 0), (["k", 8, 0], 1), (["k", 5, 0], 1)):
        before = changes(wire)
        wire("SETBIT", *words)
        assert changes(wire) - before == by, words


# --- BITCOUNT, BITPOS ---


@pytest.mark.parametrize("size", [0, 1, 8, 9, 223, 224, 225, 1000, 100_003])
@pytest.mark.goal("BITCOUNT counts the ones of strings of any length")
def test_bitcount_sizes(wire, rng, size):
    value = rng.randbytes(size)
    wire.ok("SET", "k", value)
    assert wire("BITCOUNT", "k") == bits_of(value).count("1")
    wire.ok("SET", "k", b"\xff" * size)
    assert wire("BITCOUNT", "k") == size * 8


@pytest.mark.parametrize("unit", ["BYTE", "bit", None])
@pytest.mark.goal("BITCOUNT counts exactly the range it is given, in bytes or bits, from either end")
def test_bitcount_ranges(wire, rng, unit):
    value = rng.randbytes(40)
    wire.ok("SET", "k", value)
    bits, step = bits_of(value), 1 if unit == "bit" else 8
    commands, expected = [], []
    for _ in range(400):
        start, end = (rng.randrange(-400, 400) // (9 - step) for _ in range(2))
        commands.append(encode("BITCOUNT", "k", start, end, *([unit] if unit else [])))
        total = len(bits) // step
        first, last = (max(0, at + total if at < 0 else at) for at in (start, end))
        expected.append(0 if start < 0 and end < 0 and start > end else
                        bits[first * step:(min(last, total - 1) + 1) * step].count("1") if first <= last else 0)
    wire.send(b"".join(commands))
    assert wire.read_many(len(commands)) == expected


@pytest.mark.goal("BITCOUNT's errors; of a key that is not there it answers 0 whatever follows")
def test_bitcount_errors(wire):
    wire.ok("SET", "k", "foobar")
    wire("HSET", "h", "f", "v")
    assert wire.error("BITCOUNT", "k", 1) == "ERR syntax error"
    assert wire.error("BITCOUNT", "k", 1, 2, "word") == "ERR syntax error"
    assert wire.error("BITCOUNT", "k", 1, 2, "BIT", 3) == "ERR syntax error"
    assert wire.error("BITCOUNT", "k", "x", 1) == wire.error("BITCOUNT", "k", 1, "x") == NOT_INTEGER
    assert wire.error("BITCOUNT", "h") == WRONG_TYPE
    assert wire("BITCOUNT", "k") == wire("BITCOUNT", "k", 0, -1, "bYtE") == 26
    assert wire("BITCOUNT", "none") == wire("BITCOUNT", "none", "x") == wire("BITCOUNT", "k", -1, -2, "word") == 0


@pytest.mark.parametrize("unit", ["BYTE", "BIT"])
@pytest.mark.parametrize("filler", [b"\x00", b"\xff"])
@pytest.mark.goal("BITPOS finds the first bit of a range, over long runs of the other one")
def test_bitpos_ranges(wire, rng, unit, filler):
    value = bytearray(filler * 60)
    for _ in range(3):
        value[rng.randrange(60)] ^= 1 << rng.randrange(8)
    wire.ok("SET", "k", bytes(value))
    bits, step = bits_of(value), 1 if unit == "BIT" else 8
    commands, expected = [], []
    for _ in range(400):
        bit, start, end = rng.randrange(2), rng.randrange(480 // step), rng.randrange(480 // step)
        commands.append(encode("BITPOS", "k", bit, start, end, unit))
        expected.append(bits.find(str(bit), start * step, (end + 1) * step) if start <= end else -1)
    wire.send(b"".join(commands))
    assert wire.read_many(len(commands)) == expected


@pytest.mark.goal("Looking for a zero without an end, BITPOS finds the one behind the string; with an end it does not")
def test_bitpos_behind(wire):
    wire.ok("SET", "k", b"\xff\xff\xff")
    assert [wire("BITPOS", "k", 0), wire("BITPOS", "k", 0, 1), wire("BITPOS", "k", 0, -1)] == [24, 24, 24]
    assert [wire("BITPOS", "k", 0, 0, -1), wire("BITPOS", "k", 0, 0, 100), wire("BITPOS", "k", 0, 3)] == [-1, -1, -1]
    assert wire("BITPOS", "k", 0, 0, -1, "BIT") == -1
    wire.ok("SET", "k", b"\x00\x00")
    assert [wire("BITPOS", "k", 1), wire("BITPOS", "k", 0), wire("BITPOS", "k", 0, 1)] == [-1, 0, 8]
    assert [wire("BITPOS", "none", 0), wire("BITPOS", "none", 1)] == [0, -1]
    wire.ok("SET", "empty", "")
    assert [wire("BITPOS", "empty", 0), wire("BITPOS", "empty", 1)] == [-1, -1]


@pytest.mark.goal("BITPOS looks at its arguments in Redis's order")
def test_bitpos_errors(wire):
    wire.ok("SET", "k", "foobar")
    wire("HSET", "h", "f", "v")
    assert wire.error("BITPOS", "h", 2) == "ERR The bit argument must be 1 or 0."
    assert wire.error("BITPOS", "h", "x") == NOT_INTEGER
    assert wire.error("BITPOS", "h", 1) == WRONG_TYPE
    assert wire.error("BITPOS", "k", 1, "x") == wire.error("BITPOS", "k", 1, "x", 0, "word") == NOT_INTEGER
    assert wire.error("BITPOS", "k", 1, 0, "x", "word") == wire.error("BITPOS", "k", 1, 0, 0, "BIT", 1) == \
        "ERR syntax error"
    assert wire.error("BITPOS", "k", 1, 0, "x", "BIT") == NOT_INTEGER
    assert wire("BITPOS", "k", 1, 8, -1, "bIt") == 9
    assert wire("BITPOS", "none", 1, "x") == -1


# --- BITOP ---


@pytest.mark.parametrize("sizes", [(1, 1), (8, 3), (3, 8), (200, 64, 65), (0, 5), (10_000, 1, 9_999, 777)])
@pytest.mark.parametrize("operation", ["AND", "or", "Xor"])
@pytest.mark.goal("BITOP combines any number of strings, shorter ones filled up with zeros")
def test_bitop(wire, rng, operation, sizes):
    values = [rng.randbytes(size) for size in sizes]
    for number, value in enumerate(values):
        wire.ok("SET", f"k{number}", value)
    longest = max(sizes)
    total = int.from_bytes(values[0].ljust(longest, b"\0"), "big")
    for value in values[1:]:
        other = int.from_bytes(value.ljust(longest, b"\0"), "big")
        total = {"and": total & other, "or": total | other, "xor": total ^ other}[operation.lower()]
    assert wire("BITOP", operation, "to", *[f"k{number}" for number in range(len(sizes))]) == longest
    assert wire("GET", "to") == total.to_bytes(longest, "big")


@pytest.mark.goal("BITOP NOT inverts one string, a number's digits too, and may write over it")
def test_bitop_not(wire, rng):
    value = rng.randbytes(300)
    wire.ok("MSET", "k", value, "n", 12)
    assert wire("BITOP", "NOT", "k", "k") == 300 and wire("GET", "k") == bytes(byte ^ 255 for byte in value)
    assert wire("BITOP", "NOT", "to", "n") == 2 and wire("GET", "to") == b"\xce\xcd"
    assert wire("BITOP", "NOT", "to", "to") == 2 and wire("GET", "to") == b"12"
    assert wire("OBJECT", "ENCODING", "to") == b"raw" and wire("INCR", "to") == 13


@pytest.mark.goal("BITOP replaces its destination whatever it was, and removes it when the result is empty")
def test_bitop_destination(wire):
    wire.ok("SET", "k", "abc")
    wire.ok("SET", "old", "x", "EX", 100)
    assert wire("BITOP", "OR", "old", "k", "none") == 3 and wire("TTL", "old") == -1
    wire("HSET", "h", "f", "v")
    assert wire("BITOP", "AND", "h", "k", "none") == 3 and wire("GET", "h") == b"\0\0\0"
    assert wire("BITOP", "XOR", "h", "none", "nothing") == 0 and wire("EXISTS", "h") == 0
    before = changes(wire)
    assert wire("BITOP", "XOR", "h", "none", "nothing") == 0 and changes(wire) == before


@pytest.mark.goal("BITOP refuses unknown operations, NOT of several keys and keys of other types")
def test_bitop_errors(wire):
    wire.ok("SET", "k", "abc")
    wire("HSET", "h", "f", "v")
    assert wire.error("BITOP", "NAND", "to", "k") == "ERR syntax error"
    assert wire.error("BITOP", "NOT", "to", "k", "k") == "ERR BITOP NOT must be called with a single source key."
    assert wire.error("BITOP", "AND", "to", "k", "h") == WRONG_TYPE
    assert wire("EXISTS", "to") == 0


# --- BITFIELD ---


@pytest.mark.goal("BITFIELD runs its operations in order and answers each: old value, new value, value")
def test_bitfield(wire):
    assert wire("BITFIELD", "k", "SET", "u8", 0, 255, "get", "u4", 4, "IncrBy", "i5", 100, 1, "GET", "i8", 0) == \
        [0, 15, 1, -1]
    assert wire("GET", "k") == b"\xff" + bytes(12) + b"\x80"
    assert wire("BITFIELD", "k", "SET", "i5", "#20", -7, "GET", "i5", "#20", "GET", "u5", 100) == [1, -7, 25]
    assert wire("BITFIELD", "k") == [] and wire("BITFIELD", "none", "GET", "u63", 1000) == [0]
    assert wire("EXISTS", "none") == 0


@pytest.mark.goal("Fields of every width at random offsets hold their values and leave their neighbours alone")
def test_bitfield_random(wire, rng):
    total, commands, expected = 0, [], []
    for _ in range(1500):
        signed = rng.random() < 0.5
        width = rng.randrange(1, 65 if signed else 64)
        offset = rng.randrange(400 - width)
        shift, mask = 400 - offset - width, (1 << width) - 1
        old, new = total >> shift & mask, rng.randrange(1 << width)
        total += (new - old) << shift
        if signed:
            old, new = ((value ^ 1 << width - 1) - (1 << width - 1) for value in (old, new))
        commands.append(encode("BITFIELD", "k", "SET", f"{'iu'[not signed]}{width}", offset, new))
        expected.append([old])
    wire("SETBIT", "k", 399, 0)
    wire.send(b"".join(commands))
    assert wire.read_many(len(commands)) == expected
    assert wire("GET", "k") == total.to_bytes(50, "big")


@pytest.mark.parametrize("mode, expected", [
    ("WRAP", [[0], [100], [127], [-128], [0], [255], [0]]),
    ("SAT", [[0], [100], [127], [127], [0], [255], [255]]),
    ("FAIL", [[0], [100], [127], [None], [0], [255], [None]]),
])
@pytest.mark.goal("OVERFLOW decides what INCRBY does at the ends of a type's range")
def test_overflow_incrby(wire, mode, expected):
    run = lambda *words: wire("BITFIELD", "k", "OVERFLOW", mode, *words)
    assert [run("SET", "i8", 0, 100), run("SET", "i8", 0, 100), run("INCRBY", "i8", 0, 27), run("INCRBY", "i8", 0, 1),
            run("SET", "u8", 8, 255), run("INCRBY", "u8", 8, 0), run("INCRBY", "u8", 8, 1)] == expected


@pytest.mark.parametrize("field, value, wrapped, saturated", [
    ("u8", 256, 0, 255), ("u8", -1, 255, 255), ("i8", 200, -56, 127), ("i8", -200, 56, -128), ("u1", 2, 0, 1),
    ("i1", 1, -1, 0), ("u63", -1, 2**63 - 1, 2**63 - 1), ("i63", 2**62, -2**62, 2**62 - 1),
])
@pytest.mark.goal("OVERFLOW decides what SET makes of a value that does not fit")
def test_overflow_set(wire, field, value, wrapped, saturated):
    for mode, stored in (("WRAP", wrapped), ("SAT", saturated), ("FAIL", 0)):
        wire("DEL", "k")
        reply = wire("BITFIELD", "k", "OVERFLOW", mode, "SET", field, 0, value, "GET", field, 0)
        assert reply == [None if mode == "FAIL" else 0, stored]


@pytest.mark.goal("The widest fields overflow like the narrow ones")
def test_overflow_wide(wire):
    assert wire("BITFIELD", "k", "SET", "i64", 3, 2**63 - 1, "INCRBY", "i64", 3, 1, "OVERFLOW", "SAT", "INCRBY", "i64",
                3, -1, "INCRBY", "i64", 3, 2**63 - 1, "INCRBY", "i64", 3, 2**63 - 1, "INCRBY", "i64", 3, 1) == \
        [0, -2**63, -2**63, -1, 2**63 - 2, 2**63 - 1]
    assert wire("BITFIELD", "u", "OVERFLOW", "FAIL", "SET", "u63", 5, 2**63 - 1, "INCRBY", "u63", 5, 1, "OVERFLOW",
                "WRAP", "INCRBY", "u63", 5, 1, "INCRBY", "u63", 5, -1) == [0, None, 0, 2**63 - 1]


@pytest.mark.goal("OVERFLOW holds for the operations behind it, and FAIL answers null in both protocols")
def test_overflow_scope(wire, wire3):
    ask = encode("BITFIELD", "k", "INCRBY", "u2", 0, 3, "INCRBY", "u2", 0, 1, "OVERFLOW", "FAIL", "INCRBY", "u2", 0, 4,
                 "OVERFLOW", "SAT", "INCRBY", "u2", 0, 9, "SET", "u2", 0, 0)
    wire.exchange(ask, b"*5\r\n:3\r\n:0\r\n$-1\r\n:3\r\n:3\r\n")
    wire3.exchange(ask, b"*5\r\n:3\r\n:0\r\n_\r\n:3\r\n:3\r\n")


@pytest.mark.goal("A wrong operation anywhere keeps all of them from running")
def test_bitfield_errors(wire):
    for words, error in (
            (["GET", "u64", 0], BAD_TYPE), (["GET", "i65", 0], BAD_TYPE), (["GET", "u0", 0], BAD_TYPE),
            (["GET", "8", 0], BAD_TYPE), (["GET", "U8", 0], BAD_TYPE), (["GET", "u8", -1], BAD_OFFSET),
            (["GET", "u8", "#-1"], BAD_OFFSET), (["GET", "u8", "#"], BAD_OFFSET), (["GET", "u8", 4294967296], BAD_OFFSET),
            (["GET", "u8", "#536870912"], BAD_OFFSET), (["SET", "u8", 0], "ERR syntax error"),
            (["GET", "u8"], "ERR syntax error"), (["WORD"], "ERR syntax error"), (["OVERFLOW"], "ERR syntax error"),
            (["OVERFLOW", "CLIP"], "ERR Invalid OVERFLOW type specified"), (["SET", "u8", 0, "x"], NOT_INTEGER),
            (["INCRBY", "u8", 0, "9223372036854775808"], NOT_INTEGER)):
        assert wire.error("BITFIELD", "k", "SET", "u8", 0, 1, *words) == error, words
    assert wire("EXISTS", "k") == 0
    wire("HSET", "h", "f", "v")
    for words in ([], ["GET", "u8", 0], ["SET", "u8", 0, 1]):
        assert wire.error("BITFIELD", "h", *words) == WRONG_TYPE


@pytest.mark.goal("BITFIELD counts the operations that change something as changes")
def test_bitfield_changes(wire):
    for words, by in ((["SET", "u8", 0, 7], 1), (["SET", "u8", 0, 7], 0), (["GET", "u8", 0], 0),
                      (["SET", "u8", 0, 8, "INCRBY", "u8", 0, 1, "INCRBY", "u8", 0, 0], 2),
                      (["OVERFLOW", "FAIL", "INCRBY", "u8", 0, 999], 0)):
        before = changes(wire)
        wire("BITFIELD", "k", *words)
        assert changes(wire) - before == by, words


@pytest.mark.goal("BITFIELD_RO reads and refuses to write")
def test_bitfield_ro(wire):
    wire.ok("SET", "k", b"\xf1")
    assert wire("BITFIELD_RO", "k", "GET", "u4", 0, "GET", "i4", 0, "GET", "u8", 4) == [15, -1, 16]
    assert wire("BITFIELD_RO", "none", "GET", "u4", 0) == [0]
    for words in (["SET", "u8", 0, 1], ["GET", "u8", 0, "INCRBY", "u8", 0, 1]):
        assert wire.error("BITFIELD_RO", "k", *words) == "ERR BITFIELD_RO only supports the GET subcommand"


@pytest.mark.goal("BITFIELD's key is written or only read, as its operations are")
def test_bitfield_keys(wire):
    flags = lambda *words: wire("COMMAND", "GETKEYSANDFLAGS", "BITFIELD", "k", *words)
    assert flags("GET", "u8", 0) == flags() == flags("OVERFLOW", "SAT", "GET", "u8", 0) == [[b"k", ["RO", "access"]]]
    for words in (["SET", "u8", 0, 1], ["GET", "u8", 0, "INCRBY", "u8", 0, 1], ["GET", "u8"]):
        assert flags(*words) == [[b"k", ["RW", "access", "update"]]]


@pytest.mark.goal("Bit writes are told as setbit and set, the removal of BITOP's destination as del")
def test_events(wire, connect):
    wire.ok("CONFIG", "SET", "notify-keyspace-events", "E$g")
    listener = connect()
    listener("PSUBSCRIBE", "__keyevent@0__:*")
    for words in (["SETBIT", "k", 1, 1], ["SETBIT", "k", 1, 1], ["BITFIELD", "k", "SET", "u8", 0, 9],
                  ["BITFIELD", "k", "GET", "u8", 0], ["BITOP", "NOT", "to", "k"], ["BITOP", "NOT", "to", "none"]):
        wire(*words)
    told = [(message[2].decode().partition(":")[2], message[3]) for message in listener.read_many(4)]
    assert told == [("setbit", b"k"), ("setbit", b"k"), ("set", b"to"), ("del", b"to")]
