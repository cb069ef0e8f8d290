"""The restore drill: passes when all is well, fails when keys are missing, and touches nothing."""

import json
import os

from backup_place import KEYS, count_keys
from strata_harness.server import processes_in
from strata_harness.wait import wait_until


def test_a_good_copy_passes(place):
    place.run()
    answer = place.drill()
    lines = answer.stdout.splitlines()
    assert "drill passed" in lines and any(line.split()[:3] == ["found", str(KEYS), "keys"] for line in lines)
    report = json.loads(place.drill("--json").stdout)
    assert report["passed"] and report["keys_recorded"] == report["keys_found"] == KEYS


def test_it_leaves_nothing_behind(place):
    place.run()
    scratch = place.root / "scratch"
    scratch.mkdir()
    before = {path: path.stat().st_mtime_ns for path in place.copies.iterdir()}
    place.drill("--scratch", scratch)
    assert os.listdir(scratch) == []
    assert {path: path.stat().st_mtime_ns for path in place.copies.iterdir()} == before


def test_the_live_server_is_not_touched(place, start_server):
    server = start_server(place.data)
    wire = server.wire()
    place.run("--server", f"127.0.0.1:{server.port}")

    def seen() -> list:
        stats = wire("INFO", "stats").decode()
        return [line for line in stats.splitlines() if line.startswith("total_connections_received")]

    before, files = seen(), sorted(os.listdir(place.data))
    place.drill()
    assert seen() == before and sorted(os.listdir(place.data)) == files and processes_in(place.data) == [server.pid]


def test_keys_that_expire_are_not_missed(place, start_server):
    server = start_server()
    wire = server.wire()
    wire.ok("SET", "stays", "1")
    wire.ok("SET", "long", "1", "EX", 10000)
    for number in range(200):
        wire.ok("SET", number, "1", "PX", 1500 + number * 20)  # some go before the drill, some while it runs
    wire.ok("SAVE")
    place.run("--dir", server.dir)
    recorded = place.listed()[0]["keys"]
    assert recorded > 2
    early = json.loads(place.drill("--json").stdout)
    assert early["passed"] and early["keys_recorded"] == recorded
    wait_until(lambda: count_keys(server) == 2, 20, "the rest to expire")
    report = json.loads(place.drill("--json").stdout)
    assert (report["keys_least"], report["keys_found"], report["keys_most"]) == (2, 2, 2)


def test_a_server_that_does_not_load_everything_fails(place):
    place.run()
    forgetful = place.script("forgetful-server", 'exec redis-server "$@" --dbfilename another.rdb\n')
    answer = place.drill("--server-binary", forgetful, code=1)
    assert "DRILL FAILED" in answer.stdout and f"expected  {KEYS} keys" in answer.stdout
    assert not json.loads(place.drill("--json", "--server-binary", forgetful, code=1).stdout)["passed"]


def test_a_copy_of_fewer_keys_than_recorded_is_not_taken(place):
    place.run()
    path = next(place.copies.glob("*.json"))
    path.write_text(json.dumps({**json.loads(path.read_text()), "keys": KEYS + 1}))
    answer = place.drill(code=1)
    assert f"has {KEYS} keys, its manifest says {KEYS + 1}" in answer.stdout and "no good copy" in answer.stderr


def test_the_copy_of_a_time_is_drilled(place):
    place.run(now="2026-11-22T11:00:00Z")
    place.run()
    assert "dump-20261122T110000Z.rdb" in place.drill("--at", "2026-11-22 11:30").stdout


def test_a_server_that_ends_is_told_with_its_log(place):
    place.run()
    assert "cannot be run" in place.drill("--server-binary", "/no/such/server", code=1).stderr
    broken = place.script("broken-server", "echo no licence; exit 3\n")
    answer = place.drill("--server-binary", broken, code=1)
    assert "exit code 3" in answer.stderr and "no licence" in answer.stderr


def test_a_server_that_never_loads_is_given_up_and_ended(place):
    place.run()
    deaf = place.script("deaf-server", f"echo $$ > {place.root}/pid; exec sleep 1000\n")
    assert "did not load" in place.drill("--server-binary", deaf, "--timeout", "0.5", code=1).stderr
    assert not os.path.exists(f"/proc/{(place.root / 'pid').read_text().strip()}")


def test_a_tool_that_does_not_count_is_told(place):
    place.run()
    assert "does not tell how many keys" in place.drill("--check-tool", "true", code=1).stderr
