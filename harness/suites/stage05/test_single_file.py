"""The one file of Redis 4 to 6, in the working directory: an image, and the commands since then right behind it."""

import shutil

import pytest

from strata_harness.aof_files import Part, base, incr, log
from strata_harness.aof_server import DIR, MANIFEST, NAME, base_file, digest, files, log_dir, parts, reborn, rewrite
from strata_harness.hybrid import HYBRID, image, old_file
from strata_harness.packed import natural, ziplist
from strata_harness.rdb_codes import raw, string
from strata_harness.rdb_file import HASH_ZIPLIST, LIST_QUICKLIST, STRING, ZSET_ZIPLIST, RdbWriter, table
from strata_harness.snapshots import contents, persistence, refuse

PREAMBLE = image("a", "b", version=9, origin="aof-preamble")
STEPS = ["SET c 1", "RPUSH l x y", "DEL a"]
TAIL = log(*STEPS)
STATES = [{b"a": b"a", b"b": b"b"}]
STATES.append({**STATES[0], b"c": b"1"})
STATES.append({**STATES[1], b"l": [b"x", b"y"]})
STATES.append({b"b": b"b", b"c": b"1", b"l": [b"x", b"y"]})
MOVED = Part(NAME, 1, "b")


def with_old(fresh_server, data, start=True, **options):
    server = fresh_server(start=False, **{**HYBRID, **options})
    old_file(server).write_bytes(data)
    return server.start() if start else server


def again(server, data):
    """The same server before it ever started, with another file."""
    server.kill()
    shutil.rmtree(server.dir / DIR, ignore_errors=True)
    old_file(server).write_bytes(data)


# -- whole files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [7, 8, 9, 10])
@pytest.mark.goal("Image and commands are loaded, whatever version of Redis wrote the image; no byte is changed")
def test_loads(fresh_server, version):
    data = image("a", "b", version=version, origin="aof-preamble") + TAIL
    server = with_old(fresh_server, data)
    assert contents(server.wire()) == STATES[3]
    assert parts(server) == [MOVED, incr(1)] and files(server) == [NAME, "appendonly.aof.1.incr.aof", MANIFEST]
    assert base_file(server).read_bytes() == data and not old_file(server).exists()
    assert "Successfully migrated an old-style AOF" in server.log_text()
    told = persistence(server.wire())
    assert told["aof_base_size"] == told["aof_current_size"] == str(len(data))


@pytest.mark.goal("Values in the encodings of that time load, and the commands behind them change them")
def test_old_encodings(fresh_server):
    old = (RdbWriter(9).aux("redis-ver", "5.0.14").aux("aof-preamble", 1).select(0, 4, 1)
           .key(HASH_ZIPLIST, "h", raw(ziplist(natural(["f", "1", "g", "2"]))))
           .expire_ms(4102444800000).key(ZSET_ZIPLIST, "z", raw(ziplist(natural(["m", "1", "n", "2"]))))
           .key(LIST_QUICKLIST, "l", table(raw(ziplist(natural(["x", "y"])))))
           .select(7, 1).key(STRING, "s", string(41)).end())
    server = with_old(fresh_server, old + log("HINCRBY h f 9", "ZINCRBY z 5 m", "LPOP l", "SELECT 7", "INCR s"))
    wire = server.wire()
    expected = {b"h": {b"f": b"10", b"g": b"2"}, b"z": {b"n": b"2", b"m": b"6"}, b"l": [b"y"]}
    assert contents(wire) == expected and wire("PEXPIRETIME", "z") == 4102444800000
    wire.ok("SELECT", 7)
    assert contents(wire) == {b"s": b"42"}
    rewrite(wire)
    assert contents(reborn(server)) == expected


@pytest.mark.goal("The commands begin in database 0, wherever the image ended")
def test_database_of_commands(fresh_server):
    data = RdbWriter(9).aux("aof-preamble", 1).select(5).key(STRING, "a", string("a")).end()
    wire = with_old(fresh_server, data + log("SET b b")).wire()
    assert contents(wire) == {b"b": b"b"}
    wire.ok("SELECT", 5)
    assert contents(wire) == {b"a": b"a"}


