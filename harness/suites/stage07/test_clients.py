"""Clients that ask sentinels for the master: redis-py's Sentinel class writes through a failover."""

import pytest
import redis
from redis.sentinel import MasterNotFoundError, Sentinel, SlaveNotFoundError

from strata_harness.sentinels import HOST
from strata_harness.timing import scaled
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(40)
MIXED = {"servers": ["ours", "redis", "ours"], "sentinels": ["ours", "redis", "ours"]}
PROMISED = (redis.ConnectionError, redis.TimeoutError, redis.exceptions.ReadOnlyError, MasterNotFoundError)


def client_of(quorum, **options):
    return Sentinel([(HOST, one.port) for one in quorum.sentinels], socket_timeout=scaled(0.5), decode_responses=True,
                    **options)


@pytest.mark.goal("redis-py finds the master and the replicas, and tells when there is none of that name")
def test_discover(group):
    quorum = group(**MIXED)
    client = client_of(quorum)
    assert client.discover_master("m") == (HOST, quorum.servers[0].port)
    assert set(client.discover_slaves("m")) == {(HOST, one.port) for one in quorum.servers[1:]}
    with pytest.raises(MasterNotFoundError):
        client.discover_master("nosuch")
    with pytest.raises(SlaveNotFoundError):
        client.slave_for("nosuch").get("k")
    client.master_for("m").set("k", "v")
    wait_until(lambda: client.slave_for("m").get("k") == "v", 5, "the write at a replica")


@pytest.mark.parametrize("end", ["kill", "failover"])
@pytest.mark.goal("redis-py keeps writing through a failover with no other errors than it promises, and what the surviving master has "
                  "acknowledged is there")
def test_write_through(group, end):
    quorum = group(**MIXED)
    old = quorum.servers[0]
    client = client_of(quorum).master_for("m")
    done, errors = [], []

    def write():
        number = len(done) + len(errors)
        try:
            client.set(f"k{number}", number)
            done.append((number, client.connection_pool.master_address[1]))
        except PROMISED as error:
            errors.append(error)
        return done[-1:]
    for _ in range(20):
        write()
    assert len(done) == 20 and errors == []
    old.kill() if end == "kill" else quorum.sentinels[0].ask("FAILOVER", "m")
    wait_until(lambda: write()[0][1] != old.port, 20, "a write at another master")
    for _ in range(20):
        write()
    new = quorum.agreed(instead_of=old)
    reader = new.wire()
    kept = [number for number, port in done if port == new.port]
    assert len(kept) >= 20 and [number for number in kept if reader("GET", f"k{number}") is None] == []
    lost = [number for number, port in done if port == old.port and reader("GET", f"k{number}") is None]
    print(f"{len(done)} writes acknowledged, {len(errors)} refused, {len(lost)} of the old master's lost")


@pytest.mark.goal("A client that subscribes +switch-master at a sentinel hears of the new master")
def test_subscribe(group):
    quorum = group(servers=["ours", "ours"], sentinels=["ours"], quorum=1)
    pubsub = redis.Redis(HOST, quorum.sentinels[0].port, decode_responses=True).pubsub()
    pubsub.subscribe("+switch-master")
    assert pubsub.get_message(timeout=scaled(5))["type"] == "subscribe"
    quorum.servers[0].kill()
    message = wait_until(lambda: pubsub.get_message(timeout=0.1), 10, "the message")
    assert (message["channel"], message["data"]) == (
        "+switch-master", f"m {HOST} {quorum.servers[0].port} {HOST} {quorum.servers[1].port}")
    pubsub.close()
