"""Lists that go through a snapshot: the cut into nodes is kept, compressed nodes and huge elements come back."""

import re

import pytest

from strata_harness.rdb_file import LIST_QUICKLIST_2, PACKED, PLAIN
from strata_harness.snapshots import contents, dump_file, encodings, reborn

DEBUG = {"enable_debug_command": "yes"}
NUMBERS = [0, 127, 128, -1, 4095, 4096, -4096, -4097, 32767, 32768, -32768, -32769, 8388607, 8388608, -8388608,
           -8388609, (1 << 31) - 1, 1 << 31, -(1 << 31), -(1 << 31) - 1, (1 << 63) - 1, -(1 << 63)]


def node_count(wire, key="l"):
    """Nodes of the list, and whether its inner ones are compressed."""
    found = re.search(r" ql_nodes:(\d+) .* ql_compressed:(\d) ", wire("DEBUG", "OBJECT", key))
    assert found, "DEBUG OBJECT tells nothing of nodes"
    return int(found[1]), found[2] == "1"


def push(wire, elements, key="l"):
    for start in range(0, len(elements), 500):
        wire("RPUSH", key, *elements[start:start + 500])
    assert wire("LLEN", key) == len(elements)


def survives(server):
    """Ends the server and starts it again: the data must be the same. Returns a new client."""
    wire = server.wire()
    values = contents(wire)
    assert values
    wire = reborn(server)
    assert contents(wire) == values
    assert set(encodings(wire).values()) == {b"quicklist"}
    assert {key.type for key in dump_file(server).keys} == {LIST_QUICKLIST_2}
    return wire


@pytest.mark.goal("Elements of every size and kind come back in their order")
def test_elements(fresh_server, rng):
    server = fresh_server()
    wire = server.wire()
    push(wire, NUMBERS, "numbers")
    push(wire, [f"{number}"[:-1] + " " for number in NUMBERS] + ["", "00", "-0", "+1"], "almost numbers")
    push(wire, [bytes([65 + i]) * size for i, size in enumerate((0, 1, 63, 64, 127, 130, 4095, 4096, 4097))], "sizes")
    push(wire, [rng.randbytes(rng.randrange(200)) for _ in range(300)], "binary")
    push(wire, [b"x" * 16380, b"x" * 16400, b"y" * 100_000, b"z"], "long")
    push(wire, ["one"], "single")
    wire = survives(server)
    assert wire("LINDEX", "numbers", -1) == b"-9223372036854775808" and wire("LPOS", "sizes", "B") == 1
    assert wire("RPOPLPUSH", "numbers", "numbers") == b"-9223372036854775808"