@pytest.mark.goal("Comments and transactions may stand behind the image, at once or later")
def test_behind(fresh_server):
    data = PREAMBLE + b"#TS:1795314110\r\n" + log("MULTI", "SET c 1", "DEL a", "EXEC") + b"# end\r\n"
    assert contents(with_old(fresh_server, data).wire()) == {b"b": b"b", b"c": b"1"}


@pytest.mark.goal("An image whose checksum is all zeros was written without one, and loads with its commands")
def test_no_checksum(fresh_server):
    assert contents(with_old(fresh_server, PREAMBLE[:-8] + bytes(8) + TAIL).wire()) == STATES[3]


@pytest.mark.goal("Large commands that begin within the reader's last bytes of the image come whole")
def test_large(fresh_server, rng):
    keys = [f"key {i}" for i in range(3000)]
    big = rng.randbytes(300_000)
    data = image(*keys, version=9, origin="aof-preamble") + log(("SET", "big", big), ("APPEND", "key 7", big))
    wire = with_old(fresh_server, data).wire()
    assert wire("DBSIZE") == 3001 and wire("GET", "big") == big and wire("GET", "key 7") == b"key 7" + big


# -- upgraded in place -------------------------------------------------------------------------------------------------


@pytest.mark.goal("The log goes on in a file of its own; the next rewrite makes a base of the new names in its place")
def test_upgrade(fresh_server):
    server = with_old(fresh_server, PREAMBLE + TAIL)
    wire = server.wire()
    wire.ok("SET", "d", "4")
    assert (log_dir(server) / incr(1).name).read_bytes() == log("SELECT 0", "SET d 4")
    assert base_file(server).read_bytes() == PREAMBLE + TAIL
    expected = {**STATES[3], b"d": b"4"}
    wire = reborn(server)
    assert contents(wire) == expected
    rewrite(wire)
    assert parts(server) == [base(2, suffix="rdb"), incr(2)]
    assert files(server) == [base(2, suffix="rdb").name, incr(2).name, MANIFEST]
    assert contents(reborn(server)) == expected


@pytest.mark.goal("A rewrite to commands, too, takes the place of the old file")
def test_upgrade_to_commands(fresh_server):
    server = with_old(fresh_server, PREAMBLE + TAIL, aof_use_rdb_preamble="no")
    rewrite(server.wire())
    assert parts(server) == [base(2), incr(2)] and b"REDIS" not in base_file(server).read_bytes()
    assert contents(reborn(server)) == STATES[3]


@pytest.mark.parametrize("there", [True, False], ids=["to redis", "from redis"])
@pytest.mark.goal("What one server has upgraded the other reads")
def test_carried(fresh_server, reference, there):
    first, second = (fresh_server, reference) if there else (reference, fresh_server)
    source = with_old(first, PREAMBLE + TAIL)
    wire = source.wire()
    wire.ok("SET", "d", "4")
    before = digest(wire)
    source.kill()
    target = second(start=False, **HYBRID)
    shutil.copytree(log_dir(source), log_dir(target))
    assert digest(target.start().wire()) == before


# -- damage ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", range(4))
@pytest.mark.goal("Cut at any byte behind the image it loads up to its last whole command, and is cut back to that")
def test_cut_tail(fresh_server, part):
    ends = [len(log(*STEPS[:count])) for count in range(len(STEPS) + 1)]
    server = with_old(fresh_server, b"", start=False)
    for size in range(part, len(TAIL) + 1, 4):
        whole = sum(end <= size for end in ends) - 1
        again(server, PREAMBLE + TAIL[:size])
        assert contents(server.start().wire()) == STATES[whole], f"{size} bytes of the commands"
        kept = base_file(server).read_bytes()
        # With no whole command behind the image, Redis 7.0.15 cuts the image off as well.
        assert kept == PREAMBLE + TAIL[:ends[whole]] or whole == 0 and kept == b""


