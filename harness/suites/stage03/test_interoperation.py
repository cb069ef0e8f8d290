"""Files and payloads that travel between the server under test and redis-server 7.0.15, in both directions."""

import shutil

import pytest

from strata_harness.sample import fill
from strata_harness.snapshots import contents, dump_file, dump_path, encodings, persistence

pytestmark = pytest.mark.limit(40)  # two servers, many keys
DEBUG = {"enable_debug_command": "yes"}
LIMITS = {"hash_max_listpack_entries": 4, "zset_max_listpack_entries": 4, "set_max_intset_entries": 4,
          "list_max_listpack_size": 3, "list_compress_depth": 1}


def times(wire):
    """When the keys of a database expire."""
    return {key: wire("PEXPIRETIME", key) for key in wire("KEYS", "*")}


def travels(source, target, rng):
    """Fills `source`, saves there, starts `target` with that file: both must hold the same."""
    wire = source.wire()
    keys = fill(wire, rng)
    digest = wire("DEBUG", "DIGEST")
    wire.ok("SAVE")
    file = dump_file(source)  # read here first: what is wrong with a file, other servers tell only in their logs
    assert file.checksum in (0, file.real_checksum), "the checksum is that of all bytes before it, or zero for none"
    shutil.copy(dump_path(source), dump_path(target))
    other = target.start().wire()
    assert persistence(other)["rdb_last_load_keys_loaded"] == str(keys)
    if other("DEBUG", "DIGEST") != digest:  # what differs says more than two digests
        assert times(other) == times(wire) and contents(other) == contents(wire)
    assert other("DEBUG", "DIGEST") == digest
    if source.options == target.options:
        assert encodings(other) == encodings(wire)
    for key in ("hash1", "hash7"):
        assert other("PEXPIRETIME", key) == wire("PEXPIRETIME", key) > 0
    return other


@pytest.mark.parametrize("options", [{}, {"rdbcompression": "no"}, LIMITS, {"rdbchecksum": "no"}],
                         ids=["default", "uncompressed", "small limits", "unchecked"])
@pytest.mark.goal("redis-server loads this server's file and holds the same data in the same encodings")
def test_file_to_redis(fresh_server, reference, rng, options):
    travels(fresh_server(**DEBUG, **options), reference(start=False, **DEBUG, **options), rng)


@pytest.mark.parametrize("options", [{}, {"rdbcompression": "no"}, LIMITS, {"rdbchecksum": "no"}],
                         ids=["default", "uncompressed", "small limits", "unchecked"])
@pytest.mark.goal("This server loads redis-server's file and holds the same data in the same encodings")
def test_file_from_redis(fresh_server, reference, rng, options):
    travels(reference(**DEBUG, **options), fresh_server(start=False, **DEBUG, **options), rng)


@pytest.mark.goal("A file goes from one server to the other and back without losing anything, through unlike limits")
def test_there_and_back(fresh_server, reference, rng):
    first = fresh_server(**DEBUG, **LIMITS)
    wire = travels(first, reference(start=False, **DEBUG), rng)
    digest = wire("DEBUG", "DIGEST")
    wire.ok("SAVE")
    back = fresh_server(start=False, **DEBUG, **LIMITS)
    folder = wire("CONFIG", "GET", "dir")[1].decode()
    shutil.copy(f"{folder}/dump.rdb", dump_path(back))
    assert back.start().wire()("DEBUG", "DIGEST") == digest != "0" * 40


@pytest.mark.goal("RESTORE takes what the other server's DUMP gives, both ways, with the strictest look at it")
def test_payloads(fresh_server, reference, rng):
    wires = [fresh_server(**DEBUG, sanitize_dump_payload="yes").wire(),
             reference(**DEBUG, sanitize_dump_payload="yes").wire()]
    for source, target in (wires, wires[::-1]):
        source.ok("FLUSHALL")
        target.ok("FLUSHALL")
        fill(source, rng, 30)
        for key in sorted(source("KEYS", "*")):
            moment = max(0, source("PEXPIRETIME", key))
            target.ok("RESTORE", key, moment, source("DUMP", key), "ABSTTL")
            assert source("DEBUG", "DIGEST-VALUE", key) == target("DEBUG", "DIGEST-VALUE", key)
        assert encodings(source) == encodings(target) and target("DBSIZE") == 180


@pytest.mark.goal("The same commands make the same payloads on both servers, byte for byte")
def test_same_bytes(fresh_server, reference, rng):
    wires = [fresh_server(rdbcompression="no").wire(), reference(rdbcompression="no").wire()]
    words = [rng.choice((j, j * 10 ** 6, f"word {j}", rng.randbytes(9))) for j in range(300)]
    commands = [("SET", "s", 12345), ("SET", "t", "text" * 30), ("RPUSH", "l", *words), ("LPUSH", "l", *words),
                ("SADD", "i", *(rng.randrange(1 << 33) for _ in range(200))), ("HSET", "h", *words[:200]),
                ("ZADD", "z", *(one for j in range(100) for one in (rng.choice((j, j / 7, "inf")), f"m{j}"))),
                ("ZADD", "big", *(one for j in range(200) for one in (j / 3, f"m{j}")))]
    for command in commands:
        replies = [wire(*command) for wire in wires]
        assert replies[0] == replies[1]
    for key in ("s", "t", "l", "i", "h", "z", "big"):
        dumps = [wire("DUMP", key) for wire in wires]
        assert dumps[0] == dumps[1] is not None, key


@pytest.mark.goal("Two servers save the same data as files of the same size, apart from what the AUX fields tell")
def test_same_size(fresh_server, reference, rng):
    servers = [fresh_server(rdbcompression="no"), reference(rdbcompression="no")]
    state = rng.getstate()
    files = []
    for server in servers:
        rng.setstate(state)
        fill(server.wire(), rng, 20)
        server.wire().ok("SAVE")
        files.append(dump_file(server))
    sizes = [file.size - sum(len(name) + len(value) for name, value in file.aux) for file in files]
    assert abs(sizes[0] - sizes[1]) <= 8
    assert files[0].announced == files[1].announced and len(files[0].keys) == 360
