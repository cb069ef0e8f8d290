"""The fixtures of sentinels: strata_harness/sentinel_fixtures.py lists them."""

from strata_harness.sentinel_fixtures import (_shared_sentinel, events, fresh_sentinel, group, net, sentinel,  # noqa: F401
                                              watched)
