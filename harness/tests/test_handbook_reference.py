"""The generated pages are what the servers say; the operator's configuration is one that the server takes."""
import os
from pathlib import Path

import pytest

from harness.cli.support.repo import ROOT, build_folder
from harness.handbook import reference, servers
from harness.handbook.measured import Measured
from harness.handbook.option_meanings import MEANINGS
from strata_harness.sentinels import Sentinel
from strata_harness.server import Server
from strata_harness.wire import Wire

FOLDER = Path(os.environ.get("STRATA_TOOLS", build_folder("release")))


@pytest.mark.limit(60)  # it asks eight servers
def test_generated_pages_are_current():
    assert reference.outdated(ROOT, FOLDER) == [], "run ./strata docs --update"


def test_the_differential_runs_are_in_the_page():
    measured = Measured.read(ROOT / "docs/en/compatibility.md")
    assert len(measured.tables) == 2 and len(measured.families) > 10
    assert all(compared > 0 for compared, _ in [*measured.tables.values(), *measured.families.values()])


def test_stages_and_descriptions_of_options_come_from_the_sources():
    found = servers.acting_since(ROOT, ["port", "save", "appendfsync", "replicaof", "slaveof", "io-threads"])
    assert {name: stage for name, (stage, _) in found.items()} == {
        "port": 1, "save": 3, "appendfsync": 4, "replicaof": 6, "slaveof": 6}
    assert found["port"][1].startswith("TCP port")


def test_meanings_of_options_are_translated():
    rows = [line[2:-2].split(" | ") for line in (ROOT / "docs/en/options.md").read_text(encoding="utf-8").splitlines()
            if line.startswith("| `")]
    meanings = {row[4].replace("\\|", "|") for row in rows if len(row) == 5 and not row[4].startswith("the old name of")}
    assert meanings - {""} == set(MEANINGS)


def test_the_operators_configuration(tmp_path):
    conf = (ROOT / "kit/operator/strata.conf").read_text(encoding="utf-8").replace("/var/lib/strata", str(tmp_path))
    with Server(str(FOLDER / "strata-server"), conf=conf) as server:
        server.start()
        with Wire(server.address) as wire:
            assert wire("AUTH", "CHANGE-ME") == "OK"
            assert wire("CONFIG", "GET", "appendonly")[1] == b"yes"
            assert b"aof_enabled:1" in wire("INFO", "persistence")


def test_the_operators_sentinel(tmp_path):
    """The kit's file, into which a sentinel also writes what it must not forget."""
    conf = (ROOT / "kit/operator/sentinel.conf").read_text(encoding="utf-8").replace("/var/lib/strata-sentinel", str(tmp_path))
    with Sentinel(str(FOLDER / "strata-sentinel"), fast=False) as sentinel:
        sentinel.conf_path.write_text(conf)
        sentinel.start()
        assert sentinel.master("main")["down-after-milliseconds"] == "5000"
        assert sentinel.config("auth-pass") == ["main CHANGE-ME"] and len(sentinel.id) == 40
