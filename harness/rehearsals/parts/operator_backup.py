"""Backups, from the set-up in five minutes to the bad day: stages/03_rdb_snapshot/backup/README.md, operations-backup.md.

    on a replica, under traffic      set up, run, list, verify, drill, once more as the hourly unit
    on another machine               the bad day: what was acknowledged before the backup is there, nothing from after it
                                     a FLUSHALL, and a copy from before it; back to a second; a log with a broken end
"""

from __future__ import annotations

import json
import re
import time

from harness.cli.support.repo import ROOT
from harness.strata_harness.wait import wait_until

from . import guide
from .operator_set import Node, ReplicaSet
from .operator_upgrade import install
from .traffic import Traffic

_FOLDER = "stages/03_rdb_snapshot/backup"
_PAGE = "operations-backup.md"
_LOG = "/var/lib/strata/appendonlydir"


def backup(report, servers: ReplicaSet, traffic: Traffic) -> None:
    source = servers.replicas[0]
    _set_up(source)
    until = _take(report, source, traffic)

    spare = Node(4, source.machine.files.parent, source._build, source.password)
    install(spare)
    _set_up(spare)
    spare.machine.run(f"cp -a {source.machine.at('/var/backups/strata')}/. /var/backups/strata/")
    _bad_day(report, spare, traffic, *until)
    _accident(report, spare)
    _back_to_a_second(report, spare)
    _broken_end(report, spare)
    spare.type(["systemctl stop strata-server"])


def _blocks() -> list[str]:
    return re.findall(r"```sh\n(.*?)```", (ROOT / _FOLDER / "README.md").read_text(), re.DOTALL)


def _set_up(node: Node) -> None:
    """The README's first block, and the password in the file of settings."""
    node.machine.run(f"cd {_FOLDER}\n{_blocks()[0]}")
    settings = node.machine.at("/etc/strata-backup.env")
    settings.write_text(re.sub(r"(?m)^#REDISCLI_AUTH=.*$", f"REDISCLI_AUTH={node.password}", settings.read_text()))


def _as_server(node: Node, *commands: str, check: bool = True) -> str:
    """As the README's second block does it."""
    function = _blocks()[1].splitlines()[0]
    return node.machine.run("\n".join([function, *(f'as_server "{command}"' for command in commands)]), check=check).stdout


def _take(report, source: Node, traffic: Traffic) -> tuple[dict[str, int], dict[str, int]]:
    """Returns what was acknowledged before the first copy and after the last one."""
    lines = _blocks()[1].splitlines()
    source.machine.run(f"install -m 644 {_FOLDER}/systemd/strata-backup.* /etc/systemd/system/")
    began, before = time.monotonic(), traffic.marks()
    wait_until(lambda: not any(traffic.missing(source.client(), before).values()), 10, "the replica to have them")
    said = source.machine.run("\n".join(lines))
    after = traffic.marks()
    report.expect("drill passed" in said.stdout, "strata-backup run, list and restore-drill, on a replica under traffic")
    source.type(["systemctl start strata-backup"])
    listed = json.loads(_as_server(source, "strata-backup list --json"))
    report.expect(len(listed) == 2 and all(copy["verified"] for copy in listed), f"and by its unit: {len(listed)} copies, verified")
    _as_server(source, "strata-backup verify -q")
    copy = f"/var/backups/strata/{listed[0]['name']}"
    source.machine.run(f"mkdir /var/backups/newer; mv /var/backups/strata/{listed[1]['name'].removesuffix('.rdb')}* /var/backups/newer/")
    checked = source.type([f"strata-check-rdb {copy}"])
    report.expect(f"{listed[0]['keys']} keys read" in checked, f"strata-check-rdb reads {listed[0]['keys']} keys in the copy")
    seen = traffic.window(began, source.client())
    report.note(f"clients during the backups: {seen}")
    return before, after


