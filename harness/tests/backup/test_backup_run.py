"""Taking a copy: what is kept, what is refused, and how a server is asked to save."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import time

from backup_place import KEYS, NOON
from harness.cli.support.repo import ROOT
from strata_backup import moment

COPY = "dump-20261122T120000Z.rdb"


def test_a_copy_comes_with_its_sidecars(place, good_dump):
    answer = place.run()
    assert place.listed()[0]["snapshot_time"] == moment.shown(moment.of_unix(place.dump.stat().st_mtime))
    assert place.names() == [COPY, f"{COPY}.json", f"{COPY}.sha256"]
    assert (place.copies / COPY).read_bytes() == good_dump.read_bytes()
    manifest = json.loads((place.copies / f"{COPY}.json").read_text())
    assert manifest["keys"] == KEYS and manifest["verified"]["ok"] and manifest["source"] == str(place.dump)
    digest = hashlib.sha256(good_dump.read_bytes()).hexdigest()
    assert (place.copies / f"{COPY}.sha256").read_text() == f"{digest}  {COPY}\n"
    subprocess.run(["sha256sum", "--check", "--strict", f"{COPY}.sha256"], cwd=place.copies, check=True)
    assert COPY in answer.stdout and f"{KEYS} keys" in answer.stdout


def test_copies_are_private(place):
    place.run()
    modes = {oct(path.stat().st_mode & 0o777) for path in place.copies.glob("dump-*")}
    assert modes == {"0o600"} and place.copies.stat().st_mode & 0o777 == 0o700


def test_quiet_and_without_digest(place):
    assert place.run("--quiet", "--no-sha256").stdout == ""
    assert place.names() == [COPY, f"{COPY}.json"]


def test_a_corrupt_dump_is_refused(place):
    content = bytearray(place.dump.read_bytes())
    content[len(content) // 2] ^= 0x10
    place.dump.write_bytes(content)
    answer = place.run(code=1)
    assert "is bad, its copy is not kept" in answer.stderr and "RDB" in answer.stderr
    assert place.names() == []


def test_a_truncated_dump_is_refused_and_prunes_nothing(place):
    for hour in range(3):
        place.run(now=f"2026-11-01T0{hour}:00:00Z")
    before = place.names()
    os.truncate(place.dump, place.dump.stat().st_size - 20)
    place.run(code=1)
    assert place.names() == before


def test_a_missing_dump_is_told(place):
    place.dump.unlink()
    answer = place.run(code=1)
    assert f"cannot copy {place.dump}" in answer.stderr and "No such file" in answer.stderr and place.names() == []


def test_a_missing_check_tool_is_told(place):
    assert "no check tool 'no-such-tool'" in place.run("--check-tool", "no-such-tool", code=1).stderr
    assert place.names() == []


def test_an_old_dump_can_be_refused(place):
    place.run("--max-age", 24, now="2020-01-01")  # a dump from the future is not old
    answer = place.run("--max-age", 24, now="2099-01-01", code=1)
    assert "does the server still save?" in answer.stderr and len(place.listed()) == 1


def test_the_same_second_does_not_overwrite(place):
    place.run()
    before = (place.copies / COPY).stat().st_ino
    assert "exists already" in place.run(code=1).stderr
    assert (place.copies / COPY).stat().st_ino == before and len(place.names()) == 3


def test_the_command_line_is_checked(place):
    place.call("strata-backup", code=2)
    place.call("strata-backup", "run", "--dir", place.data, code=2)
    assert "a source" in place.call("strata-backup", "run", "--to", place.copies, code=2).stderr
    assert "HOST:PORT" in place.run("--server", "nonsense", code=2).stderr
    assert "is no time" in place.run(now="yesterday", code=2).stderr
    assert "no backup folder" in place.call("strata-backup", "list", "--from", place.root / "none", code=1).stderr


def test_settings_come_from_the_environment(place):
    place.environment.update(STRATA_BACKUP_TO=str(place.copies), STRATA_BACKUP_DIR=str(place.data),
                             STRATA_BACKUP_KEEP_DAILY="1", STRATA_BACKUP_MAX_AGE="")
    place.call("strata-backup", "run", "--now", "2026-10-01")
    place.call("strata-backup", "run", "--now", NOON)
    assert [row["time"] for row in place.listed()] == [NOON]


def test_list_shows_a_table(place):
    place.run()
    (place.copies / "dump-20261122T130000Z.rdb").write_bytes(b"by hand, without manifest")
    lines = place.call("strata-backup", "list", "--from", place.copies, "--now", "2026-11-22 14:30").stdout.splitlines()
    size = str(place.dump.stat().st_size)
    assert [line.split() for line in lines] == [
        ["time", "size", "keys", "kind", "verified", "age"],
        [NOON, size, str(KEYS), "daily", "yes", "2h", "30m"],
        ["2026-11-22T13:00:00Z", "25", "?", "hourly", "never", "1h", "30m"]]


def test_verify_finds_bit_rot_that_the_check_tool_would_not(place):
    for hour in (10, 11):
        place.run(now=f"2026-11-22T{hour}:00:00Z")
    rotten = place.copies / "dump-20261122T100000Z.rdb"
    content = bytearray(rotten.read_bytes())
    content[-8:] = bytes(8)  # a checksum of zero: written without checksums, good as far as it says
    content[content.index(b"value")] ^= 1
    rotten.write_bytes(content)
    subprocess.run(["redis-check-rdb", str(rotten)], check=True, stdout=subprocess.DEVNULL)
    answer = place.call("strata-backup", "verify", "--from", place.copies, code=1)
    assert "SHA-256 differs" in answer.stdout and "1 of 2 copies" in answer.stderr
    assert [row["verified"] for row in place.listed()] == [False, True]
    named = place.call("strata-backup", "verify", "--from", place.copies, "20261122T110000Z")
    assert named.stdout == "good: dump-20261122T110000Z.rdb\n"
    assert "no such copy" in place.call("strata-backup", "verify", "--from", place.copies, "x", code=1).stderr


# -- from a running server -------------------------------------------------------------------------------------------

def test_the_server_is_asked_to_save(place, start_server):
    server = start_server(requirepass="secret")
    wire = server.wire()
    wire.ok("AUTH", "secret")
    wire.ok("SET", "fresh", "1")
    address = f"127.0.0.1:{server.port}"
    assert "NOAUTH" in place.run("--server", address, code=1).stderr
    assert "WRONGPASS" in place.run("--server", address, "--password", "wrong", code=1).stderr
    place.environment["REDISCLI_AUTH"] = "secret"
    place.run("--server", address)
    wire.ok("SET", "fresher", "1")
    place.run("--server", address, now="2026-11-22T13:00:00Z")  # within the second of the last save, most likely
    assert [row["keys"] for row in place.listed()] == [1, 2]


def test_the_server_is_asked_through_a_unix_socket(place, start_server):
    server = start_server(unixsocket="s.sock")
    server.wire().ok("SET", "k", "v")
    shutil.copytree(server.dir, place.root / "elsewhere", ignore=lambda *_: ["s.sock"])
    place.run("--unixsocket", server.dir / "s.sock")
    assert place.listed()[0]["keys"] == 1
    wrong = ["--unixsocket", server.dir / "s.sock", "--dir", place.root / "elsewhere"]
    answer = place.run(*wrong, now="2030-01-01", code=1)
    assert "is that this server's folder" in answer.stderr


def test_a_user_with_the_rights_that_the_handbook_names_is_enough(place, start_server):
    page = (ROOT / "docs" / "en" / "operations-backup.md").read_text()
    words = re.search(r"`ACL SETUSER backup ([^`]+)`", page).group(1).split()
    server = start_server()
    server.wire().ok("ACL", "SETUSER", "backup", *words)
    place.environment["REDISCLI_AUTH"] = "secret"
    place.run("--server", f"127.0.0.1:{server.port}", "--user", "backup")
    assert len(place.listed()) == 1


def test_a_save_in_progress_is_waited_for(place, start_server):
    server = start_server()
    wire = server.wire()
    for number in range(20):
        wire.ok("SET", number, number)
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 25000)  # microseconds: half a second in all
    assert "started" in wire("BGSAVE")
    wire.ok("SET", "late", "1")
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 0)
    place.run("--server", f"127.0.0.1:{server.port}")
    assert place.listed()[0]["keys"] == 21, "the copy holds what was written after that save had begun"


def test_a_failed_save_is_told(place, start_server):
    server = start_server()
    (server.dir / "dump.rdb").mkdir()
    answer = place.run("--server", f"127.0.0.1:{server.port}", code=1)
    assert "background save" in answer.stderr and "failed" in answer.stderr and place.names() == []


def test_a_server_that_cannot_be_reached_is_told(place, start_server):
    server = start_server()
    address = f"127.0.0.1:{server.port}"
    server.stop()
    assert f"cannot reach the server at {address}" in place.run("--server", address, code=1).stderr


def test_a_save_that_takes_too_long_is_given_up(place, start_server):
    server = start_server()
    server.wire().ok("SET", "k", "v")
    server.wire().ok("CONFIG", "SET", "rdb-key-save-delay", 60_000_000)
    started = time.monotonic()
    answer = place.run("--server", f"127.0.0.1:{server.port}", "--timeout", "1.5", code=1)
    assert "waited too long" in answer.stderr and time.monotonic() - started >= 1.5


def test_copying_while_the_server_saves_again_and_again(place, start_server):
    """Every copy is one whole snapshot, whenever it is taken."""
    server = start_server()
    wire = server.wire()
    wire.ok("SET", "k", "v")
    wire.ok("SAVE")
    for number in range(5):
        wire.send_command("SAVE")
        wire.send_command("SET", number, "x" * 100_000)
        wire.send_command("SAVE")
        place.run("--dir", server.dir, now=f"2026-11-22T12:0{number}:00Z")
        for _ in range(3):
            wire.read()
    assert [row["verified"] for row in place.listed()] == [True] * 5 and len(place.names()) == 15
