"""An operator's day: install, upgrade under traffic, lose a disk, restore, watch, go home.

Three machines (namespaces: it has to run as root) with a server and a sentinel each. Clients write through Sentinel from morning to
evening and remember what was acknowledged; each part of the day says what they noticed, and at the end every acknowledged write must
be there. What is typed stands in docs/en/operations.md and docs/en/operations-backup.md, and is taken from there.

  morning      a redis-server 7.0.15 set as Debian installs it, three redis-sentinels
  upgrade      to Strata, one by one, by handing over; then Strata to Strata; a single server by FAILOVER, and back to Redis
  disk         full, then gone; a replacement
  backup       under traffic; drill; the bad day; a log with a broken end; back to a moment
  watching     every line of the guide's monitoring table and security check-list; its figures
  evening      everything down, everything up
"""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

from harness.cli.support import builder, repo
from harness.rehearsals.parts import guide, machines
from harness.rehearsals.parts import operator_backup, operator_disk, operator_upgrade, operator_watch
from harness.rehearsals.parts.operator_set import MASTER_NAME, Node, ReplicaSet
from harness.rehearsals.parts.traffic import Traffic, through_sentinel


def add_arguments(parser) -> None:
    parser.add_argument("--build", type=Path, help="a finished build folder (default: builds build/release)")
    parser.add_argument("--only", nargs="*", default=[], help="the named parts of the day after the upgrade to Strata")


PARTS = {"strata": operator_upgrade.strata_to_strata, "single": operator_upgrade.single_server, "disk": operator_disk.disk,
         "backup": operator_backup.backup, "watching": operator_watch.watching}


def rehearse(report, folder: Path, options) -> None:
    trouble = machines.missing()
    if trouble:
        report.expect(False, f"there can be no machines here: {trouble}")
        return
    build = options.build.resolve() if options.build else repo.build_folder("release")
    if not options.build:
        builder.build("release")
    machines.leave_the_host()

    password = make_password()
    nodes = [Node(number, folder, build, password) for number in (1, 2, 3)]
    servers = ReplicaSet(nodes)
    operator_upgrade.redis_set(report, servers)
    traffic = Traffic(through_sentinel([node.address for node in nodes], MASTER_NAME, password))
    traffic.moving()
    try:
        operator_upgrade.redis_to_strata(report, servers, traffic)
        for name, part in PARTS.items():
            if not options.only or name in options.only:
                report.note(f"---- {name}")
                part(report, servers, traffic)
    finally:
        traffic.finish()
    report.note("---- evening")
    evening(report, servers, traffic)


def make_password() -> str:
    """As the security check-list has it."""
    command = re.search(r"`(openssl rand [^`]+)`", guide.section("operations.md", "security"))
    assert command, "the check-list does not say how to make a password"
    return subprocess.run(command[1].split(), capture_output=True, text=True, check=True).stdout.strip()


def evening(report, servers: ReplicaSet, traffic: Traffic) -> None:
    """In the order of operations.md#stop-start, and up again."""
    before = time.monotonic()
    master, replicas = servers.master, servers.replicas
    lost = traffic.window(before, master.client()).lost
    report.expect(lost == 0, f"{traffic.acknowledged} writes were acknowledged in the day; lost without a reason known: {lost}")
    keys = master.client().dbsize()
    for node in servers.nodes:
        node.type(["systemctl stop strata-sentinel"])
    for node in [*replicas, master]:
        took = node.service("strata-server").stop()
        said = "ready to exit, bye bye" in node.service("strata-server").tail()
        report.expect(said, f"{node.machine.name} is down in good order, {took:.1f} s")
    for node in [master, *replicas]:
        node.type(["systemctl start strata-server"])
    for node in servers.nodes:
        node.type(["systemctl start strata-sentinel"])
    servers.wait_quorum()
    servers.wait_in_step()
    report.expect(servers.master is master, "the master is the one that it was")
    report.expect(master.client().dbsize() == keys, f"all {keys} keys are back")
    report.expect(traffic.window(before, master.client()).lost == 0, "no acknowledged write is missing after the night")
