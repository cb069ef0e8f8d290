"""Logs and manifests: what the builder makes and the reader takes, against bytes that redis-server 7.0.15 wrote."""

import pytest

from strata_harness.aof_files import (AofError, Part, base, commands_in, history, incr, log, manifest, read_log,
                                      read_manifest)

# As redis-server appended them: SELECT 0, a timestamp, SET c 1.
WRITTEN = b"*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n#TS:1795314110\r\n*3\r\n$3\r\nset\r\n$1\r\nc\r\n$1\r\n1\r\n"
MANIFEST = (b"file appendonly.aof.3.base.aof seq 3 type b\nfile appendonly.aof.2.incr.aof seq 2 type h\n"
            b"file appendonly.aof.2.base.rdb seq 2 type h\nfile appendonly.aof.3.incr.aof seq 3 type i\n")


def test_log():
    assert log("SELECT 0") + b"#TS:1795314110\r\n" + log(("set", "c", 1)) == WRITTEN
    assert commands_in(WRITTEN) == [(b"SELECT", b"0"), (b"set", b"c", b"1")]
    assert [(entry.start, entry.end, entry.annotation) for entry in read_log(WRITTEN)] == [
        (0, 23, b""), (23, 39, b"#TS:1795314110"), (39, 66, b"")]
    binary = ("SET", b"", b"\r\n*1\r\n#")
    assert commands_in(log(binary)) == [(b"SET", b"", b"\r\n*1\r\n#")]
    assert read_log(b"") == []


@pytest.mark.parametrize("data", [
    b"*", b"*1\r\n", b"*1\r\n$4\r\nPING", b"*1\r\n$4\r\nPINGxx", b"*0\r\n", b"*01\r\n$4\r\nPING\r\n", b"$1\r\na\r\n",
    b"*1\r\n:1\r\n", b"*-1\r\n", b"PING\r\n", b"#TS:1", b"\0", b"*1\r\n$-1\r\n", WRITTEN[:-1], WRITTEN + b"\n"])
def test_logs_that_no_server_writes(data):
    with pytest.raises(AofError):
        read_log(data)


def test_manifest():
    parts = [base(3), history(incr(2)), history(base(2, suffix="rdb")), incr(3)]
    assert manifest(parts) == MANIFEST
    assert read_manifest(MANIFEST) == parts
    assert base(1, "log") == Part("log.1.base.aof", 1, "b")


def test_quoted_name():
    line = b'file "a b\\"\\\\\\x01\\n.1.incr.aof" seq 1 type i\n'
    assert read_manifest(line) == [Part('a b"\\\x01\n.1.incr.aof', 1, "i")]


@pytest.mark.parametrize("data", [
    b"", b"\n", MANIFEST[:-1], MANIFEST + b"\n", MANIFEST + MANIFEST, b"# comment\n" + MANIFEST,
    b'file "plain" seq 1 type b\n', b"file a seq 0 type b\n", b"file a seq 1 type x\n", b"seq 1 file a type b\n",
    manifest([incr(1), base(1)]), manifest([incr(2), incr(1)]), manifest([incr(1), incr(1)]),
    manifest([base(1), incr(1), history(incr(1))])])
def test_manifests_that_no_server_writes(data):
    with pytest.raises(AofError):
        read_manifest(data)