@pytest.mark.goal("After the cut the log goes on: nothing that is written then is lost at the next start")
def test_write_after_cut(fresh_server):
    server = with_old(fresh_server, PREAMBLE + TAIL[:-3])
    server.wire().ok("SET", "d", "4")
    assert contents(reborn(server)) == {**STATES[2], b"d": b"4"}


@pytest.mark.goal("With aof-load-truncated no a cut end keeps the server from starting, and no byte is taken away")
def test_cut_forbidden(fresh_server):
    server = with_old(fresh_server, PREAMBLE + TAIL[:-3], start=False, aof_load_truncated="no")
    assert "Unexpected end of file reading the append only file" in refuse(server)
    assert (log_dir(server) / NAME).read_bytes() == PREAMBLE + TAIL[:-3]
    server.options["aof_load_truncated"] = "yes"
    assert contents(server.start().wire()) == STATES[2]


@pytest.mark.parametrize("part", range(4))
@pytest.mark.goal("Cut at any byte of its image the file keeps the server from starting, and is not cut further")
def test_cut_image(fresh_server, part):
    server = with_old(fresh_server, b"", start=False)
    for size in range(1 + part, len(PREAMBLE), 4):
        again(server, PREAMBLE[:size])
        text = refuse(server)
        assert size < 5 or "Short read or OOM loading DB" in text or "Wrong signature" in text, f"{size} bytes"
        if size >= 5:
            assert (log_dir(server) / NAME).read_bytes() == PREAMBLE[:size]


@pytest.mark.parametrize("at, byte, reason", [
    (5, ord("9"), "Can't handle RDB format version"), (-8, None, "Wrong RDB checksum"),
    (-10, None, "Wrong RDB checksum"), (9, 0x7f, "RDB"), (-1, None, "Wrong RDB checksum")],
    ids=["version of the future", "checksum", "value", "opcode", "checksum's end"])
@pytest.mark.goal("A damaged image keeps the server from starting, whatever aof-load-truncated says")
def test_damaged_image(fresh_server, at, byte, reason):
    data = bytearray(PREAMBLE)
    data[at] = data[at] ^ 1 if byte is None else byte
    server = with_old(fresh_server, bytes(data) + TAIL, start=False)
    text = refuse(server)
    assert reason in text
    assert (log_dir(server) / NAME).read_bytes() == bytes(data) + TAIL, "and nothing is lost by it"
    (log_dir(server) / NAME).write_bytes(PREAMBLE + TAIL)
    assert contents(server.start().wire()) == STATES[3]


@pytest.mark.goal("A wrong checksum is let through where rdbchecksum is no, as in a snapshot")
def test_checksum_ignored(fresh_server):
    data = bytearray(PREAMBLE)
    data[-1] ^= 1
    assert contents(with_old(fresh_server, bytes(data) + TAIL, rdbchecksum="no").wire()) == STATES[3]


@pytest.mark.parametrize("tail", [b"garbage", bytes(10), image("x"), b"\r\n", log("SET c 1") + image("x")],
                         ids=["text", "zeros", "a second image", "blank line", "an image behind commands"])
@pytest.mark.goal("What is no command behind the image keeps the server from starting, and is not cut away as a crash")
def test_garbage_behind(fresh_server, tail):
    server = with_old(fresh_server, PREAMBLE + tail, start=False)
    assert "Bad file format reading the append only file" in refuse(server)
    assert (log_dir(server) / NAME).read_bytes() == PREAMBLE + tail
    (log_dir(server) / NAME).write_bytes(PREAMBLE + TAIL)
    assert contents(server.start().wire()) == STATES[3]


@pytest.mark.goal("Unknown commands stop the start, failing ones do not")
def test_wrong_commands(fresh_server):
    wire = with_old(fresh_server, PREAMBLE + log("LPUSH a x", "SET c 1")).wire()
    assert contents(wire) == STATES[1]
    server = with_old(fresh_server, PREAMBLE + log("NOSUCH x"), start=False)
    assert "Unknown command 'NOSUCH' reading the append only file" in refuse(server)
