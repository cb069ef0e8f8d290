"""The encoder and decoder of RESP."""

import pytest

from strata_harness.resp import (NULL_ARRAY, BigNumber, ProtocolViolation, Push, RespError, RespSet, Simple, Verbatim,
                                 decode_all, encode)


@pytest.mark.parametrize("data, value", [
    (b"+OK\r\n", Simple("OK")), (b"-ERR no\r\n", RespError("ERR no")), (b":-5\r\n", -5), (b"$3\r\na\r\n\r\n", b"a\r\n"),
    (b"$0\r\n\r\n", b""), (b"$-1\r\n", None), (b"*0\r\n", []), (b"*-1\r\n", NULL_ARRAY),
    (b"*2\r\n:1\r\n*1\r\n$-1\r\n", [1, [None]]),
    (b"_\r\n", None), (b"#t\r\n", True), (b"#f\r\n", False), (b",1.5\r\n", 1.5), (b",inf\r\n", float("inf")),
    (b"(12345678901234567890123\r\n", 12345678901234567890123), (b"=7\r\ntxt:abc\r\n", b"abc"),
    (b"%1\r\n+a\r\n:1\r\n", {"a": 1}), (b"%1\r\n*0\r\n:1\r\n", [([], 1)]), (b"~2\r\n:2\r\n:1\r\n", RespSet([1, 2])),
    (b">2\r\n+a\r\n:1\r\n", ["a", 1]), (b"|1\r\n+ttl\r\n:9\r\n:1\r\n", 1),
])
def test_decode(data, value):
    assert decode_all(data) == [value]


def test_types_that_compare_alike_are_told_apart():
    simple, bulk, push, verbatim, big = decode_all(b"+a\r\n$1\r\na\r\n>0\r\n=5\r\nmkd:x\r\n(1\r\n")
    assert simple == "a" and simple != b"a" and bulk == b"a" and bulk != "a"
    assert isinstance(push, Push) and isinstance(big, BigNumber)
    assert isinstance(verbatim, Verbatim) and verbatim.format == "mkd"
    assert NULL_ARRAY != [] and NULL_ARRAY is not None and not NULL_ARRAY
    assert RespError("ERR a b").code == "ERR" and "a b" in RespError("ERR a b")


@pytest.mark.parametrize("data", [b"?\r\n", b"\r\n", b":x\r\n", b"$3\r\nabcd\r\n", b"#x\r\n", b"_x\r\n",
                                  b"=3\r\nabc\r\n", b"+no end",
                                  b"$5\r\nab", b"*2\r\n:1\r\n"])
def test_violations(data):
    with pytest.raises(ProtocolViolation):
        decode_all(data)


def test_encode():
    assert encode("SET", b"\r\n", 5, 1.5) == b"*4\r\n$3\r\nSET\r\n$2\r\n\r\n\r\n$1\r\n5\r\n$3\r\n1.5\r\n"
    assert encode("ü") == b"*1\r\n$2\r\n\xc3\xbc\r\n"
