"""The record of system calls: calls of several threads, unfinished ones, and how far a file was at a moment."""

from strata_harness.syscalls import at, progress_of, read_record

RECORD = """\
10 100.000001 openat(AT_FDCWD</tmp>, "log", O_WRONLY|O_APPEND) = 9</tmp/log>
10 100.000002 write(9</tmp/log>, "*3\\r\\n", 27) = 27
12 100.100000 fdatasync(9</tmp/log> <unfinished ...>
10 100.200000 write(9</tmp/log>, "more", 4) = 4
10 100.300000 write(8<socket:[4711]>, "+OK\\r\\n", 5) = 5
12 100.400000 <... fdatasync resumed>)    = 0
10 100.500000 fdatasync(9</tmp/log>)      = -1 EIO (Input/output error) (INJECTED)
10 100.600000 --- SIGTERM {si_signo=SIGTERM} ---
10 100.700000 fsync(9</tmp/log>)          = 0
10 100.800000 writev(8<socket:[4711]>, [{iov_base="+OK\\r\\n", iov_len=5}], 1) = 5
10 100.900000 +++ killed by SIGKILL +++
10 101.000000 write(9</tmp/lo"""


def test_calls():
    calls = list(read_record(RECORD))
    assert [(call.thread, call.name, call.result, call.begin, call.end) for call in calls] == [
        (10, "openat", 9, 0, 0), (10, "write", 27, 1, 1), (10, "write", 4, 3, 3), (10, "write", 5, 4, 4),
        (12, "fdatasync", 0, 2, 5), (10, "fdatasync", -1, 6, 6), (10, "fsync", 0, 8, 8), (10, "writev", 5, 9, 9)]
    assert [call.file for call in calls[1:5]] == ["log", "log", "socket:[4711]", "log"]
    assert [call.end for call in calls if call.is_reply] == [4, 9]
    assert calls[4].time == 100.1


def test_progress():
    steps = progress_of(list(read_record(RECORD)), "log")
    assert [(step.place, step.written, step.synced) for step in steps[1:]] == [(1, 27, 0), (3, 31, 0), (5, 31, 27),
                                                                                (8, 31, 31)]
    assert (at(steps, 4).written, at(steps, 4).synced) == (31, 0)
    assert at(steps, 9).synced == 31 and at(steps, 0).written == 0
