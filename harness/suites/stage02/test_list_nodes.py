"""How lists are cut into nodes: list-max-listpack-size, list-compress-depth, huge elements, as DEBUG OBJECT tells."""

import re

import pytest

SERVER_OPTIONS = {"enable-debug-command": "yes"}
TEXT = "twenty bytes of text"


def nodes(wire, key="l"):
    """The ql_ fields of DEBUG OBJECT: nodes, average, fill, compressed or not, bytes."""
    found = re.search(r"encoding:quicklist .*ql_nodes:(\d+) ql_avg_node:([\d.]+) ql_listpack_max:(-?\d+) "
                      r"ql_compressed:(\d+) ql_uncompressed_size:(\d+)$", wire("DEBUG", "OBJECT", key))
    assert found, "DEBUG OBJECT tells nothing of nodes"
    return int(found[1]), float(found[2]), int(found[3]), int(found[4]), int(found[5])


def push(wire, count, text=TEXT, key="l"):
    for start in range(0, count, 500):
        wire("RPUSH", key, *[text] * min(500, count - start))


@pytest.mark.parametrize("option, limit", [(-1, 4096), (-2, 8192), (-3, 16384), (-4, 32768), (-5, 65536)])
@pytest.mark.goal("Sizes of -1 to -5 fill nodes up to 4, 8, 16, 32 and 64 KiB")
def test_size_classes(wire, option, limit):
    wire.ok("CONFIG", "SET", "list-max-listpack-size", option)
    push(wire, 5000)
    each = 22  # with one byte before the text and one behind
    # A text counts with 8 bytes more before it is added.
    room = (limit - 8 - 20 - 7) // each + 1
    full = -(-5000 // room)
    assert nodes(wire) == (full, pytest.approx(5000 / full, abs=0.01), option, 0, 5000 * each + 7 * full)


@pytest.mark.parametrize("count", [1, 2, 7, 128])
@pytest.mark.goal("A positive list-max-listpack-size is a number of elements")
def test_counts(wire, count):
    wire.ok("CONFIG", "SET", "list-max-ziplist-size", count)
    push(wire, 300)
    assert nodes(wire)[:3] == (-(-300 // count), pytest.approx(300 / -(-300 // count), abs=0.01), count)


@pytest.mark.goal("Counted nodes hold no more than 8 KiB all the same")
def test_count_is_limited_by_bytes(wire):
    wire.ok("CONFIG", "SET", "list-max-listpack-size", 1000)
    push(wire, 12, "x" * 3000)
    assert nodes(wire)[0] == 6


@pytest.mark.parametrize("value, shown", [(-10, -5), (0, 0), (100000, 32767), (-2147483648, -5)])
@pytest.mark.goal("A list keeps the size it was made with, brought into range; later changes concern new lists")
def test_option_is_taken_at_birth(wire, value, shown):
    wire("RPUSH", "l", "a")
    wire.ok("CONFIG", "SET", "list-max-listpack-size", value)
    assert wire("CONFIG", "GET", "list-max-listpack-size")[1] == str(value).encode()
    push(wire, 20)
    wire("RPUSH", "new", "a")
    assert nodes(wire)[0] == 1 and nodes(wire)[2] == -2
    assert nodes(wire, "new")[2] == shown


@pytest.mark.goal("An element above the limit has a node to itself, and small ones gather on both of its sides")
def test_large_element(wire):
    wire("RPUSH", "l", "a", "b", "x" * 9000, "c", "d")
    assert nodes(wire)[0] == 3
    wire("LREM", "l", 1, "x" * 9000)
    assert nodes(wire)[:2] == (2, 2.0)


@pytest.mark.goal("An insertion cuts a full node in two and merges what fits together")
def test_split(wire):
    wire.ok("CONFIG", "SET", "list-max-listpack-size", 4)
    wire("RPUSH", "l", *range(12))
    assert nodes(wire)[0] == 3
    wire("LINSERT", "l", "AFTER", 5, "x")  # [0 1 2 3] [4 5] [x 6 7] [8 9 10 11]
    assert nodes(wire)[0] == 4
    wire("LPOP", "l", 3)
    wire("LREM", "l", 1, "x")  # [3] [4 5] [6 7] [8 9 10 11]
    wire("LINSERT", "l", "BEFORE", 9, "y")  # [3] [4 5] [6 7] [8 y] [9 10 11], [6 7] and [8 y] become one
    assert nodes(wire)[0] == 4
    assert wire("LRANGE", "l", 0, -1) == [word.encode() for word in "3 4 5 6 7 8 y 9 10 11".split()]


@pytest.mark.goal("An insertion beside a full node goes into its neighbour while that has room")
def test_neighbour(wire):
    wire.ok("CONFIG", "SET", "list-max-listpack-size", 2)
    wire("RPUSH", "l", "a", "b", "c")
    wire("LINSERT", "l", "AFTER", "b", "x")
    assert nodes(wire)[0] == 2
    wire("LINSERT", "l", "BEFORE", "a", "y")
    assert nodes(wire)[0] == 3
    assert wire("LRANGE", "l", 0, -1) == [b"y", b"a", b"b", b"x", b"c"]


@pytest.mark.parametrize("depth", [1, 2, 5])
@pytest.mark.goal("With list-compress-depth a long list takes a fraction of the memory and reads the same")
def test_compression(wire, depth):
    wire.ok("CONFIG", "SET", "list-max-listpack-size", -1)
    push(wire, 4000, key="plain")
    wire.ok("CONFIG", "SET", "list-compress-depth", depth)
    push(wire, 4000)
    assert nodes(wire)[3] == 1 and nodes(wire, "plain")[3] == 0
    assert nodes(wire)[:2] == nodes(wire, "plain")[:2]
    memory = [wire("MEMORY", "USAGE", key, "SAMPLES", 0) for key in ("l", "plain")]
    outer = 2 * depth * 4300
    assert memory[0] < outer + memory[1] / 4
    assert wire("LRANGE", "l", 0, -1) == [TEXT.encode()] * 4000
    assert wire("LINDEX", "l", 2000) == TEXT.encode()
    assert wire("MEMORY", "USAGE", "l", "SAMPLES", 0) == memory[0]


@pytest.mark.goal("A compressed list that is changed in its middle stays compressed and keeps every element")
def test_changes_in_compressed_nodes(wire, rng):
    wire.ok("CONFIG", "SET", "list-compress-depth", 1)
    push(wire, 8000)
    model = [TEXT.encode()] * 8000
    before = wire("MEMORY", "USAGE", "l", "SAMPLES", 0)
    for number in range(100):
        index = rng.randrange(1000, 7000)
        model[index] = b"changed %d" % number
        wire.ok("LSET", "l", index, model[index])
        at = model.index(model[index])
        model.insert(at, b"new %d" % number)
        wire("LINSERT", "l", "BEFORE", model[at + 1], b"new %d" % number)
    assert wire("LRANGE", "l", 0, -1) == model
    assert wire("MEMORY", "USAGE", "l", "SAMPLES", 0) < before * 1.5
    wire("LTRIM", "l", 3000, 3200)
    assert wire("LRANGE", "l", 0, -1) == model[3000:3201]


@pytest.mark.goal("What cannot be compressed is kept as it is")
def test_noise(wire, rng):
    wire.ok("CONFIG", "SET", "list-compress-depth", 1)
    wire.ok("CONFIG", "SET", "list-max-listpack-size", 2)
    noise = [rng.randbytes(60) for _ in range(100)]
    wire("RPUSH", "l", *noise)
    assert wire("LRANGE", "l", 0, -1) == noise
    assert wire("RPOP", "l", 100) == noise[::-1]


@pytest.fixture
def huge(wire):
    """Elements of ten bytes and more count as huge."""
    wire.ok("DEBUG", "QUICKLIST-PACKED-THRESHOLD", "10b")
    yield
    wire.ok("DEBUG", "QUICKLIST-PACKED-THRESHOLD", 0)


@pytest.mark.parametrize("depth", [0, 1])
@pytest.mark.goal("A huge element has a node of its own wherever it is put, and leaves it without a trace")
def test_huge_elements(wire, huge, depth):
    wire.ok("CONFIG", "SET", "list-compress-depth", depth)
    wire("RPUSH", "l", "a", "b", "c")
    big = b"0123456789" * 10
    assert wire("LINSERT", "l", "BEFORE", "b", big) == 4  # [a] big [b c]
    assert nodes(wire)[0] == 3
    wire.ok("LSET", "l", 3, big)  # [a] big [b] big
    assert nodes(wire)[0] == 4
    wire.ok("LSET", "l", 1, big + b"!")
    assert nodes(wire)[0] == 4
    wire("LPUSH", "l", big)
    wire("RPUSH", "l", "z")  # big [a] big! [b] big [z]
    assert nodes(wire)[0] == 6
    assert wire("LRANGE", "l", 0, -1) == [big, b"a", big + b"!", b"b", big, b"z"]
    assert wire("LPOS", "l", big, "RANK", -1) == 4 and wire("LINDEX", "l", -2) == big
    wire.ok("LSET", "l", 2, "small")  # big [a] [small b] big [z]
    assert nodes(wire)[0] == 5
    assert wire("LREM", "l", 0, big) == 2
    assert wire("LRANGE", "l", 0, -1) == [b"a", b"small", b"b", b"z"]


@pytest.mark.goal("The threshold of huge elements is a memory size below 4 GiB")
def test_threshold_values(wire):
    wrong = "ERR argument must be a memory value bigger than 1 and smaller than 4gb"
    for value in ("x", "-1", "4gb", "4293918721"):
        assert wire.error("DEBUG", "QUICKLIST-PACKED-THRESHOLD", value) == wrong
    for number, value in enumerate(("1", "200b", "1mb", "4293918720", "0"), 1):
        wire.ok("DEBUG", "QUICKLIST-PACKED-THRESHOLD", value)
        assert wire("RPUSH", "l", "an element") == number


@pytest.mark.goal("DEBUG QUICKLIST and LISTPACK print what they are made for and refuse the rest")
def test_debug_words(wire):
    wire("RPUSH", "l", "a", "b")
    wire("HSET", "h", "f", "v")
    wire.ok("SET", "s", "text")
    for words in (["l"], ["l", 0], ["l", 1]):
        assert wire("DEBUG", "QUICKLIST", *words) == "Quicklist structure printed on stdout"
    assert wire("DEBUG", "LISTPACK", "h") == "Listpack structure printed on stdout"
    for key in ("h", "s"):
        assert wire.error("DEBUG", "QUICKLIST", key) == "ERR Not a quicklist encoded object."
    for key in ("l", "s"):
        assert wire.error("DEBUG", "LISTPACK", key) == "ERR Not a listpack encoded object."
    for word in ("QUICKLIST", "LISTPACK"):
        assert wire.error("DEBUG", word, "none") == "ERR no such key"
    for words in (["QUICKLIST", "l", "1", "2"], ["LISTPACK"], ["ZIPLIST", "l"]):
        assert wire.error("DEBUG", *words) == ("ERR unknown subcommand or wrong number of arguments for "
                                               f"'{words[0]}'. Try DEBUG HELP.")


@pytest.mark.goal("The options of lists answer to their names and check their values")
def test_options(wire):
    assert wire("CONFIG", "GET", "list-max-listpack-size") == [b"list-max-listpack-size", b"-2"]
    assert wire("CONFIG", "GET", "list-compress-depth") == [b"list-compress-depth", b"0"]
    wire.ok("CONFIG", "SET", "list-max-ziplist-size", 7)
    assert wire("CONFIG", "GET", "list-max-listpack-size")[1] == b"7"
    assert "argument must be between 0 and" in wire.error("CONFIG", "SET", "list-compress-depth", -1)
    push(wire, 8)
    assert nodes(wire)[0] == 2
