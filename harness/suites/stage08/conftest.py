"""The shared server of this stage is a cluster node: alone without slots, or what the module's SCENE says."""

import pytest

from strata_harness.cluster import Scene, SharedNode
from strata_harness.cluster_nodes import Cluster
from strata_harness.cluster_stand_in import StandIn
from strata_harness.context import context_of


@pytest.fixture(scope="module")
def _shared_server(request):
    options = getattr(request.module, "SERVER_OPTIONS", {})
    shared = SharedNode(request.config.getoption("--server"), options, getattr(request.module, "SCENE", Scene()))
    yield shared
    shared.server.close()


@pytest.fixture
def stand_in(request):
    """A factory of nodes that are no servers; what they heard and said is shown when the test fails."""
    made = []

    def make(node_id="", **attributes):
        one = StandIn(node_id, f"stand-in {len(made) + 1}")
        made.append(one)
        context_of(request.node).transcripts.append(one.transcript)
        for name, value in attributes.items():
            assert hasattr(one, name), name
            setattr(one, name, value)
        return one

    yield make
    for one in made:
        one.close()
    for one in made:
        one.received()  # raises if a node has sent a wrong packet


@pytest.fixture
def new_cluster(fresh_server, reference):
    """A factory of clusters: `new_cluster(masters=3, replicas=1)`; if `mixed`, every other node is a redis-server."""
    def make(mixed=False, **options):
        return Cluster([fresh_server, reference] if mixed else [fresh_server], **options)
    return make
