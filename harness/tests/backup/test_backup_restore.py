"""Bringing a copy back: into an empty place, over what is there, past copies that have gone bad."""

import os
import shutil

import pytest

from backup_place import KEYS, count_keys


@pytest.fixture
def three_copies(place, start_server):
    """Copies of 11, 12 and 13 o'clock, of 1, 2 and 3 keys."""
    server = start_server()
    wire = server.wire()
    for hour in (11, 12, 13):
        wire.ok("SET", hour, hour)
        wire.ok("SAVE")
        place.run("--dir", server.dir, now=f"2026-11-22T{hour}:00:00Z")
    place.dump.unlink()
    server.stop()
    return place


def spoil(path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 0xff
    path.write_bytes(content)


def test_a_lost_data_folder_comes_back(place, start_server):
    server = start_server(place.data)
    value = server.wire()("GET", "key:7")
    place.run()
    server.kill()
    shutil.rmtree(place.data)
    answer = place.restore()
    assert f"{KEYS} keys" in answer.stdout and "checked by redis-check-rdb" in answer.stdout
    back = start_server(place.data)
    assert count_keys(back) == KEYS and back.wire()("GET", "key:7") == value == b"value" * 7


def test_every_value_comes_back(place, start_server):
    options = {"enable_debug_command": "yes"}
    server = start_server(place.data, **options)
    before = server.wire()("DEBUG", "DIGEST")
    place.run()
    server.kill()
    shutil.rmtree(place.data)
    place.restore()
    assert start_server(place.data, **options).wire()("DEBUG", "DIGEST") == before != "0" * 40


def test_data_that_is_there_is_not_overwritten(place):
    place.run()
    place.dump.write_bytes(b"precious")
    assert "--force moves it aside" in place.restore(code=1).stderr
    assert place.dump.read_bytes() == b"precious" and os.listdir(place.data) == ["dump.rdb"]
    answer = place.restore("--force", "--now", "2026-11-22 18:00")
    aside = place.data / "dump.rdb.before-restore-20261122T180000Z"
    assert aside.read_bytes() == b"precious" and str(aside) in answer.stdout
    assert place.dump.read_bytes() == (place.copies / place.names()[0]).read_bytes()
    assert len(os.listdir(place.data)) == 2


def test_an_append_only_file_would_win_over_the_dump(place):
    place.run()
    place.dump.unlink()
    (place.data / "appendonlydir").mkdir()
    assert "appendonlydir exists" in place.restore(code=1).stderr and not place.dump.exists()
    assert "--appendonly no" in place.restore("--force").stdout
    assert sorted(name.split(".before")[0] for name in os.listdir(place.data)) == ["appendonlydir", "dump.rdb"]
    assert not (place.data / "appendonlydir").exists()


def test_a_folder_that_a_server_works_in_is_refused(place, start_server):
    place.run()
    server = start_server(place.data)
    answer = place.restore("--force", code=1)
    assert f"pid {server.pid}" in answer.stderr and "stop it first" in answer.stderr
    server.stop()
    place.restore("--force")


def test_a_bad_copy_is_passed_over(three_copies, start_server):
    spoil(three_copies.copies / "dump-20261122T130000Z.rdb")
    answer = three_copies.restore()
    assert "passed over: dump-20261122T130000Z.rdb" in answer.stdout
    assert "restored dump-20261122T120000Z.rdb" in answer.stdout
    assert count_keys(start_server(three_copies.data)) == 2


def test_a_copy_that_lost_its_end_is_passed_over_whatever_the_tool_says(three_copies):
    newest = three_copies.copies / "dump-20261122T130000Z.rdb"
    os.truncate(newest, newest.stat().st_size - 1)
    answer = three_copies.restore("--check-tool", "true")
    assert "its manifest says" in answer.stdout and "restored dump-20261122T120000Z.rdb" in answer.stdout


@pytest.mark.parametrize("at, hour", [("2026-11-22 12:59", 12), ("20261122T110000Z", 11), ("2026-11-22", 13)])
def test_the_newest_up_to_a_time(three_copies, at, hour):
    assert f"restored dump-20261122T{hour}0000Z.rdb" in three_copies.restore("--at", at).stdout


def test_no_good_copy_at_all(three_copies):
    assert "no good copy up to 2026-11-21T23:59:59Z (0 looked at)" in three_copies.restore("--at", "2026-11-21",
                                                                                           code=1).stderr
    for path in three_copies.copies.glob("*.rdb"):
        spoil(path)
    assert "no good copy (3 looked at)" in three_copies.restore(code=1).stderr
    assert os.listdir(three_copies.data) == []


def test_a_copy_without_sidecars_is_restored(three_copies):
    for path in [*three_copies.copies.glob("*.json"), *three_copies.copies.glob("*.sha256")]:
        path.unlink()
    assert "3 keys" in three_copies.restore().stdout


def test_the_dump_belongs_to_the_owner_of_the_folder(place):
    place.run()
    place.dump.unlink()
    if os.geteuid() == 0:
        os.chown(place.data, 12345, 12345)
    place.restore()
    assert (place.dump.stat().st_uid, place.dump.stat().st_gid) == (place.data.stat().st_uid, place.data.stat().st_gid)
    assert place.dump.stat().st_mode & 0o777 == 0o600


def test_another_name_of_the_dump(place, start_server):
    place.dump.rename(place.data / "main.rdb")
    place.run("--dbfilename", "main.rdb")
    (place.data / "main.rdb").unlink()
    place.restore("--dbfilename", "main.rdb")
    assert count_keys(start_server(place.data, dbfilename="main.rdb")) == KEYS
