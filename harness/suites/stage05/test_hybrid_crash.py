"""kill -9 at random moments under appendfsync always: nothing acknowledged is lost, and nothing else is there."""

import pytest

from strata_harness.hybrid import goes_on_as_image
from strata_harness.log_crash import MIRROR_OPTIONS, PHASES, SERVER_OPTIONS, LogCrashes
from strata_harness.mode_crash import CONF, MODE_OPTIONS, ModeCrashes

ROUNDS = 5


@pytest.mark.limit(60)
@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.goal("After kill -9 at any moment of writes, rewrites, switches and starts the first n writes are there, "
                  "all acknowledged ones among them")
def test_kill_at_random(fresh_server, rng, phase):
    server = fresh_server(**{**SERVER_OPTIONS, "aof_use_rdb_preamble": "yes"})
    crashes = LogCrashes(server, fresh_server(**MIRROR_OPTIONS), rng, key_delay_us=50)
    for _ in range(ROUNDS):
        crashes.crash(phase)
    goes_on_as_image(server)


@pytest.mark.limit(60)
@pytest.mark.goal("After kill -9 at any moment of the way from snapshots to a log and back nothing is lost that had to stay")
def test_kill_on_the_way(fresh_server, rng):
    server = fresh_server(conf=CONF, **MODE_OPTIONS)
    crashes = ModeCrashes(server, fresh_server(**MIRROR_OPTIONS), rng, key_delay_us=50)
    for _ in range(ROUNDS):
        crashes.crash_on_the_way()
    goes_on_as_image(server)
