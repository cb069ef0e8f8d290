"""What is left after a power loss: synced bytes, names in their order, and what an orderly disk may have besides."""

from pathlib import Path

import pytest

from strata_harness.lost_power import Disk, restore
from strata_harness.syscalls import read_record

ROOT = Path("/d")
RECORD = """\
1 100.0 openat(AT_FDCWD</d>, "server.log", O_WRONLY|O_CREAT|O_APPEND, 0644) = 3</d/server.log>
1 100.1 openat(AT_FDCWD</d>, "log/a", O_WRONLY|O_CREAT|O_TRUNC, 0644) = 4</d/log/a>
1 100.2 write(4</d/log/a>, "\\x01\\xff", 2) = 2
1 100.3 fdatasync(5</d/log>) = 0
2 100.4 fdatasync(4</d/log/a> <unfinished ...>
1 100.5 write(4</d/log/a>, "more\\n", 5) = 4
2 100.6 <... fdatasync resumed>) = 0
1 100.7 openat(AT_FDCWD</d>, "log/b.tmp", O_WRONLY|O_CREAT|O_TRUNC, 0644) = 6</d/log/b.tmp>
1 100.8 write(6</d/log/b.tmp>, "b", 1) = 1
1 100.9 fsync(6</d/log/b.tmp>) = 0
1 101.0 rename("log/b.tmp", "log/b") = 0
1 101.1 fdatasync(5</d/log>) = -1 EIO (Input/output error)
1 101.2 unlink("/d/log/a") = 0
1 101.3 fsync(5</d/log>) = 0
1 101.4 write(8<socket:[4711]>, "+OK\\r\\n", 5) = 5
"""
CALLS = list(read_record(RECORD))
A, B, TEMPORARY = "/d/log/a", "/d/log/b", "/d/log/b.tmp"


@pytest.mark.parametrize("place, left", [
    (3, {}),  # the directory is not synced
    (4, {A: b""}),
    (6, {A: b""}),  # the sync has not returned
    (7, {A: b"\x01\xff"}),  # and did not cover what was written after it began
    (10, {A: b"\x01\xff"}),
    (13, {A: b"\x01\xff"}),  # a sync that failed is none
    (14, {B: b"b"}),
])
def test_least(place, left):
    assert Disk(ROOT, CALLS, place).least() == left


def test_an_orderly_disk():
    now = Disk(ROOT, CALLS, 13)
    assert now.orderly(Disk(ROOT, CALLS, 3)) == {A: b"\x01\xff"}
    assert now.orderly(Disk(ROOT, CALLS, 7)) == {A: b"\x01\xffmore"}
    assert now.orderly(Disk(ROOT, CALLS, 8)) == {A: b"\x01\xffmore", TEMPORARY: b"b"}
    assert now.orderly(now) == {B: b"b"}
    assert Disk(ROOT, CALLS, 7).orderly(Disk(ROOT, CALLS, 4), torn=0.5) == {A: b"\x01\xffmo"}


def test_restore(tmp_path):
    restore(Disk(ROOT, CALLS, 14).least(), ROOT, tmp_path)
    assert {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
            } == {"log/b": b"b"}