def _bad_day(report, node: Node, traffic: Traffic, before: dict[str, int], after: dict[str, int]) -> None:
    node.type(["systemctl start strata-server"])
    _restore(node)
    client = node.client()
    report.expect(not any(traffic.missing(client, before).values()),
                  f"the bad day: restored on another machine, all {traffic.kept(before)} writes from before the backup are there")
    found = client.dbsize()
    report.expect(traffic.kept(before) <= found <= traffic.kept(after) + len(after), f"and none from after it: {found} keys")
    report.expect(node.info("persistence")["aof_enabled"] == "1", "with the log of its usual configuration")


def _restore(node: Node, options: str = "") -> None:
    """The block of the bad day. `options` go to the restore."""
    for line in guide.commands(guide.section(_PAGE, "the-bad-day")):
        if "strata-backup restore" in line:
            options = options or ("--force" if list(node.machine.run("ls /var/lib/strata").stdout.split()) else "")
            line = line.replace("--dir", f"{options} --dir")
        if "INFO persistence" in line:
            wait_until(lambda: _rewritten(node.type([line])), 30, "the log to be written")
        else:
            node.type([line])
        if "--daemonize yes" in line:
            wait_until(lambda: node.cli("PING") == "PONG", 30, "the server with the restored data")


def _rewritten(text: str) -> bool:
    return "aof_rewrite_in_progress:0" in text and "aof_rewrite_scheduled:0" in text and "aof_last_bgrewrite_status:ok" in text


def _accident(report, node: Node) -> None:
    """A FLUSHALL, noticed after the next backup."""
    keys = node.client().dbsize()
    wait_until(lambda: time.gmtime().tm_sec != _second_of_last_copy(node), 3, "another second than the last copy's")
    good = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    wait_until(lambda: time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime()) > good, 3, "the next second")
    assert node.cli("FLUSHALL") == "OK"
    _as_server(node, "strata-backup run -q")
    _restore(node, f"--force --at '{good}'")
    report.expect(node.client().dbsize() == keys, f"FLUSHALL, and a backup after it: --at '{good}' brings {keys} keys back")


def _second_of_last_copy(node: Node) -> int:
    return int(json.loads(_as_server(node, "strata-backup list --json"))[-1]["time"][-3:-1])


def _back_to_a_second(report, node: Node) -> None:
    node.type(["redis-cli CONFIG SET aof-timestamp-enabled yes"])
    client = node.client()
    for number in range(500):
        client.set(f"today:{number}", number)
    keys, second = client.dbsize(), int(client.time()[0])
    wait_until(lambda: int(client.time()[0]) > second, 3, "the next second")
    assert client.flushall()
    for line in guide.commands(guide.section(_PAGE, "back-to-a-second"), 0):
        node.type([line], SECOND=str(second))
    found = node.client().dbsize()
    report.expect(found == keys, f"the log, cut at the second before a FLUSHALL: {found} of {keys} keys, those of today among them")


def _broken_end(report, node: Node) -> None:
    client = node.client()
    for number in range(100):
        client.set(f"end:{number}", number)
    keys = client.dbsize()
    node.type(["systemctl stop strata-server", f"truncate -s -7 $(ls {_LOG}/*.incr.aof | tail -n 1)", "systemctl start strata-server"])
    found = node.client().dbsize()
    report.expect(found == keys - 1, f"a log that ends in the middle of a command: cut at the start, {found} of {keys} keys")

    node.client().set("last", 1)
    node.type(["systemctl stop strata-server", f"truncate -s -7 $(ls {_LOG}/*.incr.aof | tail -n 1)"])
    node.machine.edit("/etc/strata/strata.conf", aof__load__truncated="no")
    try:
        node.type(["systemctl start strata-server"])
        refused = ""
    except AssertionError as error:
        refused = str(error)
    report.expect("Unexpected end of file reading the append only file" in refused, "aof-load-truncated no: it refuses, and says why")
    node.machine.run(f"rm -rf {_LOG}.before")
    for line in guide.commands(guide.section(_PAGE, "back-to-a-second"), 1):
        node.type([f"echo y | {line}" if "--fix" in line else line])
    again = node.client().dbsize()
    report.expect(again == found, f"strata-check-aof --fix, and it starts: {again} keys, all but the last write")
