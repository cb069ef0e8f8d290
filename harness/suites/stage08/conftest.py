"""The shared server of this stage is a cluster node: alone without slots, or what the module's SCENE says."""

import pytest

from strata_harness.cluster import Scene, SharedNode


@pytest.fixture(scope="module")
def _shared_server(request):
    options = getattr(request.module, "SERVER_OPTIONS", {})
    shared = SharedNode(request.config.getoption("--server"), options, getattr(request.module, "SCENE", Scene()))
    yield shared
    shared.server.close()
