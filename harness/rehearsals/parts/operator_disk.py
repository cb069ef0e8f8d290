"""A disk is full, files are gone, a disk is lost: what the server says, what the monitoring shows, what clients notice
(operations.md#lost-disk)."""

from __future__ import annotations

import re
import time

from harness.strata_harness.wait import let_pass, wait_until

from . import guide
from .operator_set import Node, ReplicaSet
from .traffic import Traffic

_SECTION = ("operations.md", "lost-disk")
_REPLICATION_LAG = 0.5  # s; what a master that is killed may have acknowledged and not sent is milliseconds old


def disk(report, servers: ReplicaSet, traffic: Traffic) -> None:
    full(report, servers, traffic)
    files_gone(report, servers, traffic)
    lost(report, servers, traffic)


def full(report, servers: ReplicaSet, traffic: Traffic) -> None:
    text, began, old = guide.section(*_SECTION), time.monotonic(), servers.master
    old.machine.run("dd if=/dev/zero of=/var/lib/strata/ballast bs=64k || dd if=/dev/zero of=/var/lib/strata/more bs=1 || true")
    promised = [re.search(r"`(aof_last_write_status:\w+)`", text), re.search(r"`(Error writing[^`]+)`", text)]
    assert all(promised), "the guide does not say what a full disk looks like"
    field, message = (found[1] for found in promised if found)
    wait_until(lambda: field in old.cli("INFO persistence"), 20, f"INFO to say {field}")
    report.expect(message in old.service("strata-server").tail(40), f"a full disk: INFO says {field}, the log says {message}")
    report.expect(old.cli("PING").startswith("MISCONF") and old.cli("SET x y").startswith("MISCONF"), "PING and writes get MISCONF")
    report.expect(old.cli("GET w0:0") == "0", "reads go on")

    new = servers.wait_moved(old)
    report.note(f"a replica was promoted {time.monotonic() - began:.1f} s after the disk began to fill")
    for line in guide.commands(text, 0):
        answer = old.type([line], NEW=new.address).strip()
        assert answer == "OK" or answer.isdigit(), f"{line}: {answer}"
    traffic.moving()
    report.note(f"writes are accepted again: {traffic.window(began, new.client())}")
    old.machine.run("rm -f /var/lib/strata/ballast /var/lib/strata/more")
    servers.wait_in_step()
    seen = traffic.window(began, servers.master.client())
    report.expect(seen.lost == 0 and seen.errors["MISCONF"] > 0, f"with room again it follows; writes were refused, not lost: {seen}")


def files_gone(report, servers: ReplicaSet, traffic: Traffic) -> None:
    master, began = servers.master, time.monotonic()
    master.machine.run("rm -rf /var/lib/strata/*")
    traffic.moving()
    report.expect(master.cli("PING") == "PONG" and "aof_last_write_status:ok" in master.cli("INFO persistence"),
                  "files of a running server removed: it does not notice")
    lines = guide.commands(guide.section(*_SECTION), 1)
    assert lines[0] == "redis-cli BGREWRITEAOF"
    master.type(lines[:1])
    wait_until(lambda: _rewritten(master), 20, "the rewrite to end")
    report.expect("aof_last_bgrewrite_status:ok" in master.cli("INFO persistence"), "BGREWRITEAOF writes all of it anew")
    checked = master.type(lines[1:])
    report.expect("AOF" in checked and "is valid" in checked, "strata-check-aof is content with it")
    expect = traffic.window(began, master.client())
    report.expect(expect.lost == 0, f"files gone and written anew: {expect}")


def _rewritten(node: Node) -> bool:
    persistence = node.info("persistence")
    return persistence["aof_rewrite_in_progress"] == "0" and persistence["aof_rewrite_scheduled"] == "0"


def lost(report, servers: ReplicaSet, traffic: Traffic) -> None:
    old, began = servers.master, time.monotonic()
    service = old.service("strata-server")
    service.kill()
    old.new_disk()
    again = began + float(service.unit.get("RestartSec"))
    let_pass(again)
    service.start()  # as systemd does, with nothing on the disk
    new = servers.wait_moved(old)
    traffic.moving()
    seen = traffic.window(began, new.client())
    report.expect(seen.last_lost <= _REPLICATION_LAG, f"the master died with its disk and was started again, empty: {seen}")
    for line in guide.commands(guide.section(*_SECTION), 2):
        if "INFO replication" in line:
            wait_until(lambda: "master_link_status:up" in old.type([line]), 60, "the replacement to follow")
        else:
            old.type([line], NEW=new.address)
    servers.wait_in_step()
    report.expect(old.client().dbsize() > 0, f"the replacement follows {time.monotonic() - began:.1f} s after the loss")
