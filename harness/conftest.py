"""Makes the harness's options and fixtures known to every test below this directory."""

pytest_plugins = ["strata_harness.plugin"]