@pytest.mark.parametrize("size", [1, 2, 7, -1, -2, -5])
@pytest.mark.goal("The nodes of a list in the file are those in memory, and so are those that are loaded")
def test_nodes(fresh_server, size):
    server = fresh_server(list_max_listpack_size=size, **DEBUG)
    wire = server.wire()
    count = 40 if size > 0 else 4000
    push(wire, [f"element number {i}" for i in range(count)])
    nodes = node_count(wire)
    assert nodes[0] >= 6 or size == -5
    wire.ok("SAVE")
    written = dump_file(server).key("l").nodes
    assert len(written) == nodes[0] and {container for container, _ in written} == {PACKED}
    if size > 0:
        assert [elements for _, elements in written[:-1]] == [size] * (nodes[0] - 1)
    wire = survives(server)
    assert node_count(wire) == nodes
    server.kill()
    server.options["list-max-listpack-size"] = 3
    wire = server.start().wire()
    assert node_count(wire) == nodes, "nodes are kept as they were stored"
    assert wire("LLEN", "l") == count and wire("LINDEX", "l", count // 2) == b"element number %d" % (count // 2)


@pytest.mark.parametrize("compression", ["yes", "no"])
@pytest.mark.parametrize("depth", [1, 3])
@pytest.mark.goal("Nodes that are compressed in memory are written and come back; a loader compresses as it is told")
def test_compressed_nodes(fresh_server, depth, compression):
    server = fresh_server(list_compress_depth=depth, list_max_listpack_size=10, rdbcompression=compression, **DEBUG)
    wire = server.wire()
    elements = [b"%06d " % i * 5 for i in range(200)]
    push(wire, elements)
    assert node_count(wire) == (20, True)
    wire = survives(server)
    assert node_count(wire) == (20, True)
    texts = [text for text in dump_file(server).texts if len(text.data) > 300]
    assert len(texts) == 20
    outer = [text.form for text in texts[:depth] + texts[20 - depth:]]
    assert {text.form for text in texts[depth:20 - depth]} == {"lzf"}
    assert set(outer) == {"lzf" if compression == "yes" else "raw"}
    server.kill()
    server.options["list-compress-depth"] = 0
    wire = server.start().wire()
    assert node_count(wire) == (20, False) and wire("LRANGE", "l", 0, -1) == elements
    assert wire("LREM", "l", 1, elements[100]) == 1 and wire("LLEN", "l") == 199


@pytest.mark.goal("What does not compress stays as it is, in memory and in the file")
def test_noise_under_compression(fresh_server, rng):
    server = fresh_server(list_compress_depth=1, list_max_listpack_size=2)
    noise = [rng.randbytes(60) for _ in range(60)]
    push(server.wire(), noise)
    wire = survives(server)
    assert wire("LRANGE", "l", 0, -1) == noise
    assert {text.form for text in dump_file(server).texts if len(text.data) > 100} == {"raw"}


@pytest.mark.goal("Huge elements have nodes of their own in the file, as plain strings, and come back in place")
def test_plain_nodes(fresh_server):
    server = fresh_server(**DEBUG)
    wire = server.wire()
    wire.ok("DEBUG", "QUICKLIST-PACKED-THRESHOLD", "10b")
    big = b"0123456789" * 10
    push(wire, ["a", "b", big, "c", "123456789012", "d"])
    wire.ok("SAVE")
    key = dump_file(server).key("l")
    assert key.nodes == [(PACKED, 2), (PLAIN, 1), (PACKED, 1), (PLAIN, 1), (PACKED, 1)]
    assert key.value == [b"a", b"b", big, b"c", b"123456789012", b"d"]
    server.kill()
    wire = server.start().wire()
    assert wire("LRANGE", "l", 0, -1) == key.value and node_count(wire)[0] == 5
    assert wire("LINSERT", "l", "BEFORE", big, "x") == 7 and wire("LSET", "l", 3, "small") == "OK"
    assert wire("LREM", "l", 0, "123456789012") == 1
    assert wire("LRANGE", "l", 0, -1) == [b"a", b"b", b"x", b"small", b"c", b"d"]
    survives(server)


@pytest.mark.goal("A loaded list takes pushes, pops, insertions and removals anywhere")
def test_changes_after(fresh_server, rng):
    server = fresh_server(list_max_listpack_size=5)
    push(server.wire(), [b"%d" % i for i in range(500)])
    wire = survives(server)
    model = [b"%d" % i for i in range(500)]
    for step in range(300):
        at = rng.randrange(len(model))
        if step % 3 == 0:
            pivot = model[at]
            wire("LINSERT", "l", "BEFORE", pivot, f"new{step}")
            model.insert(model.index(pivot), b"new%d" % step)
        elif step % 3 == 1:
            wire.ok("LSET", "l", at, f"set{step}")
            model[at] = b"set%d" % step
        else:
            assert wire("LPOP" if step % 2 else "RPOP", "l") == model.pop(0 if step % 2 else -1)
    assert wire("LRANGE", "l", 0, -1) == model
    assert survives(server)("LRANGE", "l", 0, -1) == model


@pytest.mark.goal("Long lists come back whole")
def test_long(fresh_server):
    server = fresh_server()
    elements = [b"%d" % (i * i) if i % 2 else b"element %d" % i for i in range(50_000)]
    push(server.wire(), elements)
    wire = survives(server)
    assert wire("LINDEX", "l", 25_000) == elements[25_000] and wire("LINDEX", "l", -1) == elements[-1]
