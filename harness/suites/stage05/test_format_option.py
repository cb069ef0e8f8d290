"""The option aof-use-rdb-preamble: what it says when a rewrite begins is the format of that base, and either one is read."""

import pytest

from strata_harness.aof_files import base, incr, log
from strata_harness.aof_server import MANIFEST, digest, files, log_dir, names, parts, reborn, rewrite, with_log
from strata_harness.hybrid import FORMATS, HYBRID, SUFFIXES, base_format, goes_on_as_image, hybrid, image, use_format
from strata_harness.sample import fill
from strata_harness.snapshots import contents
from strata_harness.wait import wait_until

BOTH = pytest.mark.parametrize("form", list(FORMATS))


@pytest.mark.goal("Set while the server runs, the option touches no file until the next rewrite, and that obeys it")
def test_switch(fresh_server):
    server = hybrid(fresh_server)
    wire = server.wire()
    wire.ok("SET", "k", "v")
    for number, form in enumerate(["image", "commands", "commands", "image", "commands"], 2):
        before = {name: (log_dir(server) / name).read_bytes() for name in files(server)}
        use_format(wire, form)
        assert {name: (log_dir(server) / name).read_bytes() for name in files(server)} == before
        rewrite(wire)
        assert parts(server) == [base(number, suffix=SUFFIXES[form]), incr(number)]
        assert files(server) == sorted([base(number, suffix=SUFFIXES[form]).name, incr(number).name, MANIFEST])
        assert base_format(server) == form
        assert contents(wire) == {b"k": b"v"}
    assert contents(reborn(server)) == {b"k": b"v"}


@pytest.mark.parametrize("option", ["yes", "no"])
@pytest.mark.goal("The base's suffix tells what the option was when the base was begun, from the first one on")
def test_suffix(fresh_server, option):
    server = fresh_server(**{**HYBRID, "aof_use_rdb_preamble": option})
    wire = server.wire()
    suffixes = {"yes": "rdb", "no": "aof"}
    assert parts(server) == [base(1, suffix=suffixes[option]), incr(1)]
    for number, wanted in enumerate(["no", "yes", "yes", option], 2):
        wire.ok("CONFIG", "SET", "aof-use-rdb-preamble", wanted)
        rewrite(wire)
        assert parts(server) == [base(number, suffix=suffixes[wanted]), incr(number)]


@pytest.mark.goal("The option takes yes and no alone")
def test_values(fresh_server):
    server = hybrid(fresh_server)
    wire = server.wire()
    for wrong in ("maybe", "", "1"):
        assert wire.error("CONFIG", "SET", "aof-use-rdb-preamble", wrong) == (
            "ERR CONFIG SET failed (possibly related to argument 'aof-use-rdb-preamble') - "
            "argument must be 'yes' or 'no'")
    wire.ok("CONFIG", "SET", "aof-use-rdb-preamble", "NO")
    assert wire("CONFIG", "GET", "aof-use-rdb-preamble")[1] == b"no"
    rewrite(wire)
    assert base_format(server) == "commands"
    wire.ok("CONFIG", "SET", "aof-use-rdb-preamble", "Yes")
    rewrite(wire)
    assert base_format(server) == "image"


@BOTH
@pytest.mark.goal("A rewrite that starts by itself obeys the option, too")
def test_automatic(fresh_server, form):
    other = "commands" if form == "image" else "image"
    server = hybrid(fresh_server, other, auto_aof_rewrite_min_size="1kb")
    wire = server.wire()
    use_format(wire, form)
    wire.ok("SET", "k", "x" * 2000)
    wait_until(lambda: names(server)[0] == "b2", 5, "the rewrite that the growth calls for")
    assert base_format(server) == form
    goes_on_as_image(server)


@BOTH
@pytest.mark.goal("With history kept, files of both formats stand side by side; only the newest generation loads")
def test_mixed_history(fresh_server, form):
    other = "commands" if form == "image" else "image"
    server = hybrid(fresh_server, form, aof_disable_auto_gc="yes")
    wire = server.wire()
    wire.ok("SET", "a", "1")
    rewrite(wire)
    use_format(wire, other)
    wire.ok("SET", "a", "2")
    rewrite(wire)
    wire.ok("SET", "b", "3")
    assert names(server) == ["b3", "h2", "h2", "h1", "h1", "i3"]
    assert [part.name.rpartition(".")[2] for part in parts(server) if "base" in part.name] == [
        SUFFIXES[other], SUFFIXES[form], SUFFIXES[form]]
    assert contents(reborn(server)) == {b"a": b"2", b"b": b"3"}
    goes_on_as_image(server)


@BOTH
@pytest.mark.goal("Either base is read with the option set to the other format, which the next rewrite then writes")
def test_read_the_other(fresh_server, rng, form):
    server = hybrid(fresh_server, form)
    wire = server.wire()
    fill(wire, rng, 10)
    rewrite(wire)
    wire.ok("SET", "k", "v")
    before = digest(wire)
    other = "commands" if form == "image" else "image"
    server.options["aof_use_rdb_preamble"] = FORMATS[other]
    wire = reborn(server)
    assert digest(wire) == before and base_format(server) == form
    rewrite(wire)
    assert base_format(server) == other and digest(reborn(server)) == before


@pytest.mark.goal("An image with logs behind it loads in order; each log begins in database 0")
def test_image_and_logs(fresh_server):
    server = with_log(fresh_server, {base(1, suffix="rdb"): image("a", "b", "c"),
                                     incr(1): log("DEL a", "SELECT 2", "SET x 1"),
                                     incr(2): log("SET b 2", "APPEND c d")}, **HYBRID)
    wire = server.wire()
    assert contents(wire) == {b"b": b"2", b"c": b"cd"}
    wire.ok("SELECT", 2)
    assert contents(wire) == {b"x": b"1"}
