"""Functions stand in the image that begins the log, and behind it those that came later."""

import pytest

from strata_harness.aof_files import commands_in
from strata_harness.aof_server import base_file, current_log, digest, reborn, rewrite
from strata_harness.hybrid import HYBRID
from strata_harness.rdb_file import read_rdb

CODE = "#!lua name=lib\nredis.register_function('add', function(keys, args) return redis.call('RPUSH', keys[1], unpack(args)) end)"
LATER = CODE.replace("lib", "later").replace("'add'", "'later'")


@pytest.mark.goal("The image of a base holds the functions, the log behind it the later ones; a restart brings back both")
def test_in_the_base(fresh_server):
    server = fresh_server(**HYBRID)
    wire = server.wire()
    wire("FUNCTION", "LOAD", CODE)
    assert wire("FCALL", "add", 1, "l", "a", "b") == 2
    rewrite(wire)
    assert read_rdb(base_file(server).read_bytes()).functions == [CODE.encode()]
    wire("FUNCTION", "LOAD", LATER)
    assert wire("FCALL", "later", 1, "l", "c") == 3
    assert (b"FUNCTION", b"LOAD", LATER.encode()) in commands_in(current_log(server).read_bytes())
    before = digest(wire)
    wire = reborn(server)
    assert digest(wire) == before
    assert wire("FCALL", "add", 1, "l", "d") == 4 and wire("FCALL", "later", 1, "l", "e") == 5
    wire.ok("FUNCTION", "DELETE", "lib")
    rewrite(wire)
    wire = reborn(server)
    assert [library[1] for library in wire("FUNCTION", "LIST")] == [b"later"]
    assert wire("LRANGE", "l", 0, -1) == [b"a", b"b", b"c", b"d", b"e"]
