"""maxmemory-clients: clients whose buffers take too much together are closed, the largest first."""

import pytest

from strata_harness.wait import wait_until

MEGABYTE = b"x" * 1_000_000


def hoard(client, replies=100):
    """Asks for so many megabytes and reads none of them."""
    client.send(b"GET big\r\n" * replies)


def listed(wire):
    return {line.split(b" name=")[1].split(b" ")[0] for line in wire("CLIENT", "LIST").splitlines()}


@pytest.fixture
def big(wire):
    wire.ok("SET", "big", MEGABYTE)
    wire.ok("CLIENT", "SETNAME", "control")
    wire.ok("CLIENT", "NO-EVICT", "ON")


@pytest.fixture
def named(connect):
    def make(name):
        client = connect()
        client.ok("CLIENT", "SETNAME", name)
        return client
    return make


@pytest.mark.goal("A client that makes the server keep too much for it is closed, small ones stay")
def test_largest_goes(wire, named, r, big):
    small, greedy = named("small"), named("greedy")
    wire.ok("CONFIG", "SET", "maxmemory-clients", "10mb")
    before = r.info("stats")["evicted_clients"]
    hoard(greedy)
    wait_until(lambda: b"greedy" not in listed(wire), 5, "the greedy client to be closed")
    assert r.info("stats")["evicted_clients"] == before + 1
    assert small("PING") == "PONG"


@pytest.mark.goal("A client that CLIENT NO-EVICT protects counts but stays: others are closed in its place")
def test_protected(wire, named, big):
    wire.ok("CONFIG", "SET", "maxmemory-clients", "10mb")
    small, protected = named("small"), named("protected")
    protected.ok("CLIENT", "NO-EVICT", "ON")
    hoard(protected, 30)
    wait_until(lambda: b"small" not in listed(wire), 5, "the small client to be closed")
    assert b"protected" in listed(wire)
    assert protected.read() == MEGABYTE
    small.expect_closed()


@pytest.mark.goal("Without a limit nobody is closed; a limit that is set later holds for what is there")
def test_set_later(wire, named, big):
    greedy = named("greedy")
    hoard(greedy)
    assert b"greedy" in listed(wire)
    wire.ok("CONFIG", "SET", "maxmemory-clients", "10mb")
    wait_until(lambda: b"greedy" not in listed(wire), 5, "the greedy client to be closed")


@pytest.mark.goal("The limit may be a part of maxmemory")
def test_percent(wire, named, big):
    greedy = named("greedy")
    wire.ok("CONFIG", "SET", "maxmemory", "1gb", "maxmemory-clients", "1%")
    assert wire("CONFIG", "GET", "maxmemory-clients") == [b"maxmemory-clients", b"1%"]
    hoard(greedy)
    wait_until(lambda: b"greedy" not in listed(wire), 5, "the greedy client to be closed")


@pytest.mark.goal("The limit is a size, or a percentage up to 100")
def test_values(wire, named, big):
    for wrong, why in (("101%", "percentage argument must be less or equal to 100"),
                       ("-5", "argument must be a memory or percent value")):
        assert wire.error("CONFIG", "SET", "maxmemory-clients", wrong) == (
            f"ERR CONFIG SET failed (possibly related to argument 'maxmemory-clients') - {why}")
    wire.ok("CONFIG", "SET", "maxmemory-clients", "9000kb")  # the control client may still own the megabyte it sent
    assert wire("CONFIG", "GET", "maxmemory-clients") == [b"maxmemory-clients", b"9216000"]
    hoard(named("greedy"))
    wait_until(lambda: b"greedy" not in listed(wire), 5, "a client above the accepted limit to be closed")
