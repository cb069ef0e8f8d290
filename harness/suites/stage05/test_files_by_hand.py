"""Files that somebody has moved, renamed or lost: what starts all the same, what is refused, and the way back."""

import pytest

from strata_harness.aof_files import base, incr, log
from strata_harness.aof_server import (MANIFEST, current_log, digest, files, log_dir, names, parts, reborn, rewrite,
                                       with_log)
from strata_harness.hybrid import FORMATS, HYBRID, base_format, goes_on_as_image, hybrid, image
from strata_harness.sample import fill
from strata_harness.snapshots import contents, dump_path, persistence, refuse

BOTH = pytest.mark.parametrize("form", list(FORMATS))


@pytest.mark.goal("A missing log stops the start; put back, or struck from the manifest by hand, it starts again")
def test_missing_incr(fresh_server):
    server = hybrid(fresh_server)
    wire = server.wire()
    wire.ok("SET", "a", "1")
    rewrite(wire)
    wire.ok("SET", "b", "2")
    server.kill()
    lost = current_log(server)
    kept = lost.read_bytes()
    lost.unlink()
    text = refuse(server)
    assert "Unable to obtain the AOF file appendonly.aof.2.incr.aof length" in text
    assert names(server) == ["b2", "i2"] and not lost.exists()
    manifest = (log_dir(server) / MANIFEST).read_bytes()
    (log_dir(server) / MANIFEST).write_bytes(manifest.splitlines(keepends=True)[0])
    assert contents(server.start().wire()) == {b"a": b"1"}, "without the log: what the base holds"
    server.kill()
    lost.write_bytes(kept)
    (log_dir(server) / MANIFEST).write_bytes(manifest)
    assert contents(server.start().wire()) == {b"a": b"1", b"b": b"2"}
    goes_on_as_image(server)


@BOTH
@pytest.mark.goal("A base of the wrong kind is read by its content; the next rewrite gives it the right name again")
def test_suffix_lies(fresh_server, form):
    lying = base(1, suffix={"image": "aof", "commands": "rdb"}[form])
    data = {"image": image("k"), "commands": log("SET k k")}[form]
    server = with_log(fresh_server, {lying: data, incr(1): log("SET l l")}, **{
        **HYBRID, "aof_use_rdb_preamble": FORMATS[form]})
    wire = server.wire()
    assert contents(wire) == {b"k": b"k", b"l": b"l"} and parts(server)[0] == lying
    rewrite(wire)
    assert base_format(server) == form and lying.name not in files(server)
    assert contents(reborn(server)) == {b"k": b"k", b"l": b"l"}
    goes_on_as_image(server)


@pytest.mark.goal("A snapshot put in the place of the base is a base: dump.rdb can be made a log by hand")
def test_snapshot_as_base(fresh_server, rng):
    server = hybrid(fresh_server, appendonly="no")
    wire = server.wire()
    fill(wire, rng, 10)
    wire.ok("SAVE")
    before = digest(wire)
    moved = with_log(fresh_server, {base(1, suffix="rdb"): dump_path(server).read_bytes()}, **HYBRID)
    assert digest(moved.wire()) == before and names(moved) == ["b1", "i1"]


@pytest.mark.goal("How long each file took to load is told in the server's log, the size of the base and its keys in INFO")
def test_load_time_is_told(fresh_server):
    server = with_log(fresh_server, {base(1, suffix="rdb"): image("k", "l"), incr(1): log("SET m m")}, **HYBRID)
    text = server.wait_log("DB loaded from append only file: ") and server.log_text()
    lines = ["Done loading RDB, keys loaded: 2, keys expired: 0.", "DB loaded from base file appendonly.aof.1.base.rdb: ",
             "DB loaded from incr file appendonly.aof.1.incr.aof: "]
    assert sorted(lines, key=text.index) == lines
    told = persistence(server.wire())
    assert (told["aof_base_size"], told["rdb_last_load_keys_loaded"]) == (str(len(image("k", "l"))), "2")
