"""The fixtures of tests of sentinels; a conftest.py imports them.

    sentinel        one process for the whole module; before each test it watches nothing, and its periods are short.
                    A test that changes more (SENTINEL CONFIG SET, epochs that must be 0) takes a fresh one
    events          what `sentinel` publishes from the start of the test on
    fresh_sentinel  a factory: sentinels of this test alone. Lines of the config file; reference=True is a redis-server
    net             fakes: net.redis(), net.redis(master=m), net.sentinel()
    group           a factory: real servers and sentinels, of our make or redis's; see strata_harness/quorum.py
    watched         a fake master `m` with two fake replicas, watched by `sentinel` with quorum 1
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Callable, Iterator

import pytest

from .context import context_of
from .quorum import Group
from .sentinel_fakes import FakeNet
from .sentinels import Events, Sentinel
from .server import Server, ServerError


@pytest.fixture(scope="module")
def _shared_sentinel(request: pytest.FixtureRequest) -> Iterator[Sentinel]:
    sentinel = Sentinel(request.config.getoption("--server"))
    yield sentinel
    sentinel.close()


def _forget_masters(sentinel: Sentinel) -> bool:
    """False when the sentinel does not play along."""
    try:
        for number in range(int(sentinel.info()["sentinel_masters"])):
            line = sentinel.info()["master0"]
            sentinel.ask("REMOVE", line.split(",")[0].removeprefix("name="))
        sentinel.periods()
        return sentinel.info()["sentinel_masters"] == "0"
    except (AssertionError, OSError, KeyError):
        return False


@pytest.fixture
def sentinel(request: pytest.FixtureRequest, _shared_sentinel: Sentinel) -> Iterator[Sentinel]:
    sentinel = _shared_sentinel
    context_of(request.node).servers.append(sentinel)
    if not (sentinel.alive() and _forget_masters(sentinel)):
        sentinel.kill()
        sentinel.conf_path.write_text("")
        sentinel.log_path.unlink(missing_ok=True)
        sentinel.start()
        assert "sentinel_masters" in sentinel.info(), "INFO sentinel of a process that should be one is empty"
    yield sentinel
    for wire in sentinel.wires[1:]:
        wire.close()
    del sentinel.wires[1:]
    if problem := sentinel.failure():
        raise ServerError(f"{problem}\n{sentinel.log_tail()}")


@pytest.fixture
def events(sentinel: Sentinel) -> Events:
    return sentinel.events()


@pytest.fixture
def fresh_sentinel(request: pytest.FixtureRequest) -> Iterator[Callable[..., Sentinel]]:
    made: list[Sentinel] = []

    def make(*lines: str, start: bool = True, reference: bool = False, **arguments: Any) -> Sentinel:
        command = "redis-server" if reference else request.config.getoption("--server")
        sentinel = Sentinel(command, lines, name=f"sentinel {len(made) + 1}", **arguments)
        made.append(sentinel)
        context_of(request.node).servers.append(sentinel)
        return sentinel.start() if start else sentinel

    yield make
    problems = [f"{problem}\n{sentinel.log_tail()}" for sentinel in made if (problem := sentinel.failure())]
    for sentinel in made:
        sentinel.close()
    if problems:
        raise ServerError("\n".join(problems))


@pytest.fixture
def group(fresh_server: Callable[..., Server], reference: Callable[..., Server], fresh_sentinel: Callable[..., Sentinel]
          ) -> Iterator[Callable[..., Group]]:
    made: list[Group] = []

    def make_server(reference: bool, **options: Any) -> Server:
        return (make_reference if reference else fresh_server)(**options)

    def make(**arguments: Any) -> Group:
        made.append(Group(make_server, fresh_sentinel, **arguments))
        return made[-1].complete()

    make_reference = reference
    yield make
    for one in made:
        one.close()


@pytest.fixture
def net(request: pytest.FixtureRequest) -> Iterator[FakeNet]:
    net = FakeNet()
    context_of(request.node).transcripts = net.transcripts
    yield net
    net.close()


@pytest.fixture
def watched(sentinel: Sentinel, net: FakeNet) -> SimpleNamespace:
    """.master, .replicas"""
    master = net.redis()
    replicas = [net.redis(master=master) for _ in range(2)]
    sentinel.monitor("m", master.port)
    sentinel.wait_complete(replicas=2, others=0)
    return SimpleNamespace(master=master, replicas=replicas)
