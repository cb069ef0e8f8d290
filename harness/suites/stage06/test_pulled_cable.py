"""A replica whose network cable is pulled out, and put back: a network namespace where that is allowed, else the proxy."""

import contextlib

import pytest

from strata_harness.namespaces import Namespace, allowed
from strata_harness.replicas import OPTIONS, in_step, replication, stats
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(60)
PAIRS = ["ours from ours", "ours from redis", "redis from ours"]
QUICK = {"repl_timeout": 3, "repl_ping_replica_period": 1}


class Proxied:
    """The same with a proxy: what it holds arrives in the end."""

    def __init__(self, between):
        self.pull, self.plug, self.host, self.port = between.hold, between.release, "127.0.0.1", between.port


@pytest.fixture(params=PAIRS)
def far(request, fresh_server, reference, proxy):
    """A master, a replica that follows it from afar, and what pulls and plugs the cable between them."""
    master_of = reference if request.param == "ours from redis" else fresh_server
    replica_of = reference if request.param == "redis from ours" else fresh_server
    with contextlib.ExitStack() as stack:
        master = master_of(**OPTIONS, **QUICK, bind="0.0.0.0", protected_mode="no")
        replica = replica_of(start=False, **OPTIONS, **QUICK)
        if allowed():
            cable = stack.enter_context(Namespace())
            cable.put(replica)
            port = master.port
        else:
            cable = Proxied(proxy(master))
            port = cable.port
        wire, other = master.wire(name="master"), replica.start().wire(name="replica")
        stack.callback(replica.stop)
        other.ok("REPLICAOF", cable.host, port)
        in_step(wire, other)
        yield wire, other, cable


@pytest.mark.goal("Without a network both ends give the link up; with it the replica goes on where it was, without an image")
def test_pulled(far):
    wire, other, cable = far
    wire.ok("SET", "before", "v")
    in_step(wire, other)
    cable.pull()
    for i in range(100):
        wire.ok("SET", f"k{i}", "written meanwhile")
    wait_until(lambda: replication(other)["master_link_status"] == "down", 15, "the replica to give up")
    wait_until(lambda: replication(wire)["connected_slaves"] == "0", 15, "the master to give up")
    assert other("GET", "before") == b"v" and other("EXISTS", "k0") == 0
    cable.plug()
    in_step(wire, other)
    assert other("EXISTS", "k99") == 1
    full, partial, _ = stats(wire)
    assert full == 1 and partial >= 1
