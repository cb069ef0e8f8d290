"""Ends at bad moments: no half copy, no old copy lost, no run beside another."""

import os
import resource
import signal
import subprocess

import pytest

from strata_harness.timing import scaled
from strata_harness.wait import wait_until


@pytest.fixture
def hanging(place):
    """A backup that hangs where its copy is written but not yet checked: (process, release)."""
    gate = place.root / "gate"
    tool = place.script("slow-check", f"mkfifo {gate}; : > {place.root}/checking; read line < {gate}\n")
    words = ["run", "--dir", place.data, "--to", place.copies, "--check-tool", tool, "--now", "2026-11-22T12:00:00Z"]
    process = subprocess.Popen(place.command("strata-backup", *words), env=place.environment, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    wait_until((place.root / "checking").exists, 60, "the check to begin")

    def release() -> None:
        end = os.open(gate, os.O_RDWR)  # for reading, too: does not wait for a reader
        os.write(end, b"\n")
        process.communicate(timeout=scaled(60))
        os.close(end)

    yield process, release
    try:
        os.killpg(process.pid, signal.SIGKILL)  # with the check tool
    except ProcessLookupError:
        pass
    process.communicate()


def test_a_copy_has_no_name_before_it_is_checked(place, hanging):
    assert place.names() == ["dump-20261122T120000Z.rdb.partial"] and place.listed() == []
    process, release = hanging
    release()
    assert process.returncode == 0 and len(place.listed()) == 1


def test_two_runs_do_not_overlap(place, hanging):
    process, release = hanging
    answer = place.run(now="2026-11-22T13:00:00Z", code=3)
    assert "another run is at work" in answer.stderr
    assert "another run" in place.call("strata-backup", "prune", "--from", place.copies, code=3).stderr
    release()
    assert process.returncode == 0
    place.run(now="2026-11-22T13:00:00Z")
    assert len(place.listed()) == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_stopped_leaves_nothing(place, hanging, number):
    process, _ = hanging
    process.send_signal(number)
    process.wait(scaled(60))
    assert process.returncode == 128 + number and place.names() == []


def test_a_run_that_is_killed_leaves_no_copy_and_the_next_sweeps(place, hanging):
    process, _ = hanging
    process.kill()
    process.wait()
    assert place.listed() == [] and place.names() == ["dump-20261122T120000Z.rdb.partial"]
    (place.copies / "dump-20261122T110000Z.rdb.json").write_text("{}")  # killed between sidecar and copy
    place.run(now="2026-11-22T13:00:00Z")
    assert {name[:20] for name in place.names()} == {"dump-20261122T130000"}


def test_a_full_disk_leaves_the_older_copies_alone(place):
    place.run(now="2026-11-22T11:00:00Z")
    before = place.names()
    limit = place.dump.stat().st_size // 2
    answer = place.run(code=1, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert "cannot copy" in answer.stderr and "File too large" in answer.stderr
    assert place.names() == before
    place.run()
    assert len(place.listed()) == 2


@pytest.mark.parametrize("limit", [50, 150], ids=["digest", "manifest"])
def test_a_disk_full_at_a_sidecar_leaves_no_copy(place, limit):
    """The digest's file is the first of more than 50 bytes, the manifest the first of more than 150."""
    place.dump.write_bytes(b"x" * 10)
    answer = place.run("--check-tool", "true", code=1,
                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert "cannot write" in answer.stderr and "File too large" in answer.stderr and place.listed() == []
    place.run("--check-tool", "true", now="2026-11-22T13:00:00Z")
    assert len(place.names()) == 3, "what was left is swept out"


def test_a_dump_written_in_place_meanwhile_is_refused(place, monkeypatch):
    from strata_backup import files
    from strata_backup.failure import Failure

    class Digest:
        """Stands where every chunk passes, and has the source grow under the copy's feet."""

        def update(self, chunk):
            with open(place.dump, "ab") as source:
                source.write(b"more")

        def hexdigest(self):
            return ""

    monkeypatch.setattr(files.hashlib, "sha256", Digest)
    monkeypatch.setattr(files, "_CHUNK", 1 << 30)
    with pytest.raises(Failure, match="was written to while it was copied"):
        files.copy(place.dump, place.root / "copy")
