"""Which slot a key belongs to: CRC16 of the key, or of its hash tag, modulo 16384."""

import pytest

from strata_harness.cluster import SLOTS, slot_of


@pytest.mark.parametrize("key, slot", [
    (b"", 0), (b"A", 6373), (b"123456789", 12739), (b"foo", 12182), (b"bar", 5061), (b"hello", 866),
    (b"\x00\xff", 7920), (b"\xff" * 300, slot_of(b"\xff" * 300))],
    ids=["empty", "one byte", "digits", "foo", "bar", "hello", "binary", "long"])
@pytest.mark.goal("A key's slot is CRC16 (XMODEM) of its bytes modulo 16384")
def test_plain(wire, key, slot):
    assert wire("CLUSTER", "KEYSLOT", key) == slot


@pytest.mark.parametrize("key, slot", [
    (b"{user1000}.following", 3443), (b"{user1000}.followers", 3443), (b"user1000", 3443), (b"foo{}{bar}", 8363),
    (b"foo{{bar}}zap", 4015), (b"foo{bar}{zap}", 5061), (b"{}", 15257), (b"{a", 10276), (b"a}b{c}", 7365),
    (b"c", 7365), (b"{\x00}x", slot_of(b"\x00")), (b"a{b\r\n}c", slot_of(b"b\r\n"))],
    ids=["tag first", "same tag", "the tag alone", "empty tag", "brace in tag", "first of two", "only an empty tag",
         "never closed", "closed before opened", "its tag alone", "zero byte", "line feed"])
@pytest.mark.goal("The first non-empty {tag} decides alone; an empty or unclosed one is no tag")
def test_tags(wire, key, slot):
    assert wire("CLUSTER", "KEYSLOT", key) == slot


@pytest.mark.goal("Random keys, with and without braces: the same slot as a second implementation finds")
def test_random(wire, rng):
    keys = [bytes(rng.choice(b"{}ab\x00\xff") for _ in range(rng.randrange(12))) for _ in range(2000)]
    for key in keys:
        wire.send_command("CLUSTER", "KEYSLOT", key)
    assert wire.read_many(len(keys)) == [slot_of(key) for key in keys]


@pytest.mark.goal("KEYSLOT asks nothing of the cluster: a node without slots answers, and every slot is below 16384")
def test_alone(wire):
    assert b"cluster_state:fail" in wire("CLUSTER", "INFO")
    slots = {wire("CLUSTER", "KEYSLOT", str(i)) for i in range(500)}
    assert len(slots) > 450 and 0 <= min(slots) and max(slots) < SLOTS
