"""The fixtures that tests with client libraries of other languages use."""

from strata_harness.sentinel_fixtures import fresh_sentinel, group  # noqa: F401
